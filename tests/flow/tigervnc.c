/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A viewer nobody here wrote: Debian's TigerVNC viewer, under Xvfb, sees the page and types. */

#include "harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct flow_page pages[] = {
	{"/form", "text/html",
		"<!doctype html><meta charset=utf-8><title>form</title>"
		"<style>body{margin:0;background:#204080}"
		"textarea{position:fixed;left:0;top:0;width:100vw;height:30vh}"
		"div{position:fixed;width:50vw;height:30vh;bottom:0;left:0;background:#10a040}</"
		"style>"
		"<textarea id=t autofocus></textarea><div></div>"
		"<script>const say=b=>fetch('/report',{method:'POST',body:b});"
		"let busy=false,dirty=false;async function send(){if(busy){dirty=true;return}"
		"busy=true;do{dirty=false;await say('text:'+t.value+'.')}while(dirty);busy=false}"
		"t.oninput=send;t.onfocus=()=>say('focus.');onload=()=>{t.focus();say('loaded.')}"
		"</script>"},
	{NULL, NULL, NULL},
};

static struct flow_broker broker;
static struct flow_child display, tiger;

static int start(void **state)
{
	char egress[128];
	char start_page[128];
	char line[64];
	char errors[128];
	char authority[128];
	char server[64];
	char *screen[] = {"/usr/bin/Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24",
		"-nolisten", "tcp", NULL};
	char *words[] = {"/usr/bin/xtigervncviewer", "-SecurityTypes", "X509Plain", "-X509CA",
		authority, "-RemoteResize=1", "-FullScreen=1", server, NULL};
	unsigned port = flow_pages_start(pages);

	(void)state;
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	snprintf(start_page, sizeof(start_page), "http://127.0.0.1:%u/form", port);
	flow_broker_start(&broker,
		&(struct flow_options){
			.egress = egress, .start_page = start_page, .screen = "  keyboard: us\n"});
	snprintf(errors, sizeof(errors), "%s/tiger.err", broker.directory);
	snprintf(authority, sizeof(authority), "%s/certs/ca.crt", broker.directory);
	snprintf(server, sizeof(server), "localhost::%u", broker.port);
	flow_child_start(&display, screen, errors);
	flow_child_line(&display, line, sizeof(line));
	snprintf(errors, sizeof(errors), ":%s", line);
	setenv("DISPLAY", errors, 1);
	setenv("HOME", broker.directory, 1);
	setenv("VNC_USERNAME", "tanaka", 1);
	setenv("VNC_PASSWORD", FLOW_PASSWORD, 1);
	snprintf(errors, sizeof(errors), "%s/tiger.err", broker.directory);
	flow_child_start(&tiger, words, errors);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_child_end(&tiger);
	flow_child_end(&display);
	flow_broker_stop(&broker);
	flow_pages_stop();
	return 0;
}

/* Takes screenshots until the pixel has the colour, or fails at the deadline. */
static void wait_colour(const char *place, const char *colour)
{
	char format[64];
	char output[256] = "";
	char *words[] = {"/usr/bin/import", "-silent", "-window", "root", "-depth", "8", "-format",
		format, "info:", NULL};
	time_t deadline = time(NULL) + FLOW_DEADLINE_MS / 1000;

	snprintf(format, sizeof(format), "%%[pixel:p{%s}]\n", place);
	while (time(NULL) < deadline) {
		flow_run(output, sizeof(output), NULL, words);
		if (strstr(output, colour) != NULL) {
			return;
		}
	}
	fail_msg("%s is %s, not %s", place, output, colour);
}

static void type(const char *text)
{
	char *words[] = {"/usr/bin/xdotool", "type", "--delay", "40", NULL, NULL};

	words[4] = strdup(text);
	flow_run(NULL, 0, NULL, words);
	free(words[4]);
}

static void page_is_shown(void **state)
{
	(void)state;
	flow_pages_wait("loaded.");
	wait_colour("900,600", "srgb(32,64,128)");
	wait_colour("200,860", "srgb(16,160,64)");
}

static void ascii_and_kanji_are_typed(void **state)
{
	char *click[] = {"/usr/bin/xdotool", "mousemove", "600", "200", "click", "1", NULL};

	(void)state;
	flow_run(NULL, 0, NULL, click);
	type("Hello 42");
	flow_pages_wait("text:Hello 42.");
	type("市役所図書館議会長室");
	flow_pages_wait("text:Hello 42市役所図書館議会長室.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_is_shown),
		cmocka_unit_test(ascii_and_kanji_are_typed),
	};

	/* xdotool reads its words in the locale's encoding, and a fresh host has none set */
	assert_int_equal(setenv("LC_ALL", "C.UTF-8", 1), 0);
	return cmocka_run_group_tests(tests, start, stop);
}
