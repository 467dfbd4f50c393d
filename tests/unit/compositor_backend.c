/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wlroots' other backends: whatever the environment asks for, the compositor speaks to no seat, no
 * display and no device. */

#include "stage.h"
#include "stage_pattern.h"

#include "base/clock.h"

#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE "http://painter/bars"

enum bait { SEAT, WAYLAND, X11, BAITS };

static struct stage stage;
static char directory[] = "/tmp/garasu-backend-XXXXXX";
static char script[64];
static int baits[BAITS] = {-1, -1, -1}; /* sockets of what it must not ask */

/* A name that begins with @ is an abstract one. */
static int open_bait(const char *name)
{
	struct sockaddr_un place = {.sun_family = AF_UNIX};
	size_t size = strlen(name);
	int bait = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_in_range(size, 1, sizeof(place.sun_path) - 1);
	memcpy(place.sun_path, name, size);
	if (name[0] == '@') {
		place.sun_path[0] = '\0';
	}
	assert_int_equal(bind(bait, (struct sockaddr *)&place,
				 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size)),
		0);
	assert_int_equal(listen(bait, 8), 0);
	return bait;
}

/* Becomes the compositor, with an environment that asks for every other backend. */
static void write_script(unsigned display)
{
	FILE *file;

	snprintf(script, sizeof(script), "%s/script", directory);
	file = fopen(script, "we");
	assert_non_null(file);
	fprintf(file,
		"#!/bin/sh\n"
		"export WLR_BACKENDS=wayland,x11,drm,libinput WLR_RENDERER=gles2 DISPLAY=:%u\n"
		"export WAYLAND_DISPLAY=%s/wayland LIBSEAT_BACKEND=seatd SEATD_SOCK=%s/seat\n"
		"exec \"$XDG_RUNTIME_DIR/garasu-compositor\"\n",
		display, directory, directory);
	assert_int_equal(fclose(file), 0);
}

static int start(void **state)
{
	const struct stage_program programs[] = {{script, "garasu-script"},
		{COMPOSITOR, "garasu-compositor"}, {PAINTER, "garasu-browser"}, {NULL, NULL}};
	struct garasu_session_settings settings = stage_settings(PAGE, 640, 480, 120);
	unsigned display = 1000 + (unsigned)getpid() % 50000;
	char name[64];

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(name, sizeof(name), "%s/seat", directory);
	baits[SEAT] = open_bait(name);
	snprintf(name, sizeof(name), "%s/wayland", directory);
	baits[WAYLAND] = open_bait(name);
	snprintf(name, sizeof(name), "@/tmp/.X11-unix/X%u", display);
	baits[X11] = open_bait(name);
	write_script(display);
	stage_start(&stage, programs, &settings, 0);
	return 0;
}

static int stop(void **state)
{
	static const char *const names[] = {"script", "seat", "wayland"};
	char path[64];

	(void)state;
	for (size_t i = 0; i < BAITS; i++) {
		close(baits[i]);
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		unlink(path);
	}
	rmdir(directory);
	return stage_stop(&stage);
}

static void see_the_page(void)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;
	struct pattern pattern;

	assert_int_equal(pattern_parse(&pattern, PAGE), 0);
	pattern.width = 640;
	pattern.height = 480;
	while (!stage_shows(&stage, &pattern)) {
		assert_true(garasu_clock_ms() < deadline);
		stage_frame(&stage);
	}
}

static void seats_and_displays_are_not_asked(void **state)
{
	(void)state;
	see_the_page(); /* all that it sets up stands */
	for (size_t i = 0; i < BAITS; i++) {
		struct pollfd asked = {.fd = baits[i], .events = POLLIN};

		assert_int_equal(poll(&asked, 1, 0), 0);
	}
}

static void no_device_is_open(void **state)
{
	char path[64];
	char target[256];
	struct stat kind;
	unsigned count = 0;
	DIR *descriptors;

	(void)state;
	see_the_page();
	snprintf(path, sizeof(path), "/proc/%d/fd", stage.pid);
	descriptors = opendir(path);
	if (descriptors == NULL && getuid() != 0) {
		print_error("only root may look at it\n");
		skip();
	}
	assert_non_null(descriptors);
	for (struct dirent *entry; (entry = readdir(descriptors)) != NULL;) {
		ssize_t size =
			readlinkat(dirfd(descriptors), entry->d_name, target, sizeof(target) - 1);

		if (size > 0) {
			target[size] = '\0';
			count++;
			if (fstatat(dirfd(descriptors), entry->d_name, &kind, 0) == 0 &&
				(S_ISCHR(kind.st_mode) || S_ISBLK(kind.st_mode))) {
				assert_string_equal(target, "/dev/null");
			}
		}
	}
	closedir(descriptors);
	assert_in_range(count, 8, 1000); /* it could be looked at */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seats_and_displays_are_not_asked),
		cmocka_unit_test(no_device_is_open),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
