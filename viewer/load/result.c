/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results as JSON. */

#include "result.h"

#include <string.h>

FILE *result_open(const char *path)
{
	return strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
}

int result_close(FILE *file)
{
	int failed = fflush(file) != 0 || ferror(file);

	if (file != stdout) {
		failed |= fclose(file) != 0;
	}
	return failed ? -1 : 0;
}

void result_times(struct json *json, const char *key, struct samples *times)
{
	struct summary summary = samples_summary(times);

	json_begin(json, key, '{');
	json_integer(json, "n", summary.count);
	if (summary.has_percentiles) {
		json_number(json, "p50_ms", summary.p50 / 1000.0);
		json_number(json, "p95_ms", summary.p95 / 1000.0);
	}
	if (summary.has_p99) {
		json_number(json, "p99_ms", summary.p99 / 1000.0);
	}
	if (summary.count > 0) {
		json_number(json, "mean_ms", summary.mean / 1000.0);
		json_number(json, "least_ms", summary.least / 1000.0);
		json_number(json, "most_ms", summary.most / 1000.0);
	}
	json_end(json, '}');
}

static void write_decibels(struct json *json, const char *key, struct samples *psnr, double mean)
{
	struct summary summary = samples_summary(psnr);

	json_begin(json, key, '{');
	json_number(json, "least", summary.least / 1000.0);
	json_number(json, "mean", mean);
	if (summary.has_percentiles) {
		json_number(json, "p50", summary.p50 / 1000.0);
	}
	json_number(json, "most", summary.most / 1000.0);
	json_end(json, '}');
}

void result_quality(struct json *json, struct quality *quality)
{
	double pages = quality->pages > 0 ? (double)quality->pages : 1;

	if (quality->pages + quality->uncompared == 0) {
		return;
	}
	json_begin(json, "quality", '{');
	json_integer(json, "pages", quality->pages);
	json_integer(json, "uncompared", quality->uncompared);
	json_integer(json, "differing_pixels", quality->differing);
	for (uint32_t i = 0; i < INSPECTION_TIMES && quality->pages > 0; i++) {
		char key[32];

		snprintf(key, sizeof(key), "psnr_db_at_%u_ms", inspection_times_ms[i]);
		write_decibels(json, key, &quality->psnr[i], quality_psnr(quality, i));
	}
	result_times(json, "lossless", &quality->lossless);
	json_number(json, "bytes_first_picture", (double)quality->bytes_first / pages);
	json_number(json, "bytes_refinement", (double)quality->bytes_after / pages);
	json_end(json, '}');
}

/* The same with each lost one at the time-out: what was waited for, at least. */
static void write_with_lost(
	struct json *json, const struct samples *times, uint64_t lost, uint32_t timeout_ms)
{
	struct samples all = {0};
	int result = samples_join(&all, times);

	while (result == 0 && lost-- > 0) {
		result = samples_add(&all, timeout_ms * UINT64_C(1000));
	}
	if (result == 0) {
		result_times(json, "latency_with_lost", &all);
	} else {
		json_null(json, "latency_with_lost"); /* without memory: not said */
	}
	samples_finish(&all);
}

void result_actions(struct json *json, struct tally *tally, uint32_t timeout_ms)
{
	json_begin(json, "actions", '{');
	for (unsigned i = 0; i < WORK_ACTIONS; i++) {
		if (tally->done[i] + tally->lost[i] == 0) {
			continue;
		}
		json_begin(json, work_action_name((enum work_action)i), '{');
		json_integer(json, "done", tally->done[i]);
		json_integer(json, "lost", tally->lost[i]);
		json_integer(json, "late", tally->late[i]);
		result_times(json, "latency", &tally->times[i]);
		write_with_lost(json, &tally->times[i], tally->lost[i], timeout_ms);
		json_end(json, '}');
	}
	json_end(json, '}');
}

void result_cpu(struct json *json, const double cpu_s[HOST_GROUPS])
{
	json_begin(json, "cpu_seconds", '{');
	for (unsigned i = 0; i < HOST_GROUPS; i++) {
		json_number(json, host_group_name((enum host_group)i), cpu_s[i]);
	}
}

void result_memory(struct json *json, const struct host_memory *memory)
{
	json_begin(json, "memory", '{');
	if (!memory->has_pss) {
		return;
	}
	json_begin(json, "pss_mib", '{');
	for (unsigned i = 0; i < HOST_GROUPS; i++) {
		json_number(json, host_group_name((enum host_group)i), memory->pss_mib[i]);
	}
	json_end(json, '}');
	json_number(json, "frame_mib", memory->frame_mib);
	json_number(json, "window_mib", memory->window_mib);
}
