/* The table of report formats. */
#include "report/report.h"

#include <string.h>

static const struct {
	const char *name;
	void (*write)(struct output *out, const struct ledger *ledger,
		      const struct report_options *options);
} formats[] = {
	[REPORT_TEXT] = { "text", report_text },
	[REPORT_JSON] = { "json", report_json },
};
static_assert(ARRAY_SIZE(formats) == REPORT_FORMAT_COUNT, "a writer a format");

bool report_format_find(const char *name, enum report_format *format)
{
	unsigned i;

	for (i = 0; i < REPORT_FORMAT_COUNT; i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*format = (enum report_format)i;
			return true;
		}
	}
	return false;
}

const char *report_format_name(enum report_format format)
{
	return formats[format].name;
}

void report_write(enum report_format format, struct output *out, const struct ledger *ledger,
		  const struct report_options *options)
{
	formats[format].write(out, ledger, options);
}
