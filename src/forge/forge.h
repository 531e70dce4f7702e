/*
 * flowaudit forge: a capture of every documented row, and of the ways it fails,
 * with its truth beside it as an expectation file.
 */
#ifndef FA_FORGE_FORGE_H
#define FA_FORGE_FORGE_H

#include "forge/talk.h"
#include "policy/application.h"

struct policy;

/**
 * struct forge_options - What to write
 * @directory:	Where; exists
 * @rules, @site: For the expectation files, as they must name them
 * @repeat:	Conversations of each row in one file; 1 or more
 * @app:	As plan_make() takes it
 * @rate:	Packets a second on average, by which they overlap; 0: one after the other
 * @more, @size: As in struct dialogue
 */
struct forge_options {
	const char *directory;
	const char *const *rules;
	const char *site;
	const enum application *app;
	struct forge_wire wire;
	uint64_t seed;
	unsigned repeat, rate, more;
	uint16_t size;
};

/**
 * forge_row() - One row, one case: ROW-CASE.pcap and ROW-CASE.expect.yaml
 *
 * Slashes of the row's id become dashes.  The same options write the same bytes.
 *
 * Return: 1 written; 0 the case has no meaning for this row, @err says why; negative: FA_EIO,
 *	   FA_ENOMEM, FA_EUSAGE (the site binds no address to a role of the row)
 */
int forge_row(const struct policy *policy, unsigned row, enum forge_case c,
	      const struct forge_options *options, struct fa_error *err);

#endif
