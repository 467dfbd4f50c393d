/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_SAMPLES_H
#define LOAD_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Measured times, and what may be said of them. */

#define SAMPLES_LEAST 20u      /* fewer carry no percentile */
#define SAMPLES_LEAST_P99 100u /* fewer carry no 99th */

struct samples {
	uint32_t *values; /* microseconds, in the order of their arrival until they are summed up */
	size_t count, capacity;
};

struct summary {
	size_t count;
	bool has_percentiles; /* count >= SAMPLES_LEAST: p50 and p95 */
	bool has_p99;
	uint32_t p50, p95, p99;
	uint32_t least, most, mean; /* 0 without a sample */
};

/* Adds one. Returns 0, or -ENOMEM with everything as it was. */
int samples_add(struct samples *samples, uint64_t value_us) __attribute__((warn_unused_result));

/* Adds all of more. Returns 0, or -ENOMEM with everything as it was. */
int samples_join(struct samples *samples, const struct samples *more)
	__attribute__((warn_unused_result));

/* Sorts the samples and sums them up. Percentile p is the nearest rank: the smallest value that at
 * least p % of the samples do not exceed. */
struct summary samples_summary(struct samples *samples);

/* The nearest rank in sorted values; count is at least 1, percent 1 to 100. */
uint32_t samples_rank(const uint32_t *sorted, size_t count, unsigned percent);

/* Frees; accepts zeroes. */
void samples_finish(struct samples *samples);

/* A repeatable source of chance: splitmix64. */
struct chance {
	uint64_t state;
};
uint64_t chance_next(struct chance *chance);
/* Returns a number from least to most, both included. */
uint32_t chance_between(struct chance *chance, uint32_t least, uint32_t most);

#endif
