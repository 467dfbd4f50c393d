/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_RESULT_H
#define LOAD_RESULT_H

#include "host.h"
#include "json.h"
#include "work.h"

/* Opens a file for a result, "-" for standard output. Returns NULL when it cannot. */
FILE *result_open(const char *path);
/* Closes it. Returns 0, or -1 when not all was written. */
int result_close(FILE *file);

/* Writes a member {"n", "p50_ms", ...}: only what the number of samples allows. */
void result_times(struct json *json, const char *key, struct samples *times);

/* Writes a member "quality" of pages that were compared, if any were to be. */
void result_quality(struct json *json, struct quality *quality);

/* Writes a member "actions" of those that took place or were lost. */
void result_actions(struct json *json, struct tally *tally, uint32_t timeout_ms);

/* Begin an object of seconds, or of MiB, by group of processes; the caller may add and ends it. */
void result_cpu(struct json *json, const double cpu_s[HOST_GROUPS]);
void result_memory(struct json *json, const struct host_memory *memory);

#endif
