/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_RUN_H
#define LOAD_RUN_H

#include "crowd.h"
#include "host.h"
#include "options.h"
#include "sizing.h"

/* A run: steps of more and more sessions, and what each measured. */

#define RUN_FAILURE_BYTES 160u
#define RUN_FAILURES_MAX 16u

struct step {
	uint32_t sessions, failed;
	uint32_t windows; /* 1; 2 where the ramp ended */
	double seconds;   /* of the windows */
	struct tally tallies[WORK_PROFILES];
	uint32_t users[WORK_PROFILES];
	struct samples typing; /* keys and text of all; lost ones as the time-out */
	struct samples first_pictures, first_pages; /* of the sessions begun in this step */
	uint32_t busy_retries;
	uint64_t bytes_in, peak_bytes; /* all; peak: in the busiest second */
	double cpu_s[HOST_GROUPS], busy_s;
	struct host_memory memory;
	struct samples turns; /* of the instrument */
};

/* What rates are divided by: a step in which nobody was left has no time, and no rates. */
static inline double run_seconds(const struct step *step)
{
	return step->seconds > 0 ? step->seconds : 1;
}

struct failure {
	char words[RUN_FAILURE_BYTES];
	uint32_t count;
};

struct run {
	const struct options *options;
	struct host_facts facts;
	bool has_host; /* the tool ran on the measured host */
	struct host_memory memory_before;
	struct step steps[OPTIONS_STEPS_MAX];
	size_t step_count;
	struct failure failures[RUN_FAILURES_MAX];
	size_t failure_count;
	struct knee knee;
	uint64_t started_unix_ms;
	bool is_interrupted;
	bool is_short_of_memory; /* the last step is incomplete */
};

/* Runs to the end or to SIGINT. Returns the exit code. */
int run_run(const struct options *options);

/* What is said of a run. Return 0, or -1 when the file was not written. */
int run_write_json(struct run *run, const char *path) __attribute__((warn_unused_result));
int report_write(struct run *run, const char *path) __attribute__((warn_unused_result));

/* Fills the sheet's input from what was measured. Returns false when nothing can be said. */
bool run_sizing(struct run *run, struct sizing_input *input);

#endif
