/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From words to a request. */

#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *words[3];
	uint32_t command;
	const char *takes; /* u user, n session, t text, s scope */
} commands[] = {
	{{"user", "add", NULL}, GARASU_ADMIN_USER_ADD, "u"},
	{{"user", "remove", NULL}, GARASU_ADMIN_USER_REMOVE, "u"},
	{{"user", "passwd", NULL}, GARASU_ADMIN_USER_PASSWORD, "u"},
	{{"user", "list", NULL}, GARASU_ADMIN_USER_LIST, ""},
	{{"session", "list", NULL}, GARASU_ADMIN_SESSION_LIST, ""},
	{{"session", "end", NULL}, GARASU_ADMIN_SESSION_END, "n"},
	{{"session", "message", NULL}, GARASU_ADMIN_SESSION_MESSAGE, "nt"},
	{{"cutoff", "list", NULL}, GARASU_ADMIN_CUT_OFF_LIST, ""},
	{{"cutoff", "release", NULL}, GARASU_ADMIN_CUT_OFF_RELEASE, "s"},
	{{"cutoff", NULL}, GARASU_ADMIN_CUT_OFF_SET, "s"},
	{{"status", NULL}, GARASU_ADMIN_STATUS, ""},
};

static int copy(char *to, size_t size, const char *from)
{
	int length = snprintf(to, size, "%s", from);

	return length > 0 && (size_t)length < size ? 0 : -EINVAL;
}

static int take(char *const **words, char kind, struct garasu_admin_request *request)
{
	const char *word = **words;
	char *end;

	if (word == NULL) {
		return -EINVAL;
	}
	(*words)++;
	if (kind == 'u') {
		return copy(request->user, sizeof(request->user), word);
	}
	if (kind == 't') {
		return copy(request->text, sizeof(request->text), word);
	}
	if (kind == 'n') {
		request->session = (uint32_t)strtoul(word, &end, 10);
		return *word != '\0' && *end == '\0' ? 0 : -EINVAL;
	}
	if (strcmp(word, "user") == 0) {
		request->scope = GARASU_ADMIN_SCOPE_USER;
		return take(words, 'u', request);
	}
	request->scope = strcmp(word, "host") == 0  ? GARASU_ADMIN_SCOPE_HOST
			 : strcmp(word, "all") == 0 ? GARASU_ADMIN_SCOPE_ALL
						    : GARASU_ADMIN_SCOPE_NONE;
	return request->scope != GARASU_ADMIN_SCOPE_NONE ? 0 : -EINVAL;
}

int command_parse(char *const *words, struct garasu_admin_request *request)
{
	memset(request, 0, sizeof(*request));
	request->version = GARASU_ADMIN_VERSION;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char *const *at = words;
		int n = 0;

		while (commands[i].words[n] != NULL && *at != NULL &&
			strcmp(commands[i].words[n], *at) == 0) {
			n++;
			at++;
		}
		if (commands[i].words[n] != NULL) {
			continue;
		}
		request->command = commands[i].command;
		for (const char *kind = commands[i].takes; *kind != '\0'; kind++) {
			if (take(&at, *kind, request) != 0) {
				return -EINVAL;
			}
		}
		return *at == NULL ? 0 : -EINVAL;
	}
	return -EINVAL;
}
