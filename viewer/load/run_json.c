/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run as JSON. */

#include "result.h"
#include "run.h"

static const char *end_name(enum knee_end end)
{
	switch (end) {
	case KNEE_FOUND:
		return "found";
	case KNEE_FAILED:
		return "sessions-failed";
	case KNEE_OPEN:
		return "not-reached";
	case KNEE_UNMEASURED:
		return "too-few-samples";
	case KNEE_BELOW:
		return "below-first-step";
	}
	return "";
}

static void write_settings(struct json *json, const struct run *run)
{
	const struct options *options = run->options;
	const struct connection_settings *connection = &options->work.connection;

	json_begin(json, "settings", '{');
	json_string(json, "security", connection->is_plain ? "none" : "x509plain");
	json_integer(json, "jpeg_level", connection->jpeg_level);
	json_integer(json, "width", connection->width);
	json_integer(json, "height", connection->height);
	json_integer(json, "scale_percent", connection->scale * 100 / CODE_SCALE_ONE);
	json_integer(json, "seconds", options->seconds);
	json_integer(json, "settle_seconds", options->settle_seconds);
	json_integer(json, "stagger_ms", options->stagger_ms);
	json_integer(json, "think_percent", options->work.think_percent);
	json_integer(json, "limit_ms", options->limit_ms);
	json_integer(json, "action_timeout_ms", options->work.action_timeout_ms);
	json_integer(json, "seed", options->work.seed);
	json_begin(json, "mix", '{');
	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		if (options->mix.weights[i] > 0) {
			json_integer(json, work_profile_name((enum work_profile)i),
				options->mix.weights[i]);
		}
	}
	json_end(json, '}');
	json_end(json, '}');
}

static void write_facts(struct json *json, const struct host_facts *facts)
{
	json_begin(json, "host", '{');
	json_string(json, "processor", facts->processor);
	json_integer(json, "cores", facts->cores);
	json_number(json, "memory_mib", facts->memory_mib);
	json_string(json, "kernel", facts->kernel);
	json_end(json, '}');
}

/* The median: a frame that comes in pieces stands for a moment beside parts of another. */
static void write_film(struct json *json, struct samples *psnr)
{
	struct summary summary = samples_summary(psnr);

	if (summary.count == 0) {
		return;
	}
	json_begin(json, "film", '{');
	json_integer(json, "frames_compared", summary.count);
	json_number(json, "psnr_db", samples_rank(psnr->values, psnr->count, 50) / 1000.0);
	json_number(json, "least", summary.least / 1000.0);
	json_number(json, "most", summary.most / 1000.0);
	json_end(json, '}');
}

static void write_profile(
	struct json *json, struct step *step, unsigned profile, uint32_t timeout_ms)
{
	struct tally *tally = &step->tallies[profile];
	double user_seconds = run_seconds(step) * step->users[profile];
	uint64_t actions = 0;

	json_begin(json, work_profile_name((enum work_profile)profile), '{');
	json_integer(json, "users", step->users[profile]);
	json_integer(json, "bytes_in", tally->bytes_in);
	json_number(json, "bytes_per_second_and_user", (double)tally->bytes_in / user_seconds);
	for (unsigned i = 0; i < WORK_ACTIONS; i++) {
		actions += tally->done[i];
	}
	if (actions > 0) {
		json_number(json, "bytes_per_action", (double)tally->bytes_in / (double)actions);
	}
	result_actions(json, tally, timeout_ms);
	result_quality(json, &tally->quality);
	if (tally->notches_rested > 0) {
		json_number(json, "px_per_notch",
			(double)tally->notch_px / (double)tally->notches_rested);
	}
	write_film(json, &tally->film);
	if (tally->frames + tally->repeated + tally->torn > 0) {
		json_begin(json, "frames", '{');
		json_integer(json, "distinct", tally->frames);
		json_number(json, "distinct_per_second", (double)tally->frames / user_seconds);
		json_integer(json, "repeated", tally->repeated);
		json_integer(json, "torn", tally->torn);
		json_integer(json, "skipped", tally->skipped);
		json_end(json, '}');
	}
	json_end(json, '}');
}

static void write_host_of_step(struct json *json, const struct step *step)
{
	result_cpu(json, step->cpu_s);
	json_number(json, "whole_machine", step->busy_s);
	json_end(json, '}');
	result_memory(json, &step->memory);
	json_number(json, "machine_used_mib", step->memory.used_mib);
	json_integer(json, "processes", step->memory.processes);
	json_end(json, '}');
}

static void write_step(struct json *json, const struct run *run, struct step *step)
{
	json_begin(json, NULL, '{');
	json_integer(json, "sessions", step->sessions);
	json_integer(json, "failed", step->failed);
	json_integer(json, "busy_retries", step->busy_retries);
	json_integer(json, "windows", step->windows);
	json_number(json, "seconds", step->seconds);
	result_times(json, "key_to_pixel", &step->typing);
	result_times(json, "first_picture", &step->first_pictures);
	result_times(json, "first_page", &step->first_pages);
	json_integer(json, "bytes_in", step->bytes_in);
	json_number(json, "bytes_per_second", (double)step->bytes_in / run_seconds(step));
	json_integer(json, "bytes_in_busiest_second", step->peak_bytes);
	result_times(json, "instrument_turn", &step->turns);
	json_begin(json, "profiles", '{');
	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		if (step->users[i] > 0) {
			write_profile(json, step, i, run->options->work.action_timeout_ms);
		}
	}
	json_end(json, '}');
	if (run->has_host) {
		write_host_of_step(json, step);
	}
	json_end(json, '}');
}

static void write_sizing(struct json *json, struct run *run)
{
	struct sizing_input input;
	struct sizing sizing;

	if (!run_sizing(run, &input)) {
		json_null(json, "sizing");
		return;
	}
	sizing = sizing_compute(&input);
	json_begin(json, "sizing", '{');
	json_integer(json, "desks", input.desks);
	json_integer(json, "concurrency_percent", input.concurrency);
	json_integer(json, "reserve_percent", input.reserve);
	json_integer(json, "spare_hosts", input.spare);
	json_number(json, "host_mib", input.host_mib);
	json_number(json, "session_mib", input.session_mib);
	json_number(json, "session_mean_bps", input.mean_bps);
	json_number(json, "session_busiest_bps", input.peak_bps);
	json_integer(json, "concurrent_sessions", sizing.concurrent);
	json_integer(json, "sessions_per_host", sizing.sessions_per_host);
	json_integer(json, "hosts", sizing.hosts);
	json_integer(json, "memory_gib_per_host", sizing.memory_gib);
	json_number(json, "mean_bps", sizing.mean_bps);
	json_number(json, "busiest_bps", sizing.peak_bps);
	json_end(json, '}');
}

int run_write_json(struct run *run, const char *path)
{
	FILE *file = result_open(path);
	struct json json = {.file = file};

	if (file == NULL) {
		return -1;
	}
	json_begin(&json, NULL, '{');
	json_string(&json, "tool", "garasu-load " GARASU_VERSION);
	json_string(&json, "command", "run");
	json_string(&json, "title", run->options->title != NULL ? run->options->title : "");
	json_integer(&json, "started_unix_ms", run->started_unix_ms);
	json_bool(&json, "interrupted", run->is_interrupted);
	json_bool(&json, "out_of_memory", run->is_short_of_memory);
	write_settings(&json, run);
	write_facts(&json, &run->facts);
	json_begin(&json, "steps", '[');
	for (size_t i = 0; i < run->step_count; i++) {
		write_step(&json, run, &run->steps[i]);
	}
	json_end(&json, ']');
	json_begin(&json, "failures", '[');
	for (size_t i = 0; i < run->failure_count; i++) {
		json_begin(&json, NULL, '{');
		json_string(&json, "words", run->failures[i].words);
		json_integer(&json, "count", run->failures[i].count);
		json_end(&json, '}');
	}
	json_end(&json, ']');
	json_begin(&json, "knee", '{');
	json_string(&json, "end", end_name(run->knee.end));
	json_integer(&json, "sessions", run->knee.sessions);
	json_end(&json, '}');
	write_sizing(&json, run);
	json_end(&json, '}');
	return result_close(file);
}
