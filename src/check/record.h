/*
 * Records of an audit, as it writes them with -f json: one object a line.
 *
 * A check sees nothing else of an audit, so what holds for a fresh one holds
 * for a file kept from last night.
 */
#ifndef FA_CHECK_RECORD_H
#define FA_CHECK_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum record_type {
	RECORD_CAPTURE,
	RECORD_FLOW,
	RECORD_ROW,
	RECORD_SUMMARY,
	RECORD_OTHER, /* a type of a later version */
};

/**
 * struct records - A stream of them
 * @name:	For complaints; borrowed, like @from
 * @line:	Number of the line that was read last, from 1
 */
struct records {
	FILE *from;
	const char *name;
	char *text;
	size_t cap;
	unsigned long line;
};

void records_begin(struct records *r, FILE *from, const char *name);
void records_end(struct records *r);

/**
 * records_next() - Read one
 * @record:	Owned by the caller: json_decref()
 *
 * Return: 1; 0 at the end; FA_EFORMAT where a line is no record, FA_EIO
 */
int records_next(struct records *r, json_t **record, enum record_type *type, struct fa_error *err);

/* The value at a dotted path ("flow.pkts_toserver"); NULL when it is not there. */
const json_t *record_at(const json_t *record, const char *path);
/* A string of the record; "" when it is not there or is none. */
const char *record_text(const json_t *record, const char *path);
/* A whole number of the record; 0 when it is not there or is none. */
uint64_t record_number(const json_t *record, const char *path);

/* The @index-th field that flow records have, as a dotted path (flowaudit(1), JSON LINES); NULL
 * past the last. */
const char *record_field(size_t index);

#endif
