/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_SIZING_H
#define LOAD_SIZING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The arithmetic from what was measured to what must be bought. Pure. */

/* ---- the knee ---- */

struct knee_step {
	uint32_t sessions;
	bool has_p95;
	double p95_ms;   /* lost actions count as the longest time waited for */
	uint32_t failed; /* sessions that did not start or ended */
};

enum knee_end {
	KNEE_FOUND,      /* the next step passed the limit */
	KNEE_FAILED,     /* in the next step sessions failed */
	KNEE_OPEN,       /* no step passed it: the host carries at least so many */
	KNEE_UNMEASURED, /* too few samples to say anything */
	KNEE_BELOW,      /* already the first step passed it or failed */
};

struct knee {
	enum knee_end end;
	size_t step;       /* the last that holds; only FOUND, FAILED and OPEN */
	uint32_t sessions; /* of it, else 0 */
};

/* A step holds when no session failed and its p95 is at most the limit. Steps without p95 say
 * nothing and are passed over. The knee is the last step that holds before the first that does not.
 */
struct knee knee_find(const struct knee_step *steps, size_t count, double limit_ms);

/* ---- a line through points ---- */

struct line {
	bool is_known; /* two different x at least */
	double slope, start;
};

/* Least squares. */
struct line line_fit(const double *x, const double *y, size_t count);

/* ---- the sheet ---- */

struct sizing_input {
	uint32_t knee;                /* sessions of one host, at least 1 */
	uint32_t desks, concurrency;  /* concurrency and reserve in percent */
	uint32_t reserve, spare;      /* spare hosts */
	double host_mib, session_mib; /* memory without a session, and of each */
	double mean_bps, peak_bps;    /* of one session */
};

struct sizing {
	uint32_t concurrent;        /* sessions at once: rounded up */
	uint32_t sessions_per_host; /* the knee less the reserve: rounded down, at least 1 */
	uint32_t hosts;             /* spare ones included */
	uint32_t memory_gib;        /* of each host, a fifth more than measured, rounded up */
	double mean_bps, peak_bps;  /* of all sessions together */
};

struct sizing sizing_compute(const struct sizing_input *input);

#endif
