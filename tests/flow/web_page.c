/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The web viewer in a real browser, with a real browser behind it: page/page.mjs does what a person
 * does, and the pages that the session shows report what arrived. */

#include "person.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char form[] =
	"<!DOCTYPE html><html style='background:#102030;height:3000px'><title>t</title>"
	"<input id=a autofocus style='font-size:20px;margin:60px 20px;width:400px'><script>"
	"const say=(s)=>fetch('/report',{method:'POST',body:s});"
	"a.addEventListener('keydown',(e)=>{if(e.key==='Enter'){say('text '+a.value+' end');"
	"a.value='';}});"
	"addEventListener('scroll',()=>say('scrolled'),{once:true});"
	"</script>";

/* As form, and tells what is composed in it. */
static const char composed[] =
	"<!DOCTYPE html><html style='background:#102030;height:3000px'><title>t</title>"
	"<input id=a autofocus style='font-size:20px;margin:60px 20px;width:400px'><script>"
	"const say=(s)=>fetch('/report',{method:'POST',body:s});"
	"a.addEventListener('compositionupdate',(e)=>say('composes ['+e.data+']'));"
	"a.addEventListener('compositionend',(e)=>"
	"setTimeout(()=>say('composed ['+e.data+'], has ['+a.value+']')));"
	"a.addEventListener('keydown',(e)=>{if(e.key==='Enter'){say('text '+a.value+' end');"
	"a.value='';}});"
	"</script>";

/* Changes without end. */
static const char moving[] =
	"<!DOCTYPE html><html style='background:#102030'><title>t</title><script>"
	"let beats=0;setInterval(()=>{document.documentElement.style.background="
	"++beats%2?'#302010':'#102030';if(beats===10){"
	"fetch('/report',{method:'POST',body:'beat'});}},30);"
	"</script>";

/* Tells which keys went down and up, and with which modifiers, each time none is held any more. */
static const char keys[] =
	"<!DOCTYPE html><html style='background:#102030;height:3000px'><title>t</title><script>"
	"const say=(s)=>fetch('/report',{method:'POST',body:s});let seen=[];let turns=0;"
	"const note=(e)=>{e.preventDefault();const held=(e.ctrlKey?'C':'')+(e.altKey?'A':'')"
	"+(e.shiftKey?'S':'');seen.push((e.type==='keydown'?'+':'-')+held+e.code);"
	"if(e.type==='keyup'&&held===''){say('keys '+seen.join(' ')+' end');seen=[];}};"
	"addEventListener('keydown',note);addEventListener('keyup',note);"
	"addEventListener('visibilitychange',()=>{seen=[];say('tab '+ "
	"++turns+document.visibilityState);});"
	"</script>";

static struct flow_broker broker;

/* first: what the session shows; NULL: the painter. */
static void start(const char *sessions, const char *first, const char *input)
{
	static struct flow_page pages[] = {{"/", "text/html", ""},
		{"/over?a=b", "text/html", "over"}, {NULL, NULL, NULL}};
	static char egress[256];
	static char page[64];
	unsigned port;
	const struct flow_options options = {.web = "",
		.sessions = sessions,
		.input = input,
		.egress = egress,
		.start_page = first == NULL ? NULL : page,
		.login = "  strangers: 64\n",
		.paints = first == NULL};

	pages[0].body = first != NULL ? first : "";
	port = flow_pages_start(pages);
	snprintf(page, sizeof(page), "http://127.0.0.1:%u/", port);
	snprintf(egress, sizeof(egress),
		"  allow: [\"127.0.0.1:%u\", \"127.0.0.1:80\"]\n"
		"  names:\n    - {name: handed.test, address: 127.0.0.1}\n"
		"    - {name: alone.test, address: 127.0.0.1}\n",
		port);
	flow_broker_start(&broker, &options);
	person_start(&broker);
}

static int stop(void **state)
{
	(void)state;
	person_stop();
	flow_broker_stop(&broker);
	flow_pages_stop();
	return 0;
}

static int start_browsing(void **state)
{
	(void)state;
	start(NULL, form, NULL);
	return 0;
}

static int start_moving(void **state)
{
	(void)state;
	start(NULL, moving, NULL);
	return 0;
}

static int start_pasting(void **state)
{
	(void)state;
	start(NULL, form, "  paste: 5\n");
	return 0;
}

static int start_composing(void **state)
{
	(void)state;
	start(NULL, composed, "  preedit: on\n");
	return 0;
}

static int start_with_keys(void **state)
{
	(void)state;
	start(NULL, keys, NULL);
	return 0;
}

static int start_painting(void **state)
{
	(void)state;
	start(NULL, NULL, NULL);
	return 0;
}

static int start_impatient(void **state)
{
	(void)state;
	start("  idle_ms: 6000\n  idle_warning_ms: 4000\n", NULL, NULL);
	return 0;
}

static void tell(const char *text)
{
	assert_int_equal(
		flow_ctl(&broker, NULL, 0, "session", "message", "1", text, (char *)NULL), 0);
}

static void change_password(void)
{
	char program[128];
	char socket[128];
	char *words[] = {
		program, "--socket", socket, "user", "passwd", "tanaka", "--password-stdin", NULL};

	snprintf(program, sizeof(program), "%s/bin/garasuctl", broker.directory);
	snprintf(socket, sizeof(socket), "%s/admin.sock", broker.directory);
	flow_run(NULL, 0, "another\n", words);
}

static void kill_fronts(void)
{
	pid_t pids[64];
	int count = flow_pids(&broker, "garasu-web", pids, 64);

	for (int i = 0; i < count; i++) {
		assert_true(pids[i] > 1);
		(void)kill(pids[i], SIGKILL); /* one of assets may have ended by itself */
	}
}

/* More than 2,000 characters, each where it was typed, and none twice. */
static void wait_much_text(void)
{
	static const char round[] = "日本語の文章カタカナﾊﾝｶｸ𠮷野家で🍣葛󠄀城ー〜…㈱①ab"
				    " "
				    "9";
	static char text[66 * sizeof(round) + 16];
	size_t used = (size_t)snprintf(text, sizeof(text), "text ");

	for (int i = 0; i < 66; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", round);
	}
	snprintf(text + used, sizeof(text) - used, " end");
	flow_pages_wait(text);
}

static void person_logs_in_sees_and_types(void **state)
{
	(void)state;
	person_does("brokenPage");
	person_does("english");
	person_does("accessible");
	person_does("shot english");
	person_does("japanese");
	person_does("accessible");
	person_does("wrongPassword");
	person_does("accessible");
	person_does("logIn");
	person_does("accessible");
	person_does("shot failure");
	person_does("failureIsTold");
	person_does("picture");
	person_does("accessible");
	person_does("typing");
	flow_pages_wait("text Ab_1 日本𠮷🍣z end");
	person_does("muchText");
	wait_much_text();
	person_does("wheel");
	flow_pages_wait("scrolled");
	person_does("wayOut");
	person_does("faults");
}

/* What a page may see arrives as pressed; what the session's own browser takes happens. */
static void keys_of_the_menu_arrive_in_order_and_none_sticks(void **state)
{
	(void)state;
	person_does("japanese");
	person_does("logIn");
	person_does("picture");
	person_does("menuKey Alt+←");
	flow_pages_wait("keys +AAltLeft +AArrowLeft -AArrowLeft -AltLeft end");
	person_does("menuKey F5");
	flow_pages_wait("keys +F5 -F5 end");
	person_does("menuKey Esc");
	flow_pages_wait("keys +Escape -Escape end");
	person_does("menuKey Ctrl+T");
	flow_pages_wait("tab 1hidden");
	person_does("menuKey Ctrl+Tab");
	flow_pages_wait("tab 2visible");
	person_does("menuKey Ctrl+Shift+Tab");
	flow_pages_wait("tab 3hidden");
	person_does("menuKey Ctrl+W");
	flow_pages_wait("tab 4visible");
	person_does("menuByKeyboard");
	flow_pages_wait("tab 5hidden");
	person_does("menuKey Ctrl+Shift+Tab");
	flow_pages_wait("tab 6visible");
	person_does("key b");
	flow_pages_wait("keys +KeyB -KeyB end");
	person_does("faults");
}

static void paste_is_refused_where_policy_does_not_allow_it(void **state)
{
	(void)state;
	person_does("japanese");
	person_does("logIn");
	person_does("picture");
	person_does("pasteOff");
	flow_pages_wait("text z end");
	person_does("logOutByButton");
	flow_wait_file(&broker, "log/audit.jsonl", "\"paste\":0,\"policy\":0");
	person_does("faults");
}

/* Cut at the limit, and the line's end is a space. */
static void paste_is_typed_as_far_as_policy_allows_it(void **state)
{
	(void)state;
	person_does("japanese");
	person_does("logIn");
	person_does("picture");
	person_does("pasteTooMuch");
	flow_pages_wait("text あ b𠮷c end");
	person_does("pasteByMenu");
	flow_pages_wait("text XY end");
	person_does("logOutByButton");
	flow_wait_file(&broker, "log/audit.jsonl", "\"paste\":2,\"policy\":1");
	person_does("faults");
}

/* Committed once, given up without a trace, also where the line is cut in the middle. */
static void composed_text_shows_in_the_session_where_policy_allows_it(void **state)
{
	(void)state;
	person_does("japanese");
	person_does("logIn");
	person_does("picture");
	person_does("composes に");
	flow_pages_wait("composes [に]");
	person_does("composes にほん");
	flow_pages_wait("composes [にほん]");
	person_does("commits 日本𠮷");
	flow_pages_wait("composed [日本𠮷], has [日本𠮷]");
	person_does("composes すし");
	flow_pages_wait("composes [すし]");
	person_does("composes");
	flow_pages_wait("composed [], has [日本𠮷]");
	person_does("key Enter");
	flow_pages_wait("text 日本𠮷 end");
	person_does("composes かな");
	flow_pages_wait("composes [かな]");
	person_does("mayLose");
	kill_fronts();
	flow_pages_wait("composed [], has []");
	person_does("reconnected");
	person_does("composes うみ");
	flow_pages_wait("composes [うみ]");
	person_does("clicks");
	flow_pages_wait("composed [うみ], has [うみ]");
	person_does("faults");
}

static void link_is_asked_about_and_opened(void **state)
{
	(void)state;
	person_does("japanese");
	person_does("logIn");
	person_does("badLink");
	person_does("link handed.test");
	flow_wait_file(&broker, "log/audit.jsonl", "\"host\":\"handed.test\"");
	person_does("linkAlone alone.test");
	flow_wait_file(&broker, "log/audit.jsonl", "\"host\":\"alone.test\"");
	person_does("faults");
}

static void every_scale_is_one_pixel_for_one(void **state)
{
	(void)state;
	person_does("sizes");
	person_does("faults");
}

static void page_comes_back_and_says_why_it_went(void **state)
{
	char output[4096];

	(void)state;
	person_does("japanese");
	person_does("logIn");
	person_does("mayLose");
	kill_fronts();
	person_does("losing");
	person_does("reconnected");
	person_does("twoTabs");
	assert_int_equal(flow_ctl(&broker, output, sizeof(output), "session", "end", "1", NULL), 0);
	person_does("endedByAdministrator");
	person_does("shot ended");
	person_does("logOut");
	person_does("faults");
}

static void session_that_ends_for_idleness_ends_its_log_in(void **state)
{
	(void)state;
	person_does("japanese");
	person_does("logIn");
	person_does("idleWarning");
	person_does("idleStay");
	person_does("idleEnd");
	person_does("faults");
}

/* In the middle of a word, one after the other, and also where the line is cut. */
static void what_is_told_takes_no_key_and_waits_to_be_read(void **state)
{
	(void)state;
	person_does("japanese");
	person_does("logInWide");
	person_does("picture");
	person_does("composes にほん");
	tell("one");
	person_does("told one");
	person_does("shot told");
	person_does("commits 日本");
	person_does("key z");
	person_does("key Enter");
	flow_pages_wait("text 日本z end");
	tell("two");
	person_does("mayLose");
	kill_fronts();
	person_does("reconnected");
	person_does("told one");
	person_does("readsTold");
	person_does("told two");
	person_does("readsTold");
	person_does("nothingTold");
	change_password();
	person_does("expired");
	person_does("shot expired");
	person_does("faults");
}

static void hidden_tab_gets_no_picture(void **state)
{
	(void)state;
	person_does("japanese");
	person_does("logIn");
	flow_pages_wait("beat");
	person_does("hides");
	person_does("faults");
}

static void log_out_is_the_end_whatever_the_line_does(void **state)
{
	(void)state;
	person_does("japanese");
	person_does("linesFail");
	person_does("japanese");
	person_does("logIn");
	person_does("logOutUnheard");
	person_does("faults");
}

/* No broker: the page alone, and a browser that feeds it. */
static void decoders_stand_hostile_bytes(void **state)
{
	struct flow_child child = {0};
	char *words[] = {"/usr/bin/env", "node", FLOW_TREE "/tests/flow/page/hostile.mjs",
		FLOW_PAGE_PACKAGES, FLOW_CLIENT_PACKAGES, FLOW_TREE "/broker/web/page",
		FLOW_TREE "/tests/fuzz/corpus/decoder_stream", NULL};
	char line[1024];

	(void)state;
	flow_child_start(&child, words, "/dev/null");
	flow_child_line(&child, line, sizeof(line));
	if (strstr(line, " refused") == NULL) {
		fail_msg("%s", line);
	}
	assert_int_equal(flow_child_wait(&child), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoders_stand_hostile_bytes),
		cmocka_unit_test_setup_teardown(
			person_logs_in_sees_and_types, start_browsing, stop),
		cmocka_unit_test_setup_teardown(
			keys_of_the_menu_arrive_in_order_and_none_sticks, start_with_keys, stop),
		cmocka_unit_test_setup_teardown(
			paste_is_refused_where_policy_does_not_allow_it, start_browsing, stop),
		cmocka_unit_test_setup_teardown(
			paste_is_typed_as_far_as_policy_allows_it, start_pasting, stop),
		cmocka_unit_test_setup_teardown(
			composed_text_shows_in_the_session_where_policy_allows_it, start_composing,
			stop),
		cmocka_unit_test_setup_teardown(
			link_is_asked_about_and_opened, start_browsing, stop),
		cmocka_unit_test_setup_teardown(
			every_scale_is_one_pixel_for_one, start_painting, stop),
		cmocka_unit_test_setup_teardown(
			page_comes_back_and_says_why_it_went, start_painting, stop),
		cmocka_unit_test_setup_teardown(
			session_that_ends_for_idleness_ends_its_log_in, start_impatient, stop),
		cmocka_unit_test_setup_teardown(
			what_is_told_takes_no_key_and_waits_to_be_read, start_browsing, stop),
		cmocka_unit_test_setup_teardown(hidden_tab_gets_no_picture, start_moving, stop),
		cmocka_unit_test_setup_teardown(
			log_out_is_the_end_whatever_the_line_does, start_painting, stop),
	};

	return cmocka_run_group_tests(tests, NULL, person_finish);
}
