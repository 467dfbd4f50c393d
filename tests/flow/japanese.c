/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Japanese typed into the viewer's window with a real input method: Mozc, by Fcitx, on a D-Bus and
 * an X server of the desk's own. What the form's server receives is what counts. */

#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define FIELD_X 60
#define FIELD_Y 120
#define GLYPH 20 /* as wide as high */
#define CARET_SLACK 4

/* The caret's place follows from the page's own geometry alone. */
static const struct flow_page pages[] = {
	{"/form", "text/html",
		"<!doctype html><meta charset=utf-8><style>body{margin:0;background:#204080}"
		"textarea{position:fixed;left:60px;top:120px;width:600px;height:300px;padding:0;"
		"border:0;font:20px/30px 'Noto Sans CJK JP'}</style><textarea id=t></textarea>"
		"<script>const say=b=>fetch('/report',{method:'POST',body:b});"
		"let busy=false,dirty=false;async function send(){if(busy){dirty=true;return}"
		"busy=true;do{dirty=false;await say('text:'+t.value+'.')}while(dirty);busy=false}"
		"t.addEventListener('compositionupdate',e=>say('composes ['+e.data+']'));"
		"t.oninput=send;onload=()=>{t.focus();"
		"say(`layout ${outerHeight-innerHeight} .`)}</script>"},
	{NULL, NULL, NULL},
};

static struct flow_broker broker;
static struct flow_child bus, monitor, server, method;
static struct desk desk;
static char start_page[128];

/* ---- stage ---- */

/* Runs a line of shell in the desk's home, to its end or as a child. */
static void shell(struct flow_child *child, char *line)
{
	struct flow_child own;
	char *words[] = {"/bin/sh", "-c", line, NULL};

	desk_child(&desk, child != NULL ? child : &own, words);
	if (child == NULL) {
		assert_int_equal(flow_child_wait(&own), 0);
	}
}

static void start_method(void)
{
	char address[160];

	snprintf(address, sizeof(address), "unix:path=%s/desk/bus", broker.directory);
	setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
	setenv("SDL_IM_MODULE", "fcitx", 1);
	shell(NULL, "mkdir -p $HOME/.config/fcitx5 && printf '%s\\n' '[Groups/0]' Name=Default "
		    "'Default Layout=us' DefaultIM=mozc '[Groups/0/Items/0]' Name=mozc Layout= "
		    "'[GroupOrder]' 0=Default > $HOME/.config/fcitx5/profile");
	shell(&bus, "exec dbus-daemon --session --nofork --nopidfile --print-address=1 "
		    "--address=$DBUS_SESSION_BUS_ADDRESS");
	flow_child_line(&bus, address, sizeof(address));
	shell(&monitor, "exec dbus-monitor --session \"member='NameOwnerChanged'\" "
			"\"member='SetCursorRect'\" > $HOME/monitor");
	flow_wait_file(&broker, "desk/monitor", "NameLost");
	shell(&server, "exec /usr/lib/mozc/mozc_server");
	shell(&method, "exec fcitx5");
	flow_wait_file(&broker, "desk/monitor", "\"org.freedesktop.portal.Fcitx\"");
}

static void start(const char *input)
{
	char egress[128];
	unsigned port = flow_pages_start(pages);

	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	snprintf(start_page, sizeof(start_page), "http://127.0.0.1:%u/form", port);
	flow_broker_start(&broker, &(struct flow_options){.egress = egress, .input = input});
	desk_start(&desk, &broker);
	start_method();
}

static int start_as_usual(void **state)
{
	(void)state;
	start(NULL);
	return 0;
}

static int start_composing(void **state)
{
	(void)state;
	start("  preedit: on\n");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_child_end(&method);
	flow_child_end(&server);
	flow_child_end(&monitor);
	flow_child_end(&bus);
	desk_stop(&desk);
	flow_broker_stop(&broker);
	flow_pages_stop();
	return 0;
}

static int close_window(void **state)
{
	(void)state;
	desk_close(&desk);
	return 0;
}

/* ---- the caret ---- */

/* The newest place that the input method was told, in pixels of the screen. */
static int read_caret(int *x, int *y)
{
	char path[128];
	char line[512];
	int got = 0;
	FILE *file;

	desk_file(&desk, path, "monitor");
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		int number;

		if (strstr(line, "member=SetCursorRect") != NULL) {
			got = 0;
		} else if (sscanf(line, " int32 %d", &number) == 1) {
			*(got == 0 ? x : y) = got < 2 ? number : *y;
			got++;
		}
	}
	fclose(file);
	return got >= 2;
}

static int is_near(int value, int expected)
{
	return abs(value - expected) <= CARET_SLACK;
}

/* Where the field's line of this number begins, from the window's top. */
static int top_of_line(const struct desk_place *window, int line)
{
	char report[64];
	int top;

	flow_pages_wait("layout ");
	assert_int_equal(flow_pages_report("layout ", report, sizeof(report)), 1);
	assert_int_equal(sscanf(report, "layout %d", &top), 1);
	return window->height - 600 + top + FIELD_Y + line * GLYPH * 3 / 2;
}

/* Behind so many glyphs of a line; lines count from 0. */
static void expect_caret(int glyphs, int line)
{
	struct desk_place window;
	int x = 0;
	int y = 0;
	time_t deadline = time(NULL) + FLOW_DEADLINE_MS / 1000;

	desk_find(&desk, &window);
	glyphs = window.x + FIELD_X + glyphs * GLYPH;
	line = window.y + top_of_line(&window, line);
	while (!read_caret(&x, &y) || !is_near(x, glyphs) || !is_near(y, line)) {
		if (time(NULL) > deadline) {
			fail_msg("told %d,%d, where %d,%d is", x, y, glyphs, line);
		}
	}
}

/* ---- typing ---- */

/* An empty form with the focus, and the input method at its caret. */
static void begin(void)
{
	flow_pages_forget();
	desk_open(&desk, FLOW_PASSWORD, start_page);
	expect_caret(0, 0);
	desk_focus(&desk);
}

/* The same. Returns where the field's first line begins, from the window's top. */
static int begin_and_look(void)
{
	struct desk_place window;

	begin();
	desk_find(&desk, &window);
	return top_of_line(&window, 0);
}

/* Keys by their X11 names, blanks between them; each held for half of its time. */
static void type(const char *per_key_ms, const char *keys)
{
	char names[1024];
	char delay[8];
	char *words[256] = {"/usr/bin/xdotool", "key", "--clearmodifiers", "--delay", delay};
	char *rest;
	size_t count = 5;

	snprintf(delay, sizeof(delay), "%s", per_key_ms);
	snprintf(names, sizeof(names), "%s", keys);
	for (char *name = strtok_r(names, " ", &rest); name != NULL;
		name = strtok_r(NULL, " ", &rest)) {
		assert_true(count + 1 < sizeof(words) / sizeof(words[0]));
		words[count++] = name;
	}
	desk_run(NULL, 0, words);
}

static void what_was_chosen_arrives_exactly(void **state)
{
	(void)state;
	begin();
	type("25", "k y o u h a i i t e n k i d e s u space Return");
	flow_pages_wait("text:今日はいい天気です.");
	type("25", "k a n a Return");
	type("25", "g a r a s u F7 Return");
	type("25", "g a r a s u F8 Return");
	type("25", "g a r a s u F10 Return");
	flow_pages_wait("text:今日はいい天気ですかなガラスｶﾞﾗｽgarasu.");
	type("25", "BackSpace BackSpace Return k a n j i Escape Escape n n Return");
	flow_pages_wait("text:今日はいい天気ですかなガラスｶﾞﾗｽgara\nん.");
}

static void method_is_told_where_the_caret_is(void **state)
{
	(void)state;
	begin();
	type("25", "k a n a Return");
	expect_caret(2, 0);
	type("25", "Return k a n a k a n a Return");
	expect_caret(4, 1);
	type("25", "Left");
	expect_caret(3, 1);
}

/* Of two clauses the second: its ground is tinted, the first's is white, and both are underlined.
 */
static void composing_shows_the_clause_in_its_place(void **state)
{
	int top = begin_and_look();

	(void)state;
	type("25", "w a t a s h i h a i k i m a s u space Right");
	desk_wait_colour(&desk, FIELD_X + 3 * GLYPH, top + 2, "srgb(214,230,251)");
	desk_wait_colour(&desk, FIELD_X + GLYPH, top + 2, "srgb(255,255,255)");
	type("25", "Return");
	flow_pages_wait("text:私は行きます.");
	desk_wait_colour(&desk, FIELD_X + 3 * GLYPH, top + 2, "srgb(255,255,255)");
}

static void twenty_keys_a_second_keep_count_and_order(void **state)
{
	char expected[512] = "text:";

	(void)state;
	begin();
	for (int i = 0; i < 8; i++) {
		strcat(expected, "窓\nか");
	}
	strcat(expected, ".");
	for (int i = 0; i < 8; i++) {
		type("50", "m a d o space Return Return k a Return");
	}
	flow_pages_wait(expected);
}

/* All at once: also the key that the method leaves alone stays behind what it committed. */
static void keys_that_pile_up_keep_count_and_order(void **state)
{
	(void)state;
	begin();
	type("0", "k a Return Return k i Return Return k u Return Left BackSpace "
		  "k e Return Return Right k o Return Return");
	flow_pages_wait("text:か\nきけ\nくこ\n.");
}

/* Behind a click the next word begins anew, where it went. */
static void click_writes_what_is_composed_where_it_stands(void **state)
{
	int top = begin_and_look();

	(void)state;
	type("25", "k a n a Return");
	flow_pages_wait("text:かな.");
	type("25", "Home k i");
	desk_click(&desk, FIELD_X + 6 * GLYPH, top + GLYPH / 2);
	flow_pages_wait("text:きかな.");
	expect_caret(3, 0);
	type("25", "k u Return");
	flow_pages_wait("text:きかなく.");
}

/* Where policy lets it cross. */
static void composing_shows_in_the_page_and_is_written_once(void **state)
{
	(void)state;
	begin();
	type("25", "k y o u h a");
	flow_pages_wait("composes [きょうは]");
	type("25", "space");
	flow_pages_wait("composes [今日は]");
	type("25", "Return");
	flow_pages_wait("text:今日は.");
	type("25", "k a n a");
	flow_pages_wait("text:今日はかな.");
	type("25", "Escape");
	flow_pages_wait("composes []");
	type("25", "n n Return Return");
	flow_pages_wait("text:今日はん\n.");
}

/* What no method here makes: surrogate pairs, ideographic variation sequences. By script, since the
 * window and the script send text alike. */
static void two_thousand_characters_arrive_exactly(void **state)
{
	static const char *const words[] = {"硝子越しに見える世界", "ひらがな、カタカナ。",
		"ﾊﾝｶｸ ﾓｼﾞ", "𠮷野家の𠮟る声", "🍣と🍺で乾杯！", "葛󠄀城市と葛󠄁飾区",
		"辻󠄀さん辺󠄁さん", "ASCII 0-9 ~\\", "髙﨑㈱①Ⅳ㍻", "「々〆〇」"};
	struct flow_viewer viewer;
	char expected[16384] = "text:";
	size_t used = strlen(expected);
	unsigned characters = 0;

	(void)state;
	flow_pages_forget();
	flow_viewer_start(&viewer, &broker, "tanaka", "--open", start_page, (char *)NULL);
	flow_pages_wait("layout ");
	for (int i = 0; characters < 2000; i++) {
		const char *word = words[i % 10];

		flow_viewer_say(&viewer, "text %s", word);
		used += (size_t)snprintf(expected + used, sizeof(expected) - used, "%s", word);
		for (; *word != '\0'; word++) {
			characters += ((unsigned char)*word & 0xc0u) != 0x80u;
		}
	}
	strcat(expected, ".");
	flow_pages_wait(expected);
	flow_viewer_stop(&viewer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_was_chosen_arrives_exactly, close_window),
		cmocka_unit_test_teardown(method_is_told_where_the_caret_is, close_window),
		cmocka_unit_test_teardown(composing_shows_the_clause_in_its_place, close_window),
		cmocka_unit_test_teardown(twenty_keys_a_second_keep_count_and_order, close_window),
		cmocka_unit_test_teardown(keys_that_pile_up_keep_count_and_order, close_window),
		cmocka_unit_test_teardown(
			click_writes_what_is_composed_where_it_stands, close_window),
		cmocka_unit_test(two_thousand_characters_arrive_exactly),
	};

	const struct CMUnitTest composing[] = {
		cmocka_unit_test_teardown(
			composing_shows_in_the_page_and_is_written_once, close_window),
		cmocka_unit_test_teardown(keys_that_pile_up_keep_count_and_order, close_window),
		cmocka_unit_test_teardown(
			click_writes_what_is_composed_where_it_stands, close_window),
	};

	return cmocka_run_group_tests(tests, start_as_usual, stop) +
	       cmocka_run_group_tests(composing, start_composing, stop);
}
