/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key=value lines to fd 2; the recorder adds time, role, pid and session. */

#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const level_names[] = {
	[GARASU_LOG_ERROR] = "error",
	[GARASU_LOG_WARNING] = "warning",
	[GARASU_LOG_INFO] = "info",
	[GARASU_LOG_DEBUG] = "debug",
};

/* The process has one fd 2. A pipe takes a line of less than PIPE_BUF whole or not at all. */
static void write_line(const char *line, size_t size)
{
	static atomic_uint lost;
	unsigned before = atomic_exchange(&lost, 0);
	char told[64];
	int length =
		snprintf(told, sizeof(told), "level=warning event=lines_lost lines=%u\n", before);

	if (before > 0 && write(STDERR_FILENO, told, (size_t)length) < 0) {
		atomic_fetch_add(&lost, before);
	}
	if (write(STDERR_FILENO, line, size) < 0) {
		atomic_fetch_add(&lost, 1); /* nowhere to complain now */
	}
}

void garasu_log(enum garasu_log_level level, const char *event, const char *format, ...)
{
	char line[1000];
	int used = snprintf(line, sizeof(line), "level=%s event=%s ", level_names[level], event);
	va_list arguments;
	int more;

	if (used < 0 || used >= (int)sizeof(line) - 1) {
		return;
	}
	va_start(arguments, format);
	more = vsnprintf(line + used, sizeof(line) - (size_t)used - 1, format, arguments);
	va_end(arguments);
	if (more > 0) {
		used += more < (int)sizeof(line) - used - 1 ? more : (int)sizeof(line) - used - 2;
	}
	for (int i = 0; i < used; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f) {
			line[i] = '?';
		}
	}
	line[used++] = '\n';
	write_line(line, (size_t)used);
}

void garasu_broken(const char *file, int line, const char *fact)
{
	garasu_log(GARASU_LOG_ERROR, "invariant_broken", "at=%s:%d fact=\"%s\"", file, line, fact);
	abort();
}
