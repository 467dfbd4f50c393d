/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real garasu-load at servers that lie, break off or never end: each ends it with the exit code
 * and the words of garasu-viewer(1), in a bounded time. */

#include "load_drive.h"

#include "words.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <zlib.h>

static struct drive drive;
static pid_t tool;
static int said; /* its standard error */

static void exec_tool(int error)
{
	char address[32], program[] = GARASU_BINARIES "/garasu-load", command[] = "latency";
	char security[] = "--security", none[] = "none", pages[] = "--pages";
	char url[] = "http://127.0.0.1:1", size[] = "--size", wished[] = "640x480";
	char *words[] = {program, command, security, none, pages, url, size, wished, address, NULL};

	snprintf(address, sizeof(address), "127.0.0.1:%u", ntohs(drive.address.sin_port));
	dup2(error, STDERR_FILENO);
	execv(program, words);
	_exit(127);
}

static int start(void **state)
{
	int ends[2];

	(void)state;
	drive_listen(&drive);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	tool = fork();
	assert_true(tool >= 0);
	if (tool == 0) {
		exec_tool(ends[1]);
	}
	close(ends[1]);
	said = ends[0];
	drive_accept(&drive);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	if (tool > 0) { /* a test failed before its end */
		kill(tool, SIGKILL);
		waitpid(tool, NULL, 0);
	}
	close(said);
	drive_finish(&drive);
	return 0;
}

/* The tool ends by itself: so, and with these words among what it says. */
static void assert_ends(int code, const char *words)
{
	char text[4096] = "";
	size_t used = 0;
	int status = 0;

	for (;;) {
		struct pollfd wait = {.fd = said, .events = POLLIN};
		ssize_t got;

		assert_int_equal(poll(&wait, 1, DRIVE_DEADLINE_MS), 1);
		got = read(said, text + used, sizeof(text) - 1 - used);
		assert_in_range(got, 0, sizeof(text) - 1);
		if (got == 0) {
			break;
		}
		used += (size_t)got;
		text[used] = '\0';
	}
	assert_int_equal(waitpid(tool, &status, 0), tool);
	tool = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), code);
	if (strstr(text, words) == NULL) {
		fail_msg("it says: %s", text);
	}
}

/* Writes it over and over until the tool has gone. */
static void write_without_end(const void *bytes, size_t size)
{
	while (send(drive.stream, bytes, size, MSG_NOSIGNAL) > 0) {
	}
}

/* One update of one rectangle with this body. */
static void update(uint32_t x, uint32_t y, uint32_t width, uint32_t height, int32_t encoding,
	const void *body, size_t size)
{
	uint8_t head[16];

	drive_greet(&drive, DRIVE_WIDTH, DRIVE_HEIGHT);
	drive_write(&drive, head, drive_head(head, x, y, width, height, encoding));
	drive_write(&drive, body, size);
}

/* ---- handshakes ---- */

static void web_server_is_none(void **state)
{
	static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";

	(void)state;
	drive_write(&drive, answer, sizeof(answer) - 1);
	assert_ends(EXIT_CLASS_INSECURE, "");
}

static void endless_reason_is_not_read_to_its_end(void **state)
{
	static const uint8_t reason[] = {'R', 'F', 'B', ' ', '0', '0', '3', '.', '0', '0', '8',
		'\n', 0, 0xff, 0xff, 0xff, 0xff};
	static const char more[4096];

	(void)state;
	drive_write(&drive, reason, sizeof(reason));
	write_without_end(more, sizeof(more));
	assert_ends(EXIT_CLASS_INSECURE, "");
}

static void close_within_the_handshake_is_a_lost_connection(void **state)
{
	(void)state;
	drive_write(&drive, "RFB 003", 7);
	shutdown(drive.stream, SHUT_WR);
	assert_ends(EXIT_CLASS_NETWORK, "");
}

/* ---- streams ---- */

static void truncated_update_is_a_lost_connection(void **state)
{
	static const uint8_t half[100];

	(void)state;
	update(0, 0, 64, 64, GARASU_RFB_RAW, half, sizeof(half));
	shutdown(drive.stream, SHUT_WR);
	assert_ends(EXIT_CLASS_NETWORK, "");
}

static void oversized_picture_is_refused(void **state)
{
	(void)state;
	drive_greet(&drive, 65535, 65535);
	assert_ends(EXIT_CLASS_PROTOCOL, "(picture size out of bounds)");
}

static void rectangle_outside_is_refused(void **state)
{
	(void)state;
	update(DRIVE_WIDTH - 1, 0, 2, 1, GARASU_RFB_RAW, "12345678", 8);
	assert_ends(EXIT_CLASS_PROTOCOL, "(rectangle outside the picture)");
}

static void copy_from_outside_is_refused(void **state)
{
	static const uint8_t from[4] = {0xff, 0xff, 0, 0};

	(void)state;
	update(0, 0, 8, 8, GARASU_RFB_COPY_RECT, from, sizeof(from));
	assert_ends(EXIT_CLASS_PROTOCOL, "(copy from outside the picture)");
}

static void unknown_message_is_refused(void **state)
{
	(void)state;
	drive_greet(&drive, DRIVE_WIDTH, DRIVE_HEIGHT);
	drive_write(&drive, "\x63", 1);
	assert_ends(EXIT_CLASS_PROTOCOL, "(message not negotiated)");
}

/* 64 MiB of zeroes for a rectangle of 48 bytes. */
static void zlib_bomb_is_not_inflated(void **state)
{
	static uint8_t zeroes[1u << 20], body[1u << 18];
	z_stream stream = {.next_out = body + 4, .avail_out = sizeof(body) - 4};
	size_t size;

	(void)state;
	assert_int_equal(deflateInit(&stream, 9), Z_OK);
	for (int i = 0; i < 64; i++) {
		stream.next_in = zeroes;
		stream.avail_in = sizeof(zeroes);
		assert_int_equal(deflate(&stream, i < 63 ? Z_NO_FLUSH : Z_SYNC_FLUSH), Z_OK);
	}
	size = stream.total_out;
	deflateEnd(&stream);
	body[0] = 0; /* basic compression, stream 0; then the length in 7 + 7 + 8 bits */
	body[1] = (uint8_t)(0x80 | (size & 0x7f));
	body[2] = (uint8_t)(0x80 | (size >> 7 & 0x7f));
	body[3] = (uint8_t)(size >> 14);
	update(0, 0, 4, 4, GARASU_RFB_TIGHT, body, size + 4);
	assert_ends(EXIT_CLASS_PROTOCOL, "(zlib data too long)");
}

static void updates_that_say_nothing_hide_no_end(void **state)
{
	static uint8_t nothing[4096]; /* FramebufferUpdate of no rectangle, over and over */

	(void)state;
	drive_greet(&drive, DRIVE_WIDTH, DRIVE_HEIGHT);
	for (int i = 0; i < 4096; i++) {
		if (send(drive.stream, nothing, sizeof(nothing), MSG_NOSIGNAL) <= 0) {
			break;
		}
	}
	shutdown(drive.stream, SHUT_WR);
	assert_ends(EXIT_CLASS_NETWORK, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(web_server_is_none, start, stop),
		cmocka_unit_test_setup_teardown(endless_reason_is_not_read_to_its_end, start, stop),
		cmocka_unit_test_setup_teardown(
			close_within_the_handshake_is_a_lost_connection, start, stop),
		cmocka_unit_test_setup_teardown(truncated_update_is_a_lost_connection, start, stop),
		cmocka_unit_test_setup_teardown(oversized_picture_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(rectangle_outside_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(copy_from_outside_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(unknown_message_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(zlib_bomb_is_not_inflated, start, stop),
		cmocka_unit_test_setup_teardown(updates_that_say_nothing_hide_no_end, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
