/* Numbers that are rarely as long as this. */
#include "report/digits.h"

const char digits_pairs[200] = "0001020304050607080910111213141516171819"
			       "2021222324252627282930313233343536373839"
			       "4041424344454647484950515253545556575859"
			       "6061626364656667686970717273747576777879"
			       "8081828384858687888990919293949596979899";

char *digits_long(char *to, uint64_t v)
{
	if (v >= 10000)
		to = digits_long(to, v / 10000);
	else
		return digits_short(to, (unsigned)v);
	return digits_four(to, (unsigned)(v % 10000));
}
