/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ramp. */

#include "run.h"

#include <base/clock.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECOND_US UINT64_C(1000000)
#define LINE_EVERY 5u /* seconds, where the progress line cannot be written over */

static volatile sig_atomic_t is_interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	is_interrupted = 1;
}

/* ---- progress ---- */

/* Adds keys and texts that were seen. */
static int join_typing(struct samples *typing, const struct tally *tally)
{
	for (unsigned action = 0; action < WORK_ACTIONS; action++) {
		if (work_action_is_typing((enum work_action)action) &&
			samples_join(typing, &tally->times[action]) != 0) {
			return -1;
		}
	}
	return 0;
}

static void say_progress(const struct step *step, const struct crowd *crowd, const char *phase,
	uint32_t second, uint32_t of, uint64_t bytes)
{
	bool is_terminal = isatty(STDERR_FILENO);
	struct samples typing = {0};
	struct summary summary;
	char times[96] = "";

	if (!is_terminal && second % LINE_EVERY != 0) {
		return;
	}
	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		if (join_typing(&typing, &step->tallies[i]) != 0) {
			break; /* a line of progress with fewer samples */
		}
	}
	summary = samples_summary(&typing);
	samples_finish(&typing);
	if (summary.has_percentiles) {
		snprintf(times, sizeof(times), ", key p50 %.0f p95 %.0f ms", summary.p50 / 1000.0,
			summary.p95 / 1000.0);
	}
	if (of == 0) {
		fprintf(stderr, "%sgarasu-load: session %u of %u, %s%s",
			is_terminal ? "\r\033[K" : "", (unsigned)crowd->count, step->sessions,
			phase, is_terminal ? "" : "\n");
		return;
	}
	fprintf(stderr, "%sgarasu-load: %u sessions, %s %u/%u s, n=%zu%s, %.1f Mbit/s, %u failed%s",
		is_terminal ? "\r\033[K" : "", (unsigned)crowd->count, phase, second, of,
		summary.count, times, (double)bytes * 8 / 1e6, step->failed,
		is_terminal ? "" : "\n");
}

/* ---- one step ---- */

static void turn_until(struct crowd *crowd, uint64_t until_us)
{
	while (!is_interrupted && garasu_clock_us() < until_us) {
		crowd_turn(crowd, until_us);
	}
}

static void note_failure(struct run *run, const struct work *work)
{
	char words[RUN_FAILURE_BYTES];

	work_failure(work, words, sizeof(words));
	for (size_t i = 0; i < run->failure_count; i++) {
		if (strcmp(run->failures[i].words, words) == 0) {
			run->failures[i].count++;
			return;
		}
	}
	if (run->failure_count < RUN_FAILURES_MAX) {
		struct failure *failure = &run->failures[run->failure_count++];

		memcpy(failure->words, words, sizeof(words));
		failure->count = 1;
	}
}

static uint32_t count_failed(const struct crowd *crowd)
{
	uint32_t failed = 0;

	for (size_t i = 0; i < crowd->count; i++) {
		failed += crowd->works[i].phase == WORK_FAILED;
	}
	return failed;
}

static bool are_settled(const struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++) {
		if (!work_is_settled(&crowd->works[i])) {
			return false;
		}
	}
	return true;
}

/* Starts the sessions that this step has more than the last, one after the other. */
static void start_sessions(struct run *run, struct step *step, struct crowd *crowd)
{
	const struct options *options = run->options;
	size_t first = crowd->count;

	while (crowd->count < step->sessions && !is_interrupted) {
		uint32_t number = (uint32_t)crowd->count + 1;

		work_start(crowd_next(crowd), &options->work, mix_profile(&options->mix, number),
			options->first_user + number - 1);
		say_progress(step, crowd, "starting", 0, 0, 0);
		turn_until(crowd, garasu_clock_us() + options->stagger_ms * UINT64_C(1000));
	}
	while (!are_settled(crowd) && !is_interrupted) {
		turn_until(crowd, garasu_clock_us() + SECOND_US / 10);
	}
	for (size_t i = first; i < crowd->count; i++) {
		const struct work *work = &crowd->works[i];

		step->busy_retries += work->busy_retries;
		if (work->first_page_us > 0 &&
			(samples_add(&step->first_pictures, work->first_picture_us) != 0 ||
				samples_add(&step->first_pages, work->first_page_us) != 0)) {
			run->is_short_of_memory = true; /* what was measured is written */
		}
	}
}

static uint64_t bytes_of(const struct step *step)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		bytes += step->tallies[i].bytes_in;
	}
	return bytes;
}

static void measure_window(struct run *run, struct step *step, struct crowd *crowd)
{
	uint64_t start_us = garasu_clock_us(), bytes = bytes_of(step);

	for (size_t i = 0; i < crowd->count; i++) {
		work_measure(&crowd->works[i], &step->tallies[crowd->works[i].profile]);
	}
	for (uint32_t second = 1; second <= run->options->seconds && !is_interrupted; second++) {
		uint64_t now;

		turn_until(crowd, start_us + second * SECOND_US);
		now = bytes_of(step);
		step->peak_bytes = now - bytes > step->peak_bytes ? now - bytes : step->peak_bytes;
		step->failed = count_failed(crowd);
		say_progress(step, crowd, "measuring", second, run->options->seconds, now - bytes);
		bytes = now;
	}
	for (size_t i = 0; i < crowd->count; i++) {
		work_close_window(&crowd->works[i]);
	}
	step->seconds += (double)(garasu_clock_us() - start_us) / 1e6;
}

/* Waits for what began within the window. */
static void drain(struct crowd *crowd)
{
	bool is_any = true;

	while (is_any && !is_interrupted) {
		is_any = false;
		for (size_t i = 0; i < crowd->count; i++) {
			is_any |= work_is_pending(&crowd->works[i]);
		}
		if (is_any) {
			turn_until(crowd, garasu_clock_us() + SECOND_US / 50);
		}
	}
	for (size_t i = 0; i < crowd->count; i++) {
		work_measure(&crowd->works[i], NULL);
	}
}

/* All keys and texts; one that was lost took at least as long as it was waited for. */
static int pool_typing(const struct options *options, struct step *step)
{
	uint64_t lost = 0;

	samples_finish(&step->typing);
	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		const struct tally *tally = &step->tallies[i];

		if (join_typing(&step->typing, tally) != 0) {
			return -1;
		}
		for (unsigned action = 0; action < WORK_ACTIONS; action++) {
			lost += work_action_is_typing((enum work_action)action)
					? tally->lost[action]
					: 0;
		}
	}
	while (lost-- > 0) {
		if (samples_add(&step->typing, options->work.action_timeout_ms * UINT64_C(1000)) !=
			0) {
			return -1;
		}
	}
	return 0;
}

static void take_usage(struct step *step, const struct host_usage *before, struct host *host)
{
	struct host_usage after;

	host_usage(host, &after);
	for (unsigned i = 0; i < HOST_GROUPS; i++) {
		step->cpu_s[i] += after.cpu_s[i] - before->cpu_s[i];
	}
	step->busy_s += after.busy_s - before->busy_s;
}

/* Adds one window to what the step has. */
static void measure(struct run *run, struct step *step, struct crowd *crowd, struct host *host)
{
	struct host_usage before = {0};

	samples_finish(&crowd->turn_us);
	if (host != NULL) {
		host_usage(host, &before);
	}
	measure_window(run, step, crowd);
	if (host != NULL) {
		take_usage(step, &before, host);
	}
	step->windows++;
	run->is_short_of_memory |= samples_join(&step->turns, &crowd->turn_us) != 0;
	samples_finish(&crowd->turn_us);
	drain(crowd);
	if (host != NULL) {
		host_memory(host, &step->memory);
	}
	step->failed = count_failed(crowd);
	step->bytes_in = bytes_of(step);
	run->is_short_of_memory |= pool_typing(run->options, step) != 0;
	fputs(isatty(STDERR_FILENO) ? "\n" : "", stderr);
}

static void run_step(struct run *run, struct step *step, struct crowd *crowd, struct host *host)
{
	start_sessions(run, step, crowd);
	step->failed = count_failed(crowd);
	if (step->failed == crowd->count || run->is_short_of_memory) {
		return; /* nobody is left to be measured, or nothing to note it in */
	}
	turn_until(crowd, garasu_clock_us() + run->options->settle_seconds * SECOND_US);
	for (size_t i = 0; i < crowd->count; i++) {
		step->users[crowd->works[i].profile] += crowd->works[i].phase != WORK_FAILED;
	}
	measure(run, step, crowd, host);
}

/* ---- the run ---- */

static void find_knee(struct run *run)
{
	struct knee_step steps[OPTIONS_STEPS_MAX];

	for (size_t i = 0; i < run->step_count; i++) {
		struct summary typing = samples_summary(&run->steps[i].typing);

		steps[i] = (struct knee_step){.sessions = run->steps[i].sessions,
			.failed = run->steps[i].failed,
			.has_p95 = typing.has_percentiles,
			.p95_ms = typing.p95 / 1000.0};
	}
	run->knee = knee_find(steps, run->step_count, run->options->limit_ms);
}

static bool is_knee_ahead(const struct run *run)
{
	return run->step_count == 0 || run->knee.end == KNEE_OPEN ||
	       run->knee.end == KNEE_UNMEASURED;
}

/* The first step above the limit ends the ramp, so it is measured for as long again, and both
 * windows decide: the few samples of one are soon disturbed. */
static void take_step(struct run *run, struct step *step, struct crowd *crowd, struct host *host)
{
	bool was_ahead = is_knee_ahead(run);

	run->step_count++;
	find_knee(run);
	if (was_ahead && !is_knee_ahead(run) && step->failed == 0 && !is_interrupted) {
		measure(run, step, crowd, host);
		find_knee(run);
	}
}

static void run_steps(struct run *run, struct crowd *crowd, struct host *host)
{
	const struct options *options = run->options;

	for (uint32_t i = 0; i < options->step_count && !is_interrupted; i++) {
		struct step *step = &run->steps[run->step_count];

		step->sessions = options->steps[i];
		run_step(run, step, crowd, host);
		if (step->seconds < 1 && step->failed == 0) {
			break; /* interrupted before anything was measured */
		}
		take_step(run, step, crowd, host);
		if (run->is_short_of_memory || (!options->goes_on && !is_knee_ahead(run))) {
			break;
		}
	}
	for (size_t i = 0; i < crowd->count; i++) {
		if (crowd->works[i].phase == WORK_FAILED) {
			note_failure(run, &crowd->works[i]);
		}
	}
	run->is_interrupted = is_interrupted;
}

/* The tool itself grows with each session, and is no part of what is bought. */
static double used_by_others(const struct host_memory *memory)
{
	return memory->used_mib - memory->pss_mib[HOST_INSTRUMENT];
}

bool run_sizing(struct run *run, struct sizing_input *input)
{
	const struct options *options = run->options;
	double sessions[OPTIONS_STEPS_MAX], pss[OPTIONS_STEPS_MAX], used[OPTIONS_STEPS_MAX];
	const struct step *step = &run->steps[run->knee.step];
	struct line by_pss, by_used;

	if (run->knee.sessions == 0 || !run->has_host || step->seconds <= 0) {
		return false;
	}
	for (size_t i = 0; i <= run->knee.step; i++) {
		sessions[i] = run->steps[i].sessions;
		used[i] = used_by_others(&run->steps[i].memory);
		pss[i] = 0;
		for (unsigned group = 0; group < HOST_INSTRUMENT; group++) {
			pss[i] += run->steps[i].memory.pss_mib[group];
		}
	}
	by_pss = line_fit(sessions, pss, run->knee.step + 1);
	by_used = line_fit(sessions, used, run->knee.step + 1);
	*input = (struct sizing_input){.knee = run->knee.sessions,
		.desks = options->desks,
		.concurrency = options->concurrency,
		.reserve = options->reserve,
		.spare = options->spare,
		.host_mib = used_by_others(&run->memory_before),
		.session_mib = pss[run->knee.step] / sessions[run->knee.step],
		.mean_bps = (double)step->bytes_in * 8 / run_seconds(step) / step->sessions,
		.peak_bps = (double)step->peak_bytes * 8 / step->sessions};
	if (by_pss.is_known && by_pss.slope > 0) {
		input->session_mib = by_pss.slope;
	}
	if (by_used.is_known && by_used.slope > input->session_mib) {
		input->session_mib = by_used.slope; /* memory file systems are in no PSS */
	}
	return true;
}

static void print_table(struct run *run)
{
	printf("sessions  failed  key n   p50 ms   p95 ms  wheel p95  cores  Mbit/s\n");
	for (size_t i = 0; i < run->step_count; i++) {
		struct step *step = &run->steps[i];
		struct summary typing = samples_summary(&step->typing);
		struct samples wheel = {0};
		struct summary notch = {0};
		double cpu_s = 0;

		if (samples_join(&wheel, &step->tallies[WORK_READ].times[WORK_WHEEL]) == 0) {
			notch = samples_summary(&wheel);
		}
		samples_finish(&wheel);
		for (unsigned group = 0; group < HOST_INSTRUMENT; group++) {
			cpu_s += step->cpu_s[group];
		}
		printf("%8u  %6u  %5zu  ", step->sessions, step->failed, typing.count);
		if (typing.has_percentiles) {
			printf("%7.1f  %7.1f", typing.p50 / 1000.0, typing.p95 / 1000.0);
		} else {
			printf("      -        -");
		}
		if (notch.has_percentiles) {
			printf("  %9.1f", notch.p95 / 1000.0);
		} else {
			printf("          -");
		}
		printf("  %5.2f  %6.1f\n", cpu_s / run_seconds(step),
			(double)step->bytes_in * 8 / run_seconds(step) / 1e6);
	}
}

static void print_knee(const struct run *run)
{
	uint32_t limit_ms = run->options->limit_ms;

	switch (run->knee.end) {
	case KNEE_FOUND:
		printf("knee: %u sessions (p95 above %u ms in the next step)\n", run->knee.sessions,
			limit_ms);
		return;
	case KNEE_FAILED:
		printf("knee: %u sessions (sessions failed in the next step)\n",
			run->knee.sessions);
		return;
	case KNEE_OPEN:
		printf("knee: not reached; %u sessions hold %u ms\n", run->knee.sessions, limit_ms);
		return;
	case KNEE_UNMEASURED:
		printf("knee: too few samples\n");
		return;
	case KNEE_BELOW:
		printf("knee: below the first step\n");
		return;
	}
}

/* On loopback the host measured is this one. */
static bool is_here(const struct options *options)
{
	const struct sockaddr *address = (const struct sockaddr *)&options->work.connection.address;

	if (options->tree_count > 0) {
		return true;
	}
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;

		return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}
	return IN6_IS_ADDR_LOOPBACK(
		&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

static int write_results(struct run *run)
{
	const struct options *options = run->options;
	int code = run->step_count > 0 ? EXIT_CLASS_OK : EXIT_CLASS_ENDED;

	print_table(run);
	print_knee(run);
	if (run->is_short_of_memory) {
		fputs("garasu-load: out of memory: the last step is incomplete\n", stderr);
		code = EXIT_CLASS_LOCAL;
	}
	for (size_t i = 0; i < run->failure_count; i++) {
		printf("failed: %u times: %s\n", run->failures[i].count, run->failures[i].words);
	}
	fflush(stdout);
	if (options->json != NULL && run_write_json(run, options->json) != 0) {
		fprintf(stderr, "garasu-load: cannot write %s\n", options->json);
		code = EXIT_CLASS_LOCAL;
	}
	if (options->html != NULL && report_write(run, options->html) != 0) {
		fprintf(stderr, "garasu-load: cannot write %s\n", options->html);
		code = EXIT_CLASS_LOCAL;
	}
	return code;
}

static void finish(struct run *run)
{
	for (size_t i = 0; i < OPTIONS_STEPS_MAX; i++) {
		for (unsigned profile = 0; profile < WORK_PROFILES; profile++) {
			tally_finish(&run->steps[i].tallies[profile]);
		}
		samples_finish(&run->steps[i].typing);
		samples_finish(&run->steps[i].first_pictures);
		samples_finish(&run->steps[i].first_pages);
		samples_finish(&run->steps[i].turns);
	}
	free(run);
}

int run_run(const struct options *options)
{
	const struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
	struct run *run = calloc(1, sizeof(*run));
	struct crowd crowd = {0};
	struct host *host = NULL;
	int code = EXIT_CLASS_LOCAL;

	if (run == NULL || crowd_init(&crowd, options->steps[options->step_count - 1]) != 0) {
		free(run);
		return EXIT_CLASS_LOCAL;
	}
	run->options = options;
	run->has_host = is_here(options);
	run->started_unix_ms = garasu_clock_unix_ms();
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	if (run->has_host) {
		host = host_create(options->trees, options->tree_count);
	}
	run->has_host = host != NULL;
	host_facts(&run->facts);
	if (host != NULL) {
		host_memory(host, &run->memory_before);
	}
	run_steps(run, &crowd, host);
	code = write_results(run);
	host_destroy(&host);
	crowd_finish(&crowd);
	finish(run);
	return code;
}
