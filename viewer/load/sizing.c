/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Knee, line and sheet. */

#include "sizing.h"

#include <math.h>

#define MEMORY_MARGIN 1.2

struct knee knee_find(const struct knee_step *steps, size_t count, double limit_ms)
{
	struct knee knee = {.end = KNEE_UNMEASURED};

	for (size_t i = 0; i < count; i++) {
		const struct knee_step *step = &steps[i];
		bool has_failed = step->failed > 0;

		if (!has_failed && !step->has_p95) {
			continue;
		}
		if (has_failed || step->p95_ms > limit_ms) {
			if (knee.end == KNEE_UNMEASURED) {
				knee.end = KNEE_BELOW;
			} else {
				knee.end = has_failed ? KNEE_FAILED : KNEE_FOUND;
			}
			return knee;
		}
		knee = (struct knee){.end = KNEE_OPEN, .step = i, .sessions = step->sessions};
	}
	return knee;
}

struct line line_fit(const double *x, const double *y, size_t count)
{
	double mean_x = 0, mean_y = 0, over = 0, under = 0;

	for (size_t i = 0; i < count; i++) {
		mean_x += x[i] / (double)count;
		mean_y += y[i] / (double)count;
	}
	for (size_t i = 0; i < count; i++) {
		over += (x[i] - mean_x) * (y[i] - mean_y);
		under += (x[i] - mean_x) * (x[i] - mean_x);
	}
	if (under <= 0) {
		return (struct line){0};
	}
	return (struct line){
		.is_known = true, .slope = over / under, .start = mean_y - over / under * mean_x};
}

struct sizing sizing_compute(const struct sizing_input *input)
{
	uint64_t wanted = (uint64_t)input->desks * input->concurrency;
	struct sizing sizing = {.concurrent = (uint32_t)((wanted + 99) / 100)};
	double memory_mib;

	sizing.sessions_per_host = (uint32_t)((uint64_t)input->knee * (100 - input->reserve) / 100);
	if (sizing.sessions_per_host == 0) {
		sizing.sessions_per_host = 1;
	}
	sizing.hosts =
		(sizing.concurrent + sizing.sessions_per_host - 1) / sizing.sessions_per_host +
		input->spare;
	memory_mib =
		(input->host_mib + input->session_mib * sizing.sessions_per_host) * MEMORY_MARGIN;
	sizing.memory_gib = (uint32_t)ceil(memory_mib / 1024);
	sizing.mean_bps = input->mean_bps * sizing.concurrent;
	sizing.peak_bps = input->peak_bps * sizing.concurrent;
	return sizing;
}
