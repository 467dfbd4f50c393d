/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Favour: while somebody types into a session, its processes come before those of others. What a
 * host short of processors takes away then is rates, not the answer to a key. */

#include "supervisor.h"

#include "base/clock.h"

#define FAVOUR_MS 3000u /* after a key: who types, pauses between words */

static void say(struct session *session, int is_favoured)
{
	const struct garasu_launch_favour record = {
		.session = session->number, .is_favoured = (uint32_t)is_favoured};

	session->is_favoured = is_favoured;
	if (link_send(session->supervisor->launcher, GARASU_LAUNCH_FAVOUR, &record, NULL, 0) != 0) {
		supervisor_stop(session->supervisor, 1);
	}
}

void session_favour(struct session *session)
{
	session->favoured_until_ms = garasu_clock_ms() + FAVOUR_MS;
	if (!session->is_favoured && session->supervisor->config->limits != GARASU_LIMITS_NONE) {
		say(session, 1);
	}
}

uint64_t session_favour_run(struct session *session, uint64_t now_ms)
{
	if (!session->is_favoured) {
		return UINT64_MAX;
	}
	if (session->favoured_until_ms > now_ms) {
		return session->favoured_until_ms;
	}
	say(session, 0);
	return UINT64_MAX;
}
