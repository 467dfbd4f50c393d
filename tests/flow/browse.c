/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real Chromium, from log-in to typed Japanese: what staff do all day. */

#include "browsed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LAYOUT                                                                                     \
	"<script>const say=t=>fetch('/report',{method:'POST',body:t});"                            \
	"let last='';function layout(){const t=`layout ${innerWidth} ${innerHeight} "              \
	"${outerHeight-innerHeight} ${devicePixelRatio} .`;if(t!==last){last=t;say(t)}}"           \
	"addEventListener('resize',layout);addEventListener('load',layout);</script>"

static const struct flow_page pages[] = {
	{"/colours", "text/html",
		"<!doctype html><title>colours</title><style>body{margin:0;background:#204080}"
		"div{position:fixed;width:50vw;height:50vh}</style>"
		"<div style='left:50vw;top:0;background:#c03010'></div>"
		"<div style='left:0;top:50vh;background:#10a040'></div>" BROWSED_CORNER LAYOUT},
	{"/form", "text/html",
		"<!doctype html><title>form</title><style>body{margin:0;background:#fff}"
		"textarea{position:fixed;left:0;top:0;width:100vw;height:50vh;font-size:12px;"
		"caret-color:transparent}"
		"select{position:fixed;left:20px;top:60vh;width:200px;height:30px}"
		"button{position:fixed;left:300px;top:60vh;width:200px;height:30px}</style>"
		"<textarea id=t autofocus></textarea>"
		"<select id=s><option>one<option>two<option>three</select>"
		"<button id=b>press</button>" BROWSED_CORNER LAYOUT
		"<script>let busy=false,dirty=false;async "
		"function send(){if(busy){dirty=true;return}"
		"busy=true;do{dirty=false;await "
		"fetch('/report',{method:'POST',body:'text:'+t.value+'.'})}"
		"while(dirty);busy=false}t.oninput=send;"
		"s.onchange=()=>say('select:'+s.value+'.');"
		"b.onclick=()=>{say('click.');b.style.background='#e0e000'};"
		"document.addEventListener('copy',()=>say('copied.'));</script>"},
	{"/tall", "text/html",
		"<!doctype html><title>tall</title><style>body{margin:0;height:20000px;"
		"background:linear-gradient(#000,#fff)}</style>" BROWSED_CORNER LAYOUT
		"<script>addEventListener('scroll',()=>say('scroll '+Math.round(scrollY)+'.'));"
		"</script>"},
	{"/window", "text/html",
		"<!doctype html><title>window</title><body "
		"style='background:#204080'>" BROWSED_CORNER LAYOUT
		"<script>onclick=()=>{open('/second','w','popup,width=400,height=300');"
		"say('opened.')}</script>"},
	{"/second", "text/html",
		"<!doctype html><title>second</title><body style='margin:0;background:#a01060'>"
		"<script>fetch('/report',{method:'POST',body:'second.'})</script>"},
	{NULL, NULL, NULL},
};

static struct browsed browsed;

static void expect_colour(int x, int y, const char *colour)
{
	flow_viewer_say(&browsed.viewer, "wait-pixel %d %d %s %d", x, browsed.top + y, colour,
		FLOW_DEADLINE_MS / 2);
}

static int start(void **state)
{
	(void)state;
	browsed_start(&browsed, pages, "  keyboard: us\n", NULL);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_viewer_stop(&browsed.viewer);
	browsed_stop(&browsed);
	return 0;
}

static void page_is_seen_in_its_colours(void **state)
{
	(void)state;
	browsed_open(&browsed, "/colours");
	expect_colour(browsed.width / 4, browsed.height / 4, "204080");
	expect_colour(browsed.width * 3 / 4, browsed.height / 4, "c03010");
	expect_colour(browsed.width / 4, browsed.height * 3 / 4, "10a040");
	expect_colour(browsed.width / 2 - 1, browsed.height / 4, "204080"); /* edges are hard */
	expect_colour(browsed.width / 2, browsed.height / 4, "c03010");
}

static void ascii_typed_as_keys_arrives(void **state)
{
	static const char text[] = "Hello, Garasu 0123 (a+b) #~";

	(void)state;
	browsed_open(&browsed, "/form");
	flow_viewer_say(&browsed.viewer, "click %d %d", browsed.width / 2, browsed.top + 20);
	for (const char *at = text; *at != '\0'; at++) {
		flow_viewer_say(&browsed.viewer, "press 0x%x", (unsigned char)*at);
	}
	flow_pages_wait("text:Hello, Garasu 0123 (a+b) #~.");
}

static void japanese_typed_at_full_speed_arrives_whole(void **state)
{
	static const char *const words[] = {"硝子越しに", "見える世界は", "光だけで",
		"できている。", "𠮷野家で", "🍣を食べる、", "カタカナ", "ﾊﾝｶｸ", "漢字かな",
		"交じり文"};
	char expected[4096] = "text:";
	size_t used = 5;

	(void)state;
	browsed_open(&browsed, "/form");
	flow_viewer_say(&browsed.viewer, "click %d %d", browsed.width / 2, browsed.top + 20);
	for (int i = 0; i < 40; i++) {
		const char *word = words[i % 10];

		flow_viewer_say(&browsed.viewer, "text %s", word);
		used += (size_t)snprintf(expected + used, sizeof(expected) - used, "%s", word);
	}
	snprintf(expected + used, sizeof(expected) - used, ".");
	flow_pages_wait(expected);
}

static void button_is_clicked_and_repaints(void **state)
{
	(void)state;
	browsed_open(&browsed, "/form");
	flow_viewer_say(
		&browsed.viewer, "click %d %d", 400, browsed.top + browsed.height * 60 / 100 + 15);
	flow_pages_wait("click.");
	expect_colour(305, browsed.height * 60 / 100 + 15, "e0e000");
}

static void select_popup_is_opened_and_chosen_from(void **state)
{
	(void)state;
	browsed_open(&browsed, "/form");
	flow_viewer_say(
		&browsed.viewer, "click %d %d", 100, browsed.top + browsed.height * 60 / 100 + 15);
	flow_viewer_say(&browsed.viewer, "wait-pixel %d %d 1967D2 10000", 200,
		browsed.top + browsed.height * 60 / 100 + 38); /* the list is open */
	flow_viewer_say(&browsed.viewer, "press 0xff54");
	flow_viewer_say(&browsed.viewer, "press 0xff54");
	flow_viewer_say(&browsed.viewer, "press 0xff0d");
	flow_pages_wait("select:three.");
}

static void wheel_scrolls_the_page(void **state)
{
	(void)state;
	browsed_open(&browsed, "/tall");
	flow_viewer_say(&browsed.viewer, "wheel %d %d 0 120", browsed.width / 2,
		browsed.top + browsed.height / 2);
	flow_pages_wait("scroll ");
}

static void second_window_opens_on_top(void **state)
{
	(void)state;
	browsed_open(&browsed, "/window");
	flow_viewer_say(&browsed.viewer, "click %d %d", browsed.width / 2,
		browsed.top + browsed.height / 2);
	flow_pages_wait("second.");
	expect_colour(browsed.width / 2, browsed.height / 2, "a01060");
	flow_viewer_say(&browsed.viewer, "key 0xffe3 down"); /* Control_L */
	flow_viewer_say(&browsed.viewer, "press 0x77");
	flow_viewer_say(&browsed.viewer, "key 0xffe3 up");
	expect_colour(browsed.width / 2, browsed.height / 2, "204080");
}

static void resize_follows_and_scales(void **state)
{
	(void)state;
	browsed_open(&browsed, "/colours");
	flow_pages_forget();
	flow_viewer_say(&browsed.viewer, "size 1000 700 100");
	flow_pages_wait("layout 1000 ");
	flow_viewer_say(&browsed.viewer, "wait-pixel 900 200 c03010 10000");
	flow_viewer_say(&browsed.viewer, "wait-pixel 100 680 10a040 10000");
	flow_viewer_say(&browsed.viewer, "size 1500 900 150");
	flow_pages_wait("layout 1000 ");
	flow_pages_wait(" 1.5 .");
	flow_viewer_say(&browsed.viewer, "size 1280 800 100");
	flow_pages_wait("layout 1280 ");
}

static void session_is_resumed_with_its_page(void **state)
{
	(void)state;
	browsed_open(&browsed, "/colours");
	expect_colour(browsed.width * 3 / 4, browsed.height / 4, "c03010");
	flow_viewer_stop(&browsed.viewer);
	flow_wait_session(&browsed.broker, "\"detached\"", 1);
	flow_viewer_start(
		&browsed.viewer, &browsed.broker, "tanaka", "--size", "1280x800", (char *)NULL);
	expect_colour(browsed.width * 3 / 4, browsed.height / 4, "c03010");
	expect_colour(browsed.width / 4, browsed.height * 3 / 4, "10a040");
	assert_int_equal(flow_pages_count("/colours"), 1); /* shown again, not loaded again */
}

static void address_that_is_not_allowed_reaches_nothing(void **state)
{
	(void)state;
	flow_viewer_say(&browsed.viewer, "open http://127.0.0.1:%u/forbidden",
		browsed.port == 65535 ? 1 : browsed.port + 1);
	flow_wait_file(&browsed.broker, "log/audit.jsonl", "\"denied_address\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_is_seen_in_its_colours),
		cmocka_unit_test(ascii_typed_as_keys_arrives),
		cmocka_unit_test(japanese_typed_at_full_speed_arrives_whole),
		cmocka_unit_test(button_is_clicked_and_repaints),
		cmocka_unit_test(select_popup_is_opened_and_chosen_from),
		cmocka_unit_test(wheel_scrolls_the_page),
		cmocka_unit_test(second_window_opens_on_top),
		cmocka_unit_test(resize_follows_and_scales),
		cmocka_unit_test(session_is_resumed_with_its_page),
		cmocka_unit_test(address_that_is_not_allowed_reaches_nothing),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
