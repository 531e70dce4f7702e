/* Failures of an output over weeks: one line when they begin, one when they end. */
#include "report/outage.h"

#include <string.h>

void outage_begin(struct outage *o, uint64_t lost, const char *name, const char *failed, int error)
{
	if (o->on)
		return;
	o->on = true;
	o->told = false;
	o->lost = lost;
	error_set(&o->why, FA_EIO, "%s: %s: %s", name, failed, strerror(error));
}

int outage_tell(struct outage *o, bool well, const char *name, const char *what, uint64_t lost,
		struct fa_error *err)
{
	if (!o->on)
		return 0;
	if (!well) {
		if (o->told)
			return 0;
		o->told = true;
		return error_set(err, FA_EIO,
				 "%s; it is tried again, and %s wait as long as there is room",
				 o->why.text, what);
	}
	o->on = false;
	/* It came and went between two looks at it: nothing happened. */
	if (!o->told && lost == o->lost)
		return 0;
	error_set(err, FA_EIO, "%s: written again; %llu %s were lost", name,
		  (unsigned long long)(lost - o->lost), what);
	if (err != NULL)
		err->code = FA_OK;
	return 1;
}
