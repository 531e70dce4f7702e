/* The opaque audit, shared by the files that implement the public face; for audit/ alone. */
#ifndef FA_AUDIT_FLOWAUDIT_PRIV_H
#define FA_AUDIT_FLOWAUDIT_PRIV_H

#include <time.h>

#include "audit/exit_status.h"
#include "audit/pipeline.h"
#include "audit/watch.h"
#include "flowaudit/flowaudit.h"
#include "policy/problems.h"

enum stage {
	STAGE_SETTING,
	STAGE_FAILED,
	STAGE_ACTIVE,
	STAGE_READING,
	STAGE_WATCHING,
	STAGE_FINISHED
};

struct flowaudit {
	struct pipeline_options options;
	struct policy *policy;
	struct pipeline *pipeline;
	struct wire *wire;
	struct keep *keep;
	struct watch *watch;
	char *watch_name;
	unsigned confined;
	struct problems problems;
	char **packs;
	size_t pack_count, pack_cap;
	char *site;
	char *filter;
	char problem[FA_ERROR_TEXT];
	struct timespec started;
	double elapsed_s;
	uint32_t fail_on;
	enum stage stage;
	bool strict, require;
	bool unreadable; /* an input could not be read, wholly or from some point on */
};

/* Say @what in the caller's buffer.  Return: @code */
int flowaudit_fail(char *text, int code, const char *what);

/* Hand a room's error to the caller's buffer.  Return: its code */
int flowaudit_give(char *text, const struct fa_error *err);

/* The packs and the site that were set, compiled; every complaint is in @fa->problems. */
int flowaudit_load_policy(struct flowaudit *fa, struct policy *policy, struct fa_error *err);

/* End what flowaudit_watch_open() began. */
void flowaudit_watch_free(struct flowaudit *fa);

#endif
