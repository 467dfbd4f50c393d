/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_EGRESS_DRIVE_H
#define TESTS_EGRESS_DRIVE_H

/* Drives the real garasu-egress: the test is its supervisor, its browsers, the web servers and the
 * name server, all on 127.0.0.1. Every wait has a deadline and fails the test there. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "garasu/control.h"
#include "garasu/heritage.h"
#include "garasu/settings.h"

#include <base/control.h>
#include <base/descriptor.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRIVE_DEADLINE_MS 20000
#define DRIVE_SESSION 7u

struct drive {
	pid_t pid;
	int control;
	int listener; /* of session 7 */
	uint16_t listener_port;
	int web; /* a web server's listener, which the allow list opens */
	uint16_t web_port;
	int shut; /* another one, which nothing opens */
	uint16_t shut_port;
	int names; /* UDP: the name server */
	uint16_t names_port;
	struct garasu_egress_settings settings;
	const char *allow_names, *deny_names, *upstream, *credentials; /* lines, or NULL */
};

static inline int drive_socket(int type, uint16_t *port)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(here);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &size), 0);
	if (type == SOCK_STREAM) {
		assert_int_equal(listen(fd, 64), 0);
	}
	*port = ntohs(here.sin_port);
	return fd;
}

static inline void drive_wait(int fd, short events)
{
	struct pollfd poller = {.fd = fd, .events = events};
	int result;

	do {
		result = poll(&poller, 1, DRIVE_DEADLINE_MS);
	} while (result < 0 && errno == EINTR);
	assert_int_equal(result, 1);
}

/* Appends them. Returns how many bytes they have. */
static inline uint32_t drive_add_lines(char *text, size_t room, size_t *used, const char *lines)
{
	size_t size = lines != NULL ? strlen(lines) : 0;

	assert_true(size < room - *used);
	memcpy(text + *used, lines != NULL ? lines : "", size);
	*used += size;
	return (uint32_t)size;
}

/* Starts the role with what settings and the sockets say. */
static inline void drive_start(struct drive *drive)
{
	struct garasu_egress_settings *head = &drive->settings;
	char all[2048];
	char *text = all + sizeof(*head);
	size_t room = sizeof(all) - sizeof(*head);
	int control[2], sealed;
	size_t used = 0;

	head->names_bytes =
		(uint32_t)snprintf(text, room, "web.test 127.0.0.1\nprivate.test 10.0.0.1\n");
	used += head->names_bytes;
	head->allow_bytes =
		(uint32_t)snprintf(text + used, room - used, "127.0.0.1:%u\n", drive->web_port);
	used += head->allow_bytes;
	head->deny_bytes = (uint32_t)snprintf(text + used, room - used, "8.8.8.0/24\n");
	used += head->deny_bytes;
	head->servers_bytes =
		(uint32_t)snprintf(text + used, room - used, "127.0.0.1:%u\n", drive->names_port);
	used += head->servers_bytes;
	head->ports_bytes = (uint32_t)snprintf(text + used, room - used, "80\n443\n");
	used += head->ports_bytes;
	head->allow_names_bytes = drive_add_lines(text, room, &used, drive->allow_names);
	head->deny_names_bytes = drive_add_lines(text, room, &used, drive->deny_names);
	head->upstream_bytes = drive_add_lines(text, room, &used, drive->upstream);
	head->credentials_bytes = drive_add_lines(text, room, &used, drive->credentials);
	memcpy(all, head, sizeof(*head));
	sealed = garasu_fd_sealed("settings", all, sizeof(*head) + used);
	assert_true(sealed >= 0);
	assert_int_equal(garasu_control_pair(control), 0);
	drive->control = control[0];
	drive->pid = fork();
	assert_true(drive->pid >= 0);
	if (drive->pid == 0) {
		int moved[2] = {
			fcntl(control[1], F_DUPFD_CLOEXEC, 32), fcntl(sealed, F_DUPFD_CLOEXEC, 32)};

		dup2(moved[0], GARASU_FD_CONTROL);
		dup2(moved[1], GARASU_FD_EGRESS_SETTINGS);
		execl(GARASU_BINARIES "/garasu-egress", "garasu-egress", (char *)NULL);
		_exit(127);
	}
	close(control[1]);
	close(sealed);
}

static inline void drive_add(const struct drive *drive, uint32_t session, int listener)
{
	struct garasu_egress_add add = {.session = session, .user = "tanaka"};

	assert_int_equal(
		garasu_control_send(drive->control, GARASU_EGRESS_ADD, &add, &listener, 1), 0);
}

static inline void drive_stop(struct drive *drive)
{
	int status;

	garasu_fd_close(&drive->control); /* the supervisor's end is the role's end */
	assert_int_equal(waitpid(drive->pid, &status, 0), drive->pid);
	assert_int_equal(status, 0);
}

static inline void drive_open(struct drive *drive)
{
	memset(drive, 0, sizeof(*drive));
	drive->listener = drive_socket(SOCK_STREAM, &drive->listener_port);
	drive->web = drive_socket(SOCK_STREAM, &drive->web_port);
	drive->shut = drive_socket(SOCK_STREAM, &drive->shut_port);
	drive->names = drive_socket(SOCK_DGRAM, &drive->names_port);
	drive->settings.connect_ms = 10000;
	drive->settings.idle_ms = 15000;
	drive->settings.connections_max = 64;
	drive->settings.starts_per_s = 10000;
	drive->settings.starts_burst = 100000;
}

static inline void drive_close(struct drive *drive)
{
	garasu_fd_close(&drive->listener);
	garasu_fd_close(&drive->web);
	garasu_fd_close(&drive->shut);
	garasu_fd_close(&drive->names);
}

/* ---- browsers and servers ---- */

static inline int drive_connect(uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static inline int drive_accept(int listener)
{
	int fd;

	drive_wait(listener, POLLIN);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static inline void drive_say(int fd, const char *text)
{
	assert_int_equal(garasu_fd_write_all(fd, text, strlen(text)), 0);
}

static inline int drive_ask(const struct drive *drive, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A new browser's connection with this request. */
static inline int drive_ask(const struct drive *drive, const char *format, ...)
{
	char text[1024];
	va_list arguments;
	int fd = drive_connect(drive->listener_port);

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	drive_say(fd, text);
	return fd;
}

/* Exactly this text comes next. */
static inline void drive_expect(int fd, const char *expected)
{
	char got[4096];
	size_t size = strlen(expected);
	size_t used = 0;

	assert_true(size < sizeof(got));
	while (used < size) {
		ssize_t count;

		drive_wait(fd, POLLIN);
		count = recv(fd, got + used, size - used, 0);
		assert_true(count > 0);
		used += (size_t)count;
	}
	got[used] = '\0';
	assert_string_equal(got, expected);
}

/* Reads to the end. Returns how many bytes; -1 when it was reset. */
static inline long drive_drain(int fd, char *text, size_t size)
{
	size_t used = 0;

	for (;;) {
		ssize_t count;

		drive_wait(fd, POLLIN);
		assert_true(used < size);
		count = recv(fd, text + used, size - used, 0);
		if (count <= 0) {
			text[used < size ? used : size - 1] = '\0';
			return count < 0 ? -1 : (long)used;
		}
		used += (size_t)count;
	}
}

static inline void drive_expect_end(int fd)
{
	char byte;

	drive_wait(fd, POLLIN);
	assert_int_equal(recv(fd, &byte, 1, 0), 0);
}

/* The answer's status line begins so, and then the connection ends; closes fd. */
static inline void drive_expect_refusal(int fd, const char *status)
{
	char text[8192];

	assert_true(drive_drain(fd, text, sizeof(text)) > 0);
	text[strlen(status)] = '\0';
	assert_string_equal(text, status);
	close(fd);
}

static inline struct garasu_egress_connection drive_record(const struct drive *drive)
{
	struct garasu_control record;
	struct garasu_egress_connection connection;

	drive_wait(drive->control, POLLIN);
	assert_int_equal(garasu_control_receive(drive->control, &record, 0), 1);
	assert_int_equal(record.header.type, GARASU_EGRESS_CONNECTION);
	memcpy(&connection, record.payload, sizeof(connection));
	return connection;
}

static inline void drive_expect_record(const struct drive *drive,
	enum garasu_egress_verdict verdict, const char *host, uint16_t port, uint64_t up,
	uint64_t down)
{
	struct garasu_egress_connection record = drive_record(drive);

	assert_int_equal(record.session, DRIVE_SESSION);
	assert_int_equal(record.verdict, verdict);
	assert_string_equal(record.host, host);
	assert_int_equal(record.port, port);
	assert_int_equal(record.bytes_up, up);
	assert_int_equal(record.bytes_down, down);
}

/* ---- the name server ---- */

#define DRIVE_TYPE_A 1
#define DRIVE_TYPE_AAAA 28

struct drive_query {
	uint8_t bytes[512];
	size_t size; /* header and question */
	struct sockaddr_in from;
	unsigned type;
	char name[256];
};

static inline void drive_take_query(const struct drive *drive, struct drive_query *query)
{
	socklen_t from_size = sizeof(query->from);
	size_t at = 12, used = 0;
	ssize_t got;

	drive_wait(drive->names, POLLIN);
	got = recvfrom(drive->names, query->bytes, sizeof(query->bytes), 0,
		(struct sockaddr *)&query->from, &from_size);
	assert_true(got > 16);
	while (query->bytes[at] != 0) {
		size_t label = query->bytes[at];

		assert_true(at + label + 5 < (size_t)got && used + label + 1 < 256);
		memcpy(query->name + used, query->bytes + at + 1, label);
		used += label;
		query->name[used++] = '.';
		at += label + 1;
	}
	query->name[used > 0 ? used - 1 : 0] = '\0';
	query->type = query->bytes[at + 2];
	query->size = at + 5;
}

/* Answers with those of these addresses that are asked for. code: 0 or 3 (no such name) */
static inline void drive_answer(const struct drive *drive, struct drive_query *query, unsigned code,
	const char *const *list)
{
	int family = query->type == DRIVE_TYPE_A ? AF_INET : AF_INET6;
	uint8_t length = family == AF_INET ? 4 : 16;
	uint8_t *bytes = query->bytes;
	size_t size = query->size;
	uint8_t count = 0;

	for (; *list != NULL; list++) {
		const uint8_t record[12] = {
			0xc0, 12, 0, (uint8_t)query->type, 0, 1, 0, 0, 0, 60, 0, length};

		if ((strchr(*list, ':') != NULL) != (family == AF_INET6)) {
			continue;
		}
		memcpy(bytes + size, record, sizeof(record));
		assert_int_equal(inet_pton(family, *list, bytes + size + sizeof(record)), 1);
		size += sizeof(record) + length;
		count++;
	}
	bytes[2] = 0x81;
	bytes[3] = (uint8_t)(0x80 | code);
	bytes[7] = count;
	bytes[9] = bytes[11] = 0;
	assert_int_equal(sendto(drive->names, bytes, size, 0, (struct sockaddr *)&query->from,
				 sizeof(query->from)),
		size);
}

/* Both questions about one name. */
static inline void drive_resolve(
	const struct drive *drive, const char *name, unsigned code, const char *const *list)
{
	for (int i = 0; i < 2; i++) {
		struct drive_query query;

		drive_take_query(drive, &query);
		assert_string_equal(query.name, name);
		drive_answer(drive, &query, code, list);
	}
}

/* ---- one egress for each test ---- */

#define ESTABLISHED "HTTP/1.1 200 Connection established\r\n\r\n"

static struct drive drive;

static inline int start(void **state)
{
	(void)state;
	drive_open(&drive);
	drive_start(&drive);
	drive_add(&drive, DRIVE_SESSION, drive.listener);
	return 0;
}

static inline int stop(void **state)
{
	(void)state;
	drive_stop(&drive);
	drive_close(&drive);
	return 0;
}

static inline int tunnel(int *server)
{
	int browser = drive_ask(
		&drive, "CONNECT web.test:%u HTTP/1.1\r\nHost: w\r\n\r\n", drive.web_port);

	*server = drive_accept(drive.web);
	drive_expect(browser, ESTABLISHED);
	return browser;
}

static inline void refused(const char *target, const char *status,
	enum garasu_egress_verdict verdict, const char *host, uint16_t port)
{
	drive_expect_refusal(
		drive_ask(&drive, "CONNECT %s HTTP/1.1\r\nHost: w\r\n\r\n", target), status);
	drive_expect_record(&drive, verdict, host, port, 0, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

#endif
