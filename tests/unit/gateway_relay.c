/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real gateway after the verdict; the test plays its viewer, encoder, compositor and supervisor.
 */

#include "garasu/rfb.h"
#include "garasu/state.h"
#include "unit/gateway_stage/stage.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SPEAKS_GARASU 1
#define STANDARD 0

static const struct stage_options usual;
static const uint8_t request[10] = {3, 1, 0, 0, 0, 0, 0, 64, 0, 48};

/* One Raw rectangle of 2 x 1 pixels. */
static const uint8_t update[24] = {
	0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};

static struct stage stage;
static struct garasu_gateway_counters counters;

static void say_key(uint8_t is_down, uint8_t keysym)
{
	const uint8_t bytes[8] = {4, is_down, 0, 0, 0, 0, 0, keysym};

	stage_say(&stage, bytes, sizeof(bytes));
}

static void say_pointer(uint8_t buttons, uint8_t x, uint8_t y)
{
	const uint8_t bytes[6] = {5, buttons, 0, x, 0, y};

	stage_say(&stage, bytes, sizeof(bytes));
}

static void await_key(uint8_t is_down, uint8_t keysym)
{
	struct garasu_input record;

	stage_await_input(&stage, &record);
	assert_int_equal(record.type, GARASU_INPUT_KEY_SYM);
	assert_int_equal(record.flag, is_down);
	assert_int_equal(record.key_sym.keysym, keysym);
}

static void await_pointer(uint16_t buttons, uint16_t x, uint16_t y)
{
	struct garasu_input record;

	stage_await_input(&stage, &record);
	assert_int_equal(record.type, GARASU_INPUT_POINTER);
	assert_int_equal(record.pointer.buttons, buttons);
	assert_int_equal(record.pointer.x, x);
	assert_int_equal(record.pointer.y, y);
}

static void await_keys_up(void)
{
	struct garasu_input record;

	stage_await_input(&stage, &record);
	assert_int_equal(record.type, GARASU_INPUT_FOCUS);
	assert_int_equal(record.flag, 0);
}

/* All that the viewer said before has been handled once this has come through. */
static void pass_a_request(void)
{
	uint8_t heard[sizeof(request)];

	stage_say(&stage, request, sizeof(request));
	stage_encoder_hear(&stage, heard, sizeof(heard));
	assert_memory_equal(heard, request, sizeof(heard));
}

static void pass_an_update(void)
{
	uint8_t heard[sizeof(update)];

	stage_encoder_say(&stage, update, sizeof(update));
	stage_hear(&stage, heard, sizeof(heard));
	assert_memory_equal(heard, update, sizeof(heard));
}

static void hear_state(uint8_t code, uint8_t value)
{
	const uint8_t expected[10] = {252, 1, 0, 6, 0, code, 0, 0, 0, value};
	uint8_t heard[10];

	stage_hear(&stage, heard, sizeof(heard));
	assert_memory_equal(heard, expected, sizeof(heard));
}

/* ---- towards the internet zone ---- */

static void input_goes_to_the_pipe_and_not_to_the_encoder(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, STANDARD);
	say_key(1, 'a');
	say_key(0, 'a');
	say_pointer(1, 10, 20);
	await_key(1, 'a');
	await_key(0, 'a');
	await_pointer(1, 10, 20);
	assert_true(stage_encoder_is_quiet(&stage));
	pass_a_request();
	assert_int_equal(stage_stop(&stage), 0);
}

static void await_activity(int is_typing)
{
	struct garasu_gateway_activity activity;
	struct garasu_control record;

	stage_await_activity(&stage, &record);
	memcpy(&activity, record.payload, sizeof(activity));
	assert_int_equal(activity.is_typing, is_typing);
}

/* The supervisor favours a session while somebody types; both are said once a second at most. */
static void pointer_and_keys_are_told_apart_as_activity(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, STANDARD);
	say_pointer(0, 10, 20);
	await_activity(0);
	say_pointer(0, 11, 20);
	say_key(1, 'a');
	await_activity(1);
	assert_int_equal(stage_stop(&stage), 0);
}

static void leaving_viewer_releases_its_keys_and_is_counted(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, STANDARD);
	say_key(1, 'a');
	await_key(1, 'a');
	pass_an_update();
	assert_int_equal(SSL_shutdown(stage.ssl), 0);
	await_keys_up();
	stage_await_counters(&stage, &counters);
	assert_int_equal(counters.crossed[GARASU_CROSS_KEY], 1);
	assert_int_equal(counters.crossed[GARASU_CROSS_UPDATE], 1);
	assert_int_equal(counters.crossed[GARASU_CROSS_RECT_PIXELS], 1);
	assert_int_equal(counters.bytes_from_viewer, 1 + 8);
	assert_int_equal(counters.bytes_to_viewer, 30 + sizeof(update));
	assert_int_equal(stage_stop(&stage), 0);
}

static void cut_text_goes_nowhere_and_is_counted(void **state)
{
	static uint8_t text[8 + 100000] = {6, 0, 0, 0, 0, 1, 0x86, 0xa0};

	(void)state;
	memset(text + 8, 3, sizeof(text) - 8); /* would be update requests, were it not skipped */
	stage_enter(&stage, &usual, STANDARD);
	stage_say(&stage, text, sizeof(text));
	pass_a_request();
	say_key(1, 'z');
	await_key(1, 'z');
	assert_int_equal(SSL_shutdown(stage.ssl), 0);
	stage_await_counters(&stage, &counters);
	assert_int_equal(counters.crossed[GARASU_CROSS_CUT_TEXT_DISCARDED], 1);
	assert_int_equal(counters.crossed[GARASU_CROSS_UPDATE_REQUEST], 1);
	assert_int_equal(stage_stop(&stage), 0);
}

static void over_long_cut_text_closes_the_viewer(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, STANDARD);
	stage_say(&stage, "\6\0\0\0\0\4\0\1", 8);
	stage_await_refusal(&stage, GARASU_REFUSAL_CLIENT_MESSAGE, GARASU_RFB_CLIENT_CUT_TEXT);
	await_keys_up();
	assert_int_equal(stage_stop(&stage), 0);
}

static void unlisted_message_closes_the_viewer_with_a_state(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	stage_say(&stage, "\10\1\0\0", 4); /* SetScale */
	stage_await_refusal(&stage, GARASU_REFUSAL_CLIENT_MESSAGE, 8);
	hear_state(GARASU_STATE_PROTOCOL, 0);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

static void message_of_ours_unasked_closes_the_viewer(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, STANDARD);
	stage_say(&stage, "\374\1\0\1a", 5);
	stage_await_refusal(&stage, GARASU_REFUSAL_CLIENT_MESSAGE, GARASU_RFB_CLIENT_GARASU);
	assert_int_equal(stage_stop(&stage), 0);
}

static void message_in_pieces_is_one_message(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, STANDARD);
	stage_say(&stage, "\4\1\0\0\0", 5);
	stage_say(&stage, "\0\0k\4\0\0\0\0\0\0", 10);
	stage_say(&stage, "k", 1);
	await_key(1, 'k');
	await_key(0, 'k');
	assert_int_equal(stage_stop(&stage), 0);
}

static void geometry_goes_to_the_encoder_and_the_pipe(void **state)
{
	static const uint8_t geometry[10] = {252, 3, 0, 6, 4, 0, 3, 0, 0, 120};
	uint8_t heard[sizeof(geometry)];
	struct garasu_input record;

	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	stage_say(&stage, geometry, sizeof(geometry));
	stage_encoder_hear(&stage, heard, sizeof(heard));
	assert_memory_equal(heard, geometry, sizeof(heard));
	stage_await_input(&stage, &record);
	assert_int_equal(record.type, GARASU_INPUT_GEOMETRY);
	assert_int_equal(record.geometry.width, 1024);
	assert_int_equal(record.geometry.height, 768);
	assert_int_equal(stage_stop(&stage), 0);
}

/* ---- paste ---- */

static const struct stage_options pasting = {.paste_max = 3};
static const struct stage_options composing = {.has_preedit = 1};

static void hear_policy(uint8_t paste_max, uint8_t bits)
{
	const uint8_t expected[7] = {252, 4, 0, 3, 0, paste_max, bits};
	uint8_t heard[7];

	stage_hear(&stage, heard, sizeof(heard));
	assert_memory_equal(heard, expected, sizeof(heard));
}

static void paste_of_the_allowed_length_is_typed_and_counted(void **state)
{
	struct garasu_input record;

	(void)state;
	stage_enter(&stage, &pasting, SPEAKS_GARASU);
	hear_policy(3, 0);
	stage_say(&stage, "\374\6\0\5\343\201\202\na", 9);
	stage_await_input(&stage, &record);
	assert_int_equal(record.type, GARASU_INPUT_TEXT);
	assert_int_equal(record.count, 5);
	assert_memory_equal(record.bytes, "\343\201\202 a", 5);
	assert_int_equal(SSL_shutdown(stage.ssl), 0);
	stage_await_counters(&stage, &counters);
	assert_int_equal(counters.crossed[GARASU_CROSS_PASTE], 1);
	assert_int_equal(counters.crossed[GARASU_CROSS_POLICY], 1);
	assert_int_equal(stage_stop(&stage), 0);
}

static void paste_of_one_character_more_closes_the_viewer(void **state)
{
	(void)state;
	stage_enter(&stage, &pasting, SPEAKS_GARASU);
	hear_policy(3, 0);
	stage_say(&stage, "\374\6\0\4abcd", 8);
	stage_await_refusal(&stage, GARASU_REFUSAL_CLIENT_MESSAGE, GARASU_RFB_CLIENT_GARASU);
	hear_state(GARASU_STATE_PROTOCOL, 0);
	await_keys_up();
	assert_int_equal(stage_stop(&stage), 0);
}

static void paste_without_a_policy_closes_the_viewer(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	stage_say(&stage, "\374\6\0\1a", 5);
	stage_await_refusal(&stage, GARASU_REFUSAL_CLIENT_MESSAGE, GARASU_RFB_CLIENT_GARASU);
	hear_state(GARASU_STATE_PROTOCOL, 0);
	await_keys_up();
	assert_int_equal(stage_stop(&stage), 0);
}

/* ---- what is composed ---- */

static void composed_text_crosses_where_policy_allows_it(void **state)
{
	struct garasu_input record;

	(void)state;
	stage_enter(&stage, &composing, SPEAKS_GARASU);
	hear_policy(0, 1);
	stage_say(&stage, "\374\7\0\3\343\201\202\374\7\0\0", 11);
	stage_await_input(&stage, &record);
	assert_int_equal(record.type, GARASU_INPUT_PREEDIT);
	assert_int_equal(record.flag, 1);
	assert_int_equal(record.count, 3);
	assert_memory_equal(record.bytes, "\343\201\202", 3);
	stage_await_input(&stage, &record);
	assert_int_equal(record.type, GARASU_INPUT_PREEDIT);
	assert_int_equal(record.flag, 1);
	assert_int_equal(record.count, 0);
	assert_int_equal(stage_stop(&stage), 0);
}

static void composed_text_without_a_policy_closes_the_viewer(void **state)
{
	(void)state;
	stage_enter(&stage, &pasting, SPEAKS_GARASU);
	hear_policy(3, 0);
	stage_say(&stage, "\374\7\0\1a", 5);
	stage_await_refusal(&stage, GARASU_REFUSAL_CLIENT_MESSAGE, GARASU_RFB_CLIENT_GARASU);
	hear_state(GARASU_STATE_PROTOCOL, 0);
	await_keys_up();
	assert_int_equal(stage_stop(&stage), 0);
}

/* ---- a pipe that takes nothing ---- */

#define PIPE_RECORDS 256 /* in one page */

static void tell_address(uint32_t wait_s)
{
	const struct garasu_gateway_address_verdict verdict = {.wait_s = wait_s};

	assert_int_equal(garasu_control_send(
				 stage.control, GARASU_GATEWAY_ADDRESS_VERDICT, &verdict, NULL, 0),
		0);
}

static void address_and_what_follows_wait_for_the_supervisor(void **state)
{
	static const char bytes[] = "\374\5\0\10http://a\4\1\0\0\0\0\0a";
	struct garasu_control asked;
	struct garasu_input record;

	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	stage_say(&stage, bytes, sizeof(bytes) - 1);
	stage_await(&stage, GARASU_GATEWAY_ADDRESS, &asked);
	tell_address(7); /* so the key is the first that comes */
	hear_state(GARASU_STATE_ADDRESS_LIMIT, 7);
	await_key(1, 'a');
	stage_say(&stage, bytes, sizeof(bytes) - 1);
	stage_await(&stage, GARASU_GATEWAY_ADDRESS, &asked);
	tell_address(0);
	stage_await_input(&stage, &record);
	assert_int_equal(record.type, GARASU_INPUT_ADDRESS);
	assert_memory_equal(record.bytes, "http://a", 8);
	await_key(1, 'a');
	assert_int_equal(stage_stop(&stage), 0);
}

static void supervisor_is_told_the_site_of_an_address_alone(void **state)
{
	static const struct {
		const char *address, *site;
	} cases[] = {
		{"http://a", "http://a"},
		{"https://example.jp:8443/secret?q=secret#secret", "https://example.jp:8443"},
		{"https://user:secret@example.jp", "https://example.jp"},
		{"http://a@b@example.jp?secret", "http://example.jp"},
		{"https://example.jp\\@secret", "https://example.jp"},
	};
	struct garasu_control asked;

	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size = strlen(cases[i].address);
		uint8_t bytes[256] = {252, 5, 0, (uint8_t)size};

		memcpy(bytes + 4, cases[i].address, size);
		stage_say(&stage, bytes, 4 + size);
		stage_await(&stage, GARASU_GATEWAY_ADDRESS, &asked);
		assert_string_equal(((struct garasu_gateway_address *)(void *)asked.payload)->site,
			cases[i].site);
		tell_address(7);
	}
	assert_int_equal(stage_stop(&stage), 0);
}

static void full_pipe_merges_motion_and_keeps_a_key_release(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, STANDARD);
	assert_int_equal(fcntl(stage.input, F_SETPIPE_SZ, 4096), 4096);
	for (int i = 0; i < PIPE_RECORDS; i++) {
		say_key(1, 'd');
	}
	for (uint8_t x = 1; x < 50; x++) {
		say_pointer(0, x, 7);
	}
	say_key(0, 'd');
	say_pointer(0, 60, 8);
	say_pointer(1, 61, 8);
	say_pointer(1, 62, 8);
	pass_a_request();
	for (int i = 0; i < PIPE_RECORDS; i++) {
		await_key(1, 'd');
	}
	await_pointer(0, 49, 7);
	await_key(0, 'd');
	await_pointer(0, 60, 8);
	await_pointer(1, 61, 8); /* a press stays where it was */
	await_pointer(1, 62, 8);
	assert_int_equal(stage_stop(&stage), 0);
}

static void pipe_that_stays_full_ends_the_viewer(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	assert_int_equal(fcntl(stage.input, F_SETPIPE_SZ, 4096), 4096);
	for (int i = 0; i < PIPE_RECORDS + 1025; i++) {
		say_key(i & 1, 'd');
	}
	hear_state(GARASU_STATE_CONNECTION_LOST, 0);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

/* ---- towards LGWAN ---- */

static void lying_encoder_is_closed_and_the_viewer_hears_none_of_it(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	stage_encoder_say(&stage, "\3\0\0\0\0\0\0\1x", 9); /* ServerCutText */
	stage_await_refusal(&stage, GARASU_REFUSAL_SERVER_MESSAGE, 3);
	hear_state(GARASU_STATE_PROTOCOL, 0);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

static void state_forged_by_the_encoder_is_refused(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	stage_encoder_say(&stage, "\374\1\0\6\0\7\0\0\0\0", 10);
	stage_await_refusal(&stage, GARASU_REFUSAL_SERVER_MESSAGE, GARASU_RFB_SERVER_GARASU);
	hear_state(GARASU_STATE_PROTOCOL, 0);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

/* The start of an encoder's stream, with another desktop name. */
static const uint8_t other_init[] = {0, 64, 0, 48, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0,
	0, 0, 0, 0, 0, 0, 6, 's', 'e', 'c', 'r', 'e', 't'};

static void enter_before_server_init(void)
{
	struct garasu_control record;
	uint8_t byte;

	stage_start(&stage, &usual);
	stage_choose_x509_plain(&stage);
	assert_int_equal(stage_connect(&stage, NULL, 0), 1);
	stage_say_log_in(&stage, "tanaka", "secret");
	stage_await(&stage, GARASU_GATEWAY_LOGIN, &record);
	stage_accept(&stage);
	stage_say(&stage, "\1", 1);
	stage_encoder_hear(&stage, &byte, 1);
}

static void desktop_name_of_another_kind_is_refused(void **state)
{
	(void)state;
	enter_before_server_init();
	stage_encoder_say(&stage, other_init, sizeof(other_init));
	stage_await_refusal(&stage, GARASU_REFUSAL_SERVER_MESSAGE, 511);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

/* The gateway has read all that the encoder said. */
static void wait_until_taken(void)
{
	int left = 1;

	while (left > 0) {
		assert_int_equal(ioctl(stage.encoder, SIOCOUTQ, &left), 0);
	}
}

/* What is judged as a whole does not go on in pieces. */
static void pieces_of_another_desktop_name_do_not_pass(void **state)
{
	uint8_t heard[24];

	(void)state;
	enter_before_server_init();
	stage_encoder_say(&stage, other_init, 10);
	wait_until_taken();
	stage_encoder_say(&stage, other_init + 10, 14);
	stage_hear(&stage, heard, sizeof(heard)); /* all before the name */
	assert_memory_equal(heard, other_init, sizeof(heard));
	stage_encoder_say(&stage, other_init + 24, 5);
	wait_until_taken();
	stage_encoder_say(&stage, other_init + 29, 1);
	stage_await_refusal(&stage, GARASU_REFUSAL_SERVER_MESSAGE, 511);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

static void last_state_waits_for_the_end_of_an_update(void **state)
{
	uint8_t heard[sizeof(update)];

	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	stage_encoder_say(&stage, update, 20);
	stage_hear(&stage, heard, 20);
	stage_tell(&stage, GARASU_GATEWAY_STATE, GARASU_STATE_TAKEN_OVER, 0, 1);
	await_keys_up();
	stage_encoder_say(&stage, update + 20, 4);
	stage_hear(&stage, heard + 20, 4);
	assert_memory_equal(heard, update, sizeof(update));
	hear_state(GARASU_STATE_TAKEN_OVER, 0);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

static void words_of_the_administrator_reach_only_viewers_of_ours(void **state)
{
	const struct garasu_gateway_message message = {.text = "保守のため"};
	uint8_t heard[19];

	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	assert_int_equal(
		garasu_control_send(stage.control, GARASU_GATEWAY_MESSAGE, &message, NULL, 0), 0);
	stage_hear(&stage, heard, sizeof(heard));
	assert_memory_equal(heard, "\374\2\0\17保守のため", sizeof(heard));
	stage_tell(&stage, GARASU_GATEWAY_STATE, GARASU_STATE_IDLE_WARNING, 60, 0);
	hear_state(GARASU_STATE_IDLE_WARNING, 60);
	pass_an_update();
	assert_int_equal(stage_stop(&stage), 0);

	stage_enter(&stage, &usual, STANDARD);
	stage_say(&stage, "\2\0\0\1\0\0\0\0", 8);
	stage_encoder_hear(&stage, heard, 8);
	assert_int_equal(
		garasu_control_send(stage.control, GARASU_GATEWAY_MESSAGE, &message, NULL, 0), 0);
	stage_tell(&stage, GARASU_GATEWAY_STATE, GARASU_STATE_ENDED_BY_ADMIN, 0, 1);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

static void long_stream_arrives_whole(void **state)
{
	enum { UPDATES = 1000, BYTES = 16 + 64 * 48 * 4 };
	static uint8_t whole[BYTES] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 64, 0, 48, 0, 0, 0, 0};
	static uint8_t heard[BYTES];
	pid_t encoder;
	int status;

	(void)state;
	stage_enter(&stage, &usual, STANDARD);
	encoder = fork();
	if (encoder == 0) {
		for (int i = 0; i < UPDATES; i++) {
			memset(whole + 16, i, sizeof(whole) - 16);
			if (send(stage.encoder, whole, sizeof(whole), MSG_NOSIGNAL) !=
				(ssize_t)sizeof(whole)) {
				_exit(1);
			}
		}
		_exit(0);
	}
	for (int i = 0; i < UPDATES; i++) {
		memset(whole + 16, i, sizeof(whole) - 16);
		stage_hear(&stage, heard, sizeof(heard));
		assert_memory_equal(heard, whole, sizeof(heard));
	}
	assert_int_equal(waitpid(encoder, &status, 0), encoder);
	assert_int_equal(status, 0);
	assert_int_equal(stage_stop(&stage), 0);
}

/* ---- deaths ---- */

static void death_of_the_encoder_is_told_by_the_supervisor_s_word(void **state)
{
	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	assert_int_equal(shutdown(stage.encoder, SHUT_RDWR), 0);
	stage_tell(&stage, GARASU_GATEWAY_STATE, GARASU_STATE_CONNECTION_LOST, 0, 1);
	hear_state(GARASU_STATE_CONNECTION_LOST, 0);
	stage_hear_end(&stage);
	assert_int_equal(stage_stop(&stage), 0);
}

static void death_of_the_supervisor_ends_the_viewer(void **state)
{
	uint8_t byte;

	(void)state;
	stage_enter(&stage, &usual, SPEAKS_GARASU);
	assert_int_equal(shutdown(stage.control, SHUT_RDWR), 0);
	assert_int_equal(stage_wait_end(&stage), 0);
	assert_true(SSL_read(stage.ssl, &byte, 1) <= 0);
	SSL_free(stage.ssl);
	SSL_CTX_free(stage.context);
	close(stage.tcp);
	close(stage.control);
	close(stage.encoder);
	close(stage.input);
}

#define CASE(name) cmocka_unit_test(name)

static int make_certificates(void **state)
{
	(void)state;
	stage_make_certificates();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(input_goes_to_the_pipe_and_not_to_the_encoder),
		CASE(pointer_and_keys_are_told_apart_as_activity),
		CASE(leaving_viewer_releases_its_keys_and_is_counted),
		CASE(cut_text_goes_nowhere_and_is_counted),
		CASE(over_long_cut_text_closes_the_viewer),
		CASE(unlisted_message_closes_the_viewer_with_a_state),
		CASE(message_of_ours_unasked_closes_the_viewer),
		CASE(message_in_pieces_is_one_message),
		CASE(geometry_goes_to_the_encoder_and_the_pipe),
		CASE(paste_of_the_allowed_length_is_typed_and_counted),
		CASE(paste_of_one_character_more_closes_the_viewer),
		CASE(paste_without_a_policy_closes_the_viewer),
		CASE(composed_text_crosses_where_policy_allows_it),
		CASE(composed_text_without_a_policy_closes_the_viewer),
		CASE(address_and_what_follows_wait_for_the_supervisor),
		CASE(supervisor_is_told_the_site_of_an_address_alone),
		CASE(full_pipe_merges_motion_and_keeps_a_key_release),
		CASE(pipe_that_stays_full_ends_the_viewer),
		CASE(lying_encoder_is_closed_and_the_viewer_hears_none_of_it),
		CASE(state_forged_by_the_encoder_is_refused),
		CASE(desktop_name_of_another_kind_is_refused),
		CASE(pieces_of_another_desktop_name_do_not_pass),
		CASE(last_state_waits_for_the_end_of_an_update),
		CASE(words_of_the_administrator_reach_only_viewers_of_ours),
		CASE(long_stream_arrives_whole),
		CASE(death_of_the_encoder_is_told_by_the_supervisor_s_word),
		CASE(death_of_the_supervisor_ends_the_viewer),
	};

	return cmocka_run_group_tests(tests, make_certificates, NULL);
}
