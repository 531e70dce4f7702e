/* The pipeline over captures of a test. */
#include "audit/plant.h"

#include <stdio.h>

void plant_open(struct plant *p)
{
	*p = (struct plant){ .options = PIPELINE_DEFAULTS };
	p->options.table.max_flows = 1000;
	p->options.table.stream_bytes = 1 << 20;
	p->options.table.seed = 1;
	scene_open(&p->s, NULL, NULL);
	tapes_open(&p->dir);
	tape_begin(&p->tape);
}

void plant_close(struct plant *p)
{
	pipeline_free(p->pipe);
	tape_free(&p->tape);
	tapes_close(&p->dir);
	scene_close(&p->s);
}

void plant_start(struct plant *p)
{
	CU_ASSERT_EQUAL_FATAL(pipeline_new(&p->pipe, p->s.policy, &p->options, &p->err), 0);
}

int plant_read_file(struct plant *p, const char *path)
{
	int status = pipeline_open(p->pipe, path, &p->err);

	if (status != 0)
		return status;
	do
		status = pipeline_step(p->pipe, &p->err);
	while (status == 1);
	return status;
}

/* Read what is on the tape and begin the next one. */
int plant_read(struct plant *p, const char *name)
{
	const char *path = tape_save(&p->dir, name, &p->tape);

	tape_begin(&p->tape);
	return plant_read_file(p, path);
}

const struct ledger *plant_finish(struct plant *p)
{
	CU_ASSERT_EQUAL_FATAL(pipeline_finish(p->pipe, &p->err), 0);
	return pipeline_ledger(p->pipe);
}

/* "expected established" of one flow. */
const char *plant_said(const struct ledger *l, size_t i)
{
	static char text[64];

	if (i >= l->flow_count)
		return "no such flow";
	snprintf(text, sizeof(text), "%s %s", verdict_name((enum verdict)l->flows[i].verdict),
		 outcome_name((enum outcome)l->flows[i].outcome));
	return text;
}
