/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chromium's own ways around a proxy: WebRTC, QUIC, WebTransport, name queries. Its jail is given
 * a network here, which no session has, and every packet is looked at: policies and switches alone
 * must keep it to the one proxy. The test is that proxy. Needs root. */

#include "captive_drive.h"

#include "base/clock.h"
#include "ways_packets.h"
#include "ways_proxy.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* One page tries everything, one after the other, and tells what came of each. */
static const char page[] =
	"<!doctype html><title>ways</title>"
	"<link rel=dns-prefetch href=https://prefetch.ways.test>"
	"<link rel=preconnect href=https://preconnect.ways.test><script>"
	"const say=t=>fetch('/report?'+encodeURIComponent(t),{cache:'no-store'});"
	"async function rtc(){const c=new RTCPeerConnection({iceServers:["
	"{urls:'stun:198.51.100.7:3478'},{urls:'stun:stun.ways.test:3478'},"
	"{urls:'turn:198.51.100.7:3478?transport=udp',username:'u',credential:'c'},"
	"{urls:'turn:198.51.100.7:443?transport=tcp',username:'u',credential:'c'},"
	"{urls:'turn:turn.ways.test:443?transport=tcp',username:'u',credential:'c'}]});let n=0;"
	"c.onicecandidate=e=>{if(e.candidate&&e.candidate.candidate)n++};"
	"c.createDataChannel('x');await c.setLocalDescription(await c.createOffer());"
	"if(c.iceGatheringState!=='complete')await new Promise(r=>{"
	"c.onicegatheringstatechange=()=>{if(c.iceGatheringState==='complete')r()}});"
	"return 'rtc '+n}"
	"async function transport(){try{await new "
	"WebTransport('https://198.51.100.7/').ready;return 'transport open'}"
	"catch(e){return 'transport '+e.name}}"
	"async function again(){for(let i=0;i<6;i++)await fetch('/again?'+i,{cache:'no-store'});"
	"const used=new Set(performance.getEntriesByType('resource')"
	".filter(e=>e.name.includes('/again')).map(e=>e.nextHopProtocol));"
	"return 'protocols '+[...used].join(' ')}"
	"async function name(){try{await fetch('https://fetched.ways.test/',{mode:'no-cors'});"
	"return 'name open'}catch(e){return 'name '+e.name}}"
	"(async()=>{for(const way of [rtc,transport,again,name])await say(await way()+'.')"
	"})()</script>";

static struct stage stage;

static int take_listener(void)
{
	struct pollfd wait = {.fd = stage.handover, .events = POLLIN};

	if (poll(&wait, 1, STAGE_DEADLINE_MS) != 1) {
		fail_msg("no listener came; the jail said: %s", stage.said);
	}
	return captive_take_listener(stage.handover);
}

/* Gives frames until the page has told this. */
static void wait_told(const char *text)
{
	uint64_t deadline = garasu_clock_ms() + 3 * (uint64_t)STAGE_DEADLINE_MS;

	while (!proxy_was_told(text)) {
		struct pollfd news = {.fd = stage.news, .events = POLLIN};

		if (garasu_clock_ms() > deadline) {
			fail_msg("the page has not told \"%s\"; the proxy heard:\n%s\nthe jail "
				 "said: %s",
				text, proxy_heard(), stage.said);
		}
		stage_credit(&stage);
		if (poll(&news, 1, 50) == 1) {
			stage_wait_news(&stage);
		}
	}
}

static int start(void **state)
{
	const struct stage_program programs[] = {{JAIL, "garasu-jail"}, {START, "garasu-start"},
		{COMPOSITOR, "garasu-compositor"}, {BROWSER, "garasu-browser"}, {NULL, NULL}};
	struct garasu_session_settings settings = stage_settings("about:blank", 1280, 800, 120);

	(void)state;
	if (getuid() != 0) {
		print_error("only root can give the jail a network\n");
		return getenv("GARASU_ALLOW_SKIP") != NULL ? 0 : -1;
	}
	signal(SIGPIPE, SIG_IGN);
	settings.profile_bytes = 256u << 20;
	settings.shm_bytes = 256u << 20;
	settings.uid = CAPTIVE_UID;
	stage_start_trusting(&stage, programs, &settings, CAPTIVE_UID, proxy_make("ways.test"));
	proxy_start(take_listener(), page);
	packets_start(stage.pid);
	stage_address(&stage, "https://ways.test/");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	if (getuid() != 0) {
		return 0;
	}
	packets_stop();
	proxy_stop();
	return stage_stop(&stage);
}

static int begin(void **state)
{
	(void)state;
	if (getuid() != 0) {
		skip();
	}
	return 0;
}

static void expect_quiet(void)
{
	const char *packet = packets_stranger();

	if (packet != NULL) {
		fail_msg("a packet left the browser beside the proxy: %s", packet);
	}
}

/* It has tried: relays that speak TCP are asked for at the proxy, as any server. */
static void webrtc_sends_nothing_beside_the_proxy(void **state)
{
	(void)state;
	wait_told("rtc 0.");
	expect_quiet();
	assert_true(proxy_was_asked("198.51.100.7:443"));
}

static void webtransport_is_refused_and_sends_nothing(void **state)
{
	(void)state;
	wait_told("transport WebTransportError.");
	expect_quiet();
}

static void offer_of_quic_is_not_taken(void **state)
{
	(void)state;
	wait_told("protocols http/1.1.");
	expect_quiet();
}

static void names_are_asked_for_at_the_proxy_alone(void **state)
{
	(void)state;
	wait_told("name TypeError."); /* the proxy said no */
	expect_quiet();
	assert_true(proxy_was_asked("fetched.ways.test:443"));
}

/* The watch itself is awake: what is sent in that network is seen. */
static void packet_beside_the_proxy_is_seen(void **state)
{
	(void)state;
	packets_send("198.51.100.7", 3478);
	assert_string_equal(packets_stranger(), "UDP to 198.51.100.7 port 3478");
	packets_send("127.0.0.1", 53);
	assert_string_equal(packets_stranger(), "UDP to 127.0.0.1 port 53");
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(webrtc_sends_nothing_beside_the_proxy),
		TEST(webtransport_is_refused_and_sends_nothing),
		TEST(offer_of_quic_is_not_taken),
		TEST(names_are_asked_for_at_the_proxy_alone),
		TEST(packet_beside_the_proxy_is_seen),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
