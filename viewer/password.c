/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The password: read without echo, kept in one locked page, wiped at the end. */

#include "options.h"

#include <base/secret.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#define PAGE_BYTES 4096u

/* Reads a line byte by byte: what follows it belongs to somebody else. */
static int read_line(int fd, char *text)
{
	size_t size = 0;

	for (;;) {
		ssize_t got = read(fd, text + size, 1);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return -errno;
		}
		if (got == 0 || text[size] == '\n') {
			text[size] = '\0';
			return size > 0 ? 0 : -ENOENT;
		}
		if (++size > GARASU_RFB_PASSWORD_MAX) {
			return -E2BIG;
		}
	}
}

static int ask_terminal(char *text, const char *prompt)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), result;
	struct termios before, quiet;

	if (fd < 0 || tcgetattr(fd, &before) != 0) {
		return -ENOENT;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0 || write(fd, prompt, strlen(prompt)) < 0 ||
		write(fd, ": ", 2) < 0) {
		close(fd);
		return -EIO;
	}
	result = read_line(fd, text);
	tcsetattr(fd, TCSAFLUSH, &before);
	if (write(fd, "\n", 1) < 0 && result == 0) {
		result = -EIO;
	}
	close(fd);
	return result;
}

int password_open(struct password *password)
{
	void *page =
		mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED) {
		return -ENOMEM;
	}
	password->text = page;
	if (mlock(page, PAGE_BYTES) != 0 || madvise(page, PAGE_BYTES, MADV_DONTDUMP) != 0) {
		int result = -errno;

		password_wipe(password);
		return result;
	}
	return 0;
}

int password_read(struct password *password, bool is_on_stdin, const char *prompt)
{
	const char *fd = getenv("GARASU_PASSWORD_FD");
	int result;

	if (is_on_stdin) {
		result = read_line(STDIN_FILENO, password->text);
	} else if (fd != NULL) {
		result = read_line(atoi(fd), password->text);
	} else {
		result = ask_terminal(password->text, prompt);
	}
	if (result != 0) {
		password_clear(password);
	}
	return result;
}

void password_clear(struct password *password)
{
	garasu_secret_wipe(password->text, PAGE_BYTES);
}

void password_wipe(struct password *password)
{
	if (password->text != NULL) {
		password_clear(password);
		munmap(password->text, PAGE_BYTES);
		password->text = NULL;
	}
}
