/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real Chromium at a Japanese keyboard: what surprises staff when it goes wrong. */

#include "browsed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CONTROL 0xffe3u
#define SHIFT 0xffe1u
#define RETURN 0xff0du
#define ESCAPE 0xff1bu

#define SAY                                                                                        \
	"<!doctype html><meta charset=utf-8><style>body{margin:0;background:#204080}</style>"      \
	"<script>const say=t=>fetch('/report',{method:'POST',body:t});"                            \
	"addEventListener('load',()=>say(`layout ${innerWidth} ${innerHeight} "                    \
	"${outerHeight-innerHeight} .`))</script>"

/* Tells the newest contents, and in between none twice at a time. */
#define TELL                                                                                       \
	"<script>function tell(name,field){let busy=false,dirty=false;"                            \
	"return async()=>{if(busy){dirty=true;return}busy=true;do{dirty=false;"                    \
	"await say(name+':'+field.value+'.')}while(dirty);busy=false}}</script>"

#define FIELD "style='position:fixed;left:0;width:100vw;height:30vh;caret-color:transparent;"

static const struct flow_page pages[] = {
	{"/start", "text/html",
		"<!doctype html><title>start</title><body style='margin:0;background:#10a040'>"
		"<script>fetch('/report',{method:'POST',body:'start.'})</script>"},
	{"/plain", "text/html", SAY "<title>plain</title>" BROWSED_CORNER},
	{"/fields", "text/html",
		SAY TELL "<title>fields</title><textarea id=a " FIELD "top:0'></textarea>"
			 "<textarea id=b " FIELD "top:40vh'></textarea>" BROWSED_CORNER
			 "<script>a.oninput=tell('a',a);b.oninput=tell('b',b);"
			 "document.addEventListener('copy',()=>say('copied.'))</script>"},
	{"/keys", "text/html",
		SAY "<title>keys</title><textarea id=a " FIELD "top:0'></textarea>" BROWSED_CORNER
		    "<script>a.onkeydown=e=>{if(e.key!='Shift')say(`key ${e.code} ${e.key} .`)}"
		    "</script>"},
	/* what a key typed until its release, and within a second of it */
	{"/hold", "text/html",
		SAY "<title>hold</title><textarea id=a " FIELD "top:0'></textarea>" BROWSED_CORNER
		    "<script>a.oninput=()=>{if(a.value.length==5)say('held.')};"
		    "a.onkeyup=()=>{const n=a.value.length;setTimeout(()=>"
		    "say(`typed ${n} more ${a.value.length-n}.`),1000)}</script>"},
	{"/dialogs", "text/html",
		SAY
		"<title>dialogs</title>" BROWSED_CORNER
		"<script>onclick=e=>{if(e.clientX<innerWidth/2)say('confirm '+confirm('?')+'.');"
		"else{alert('!');say('alert.')}}</script>"},
	{"/animate", "text/html",
		SAY "<title>animate</title>" BROWSED_CORNER
		    "<i id=box style='position:fixed;left:50vw;"
		    "top:50vh;width:50px;height:50px;background:#fff'></i>"
		    "<script>let frames=0,ticks=0;function turn(){frames++;"
		    "box.style.left=frames%500+'px';requestAnimationFrame(turn)}"
		    "requestAnimationFrame(turn);"
		    "setInterval(()=>say(`tick ${++ticks} frames ${frames} .`),200)</script>"},
	{NULL, NULL, NULL},
};

static struct browsed browsed;

static void press_with(unsigned modifier, unsigned keysym)
{
	flow_viewer_say(&browsed.viewer, "key 0x%x down", modifier);
	flow_viewer_say(&browsed.viewer, "press 0x%x", keysym);
	flow_viewer_say(&browsed.viewer, "key 0x%x up", modifier);
}

static void click_field(int percent)
{
	flow_viewer_say(&browsed.viewer, "click %d %d", browsed.width / 2,
		browsed.top + browsed.height * percent / 100);
}

static int start(void **state)
{
	(void)state;
	browsed_start(&browsed, pages, "  keyboard: jp\n", "/start");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	browsed_stop(&browsed);
	return 0;
}

static void last_window_closed_opens_the_start_page(void **state)
{
	(void)state;
	flow_viewer_say(&browsed.viewer, "wait-pixel 600 400 10a040 20000");
	assert_int_equal(flow_pages_count("/start"), 1);
	flow_pages_wait("start.");
	flow_pages_forget();
	press_with(CONTROL, 'w');
	flow_pages_wait("start.");
	assert_int_equal(flow_pages_count("/start"), 1);
	flow_viewer_say(&browsed.viewer, "wait-pixel 600 400 10a040 20000");
}

/* Neither at the first start nor after a window was closed: nothing covers the page. */
static void no_bar_and_no_bubble_covers_the_page(void **state)
{
	(void)state;
	browsed_open(&browsed, "/plain");
	assert_int_equal(browsed.width, 1280);
	assert_int_equal(browsed.top + browsed.height, 800);
	assert_in_range(browsed.top, 60, 100); /* tabs and address, and no third bar */
	flow_viewer_say(&browsed.viewer, "rest");
	for (int x = 0; x < 16; x++) {
		for (int y = 0; y < 10; y++) {
			flow_viewer_say(&browsed.viewer, "pixel %d %d",
				browsed.width * (2 * x + 1) / 32,
				browsed.top + browsed.height * (2 * y + 1) / 20);
			assert_string_equal(browsed.viewer.answer, "204080");
		}
	}
}

static void text_is_copied_and_pasted_within_the_session(void **state)
{
	(void)state;
	browsed_open(&browsed, "/fields");
	click_field(15);
	flow_viewer_say(&browsed.viewer, "text 写してよい。");
	flow_pages_wait("a:写してよい。.");
	press_with(CONTROL, 'a');
	press_with(CONTROL, 'c');
	flow_pages_wait("copied.");
	click_field(55);
	press_with(CONTROL, 'v');
	press_with(CONTROL, 'v');
	flow_pages_wait("b:写してよい。写してよい。.");
}

static void expect_repeat_ends(void)
{
	char report[64];
	unsigned typed;
	unsigned more;

	flow_pages_wait("more ");
	assert_int_equal(flow_pages_report("typed ", report, sizeof(report)), 1);
	assert_int_equal(sscanf(report, "typed %u more %u.", &typed, &more), 2);
	assert_in_range(typed, 5, 1000);
	assert_int_equal(more, 0);
}

static void held_key_repeats_until_its_release(void **state)
{
	(void)state;
	browsed_open(&browsed, "/hold");
	click_field(15);
	flow_viewer_say(&browsed.viewer, "key 0x61 down");
	flow_pages_wait("held.");
	flow_viewer_say(&browsed.viewer, "key 0x61 up");
	expect_repeat_ends();
}

static void held_key_stops_when_the_viewer_loses_focus(void **state)
{
	(void)state;
	browsed_open(&browsed, "/hold");
	click_field(15);
	flow_viewer_say(&browsed.viewer, "key 0x61 down");
	flow_pages_wait("held.");
	flow_viewer_say(&browsed.viewer, "focus out");
	expect_repeat_ends();
	flow_viewer_say(&browsed.viewer, "focus in");
}

static void held_key_stops_when_the_viewer_goes(void **state)
{
	(void)state;
	browsed_open(&browsed, "/hold");
	click_field(15);
	flow_viewer_say(&browsed.viewer, "key 0x61 down");
	flow_pages_wait("held.");
	flow_viewer_stop(&browsed.viewer);
	expect_repeat_ends();
	flow_viewer_start(
		&browsed.viewer, &browsed.broker, "tanaka", "--size", "1280x800", (char *)NULL);
}

static void expect_key(unsigned code, const char *name)
{
	flow_viewer_say(&browsed.viewer, "code %u", code);
	flow_pages_wait(name);
}

static void keys_of_a_japanese_keyboard_make_their_characters(void **state)
{
	(void)state;
	browsed_open(&browsed, "/keys");
	click_field(15);
	expect_key(124, "key IntlYen \\ .");
	expect_key(89, "key IntlRo \\ .");
	expect_key(26, "key BracketLeft @ .");
	expect_key(27, "key BracketRight [ .");
	expect_key(43, "key Backslash ] .");
	expect_key(13, "key Equal ^ .");
	expect_key(40, "key Quote : .");
	expect_key(92, "key Convert Convert .");
	expect_key(94, "key NonConvert NonConvert .");
	expect_key(93, "key KanaMode ");
	expect_key(85, "key Lang5 ");
	flow_viewer_say(&browsed.viewer, "key 0x%x down", SHIFT);
	expect_key(124, "key IntlYen | .");
	expect_key(89, "key IntlRo _ .");
	expect_key(3, "key Digit2 \" .");
	expect_key(26, "key BracketLeft ` .");
	expect_key(13, "key Equal ~ .");
	expect_key(40, "key Quote * .");
	flow_viewer_say(&browsed.viewer, "key 0x%x up", SHIFT);
}

/* Text of the input method and keys, typed at once after the click that focuses the field. */
static void text_and_keys_arrive_in_the_order_they_were_typed(void **state)
{
	static const char *const words[] = {"硝子", "越し", "に見", "える", "𠮷🍣"};
	char expected[2048] = "a:";
	size_t used = 2;

	(void)state;
	browsed_open(&browsed, "/fields");
	click_field(15);
	for (int i = 0; i < 100; i++) {
		unsigned key = (unsigned)"abc-7"[i * 3 % 5];

		flow_viewer_say(&browsed.viewer, "text %s", words[i % 5]);
		flow_viewer_say(&browsed.viewer, "press 0x%x", key);
		used += (size_t)snprintf(
			expected + used, sizeof(expected) - used, "%s%c", words[i % 5], (char)key);
	}
	snprintf(expected + used, sizeof(expected) - used, ".");
	flow_pages_wait(expected);
}

/* Chromium centres it at the top of the page. */
static void expect_dialog(int is_open)
{
	flow_viewer_say(&browsed.viewer, "wait-pixel %d %d %s 20000", browsed.width / 2,
		browsed.top + 10, is_open ? "ffffff" : "204080");
}

static void open_dialog(int percent)
{
	flow_viewer_say(&browsed.viewer, "click %d %d", browsed.width * percent / 100,
		browsed.top + browsed.height / 2);
	expect_dialog(1);
}

static void dialogs_are_seen_and_answered(void **state)
{
	(void)state;
	browsed_open(&browsed, "/dialogs");
	open_dialog(25);
	flow_viewer_say(&browsed.viewer, "press 0x%x", ESCAPE);
	flow_pages_wait("confirm false.");
	expect_dialog(0);
	open_dialog(25);
	flow_viewer_say(&browsed.viewer, "press 0x%x", RETURN);
	flow_pages_wait("confirm true.");
	expect_dialog(0);
	open_dialog(75);
	flow_viewer_say(&browsed.viewer, "press 0x%x", RETURN);
	flow_pages_wait("alert.");
	expect_dialog(0);
}

static unsigned frames_at_tick(unsigned tick)
{
	char text[32];
	char report[64];
	unsigned frames;

	snprintf(text, sizeof(text), "tick %u ", tick);
	flow_pages_wait(text);
	assert_int_equal(flow_pages_report(text, report, sizeof(report)), 1);
	assert_int_equal(sscanf(report, "tick %u frames %u", &tick, &frames), 2);
	return frames;
}

static unsigned newest_tick(void)
{
	char report[64];
	unsigned tick;

	flow_pages_forget();
	flow_pages_wait("tick ");
	assert_int_equal(flow_pages_report("tick ", report, sizeof(report)), 1);
	assert_int_equal(sscanf(report, "tick %u", &tick), 1);
	return tick;
}

/* Chromium's own count of its frames, told by its timer while nobody watches. */
static void page_nobody_watches_draws_nothing(void **state)
{
	unsigned tick;
	unsigned frames;

	(void)state;
	browsed_open(&browsed, "/animate");
	tick = newest_tick();
	frames = frames_at_tick(tick);
	assert_true(frames_at_tick(tick + 10) > frames);
	flow_viewer_stop(&browsed.viewer);
	flow_wait_session(&browsed.broker, "\"detached\"", 1);
	tick = newest_tick() + 1;
	frames = frames_at_tick(tick);
	assert_int_equal(frames_at_tick(tick + 20), frames);
	flow_viewer_start(
		&browsed.viewer, &browsed.broker, "tanaka", "--size", "1280x800", (char *)NULL);
	tick = newest_tick();
	assert_true(frames_at_tick(tick + 10) > frames);
}

/* The record of all that crossed names no clipboard but the viewer's, which never crosses. */
static void nothing_of_the_clipboard_crossed(void **state)
{
	char path[128];
	char line[4096];
	unsigned records = 0;
	FILE *trail;

	(void)state;
	flow_viewer_stop(&browsed.viewer);
	flow_wait_session(&browsed.broker, "\"detached\"", 1);
	flow_wait_file(&browsed.broker, "log/audit.jsonl", "\"conformity\"");
	snprintf(path, sizeof(path), "%s/log/audit.jsonl", browsed.broker.directory);
	trail = fopen(path, "r");
	assert_non_null(trail);
	while (fgets(line, sizeof(line), trail) != NULL) {
		const char *found = strstr(line, "cut_text");

		if (strstr(line, "\"conformity\"") != NULL) {
			records++;
			assert_non_null(found);
			assert_ptr_equal(found, strstr(line, "cut_text_discarded\":0,"));
			assert_null(strstr(found + 1, "cut_text"));
			assert_null(strstr(line, "clipboard"));
		}
	}
	fclose(trail);
	assert_in_range(records, 1, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_window_closed_opens_the_start_page),
		cmocka_unit_test(no_bar_and_no_bubble_covers_the_page),
		cmocka_unit_test(text_is_copied_and_pasted_within_the_session),
		cmocka_unit_test(held_key_repeats_until_its_release),
		cmocka_unit_test(held_key_stops_when_the_viewer_loses_focus),
		cmocka_unit_test(held_key_stops_when_the_viewer_goes),
		cmocka_unit_test(keys_of_a_japanese_keyboard_make_their_characters),
		cmocka_unit_test(text_and_keys_arrive_in_the_order_they_were_typed),
		cmocka_unit_test(dialogs_are_seen_and_answered),
		cmocka_unit_test(page_nobody_watches_draws_nothing),
		cmocka_unit_test(nothing_of_the_clipboard_crossed),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
