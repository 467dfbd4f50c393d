/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_LOG_H
#define GARASU_BASE_LOG_H

enum garasu_log_level {
	GARASU_LOG_ERROR,
	GARASU_LOG_WARNING,
	GARASU_LOG_INFO,
	GARASU_LOG_DEBUG,
};

/* Writes one line "level=... event=... key=value ..." to fd 2 in one write, at most 1000 bytes.
 * A line that fd 2 does not take is lost and counted in a line of its own later; fd 2 of a role
 * never blocks. format makes the key=value pairs; a text value is quoted by its caller.
 * Line breaks and controls become '?'. Never pass keys, text, pixels, titles or passwords. */
void garasu_log(enum garasu_log_level level, const char *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Our own invariant broke: logs where, and aborts this role, in release builds too. */
_Noreturn void garasu_broken(const char *file, int line, const char *fact);

#define GARASU_INVARIANT(fact) ((fact) ? (void)0 : garasu_broken(__FILE__, __LINE__, #fact))

#endif
