/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cut-off: latched on disk before anything ends. */

#include "supervisor.h"

#include "base/clock.h"
#include "garasu/admin.h"

#include <stdio.h>
#include <string.h>

struct question {
	const char *user;
	int is_set;
};

static void on_latch(void *owner, uint32_t scope, const char *user, uint64_t since_unix_ms)
{
	struct question *question = owner;

	(void)since_unix_ms;
	if (scope != GARASU_ADMIN_SCOPE_USER || strcmp(user, question->user) == 0) {
		question->is_set = 1;
	}
}

int cutoff_is_set(struct supervisor *supervisor, const char *user)
{
	struct question question = {.user = user};

	/* A registry that cannot answer cuts off. */
	return registry_latch_list(supervisor->registry, on_latch, &question) != 0 ||
	       question.is_set;
}

static void record(struct supervisor *supervisor, uint32_t scope, const char *user, uint64_t is_set)
{
	char text[GARASU_USER_SIZE + 8];

	if (scope == GARASU_ADMIN_SCOPE_USER) {
		snprintf(text, sizeof(text), "user %s", user);
	} else {
		snprintf(text, sizeof(text), "%s",
			scope == GARASU_ADMIN_SCOPE_HOST ? "host" : "all");
	}
	event_send(supervisor, GARASU_EVENT_CUT_OFF, 0, user, text, &is_set, 1);
}

int cutoff_set(struct supervisor *supervisor, uint32_t scope, const char *user)
{
	int result = registry_latch_set(supervisor->registry, scope, user, garasu_clock_unix_ms());

	if (result != 0) {
		return result;
	}
	record(supervisor, scope, user, 1);
	for (struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		if (scope != GARASU_ADMIN_SCOPE_USER || strcmp(s->user, user) == 0) {
			session_end(s, GARASU_STATE_CUT_OFF);
		}
	}
	web_login_forget(supervisor, scope == GARASU_ADMIN_SCOPE_USER ? user : NULL, "cut_off");
	return 0;
}

int cutoff_release(struct supervisor *supervisor, uint32_t scope, const char *user)
{
	int result = registry_latch_release(supervisor->registry, scope, user);

	if (result == 0) {
		record(supervisor, scope, user, 0);
		supervisor->pool_at_ms = 0;
	}
	return result;
}
