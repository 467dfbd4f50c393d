/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyboard and the mouse of the web viewer, in a real browser: what arrives in the pages of the
 * session's own browser. page/alone.mjs does the same with the orders of events that other browsers
 * have. */

#include "person.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GROUND "<!DOCTYPE html><html style='background:#102030;height:3000px'><title>t</title>"
#define FIELD "style='font-size:20px;margin:60px 20px;width:400px;caret-color:#0f0'"
#define SAY "const say=(s)=>fetch('/report',{method:'POST',body:s});"

/* Tells the field's text at Enter, with the modifiers of it and of each click; the pointer picture
 * points with its lower edge. */
static const char form[] =
	GROUND "<input id=a autofocus " FIELD "><script>" SAY
	       "const held=(e)=>(e.ctrlKey?'C':'')+(e.altKey?'A':'')+(e.shiftKey?'S':'');"
	       "a.addEventListener('keydown',(e)=>{if(e.key==='Enter'){"
	       "say('text '+a.value+' end'+held(e)+';');a.value='';}});"
	       "addEventListener('click',(e)=>say('click '+held(e)+';'));"
	       "const c=document.createElement('canvas');c.width=c.height=48;"
	       "const d=c.getContext('2d');d.fillStyle='#c02020';d.fillRect(0,0,48,48);"
	       "document.documentElement.style.cursor='url('+c.toDataURL()+') 10 47,auto';"
	       "</script>";

/* Takes its field away and gives it back, over and over. */
static const char restless[] =
	GROUND "<p id=p></p><script>" SAY "let times=0;let text='';"
	       "const give=()=>{p.innerHTML=\"<input id=a " FIELD ">\";"
	       "a.value=text;a.focus();say('given '+(++times)+';');};"
	       "const take=()=>{text=a.value;p.textContent='';};"
	       "give();setInterval(()=>{take();setTimeout(give,100);},600);"
	       "addEventListener('keydown',(e)=>{if(e.key==='Enter'){"
	       "say('text '+(document.getElementById('a')?.value??text)+' end');}});"
	       "</script>";

/* Tells which keys went down and up, each time no modifier is held any more. */
static const char keys[] =
	GROUND "<script>" SAY "let seen=[];"
	       "const note=(e)=>{e.preventDefault();if(e.repeat){return;}"
	       "const held=(e.ctrlKey?'C':'')+(e.altKey?'A':'')+(e.shiftKey?'S':'')"
	       "+(e.metaKey?'M':'');seen.push((e.type==='keydown'?'+':'-')+held+e.code);"
	       "if(e.type==='keyup'&&held===''){say('keys '+seen.join(' ')+' end');seen=[];}};"
	       "addEventListener('keydown',note);addEventListener('keyup',note);"
	       "</script>";

static struct flow_broker broker;

static void start(const char *page, const char *screen)
{
	static struct flow_page pages[2];
	char egress[128];
	char address[64];
	unsigned port;
	const struct flow_options options = {.web = "",
		.egress = egress,
		.screen = screen,
		.start_page = address,
		.login = "  strangers: 64\n"};

	pages[0] = (struct flow_page){"/", "text/html", page};
	port = flow_pages_start(pages);
	snprintf(address, sizeof(address), "http://127.0.0.1:%u/", port);
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
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

static int start_form(void **state)
{
	(void)state;
	start(form, NULL);
	return 0;
}

static int start_form_with_us_keyboard(void **state)
{
	(void)state;
	start(form, "  keyboard: us\n");
	return 0;
}

static int start_restless(void **state)
{
	(void)state;
	start(restless, NULL);
	return 0;
}

static int start_keys(void **state)
{
	(void)state;
	start(keys, NULL);
	return 0;
}

static void log_in(const char *window)
{
	person_does(window);
	person_does("logIn");
	person_does("picture");
}

/* A chat's line break: Shift goes down while the text is composed, and is held behind it. */
static void modifiers_reach_the_session_whatever_took_their_key(void **state)
{
	(void)state;
	log_in("japanese");
	person_does("composes にほん");
	person_does("holds Shift");
	person_does("commits 日本");
	person_does("key Enter");
	flow_pages_wait("text 日本 endS;");
	person_does("lets Shift");
	person_does("key Enter");
	flow_pages_wait("text  end;");
	person_does("leaves");
	person_does("holds Control");
	person_does("clicks");
	flow_pages_wait("click C;");
	person_does("lets Control");
	person_does("clicks");
	flow_pages_wait("click ;");
	person_does("faults");
}

static void field_that_is_drawn_anew_does_not_cut_composing_short(void **state)
{
	(void)state;
	log_in("japanese");
	person_does("composes にほん");
	flow_pages_forget();
	for (int i = 0; i < 3; i++) {
		flow_pages_wait("given ");
		flow_pages_forget();
		person_does("stillComposes にほん");
	}
	person_does("commits 日本");
	person_does("key Enter");
	flow_pages_wait("text 日本 end");
	person_does("faults");
}

static void field_of_the_desk_stands_at_the_caret(void **state)
{
	static const char *const windows[] = {
		"scaled 1", "scaled 1.1", "scaled 1.25", "scaled 1.5"};

	(void)state;
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		log_in(windows[i]);
		person_does("caret");
		person_does("types 漢字");
		person_does("caret moved");
		person_does("key Enter");
		flow_pages_wait("text 漢字 end;");
		flow_pages_forget();
	}
	person_does("faults");
}

/* 200 keys, 20 a second, half of them while an input method commits between them. */
static void fast_typing_arrives_whole_and_in_order(void **state)
{
	char text[1024] = "text ";
	size_t used = strlen(text);

	(void)state;
	log_in("japanese");
	for (int i = 0; i < 10; i++) {
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "The quick fox_%d|\\かな", i);
	}
	snprintf(text + used, sizeof(text) - used, " end;");
	person_does("typesFast");
	flow_pages_wait(text);
	person_does("faults");
}

static void pointer_has_its_size_and_stays_off_the_strip(void **state)
{
	static const char *const windows[] = {"scaled 1", "scaled 1.5"};

	(void)state;
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		log_in(windows[i]);
		person_does("points");
	}
	person_does("faults");
}

static void keys_are_released_when_the_focus_goes(void **state)
{
	(void)state;
	log_in("japanese");
	person_does("holds Shift");
	person_does("holds b");
	person_does("leaves");
	flow_pages_wait("keys +SShiftLeft +SKeyB -ShiftLeft end");
	flow_pages_wait("keys -KeyB end");
	person_does("lets b");
	person_does("lets Shift");
	person_does("clicks");
	person_does("key c");
	flow_pages_wait("keys +KeyC -KeyC end");
	person_does("faults");
}

/* Windows does not tell the release of some of them. */
static void japanese_keys_arrive_and_do_not_stick(void **state)
{
	(void)state;
	log_in("windows");
	person_does("placeHeld IntlYen \\");
	flow_pages_wait("keys +IntlYen -IntlYen end");
	person_does("placeHeld IntlRo _");
	flow_pages_wait("keys +IntlRo -IntlRo end");
	person_does("placeHeld Convert Convert");
	flow_pages_wait("keys +Convert -Convert end");
	person_does("placeHeld NonConvert NonConvert");
	flow_pages_wait("keys +NonConvert -NonConvert end");
	person_does("place KanaMode KanaMode");
	flow_pages_wait("keys +KanaMode -KanaMode end");
	person_does("place Backquote Zenkaku");
	person_does("place Backquote Hankaku");
	flow_pages_forget();
	person_does("key c");
	flow_pages_wait("keys +KeyC -KeyC end");
	person_does("faults");
}

static void switch_of_the_input_method_writes_nothing(void **state)
{
	(void)state;
	log_in("windows");
	person_does("types a");
	person_does("place Backquote Zenkaku");
	person_does("place Backquote Hankaku");
	person_does("types b");
	person_does("key Enter");
	flow_pages_wait("text ab end;");
	person_does("faults");
}

static void side_buttons_and_the_menu_are_keys_of_the_session(void **state)
{
	(void)state;
	log_in("japanese");
	person_does("button back");
	flow_pages_wait("keys +BrowserBack -BrowserBack end");
	person_does("button forward");
	flow_pages_wait("keys +BrowserForward -BrowserForward end");
	person_does("menuKey Win");
	person_does("key b");
	flow_pages_wait("MetaLeft -");
	flow_pages_wait("+KeyB -KeyB end"); /* and no Meta with it */
	person_does("faults");
}

/* No broker: the page alone, and a browser that has events of any other one. */
static void page_alone_keeps_its_rules(void **state)
{
	struct flow_child child = {0};
	char *words[] = {"/usr/bin/env", "node", FLOW_TREE "/tests/flow/page/alone.mjs",
		FLOW_PAGE_PACKAGES, FLOW_CLIENT_PACKAGES, FLOW_TREE "/broker/web/page", NULL};
	char line[1024];

	(void)state;
	flow_child_start(&child, words, "/dev/null");
	do {
		flow_child_line(&child, line, sizeof(line));
	} while (strncmp(line, "checked: ", strlen("checked: ")) == 0);
	if (strstr(line, " checks hold") == NULL) {
		fail_msg("%s", line);
	}
	assert_int_equal(flow_child_wait(&child), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_alone_keeps_its_rules),
		cmocka_unit_test_setup_teardown(
			modifiers_reach_the_session_whatever_took_their_key, start_form, stop),
		cmocka_unit_test_setup_teardown(
			field_that_is_drawn_anew_does_not_cut_composing_short, start_restless,
			stop),
		cmocka_unit_test_setup_teardown(
			field_of_the_desk_stands_at_the_caret, start_form, stop),
		cmocka_unit_test_setup_teardown(
			fast_typing_arrives_whole_and_in_order, start_form, stop),
		cmocka_unit_test_setup_teardown(
			pointer_has_its_size_and_stays_off_the_strip, start_form, stop),
		cmocka_unit_test_setup_teardown(
			keys_are_released_when_the_focus_goes, start_keys, stop),
		cmocka_unit_test_setup_teardown(
			japanese_keys_arrive_and_do_not_stick, start_keys, stop),
		cmocka_unit_test_setup_teardown(switch_of_the_input_method_writes_nothing,
			start_form_with_us_keyboard, stop),
		cmocka_unit_test_setup_teardown(
			side_buttons_and_the_menu_are_keys_of_the_session, start_keys, stop),
	};

	return cmocka_run_group_tests(tests, NULL, person_finish);
}
