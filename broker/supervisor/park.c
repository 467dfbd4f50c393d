/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parking: a session nobody watches is frozen, and thawed before it is watched again. Every end
 * works on a frozen session; the launcher thaws what it kills. */

#include "supervisor.h"

static void freeze(struct session *session, int is_frozen)
{
	const struct garasu_launch_freeze record = {
		.session = session->number, .is_frozen = (uint32_t)is_frozen};

	session->is_parked = is_frozen;
	if (link_send(session->supervisor->launcher, GARASU_LAUNCH_FREEZE, &record, NULL, 0) != 0) {
		supervisor_stop(session->supervisor, 1);
	}
}

void session_park(struct session *session)
{
	freeze(session, 1);
	session_write(session);
	if (!session_has_user(session)) {
		return;
	}
	event_send(session->supervisor, GARASU_EVENT_SESSION_PARKED, session->number, session->user,
		"", NULL, 0);
}

void session_thaw(struct session *session)
{
	if (session->is_parked) {
		freeze(session, 0);
	}
}

uint64_t session_park_at(const struct session *session)
{
	const struct garasu_config *config = session->supervisor->config;

	if ((session->state != SESSION_DETACHED && session->state != SESSION_POOLED) ||
		session->is_parked || config->park_ms == 0 ||
		config->limits == GARASU_LIMITS_NONE) {
		return UINT64_MAX;
	}
	return session->detached_ms + config->park_ms;
}
