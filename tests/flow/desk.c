/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A desk under Xvfb, driven with xdotool. */

#include "desk.h"

#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS_MAX 32
#define DESK_USER "nobody" /* input methods refuse root, and uids without a name */

void desk_file(const struct desk *desk, char path[128], const char *name)
{
	snprintf(path, 128, "%s/desk/%s", desk->broker->directory, name);
}

static void make_home(const struct desk *desk)
{
	char home[128];
	const struct passwd *user = getpwnam(DESK_USER);

	desk_file(desk, home, "");
	assert_int_equal(mkdir(home, 0700), 0);
	if (getuid() == 0) {
		assert_non_null(user);
		assert_int_equal(chown(home, user->pw_uid, user->pw_gid), 0);
	}
	setenv("HOME", home, 1);
	setenv("XDG_RUNTIME_DIR", home, 1);
}

void desk_child(struct desk *desk, struct flow_child *child, char *const *words)
{
	static const char *const other[] = {
		"/usr/bin/setpriv", "--reuid", DESK_USER, "--regid", "nogroup", "--clear-groups"};
	const size_t others = getuid() == 0 ? sizeof(other) / sizeof(other[0]) : 0;
	char *all[WORDS_MAX] = {NULL};
	char errors[128];
	size_t count = 0;

	memcpy(all, other, others * sizeof(all[0]));
	for (; words[count] != NULL; count++) {
		assert_true(others + count + 1 < WORDS_MAX);
		all[others + count] = words[count];
	}
	snprintf(errors, sizeof(errors), "%s/desk.err", desk->broker->directory);
	flow_child_start(child, all, errors);
}

void desk_start(struct desk *desk, struct flow_broker *broker)
{
	char line[64];
	char name[72];
	char *words[] = {"/usr/bin/Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24",
		"-nolisten", "tcp", "-ac", NULL};

	*desk = (struct desk){.broker = broker};
	make_home(desk);
	desk_child(desk, &desk->display, words);
	flow_child_line(&desk->display, line, sizeof(line));
	snprintf(name, sizeof(name), ":%s", line);
	setenv("DISPLAY", name, 1);
	setenv("SDL_VIDEODRIVER", "x11", 1);
}

void desk_stop(struct desk *desk)
{
	flow_child_end(&desk->display);
}

void desk_open(struct desk *desk, const char *password, const char *address)
{
	char program[128];
	char server[32];
	char authority[128];
	char page[128];
	char *words[] = {program, "--user", "tanaka", "--ca", authority, "--password-stdin",
		"--lang", "en", "--size", "800x600", server, NULL, NULL, NULL};

	if (address != NULL) {
		snprintf(page, sizeof(page), "%s", address);
		words[11] = "--open";
		words[12] = page;
	}
	snprintf(program, sizeof(program), "%s/bin/garasu-viewer", desk->broker->directory);
	snprintf(server, sizeof(server), "127.0.0.1:%u", desk->broker->port);
	snprintf(authority, sizeof(authority), "%s/certs/ca.crt", desk->broker->directory);
	desk_child(desk, &desk->window, words);
	dprintf(desk->window.in, "%s\n", password);
}

void desk_close(struct desk *desk)
{
	if (desk->window.pid > 0) {
		flow_child_end(&desk->window);
	}
}

void desk_run(char *output, size_t size, char *const *words)
{
	flow_run(output, size, NULL, words);
}

void desk_find(const struct desk *desk, struct desk_place *place)
{
	char output[512] = "";
	char pid[16];
	char *search[] = {
		"/usr/bin/xdotool", "search", "--sync", "--onlyvisible", "--pid", pid, NULL};
	char *geometry[] = {"/usr/bin/xdotool", "getwindowgeometry", "--shell", place->id, NULL};

	snprintf(pid, sizeof(pid), "%d", desk->window.pid);
	desk_run(output, sizeof(output), search);
	snprintf(place->id, sizeof(place->id), "%.*s", (int)strcspn(output, "\n"), output);
	desk_run(output, sizeof(output), geometry);
	assert_int_equal(sscanf(output, "WINDOW=%*u\nX=%d\nY=%d\nWIDTH=%d\nHEIGHT=%d", &place->x,
				 &place->y, &place->width, &place->height),
		4);
}

void desk_focus(const struct desk *desk)
{
	struct desk_place place;

	desk_find(desk, &place);
	DESK_RUN("/usr/bin/xdotool", "windowfocus", "--sync", place.id);
}

void desk_click(const struct desk *desk, int x, int y)
{
	struct desk_place place;
	char left[16];
	char top[16];

	desk_find(desk, &place);
	snprintf(left, sizeof(left), "%d", x);
	snprintf(top, sizeof(top), "%d", y);
	DESK_RUN("/usr/bin/xdotool", "mousemove", "--window", place.id, left, top, "click", "1");
}

void desk_wait_colour(const struct desk *desk, int inner_x, int inner_y, const char *colour)
{
	struct desk_place place;
	char format[64];
	char output[256] = "";
	char *words[] = {"/usr/bin/import", "-silent", "-window", "root", "-depth", "8", "-format",
		format, "info:", NULL};
	time_t deadline = time(NULL) + FLOW_DEADLINE_MS / 1000;

	while (time(NULL) < deadline) {
		desk_find(desk, &place);
		snprintf(format, sizeof(format), "%%[pixel:p{%d,%d}]\n",
			place.x + inner_x + (inner_x < 0 ? place.width : 0),
			place.y + inner_y + (inner_y < 0 ? place.height : 0));
		desk_run(output, sizeof(output), words);
		if (strstr(output, colour) != NULL) {
			return;
		}
	}
	fail_msg("%d,%d is %s, not %s", inner_x, inner_y, output, colour);
}
