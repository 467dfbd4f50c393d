/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What processes spend while nobody of ours is connected to them. */

#include "watch.h"

#include "host.h"
#include "result.h"

#include <base/clock.h>

#include <stdio.h>
#include <time.h>

struct watch {
	double seconds, cpu_s[HOST_GROUPS];
	struct host_memory memory;
};

static void measure(struct host *host, uint32_t seconds, struct watch *watch)
{
	struct timespec left = {.tv_sec = (time_t)seconds};
	struct host_usage before, after;
	uint64_t start_us = garasu_clock_us();

	host_usage(host, &before);
	(void)nanosleep(&left, NULL); /* a signal ends it early; the time is measured */
	host_usage(host, &after);
	watch->seconds = (double)(garasu_clock_us() - start_us) / 1e6;
	for (unsigned i = 0; i < HOST_GROUPS; i++) {
		watch->cpu_s[i] = after.cpu_s[i] - before.cpu_s[i];
	}
	host_memory(host, &watch->memory);
}

static int write_json(const struct watch *watch, const char *path)
{
	FILE *file = result_open(path);
	struct json json = {.file = file};

	if (file == NULL) {
		return -1;
	}
	json_begin(&json, NULL, '{');
	json_string(&json, "tool", "garasu-load " GARASU_VERSION);
	json_string(&json, "command", "host");
	json_number(&json, "seconds", watch->seconds);
	result_cpu(&json, watch->cpu_s);
	json_end(&json, '}');
	result_memory(&json, &watch->memory);
	json_end(&json, '}');
	json_end(&json, '}');
	return result_close(file);
}

int watch_run(const struct options *options)
{
	struct host *host = host_create(options->trees, options->tree_count);
	struct watch watch = {0};

	if (host == NULL) {
		return EXIT_CLASS_LOCAL;
	}
	measure(host, options->seconds, &watch);
	host_destroy(&host);
	printf("%-12s %8s %9s\n", "group", "% core", "PSS MiB");
	for (unsigned i = 0; i < HOST_INSTRUMENT; i++) {
		printf("%-12s %8.2f %9.1f\n", host_group_name((enum host_group)i),
			watch.cpu_s[i] / watch.seconds * 100, watch.memory.pss_mib[i]);
	}
	printf("frame memory, within the above: %.1f MiB\n", watch.memory.frame_mib);
	if (options->json != NULL && write_json(&watch, options->json) != 0) {
		fprintf(stderr, "garasu-load: cannot write %s\n", options->json);
		return EXIT_CLASS_LOCAL;
	}
	return EXIT_CLASS_OK;
}
