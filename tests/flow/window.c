/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The viewer's own window under Xvfb: what it shows, what its strip says, what is typed into it and
 * what becomes of it when it changes its size or loses the focus. */

#include "desk.h"

#include "garasu/state.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
		"onload=()=>{t.focus();say('loaded'+location.hash+'.')}</script>"},
	{NULL, NULL, NULL},
};

static struct flow_broker broker;
static struct desk desk;
static char start_page[128];

/* ---- stage ---- */

static int start_painter(void **state)
{
	(void)state;
	flow_broker_start(&broker, &(struct flow_options){.paints = 1,
					   .start_page = "http://painter/solid?rgb=c03010"});
	desk_start(&desk, &broker);
	return 0;
}

static void start_browsing(const char *input)
{
	char egress[128];
	unsigned port = flow_pages_start(pages);

	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	snprintf(start_page, sizeof(start_page), "http://127.0.0.1:%u/form", port);
	flow_broker_start(&broker, &(struct flow_options){.egress = egress,
					   .input = input,
					   .start_page = start_page,
					   .screen = "  keyboard: us\n"});
	desk_start(&desk, &broker);
}

static int start_chromium(void **state)
{
	(void)state;
	start_browsing(NULL);
	return 0;
}

static int start_pasting(void **state)
{
	(void)state;
	start_browsing("  paste: 5\n  paste_newlines: return\n");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	desk_stop(&desk);
	flow_broker_stop(&broker);
	return 0;
}

static int stop_chromium(void **state)
{
	stop(state);
	flow_pages_stop();
	return 0;
}

static int close_window(void **state)
{
	(void)state;
	desk_close(&desk);
	return 0;
}

/* ---- with the painter ---- */

static void picture_is_shown_below_a_green_strip(void **state)
{
	(void)state;
	desk_open(&desk, FLOW_PASSWORD, NULL);
	desk_wait_colour(&desk, 400, 300, "srgb(192,48,16)");
	desk_wait_colour(&desk, 5, -5, "srgb(192,48,16)");
	desk_wait_colour(&desk, -5, -5, "srgb(192,48,16)");
	desk_wait_colour(&desk, 400, 1, GREEN);
}

static void wrong_password_is_said_and_asked_again(void **state)
{
	(void)state;
	desk_open(&desk, "wrong", NULL);
	desk_wait_colour(&desk, 400, 1, BLUE);
	flow_wait_file(&broker, "log/audit.jsonl", "\"state\":1}");
	desk_focus(&desk);
	DESK_RUN("/usr/bin/xdotool", "type", "--delay", "20", FLOW_PASSWORD);
	DESK_RUN("/usr/bin/xdotool", "key", "Return");
	desk_wait_colour(&desk, -5, -5, "srgb(192,48,16)");
	desk_wait_colour(&desk, 400, 1, BLUE); /* the failure is told, until it is read */
	DESK_RUN("/usr/bin/xdotool", "key", "ctrl+alt+m");
	desk_wait_colour(&desk, 400, 300, "srgb(192,48,16)");
	desk_wait_colour(&desk, 400, 1, GREEN);
}

static void take_over_is_said_in_red(void **state)
{
	struct flow_viewer other;

	(void)state;
	desk_open(&desk, FLOW_PASSWORD, NULL);
	desk_wait_colour(&desk, 400, 1, GREEN);
	desk_wait_colour(&desk, 400, 300, "srgb(192,48,16)");
	flow_viewer_start(&other, &broker, "tanaka", (char *)NULL);
	desk_wait_colour(&desk, 400, 1, RED);
	flow_viewer_stop(&other);
}

static void window_of_another_size_shows_a_picture_of_that_size(void **state)
{
	struct desk_place place;

	(void)state;
	desk_open(&desk, FLOW_PASSWORD, "http://painter/solid?rgb=c03010");
	desk_wait_colour(&desk, -5, -5, "srgb(192,48,16)");
	desk_find(&desk, &place);
	DESK_RUN("/usr/bin/xdotool", "windowsize", "--sync", place.id, "1010", "710");
	desk_wait_colour(&desk, 1000, 700, "srgb(192,48,16)");
	flow_wait_session(&broker, "1010", 1);
}

/* Where a bit of the painter's second word is in the picture. */
#define BIT_X(bit) ((31 - (bit)) * 8 + 4)

/* Opens the painter's page of keys; a bit of the word is black. Returns where it is: y. */
static int open_keys(int bit_x, struct desk_place *place)
{
	int bit_y;

	desk_open(&desk, FLOW_PASSWORD, "http://painter/keys");
	desk_wait_colour(&desk, 400, 1, GREEN);
	desk_find(&desk, place);
	bit_y = place->height - 600 + 8 + 4;
	desk_wait_colour(&desk, bit_x, bit_y, "srgb(0,0,0)");
	return bit_y;
}

/* The word counts the keys held: its last bit. */
static void focus_loss_lets_every_key_go(void **state)
{
	const int bit_x = BIT_X(0);
	struct desk_place place;
	int bit_y = open_keys(bit_x, &place);

	(void)state;
	desk_focus(&desk);
	DESK_RUN("/usr/bin/xdotool", "keydown", "a");
	desk_wait_colour(&desk, bit_x, bit_y, "srgb(255,255,255)");
	DESK_RUN("/usr/bin/xdotool", "windowunmap", "--sync", place.id);
	DESK_RUN("/usr/bin/xdotool", "windowmap", "--sync", place.id);
	desk_wait_colour(&desk, bit_x, bit_y, "srgb(0,0,0)");
	DESK_RUN("/usr/bin/xdotool", "keyup", "a");
}

/* It is switched while the window is not there; the session's keyboard is a Japanese one. */
static void caps_lock_is_the_desks(void **state)
{
	const int bit_x = BIT_X(8 + 1); /* the modifier Lock */
	struct desk_place place;
	int bit_y = open_keys(bit_x, &place);

	(void)state;
	DESK_RUN("/usr/bin/xdotool", "windowunmap", "--sync", place.id);
	DESK_RUN("/usr/bin/xdotool", "key", "Caps_Lock");
	DESK_RUN("/usr/bin/xdotool", "windowmap", "--sync", place.id);
	desk_focus(&desk);
	DESK_RUN("/usr/bin/xdotool", "key", "a");
	desk_wait_colour(&desk, bit_x, bit_y, "srgb(255,255,255)");
	DESK_RUN("/usr/bin/xdotool", "key", "Caps_Lock");
	DESK_RUN("/usr/bin/xdotool", "key", "a");
	desk_wait_colour(&desk, bit_x, bit_y, "srgb(0,0,0)");
}

/* ---- with Chromium ---- */

static void what_is_typed_arrives_in_a_form(void **state)
{
	struct desk_place place;

	(void)state;
	desk_open(&desk, FLOW_PASSWORD, NULL);
	flow_pages_wait("loaded.");
	desk_wait_colour(&desk, 400, 500, "srgb(32,64,128)");
	desk_focus(&desk);
	desk_find(&desk, &place);
	desk_click(&desk, 300, 100);
	DESK_RUN("/usr/bin/xdotool", "type", "--delay", "40", "Hello 42");
	flow_pages_wait("text:Hello 42.");
	DESK_RUN("/usr/bin/xdotool", "windowsize", "--sync", place.id, "1000", "700");
	flow_pages_wait("size:1000x");
}

static void text_is_as_the_desk_writes_it_under_caps_lock(void **state)
{
	char address[sizeof(start_page) + 8];

	(void)state;
	snprintf(address, sizeof(address), "%s#caps", start_page);
	desk_open(&desk, FLOW_PASSWORD, address);
	flow_pages_wait("loaded#caps.");
	flow_pages_forget();
	desk_wait_colour(&desk, 400, 500, "srgb(32,64,128)");
	desk_focus(&desk);
	desk_click(&desk, 300, 100);
	DESK_RUN("/usr/bin/xdotool", "key", "x");
	flow_pages_wait("text:x.");
	DESK_RUN("/usr/bin/xdotool", "key", "Caps_Lock");
	DESK_RUN("/usr/bin/xdotool", "key", "h");
	flow_pages_wait("text:xH."); /* and the session's lock is known to be on */
	DESK_RUN("/usr/bin/xdotool", "key", "h");
	flow_pages_wait("text:xHH.");
	DESK_RUN("/usr/bin/xdotool", "key", "h");
	flow_pages_wait("text:xHHH.");
	DESK_RUN("/usr/bin/xdotool", "key", "Caps_Lock");
	DESK_RUN("/usr/bin/xdotool", "key", "h");
	flow_pages_wait("text:xHHHh.");
}

/* The page's field has the focus and is empty, and the desk's clipboard has this. */
static void begin_paste(struct flow_child *clipboard, char *text, const char *address)
{
	static char program[] = FLOW_PUPPETS "/clipboard";
	char *words[] = {program, text, NULL};
	char errors[128];
	char line[64];

	flow_pages_forget();
	snprintf(errors, sizeof(errors), "%s/clipboard.err", broker.directory);
	flow_child_start(clipboard, words, errors);
	flow_child_line(clipboard, line, sizeof(line));
	assert_string_equal(line, "READY");
	desk_open(&desk, FLOW_PASSWORD, address);
	flow_pages_wait("loaded.");
	desk_wait_colour(&desk, 400, 500, "srgb(32,64,128)");
	desk_focus(&desk);
	desk_click(&desk, 300, 100);
	DESK_RUN("/usr/bin/xdotool", "type", "x");
	flow_pages_wait("text:x.");
	DESK_RUN("/usr/bin/xdotool", "key", "ctrl+alt+v");
}

static void paste_is_refused_where_policy_does_not_allow_it(void **state)
{
	static char text[] = "secret";
	struct flow_child clipboard;

	(void)state;
	begin_paste(&clipboard, text, start_page);
	desk_wait_colour(&desk, 400, 1, BLUE);
	DESK_RUN("/usr/bin/xdotool", "key", "ctrl+alt+m");
	desk_wait_colour(&desk, 400, 1, GREEN);
	DESK_RUN("/usr/bin/xdotool", "type", "z");
	flow_pages_wait("text:xz.");
	flow_child_end(&clipboard);
}

/* Cut at the limit, which is said, and the line's end is Return. */
static void paste_is_typed_as_far_as_policy_allows_it(void **state)
{
	static char text[] = "あ\r\nb𠮷c余り";
	struct flow_child clipboard;

	(void)state;
	begin_paste(&clipboard, text, NULL); /* a new session opens it by itself */
	flow_pages_wait("text:xあ\nb𠮷c.");
	desk_wait_colour(&desk, 400, 1, BLUE);
	DESK_RUN("/usr/bin/xdotool", "key", "ctrl+alt+m");
	desk_wait_colour(&desk, 400, 1, GREEN);
	DESK_RUN("/usr/bin/xdotool", "type", "z");
	flow_pages_wait("text:xあ\nb𠮷cz.");
	flow_child_end(&clipboard);
}

#define TEST(name) cmocka_unit_test_teardown(name, close_window)

int main(void)
{
	const struct CMUnitTest painted[] = {
		TEST(picture_is_shown_below_a_green_strip),
		TEST(wrong_password_is_said_and_asked_again),
		TEST(take_over_is_said_in_red),
		TEST(focus_loss_lets_every_key_go),
		TEST(caps_lock_is_the_desks),
		TEST(window_of_another_size_shows_a_picture_of_that_size),
	};
	const struct CMUnitTest real[] = {
		TEST(what_is_typed_arrives_in_a_form),
		TEST(paste_is_refused_where_policy_does_not_allow_it),
		TEST(text_is_as_the_desk_writes_it_under_caps_lock),
	};
	const struct CMUnitTest pasting[] = {
		TEST(paste_is_typed_as_far_as_policy_allows_it),
	};

	return cmocka_run_group_tests(painted, start_painter, stop) +
	       cmocka_run_group_tests(real, start_chromium, stop_chromium) +
	       cmocka_run_group_tests(pasting, start_pasting, stop_chromium);
}
