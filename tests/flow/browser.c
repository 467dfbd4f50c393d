/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A browser of the test's own. Reads untrusted bytes from: nobody. */

#include "browser.h"

#include "garasu/rfb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BINARY 2
#define GOODBYE 8
#define FORM "Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n"

/* The frame of the server's that is being read; one connection at a time. */
static size_t frame_left;

void browser_open(struct raw *raw, const struct flow_broker *broker)
{
	struct flow_broker web = *broker;

	web.port = broker->web_port;
	raw_open(raw, &web);
	assert_int_equal(raw_secure(raw, TLS1_3_VERSION, NULL, NULL), 1);
	frame_left = 0;
}

static void hear_head(struct raw *raw, struct browser_answer *answer)
{
	size_t used = 0;

	while (used < 4 || memcmp(answer->head + used - 4, "\r\n\r\n", 4) != 0) {
		assert_true(used + 1 < sizeof(answer->head));
		raw_hear(raw, answer->head + used++, 1);
	}
	answer->head[used] = '\0';
	assert_int_equal(sscanf(answer->head, "HTTP/1.1 %d ", &answer->status), 1);
}

static void hear_body(struct raw *raw, struct browser_answer *answer)
{
	const char *length = strstr(answer->head, "Content-Length: ");
	size_t left;

	answer->size = length != NULL ? strtoul(length + 16, NULL, 10) : 0;
	answer->body[0] = '\0';
	for (left = answer->size; left > 0;) {
		char piece[4096];
		size_t now = left < sizeof(piece) - 1 ? left : sizeof(piece) - 1;

		raw_hear(raw, piece, now);
		piece[now] = '\0';
		if (left == answer->size) {
			memcpy(answer->body, piece, now + 1);
		}
		left -= now;
	}
}

void browser_ask(struct raw *raw, const struct flow_broker *broker, struct browser_answer *answer,
	const char *lines, const char *body)
{
	char text[4096];
	const char *rest = strstr(lines, "\r\n");
	int size = snprintf(text, sizeof(text),
		"%.*s\r\nHost: localhost:%u\r\n%sContent-Length: %zu\r\n\r\n%s",
		(int)(rest - lines), lines, broker->web_port, rest + 2, strlen(body), body);

	assert_true(size > 0 && (size_t)size < sizeof(text));
	raw_say(raw, text, (size_t)size);
	hear_head(raw, answer);
	hear_body(raw, answer);
}

void browser_ask_once(const struct flow_broker *broker, struct browser_answer *answer,
	const char *lines, const char *body)
{
	struct raw raw;

	browser_open(&raw, broker);
	browser_ask(&raw, broker, answer, lines, body);
	raw_close(&raw);
}

int browser_log_in(
	const struct flow_broker *broker, const char *user, const char *password, char cookie[128])
{
	struct browser_answer answer;
	char lines[512];
	char body[512];
	const char *given;
	int code = -1;

	snprintf(lines, sizeof(lines),
		"POST /login HTTP/1.1\r\nOrigin: https://localhost:%u\r\n" FORM, broker->web_port);
	snprintf(body, sizeof(body), "user=%s&password=%s", user, password);
	browser_ask_once(broker, &answer, lines, body);
	assert_int_equal(answer.status, 200);
	assert_int_equal(sscanf(answer.body, "{\"code\":%d,", &code), 1);
	given = strstr(answer.head, "Set-Cookie: ");
	cookie[0] = '\0';
	if (given != NULL) {
		snprintf(cookie, 128, "%.*s", (int)strcspn(given + 12, ";"), given + 12);
	}
	return code;
}

static int enter(
	struct raw *raw, const struct flow_broker *broker, const char *cookie, const char *path)
{
	struct browser_answer answer;
	char lines[1024];
	uint8_t result[4];
	char reason[256] = "";
	int code = -1;

	browser_open(raw, broker);
	snprintf(lines, sizeof(lines),
		"GET %s HTTP/1.1\r\nOrigin: https://localhost:%u\r\nUpgrade: websocket\r\n"
		"Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s",
		path, broker->web_port, cookie != NULL ? "Cookie: other=1; " : "",
		cookie != NULL ? cookie : "", cookie != NULL ? "\r\n" : "");
	browser_ask(raw, broker, &answer, lines, "");
	assert_int_equal(answer.status, 101);
	assert_non_null(
		strstr(answer.head, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
	browser_hear(raw, result, 4);
	if (result[3] == 0) {
		return 0;
	}
	browser_hear(raw, result, 4);
	assert_true(result[3] < sizeof(reason));
	browser_hear(raw, reason, result[3]);
	assert_int_equal(sscanf(reason, "Garasu %d:", &code), 1);
	return code;
}

int browser_enter(struct raw *raw, const struct flow_broker *broker, const char *cookie)
{
	return enter(raw, broker, cookie, "/session");
}

int browser_enter_again(struct raw *raw, const struct flow_broker *broker, const char *cookie)
{
	return enter(raw, broker, cookie, "/session/again");
}

void browser_say(struct raw *raw, int opcode, const void *bytes, size_t size, int is_bare)
{
	static const uint8_t mask[4] = {7, 70, 1, 255};
	uint8_t frame[6 + 125];
	size_t used = 0;

	assert_true(size <= 125);
	frame[used++] = (uint8_t)(0x80 | opcode);
	frame[used++] = (uint8_t)(size | (is_bare ? 0 : 0x80));
	if (!is_bare) {
		memcpy(frame + used, mask, 4);
		used += 4;
	}
	for (size_t i = 0; i < size; i++) {
		frame[used++] = ((const uint8_t *)bytes)[i] ^ (is_bare ? 0 : mask[i % 4]);
	}
	raw_say(raw, frame, used);
}

/* Returns the opcode; fills frame_left. Of the server's: never masked, at most 65535 bytes. */
static int hear_frame_head(struct raw *raw)
{
	uint8_t head[2];
	uint8_t length[2];

	raw_hear(raw, head, 2);
	assert_true((head[1] & 0x80) == 0 && head[1] <= 126);
	frame_left = head[1];
	if (head[1] == 126) {
		raw_hear(raw, length, 2);
		frame_left = (size_t)length[0] << 8 | length[1];
	}
	return head[0] & 15;
}

void browser_hear(struct raw *raw, void *bytes, size_t size)
{
	uint8_t *at = bytes;

	while (size > 0) {
		size_t now;

		if (frame_left == 0) {
			assert_int_equal(hear_frame_head(raw), BINARY);
			continue;
		}
		now = frame_left < size ? frame_left : size;
		raw_hear(raw, at, now);
		at += now;
		size -= now;
		frame_left -= now;
	}
}

void browser_reach(struct raw *raw, const struct flow_broker *broker, const char *cookie)
{
	uint8_t init[24 + 6];

	assert_int_equal(browser_enter(raw, broker, cookie), 0);
	browser_say(raw, BINARY, "\1", 1, 0);
	browser_hear(raw, init, sizeof(init));
	assert_memory_equal(init + 20, "\0\0\0\6" GARASU_RFB_NAME, 10);
}

size_t browser_hear_end(struct raw *raw, uint8_t tail[10])
{
	size_t heard = 0;

	memset(tail, 0, 10);
	for (;;) {
		while (frame_left > 0) {
			memmove(tail, tail + 1, 9);
			browser_hear(raw, tail + 9, 1);
			heard++;
		}
		if (hear_frame_head(raw) == GOODBYE) {
			raw_hear_end(raw);
			return heard;
		}
	}
}
