/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session, one action after the other. */

#include "latency.h"

#include "crowd.h"
#include "result.h"

#include <base/clock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_line(const char *name, struct samples *times, uint64_t lost)
{
	struct summary summary = samples_summary(times);

	printf("%-13s n=%zu lost=%llu", name, summary.count, (unsigned long long)lost);
	if (summary.has_percentiles) {
		printf(" p50=%.1f ms p95=%.1f ms", summary.p50 / 1000.0, summary.p95 / 1000.0);
	}
	if (summary.has_p99) {
		printf(" p99=%.1f ms", summary.p99 / 1000.0);
	}
	if (summary.count > 0) {
		printf(" least=%.1f ms most=%.1f ms", summary.least / 1000.0,
			summary.most / 1000.0);
	}
	putchar('\n');
}

static bool is_finished(const struct options *options, const struct tally *tally)
{
	return tally->done[WORK_KEY] + tally->lost[WORK_KEY] >= options->samples;
}

static void measure(struct crowd *crowd, const struct options *options, struct tally *tally,
	uint64_t *measured_us)
{
	struct work *work = &crowd->works[0];
	uint64_t start_us;

	while (!work_is_settled(work)) {
		crowd_turn(crowd, garasu_clock_us() + 1000000);
	}
	if (work->phase == WORK_FAILED) {
		return;
	}
	fprintf(stderr, "garasu-load: the page stands after %.0f ms\n",
		(double)work->first_page_us / 1000);
	start_us = garasu_clock_us();
	work_measure(work, tally);
	while (work->phase != WORK_FAILED && !is_finished(options, tally)) {
		crowd_turn(crowd, garasu_clock_us() + 1000000);
	}
	work_close_window(work);
	*measured_us = garasu_clock_us() - start_us;
	while (work->phase != WORK_FAILED && work_is_pending(work)) {
		crowd_turn(crowd, garasu_clock_us() + 1000000);
	}
}

static int write_json(const struct options *options, struct crowd *crowd, struct tally *tally,
	uint64_t measured_us)
{
	FILE *file = result_open(options->json);
	const struct work *work = &crowd->works[0];
	struct json json = {.file = file};
	uint64_t actions =
		tally->done[WORK_KEY] + tally->done[WORK_KEY_SCROLLING] + tally->done[WORK_WHEEL];

	if (file == NULL) {
		return -1;
	}
	json_begin(&json, NULL, '{');
	json_string(&json, "tool", "garasu-load " GARASU_VERSION);
	json_string(&json, "command", "latency");
	json_string(&json, "security", options->work.connection.is_plain ? "none" : "x509plain");
	json_integer(&json, "seed", options->work.seed);
	json_integer(&json, "width", work->connection.width);
	json_integer(&json, "height", work->connection.height);
	json_number(&json, "first_picture_ms", (double)work->first_picture_us / 1000);
	json_number(&json, "first_page_ms", (double)work->first_page_us / 1000);
	json_number(&json, "seconds", (double)measured_us / 1e6);
	json_integer(&json, "bytes_in", tally->bytes_in);
	if (actions > 0) {
		json_number(&json, "bytes_per_action", (double)tally->bytes_in / (double)actions);
	}
	json_integer(&json, "foreign_messages", work->connection.foreign_messages);
	result_actions(&json, tally, options->work.action_timeout_ms);
	result_times(&json, "instrument_turn", &crowd->turn_us);
	json_end(&json, '}');
	return result_close(file);
}

int latency_run(const struct options *options)
{
	static const enum work_action benched[] = {WORK_KEY, WORK_KEY_SCROLLING, WORK_WHEEL};
	struct crowd crowd;
	struct tally tally = {0};
	uint64_t measured_us = 0;
	char words[512];
	int code = EXIT_CLASS_OK;

	if (crowd_init(&crowd, 1) != 0) {
		return EXIT_CLASS_LOCAL;
	}
	work_start(crowd_next(&crowd), &options->work, WORK_BENCH, options->first_user);
	measure(&crowd, options, &tally, &measured_us);
	if (crowd.works[0].phase == WORK_FAILED) {
		work_failure(&crowd.works[0], words, sizeof(words));
		fprintf(stderr, "garasu-load: %s\n", words);
		code = (int)words_exit_class(&crowd.works[0].connection.outcome);
	} else {
		for (unsigned i = 0; i < sizeof(benched) / sizeof(benched[0]); i++) {
			print_line(work_action_name(benched[i]), &tally.times[benched[i]],
				tally.lost[benched[i]]);
		}
		if (options->json != NULL &&
			write_json(options, &crowd, &tally, measured_us) != 0) {
			fprintf(stderr, "garasu-load: cannot write %s\n", options->json);
			code = EXIT_CLASS_LOCAL;
		}
	}
	tally_finish(&tally);
	crowd_finish(&crowd);
	return code;
}
