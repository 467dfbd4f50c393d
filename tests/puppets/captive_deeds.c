/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the captive does to have more than its share, and its way out of a real broker.
 * Reads untrusted bytes from: nobody; it is a test's own. */

#include "captive.h"

#include "garasu/frame.h"
#include "garasu/heritage.h"
#include "garasu/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void ask(char *rest, char *answer)
{
	char *text = rest + strcspn(rest, " ");
	char *place = NULL;
	FILE *stream;
	int way;

	*text++ = '\0';
	way = captive_connect("127.0.0.1", rest);
	stream = way >= 0 ? fdopen(way, "r+") : NULL;
	if (stream == NULL) {
		snprintf(answer, ANSWER_SIZE, "%d", -way);
		return;
	}
	for (char *line = strtok_r(text, "|", &place); line != NULL;
		line = strtok_r(NULL, "|", &place)) {
		fprintf(stream, "%s\r\n", line);
	}
	fprintf(stream, "\r\n");
	fflush(stream);
	if (fgets(answer, ANSWER_SIZE, stream) == NULL) {
		answer[0] = '\0';
	}
	answer[strcspn(answer, "\r\n")] = '\0';
	fclose(stream);
}

static void reopen(const char *rest, char *answer)
{
	char path[64];
	struct stat status = {0};
	int errors[3];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%ld", captive_number(rest));
	again = open(path, O_RDWR | O_CLOEXEC);
	if (again < 0 || fstat(again, &status) != 0) {
		snprintf(answer, ANSWER_SIZE, "%d", errno);
		return;
	}
	errors[0] = ftruncate(again, 0) != 0 ? errno : 0;
	errors[1] = ftruncate(again, status.st_size + 4096) != 0 ? errno : 0;
	errors[2] = fcntl(again, F_ADD_SEALS, F_SEAL_WRITE) != 0 ? errno : 0;
	close(again);
	snprintf(answer, ANSWER_SIZE, "%d %d %d", errors[0], errors[1], errors[2]);
}

static void hoard(char *answer)
{
	int count = 0;

	while (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) {
		count++;
	}
	snprintf(answer, ANSWER_SIZE, "%d %d", count, errno);
}

/* Goes off on its own and tells by a byte that it has all it wants. */
static _Noreturn void wander(int told)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int memory = memfd_create("wanderer", 0);
	void *bytes = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	int has_all;

	setsid();
	signal(SIGTERM, SIG_IGN);
	has_all = bind(listener, (struct sockaddr *)&any, sizeof(any)) == 0 &&
		  listen(listener, 1) == 0 && ftruncate(memory, 1 << 20) == 0 &&
		  bytes != MAP_FAILED;
	if (has_all) {
		memset(bytes, 1, 1 << 20);
		has_all = write(told, "w", 1) == 1;
	}
	close(told);
	for (;;) {
		pause();
	}
}

static void scatter(const char *rest, char *answer)
{
	int told[2];
	long count = captive_number(rest);
	long away = 0;
	char byte;

	if (pipe2(told, O_CLOEXEC) != 0) {
		snprintf(answer, ANSWER_SIZE, "0");
		return;
	}
	for (long i = 0; i < count; i++) {
		pid_t between = fork();

		if (between == 0) {
			if (fork() == 0) {
				wander(told[1]);
			}
			_exit(0);
		}
		waitpid(between, NULL, 0);
	}
	close(told[1]);
	while (read(told[0], &byte, 1) == 1) {
		away++;
	}
	close(told[0]);
	snprintf(answer, ANSWER_SIZE, "%ld", away);
}

static void flood(const char *rest, char *answer)
{
	struct stat status;
	struct garasu_frame_header *header = MAP_FAILED;
	long count = captive_number(rest);
	long out = 0;

	if (fstat(GARASU_FD_SESSION_FRAME, &status) == 0) {
		header = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			GARASU_FD_SESSION_FRAME, 0);
	}
	if (header == MAP_FAILED) {
		snprintf(answer, ANSWER_SIZE, "%d", errno);
		return;
	}
	fcntl(GARASU_FD_SESSION_NEWS, F_SETFL, O_NONBLOCK);
	for (long i = 0; i < count; i++) {
		header->width = 640;
		header->height = 480;
		header->bits = GARASU_FRAME_BITS_ALL & (uint32_t)i;
		header->caret = (struct garasu_rect){(uint32_t)i, (uint32_t)i, 1, 9};
		header->damage_count = 0;
		header->pointer_sequence++;
		header->pointer_width = header->pointer_height = 1 + (uint32_t)i % 256;
		memset((uint8_t *)header + GARASU_FRAME_PIXELS_OFFSET, (int)i, 1 << 20);
		header->sequence += 2;
		out += write(GARASU_FD_SESSION_NEWS, "n", 1) == 1;
	}
	munmap(header, (size_t)status.st_size);
	snprintf(answer, ANSWER_SIZE, "%ld", out);
}

int captive_do(const char *command, char *rest, char *answer)
{
	if (strcmp(command, "ask") == 0) {
		ask(rest, answer);
	} else if (strcmp(command, "reopen") == 0) {
		reopen(rest, answer);
	} else if (strcmp(command, "hoard") == 0) {
		hoard(answer);
	} else if (strcmp(command, "scatter") == 0) {
		scatter(rest, answer);
	} else if (strcmp(command, "flood") == 0) {
		flood(rest, answer);
	} else {
		return 0;
	}
	return 1;
}

int captive_way_out(const char *port)
{
	static struct garasu_session_settings settings;
	int way = captive_connect("127.0.0.1", port);
	unsigned far_port;
	char head[4] = "";

	if (way < 0 ||
		pread(GARASU_FD_SESSION_SETTINGS, &settings, sizeof(settings), 0) !=
			sizeof(settings) ||
		sscanf(settings.start_page, "http://127.0.0.1:%u/", &far_port) != 1) {
		return way;
	}
	dprintf(way, "CONNECT 127.0.0.1:%u HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", far_port,
		far_port);
	while (memcmp(head, "\r\n\r\n", 4) != 0) {
		memmove(head, head + 1, 3);
		if (read(way, head + 3, 1) != 1) {
			return -1;
		}
	}
	return way;
}
