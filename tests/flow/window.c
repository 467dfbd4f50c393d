/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The viewer's own window under Xvfb: what it shows, what its strip says, what is typed into it and
 * what becomes of it when it changes its size or loses the focus. */

#include "harness.h"

#include "garasu/state.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* viewer/window_words.c has the strip's colours. */
#define GREEN "srgb(31,157,85)"
#define BLUE "srgb(29,95,209)"
#define RED "srgb(198,40,40)"

static const struct flow_page pages[] = {
	{"/form", "text/html",
		"<!doctype html><meta charset=utf-8><style>body{margin:0;background:#204080}"
		"textarea{position:fixed;left:0;top:0;width:100vw;height:30vh}</style>"
		"<textarea id=t autofocus></textarea>"
		"<script>const say=b=>fetch('/report',{method:'POST',body:b});"
		"let busy=false,dirty=false;async function send(){if(busy){dirty=true;return}"
		"busy=true;do{dirty=false;await say('text:'+t.value+'.')}while(dirty);busy=false}"
		"t.oninput=send;onresize=()=>say('size:'+innerWidth+'x'+innerHeight+'.');"
		"onload=()=>{t.focus();say('loaded.')}</script>"},
	{NULL, NULL, NULL},
};

static struct flow_broker broker;
static struct flow_child display, window;
static char start_page[128];

/* ---- stage ---- */

static void start_display(void)
{
	char line[64];
	char path[128];
	char *words[] = {"/usr/bin/Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24",
		"-nolisten", "tcp", NULL};

	snprintf(path, sizeof(path), "%s/x.err", broker.directory);
	flow_child_start(&display, words, path);
	flow_child_line(&display, line, sizeof(line));
	snprintf(path, sizeof(path), ":%s", line);
	setenv("DISPLAY", path, 1);
	setenv("SDL_VIDEODRIVER", "x11", 1);
	setenv("HOME", broker.directory, 1);
}

static int start_painter(void **state)
{
	(void)state;
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .start_page = "http://painter/solid?rgb=c03010"});
	start_display();
	return 0;
}

static int start_chromium(void **state)
{
	char egress[128];
	unsigned port = flow_pages_start(pages);

	(void)state;
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	snprintf(start_page, sizeof(start_page), "http://127.0.0.1:%u/form", port);
	flow_broker_start(&broker,
		&(struct flow_options){
			.egress = egress, .start_page = start_page, .screen = "  keyboard: us\n"});
	start_display();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_child_end(&display);
	flow_broker_stop(&broker);
	return 0;
}

static int stop_chromium(void **state)
{
	stop(state);
	flow_pages_stop();
	return 0;
}

/* The viewer in a window of 800 x 600 pixels of picture. */
static void open_window(const char *password, const char *address)
{
	char program[128];
	char server[32];
	char authority[128];
	char errors[128];
	char page[128];
	char *words[] = {program, "--user", "tanaka", "--ca", authority, "--password-stdin",
		"--lang", "en", "--size", "800x600", server, NULL, NULL, NULL};

	if (address != NULL) {
		snprintf(page, sizeof(page), "%s", address);
		words[11] = "--open";
		words[12] = page;
	}
	snprintf(program, sizeof(program), "%s/bin/garasu-viewer", broker.directory);
	snprintf(server, sizeof(server), "127.0.0.1:%u", broker.port);
	snprintf(authority, sizeof(authority), "%s/certs/ca.crt", broker.directory);
	snprintf(errors, sizeof(errors), "%s/window.err", broker.directory);
	flow_child_start(&window, words, errors);
	dprintf(window.in, "%s\n", password);
}

static int close_window(void **state)
{
	(void)state;
	if (window.pid > 0) {
		flow_child_end(&window);
	}
	return 0;
}

static void run(char *output, size_t size, char *const *words)
{
	flow_run(output, size, NULL, words);
}

#define RUN(...) run(NULL, 0, (char *[]){__VA_ARGS__, NULL})

/* Number of the viewer's window, and its place on the screen. */
static void find_window(char id[32], int *x, int *y, int *width, int *height)
{
	char output[512] = "";
	char *search[] = {
		"/usr/bin/xdotool", "search", "--sync", "--onlyvisible", "--pid", NULL, NULL};
	char pid[16];
	char *geometry[] = {"/usr/bin/xdotool", "getwindowgeometry", "--shell", id, NULL};

	snprintf(pid, sizeof(pid), "%d", window.pid);
	search[5] = pid;
	run(output, sizeof(output), search);
	snprintf(id, 32, "%.*s", (int)strcspn(output, "\n"), output);
	run(output, sizeof(output), geometry);
	assert_int_equal(
		sscanf(output, "WINDOW=%*u\nX=%d\nY=%d\nWIDTH=%d\nHEIGHT=%d", x, y, width, height),
		4);
}

/* Takes screenshots until the pixel of the window has the colour; negative counts from the end. */
static void wait_colour(int inner_x, int inner_y, const char *colour)
{
	char id[32];
	char format[64];
	char output[256] = "";
	char *words[] = {"/usr/bin/import", "-silent", "-window", "root", "-depth", "8", "-format",
		format, "info:", NULL};
	time_t deadline = time(NULL) + FLOW_DEADLINE_MS / 1000;

	while (time(NULL) < deadline) {
		int x, y, width, height;

		find_window(id, &x, &y, &width, &height);
		snprintf(format, sizeof(format), "%%[pixel:p{%d,%d}]\n",
			x + inner_x + (inner_x < 0 ? width : 0),
			y + inner_y + (inner_y < 0 ? height : 0));
		run(output, sizeof(output), words);
		if (strstr(output, colour) != NULL) {
			return;
		}
	}
	fail_msg("%d,%d is %s, not %s", inner_x, inner_y, output, colour);
}

static void focus_window(void)
{
	char id[32];
	int x, y, width, height;

	find_window(id, &x, &y, &width, &height);
	RUN("/usr/bin/xdotool", "windowfocus", "--sync", id);
}

/* ---- with the painter ---- */

static void picture_is_shown_below_a_green_strip(void **state)
{
	(void)state;
	open_window(FLOW_PASSWORD, NULL);
	wait_colour(400, 300, "srgb(192,48,16)");
	wait_colour(5, -5, "srgb(192,48,16)");
	wait_colour(-5, -5, "srgb(192,48,16)");
	wait_colour(400, 1, GREEN);
}

static void wrong_password_is_said_and_asked_again(void **state)
{
	(void)state;
	open_window("wrong", NULL);
	wait_colour(400, 1, BLUE);
	flow_wait_file(&broker, "log/audit.jsonl", "\"state\":1}");
	focus_window();
	RUN("/usr/bin/xdotool", "type", "--delay", "20", FLOW_PASSWORD);
	RUN("/usr/bin/xdotool", "key", "Return");
	wait_colour(400, 300, "srgb(192,48,16)");
	wait_colour(400, 1, GREEN);
}

static void take_over_is_said_in_red(void **state)
{
	struct flow_viewer other;

	(void)state;
	open_window(FLOW_PASSWORD, NULL);
	wait_colour(400, 1, GREEN);
	wait_colour(400, 300, "srgb(192,48,16)");
	flow_viewer_start(&other, &broker, "tanaka", (char *)NULL);
	wait_colour(400, 1, RED);
	flow_viewer_stop(&other);
}

static void window_of_another_size_shows_a_picture_of_that_size(void **state)
{
	char id[32];
	int x, y, width, height;

	(void)state;
	open_window(FLOW_PASSWORD, "http://painter/solid?rgb=c03010");
	wait_colour(-5, -5, "srgb(192,48,16)");
	find_window(id, &x, &y, &width, &height);
	RUN("/usr/bin/xdotool", "windowsize", "--sync", id, "1010", "710");
	wait_colour(1000, 700, "srgb(192,48,16)");
	flow_wait_session(&broker, "1010", 1);
}

/* The painter's second word counts the keys held: its last bit, in the picture. */
static void focus_loss_lets_every_key_go(void **state)
{
	const int bit_x = 31 * 8 + 4;
	char id[32];
	int x, y, width, height, bit_y;

	(void)state;
	open_window(FLOW_PASSWORD, "http://painter/keys");
	wait_colour(400, 1, GREEN);
	find_window(id, &x, &y, &width, &height);
	bit_y = height - 600 + 8 + 4;
	wait_colour(bit_x, bit_y, "srgb(0,0,0)");
	focus_window();
	RUN("/usr/bin/xdotool", "keydown", "a");
	wait_colour(bit_x, bit_y, "srgb(255,255,255)");
	RUN("/usr/bin/xdotool", "windowunmap", "--sync", id);
	RUN("/usr/bin/xdotool", "windowmap", "--sync", id);
	wait_colour(bit_x, bit_y, "srgb(0,0,0)");
	RUN("/usr/bin/xdotool", "keyup", "a");
}

/* ---- with Chromium ---- */

static void what_is_typed_arrives_in_a_form(void **state)
{
	char id[32];
	int x, y, width, height;

	(void)state;
	open_window(FLOW_PASSWORD, NULL);
	flow_pages_wait("loaded.");
	wait_colour(400, 500, "srgb(32,64,128)");
	focus_window();
	find_window(id, &x, &y, &width, &height);
	RUN("/usr/bin/xdotool", "mousemove", "--window", id, "300", "100", "click", "1");
	RUN("/usr/bin/xdotool", "type", "--delay", "40", "Hello 42");
	flow_pages_wait("text:Hello 42.");
	RUN("/usr/bin/xdotool", "windowsize", "--sync", id, "1000", "700");
	flow_pages_wait("size:1000x");
}

#define TEST(name) cmocka_unit_test_teardown(name, close_window)

int main(void)
{
	const struct CMUnitTest painted[] = {
		TEST(picture_is_shown_below_a_green_strip),
		TEST(wrong_password_is_said_and_asked_again),
		TEST(take_over_is_said_in_red),
		TEST(focus_loss_lets_every_key_go),
		TEST(window_of_another_size_shows_a_picture_of_that_size),
	};
	const struct CMUnitTest real[] = {
		TEST(what_is_typed_arrives_in_a_form),
	};

	return cmocka_run_group_tests(painted, start_painter, stop) +
	       cmocka_run_group_tests(real, start_chromium, stop_chromium);
}
