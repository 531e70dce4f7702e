/* From captures on tape to conclusions, as the program goes. */
#ifndef FA_TEST_AUDIT_PLANT_H
#define FA_TEST_AUDIT_PLANT_H

#include "audit/pipeline.h"
#include "audit/tape.h"
#include "judge/scene.h"

/* A policy, a directory for captures, and a pipeline that reads them. */
struct plant {
	struct scene s;
	struct tapes dir;
	struct tape tape;
	struct pipeline *pipe;
	struct pipeline_options options;
	struct fa_error err;
};

/* Scene's policy, a small table, default options, an empty tape. */
void plant_open(struct plant *p);
void plant_close(struct plant *p);
/* Options may be changed until here. */
void plant_start(struct plant *p);
/* Return: as pipeline_open() or the last pipeline_step(). */
int plant_read_file(struct plant *p, const char *path);
/* Read what is on the tape and begin the next one. */
int plant_read(struct plant *p, const char *name);
const struct ledger *plant_finish(struct plant *p);
/* "expected established" of one flow; good until the next call. */
const char *plant_said(const struct ledger *l, size_t i);

#endif
