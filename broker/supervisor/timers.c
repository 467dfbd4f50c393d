/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that happens because time has passed. */

#include "auth.h"

static void sooner(uint64_t *next, uint64_t at)
{
	if (at < *next) {
		*next = at;
	}
}

/* Ends the session at start + limit. Returns 1 if it did. */
static int limit(struct session *session, uint64_t start, uint32_t limit_ms, uint32_t code,
	uint64_t now, uint64_t *next)
{
	if (limit_ms == 0) {
		return 0;
	}
	if (start + limit_ms <= now) {
		session_end(session, code);
		return 1;
	}
	sooner(next, start + limit_ms);
	return 0;
}

static void warn_idle(struct session *session, uint64_t now, uint64_t *next)
{
	const struct garasu_config *config = session->supervisor->config;
	uint64_t end = session->active_ms + config->idle_ms;
	uint64_t warning = config->idle_warning_ms < config->idle_ms ? end - config->idle_warning_ms
								     : session->active_ms;

	if (config->idle_ms == 0 || session->is_warned || session->state != SESSION_ATTACHED) {
		return;
	}
	if (warning > now) {
		sooner(next, warning);
		return;
	}
	session->is_warned = 1;
	connection_tell(session->connection, GARASU_STATE_IDLE_WARNING,
		(uint32_t)((end - now + 999) / 1000));
}

static void park(struct session *session, uint64_t now, uint64_t *next)
{
	if (session_park_at(session) <= now) {
		session_park(session);
	}
	sooner(next, session_park_at(session));
}

static void run_pooled(struct session *session, uint64_t now, uint64_t *next)
{
	if (!limit(session, session->started_ms, session->supervisor->config->absolute_ms,
		    GARASU_STATE_TIME_LIMIT, now, next)) {
		park(session, now, next);
	}
}

static void run_session(struct session *session, uint64_t now, uint64_t *next)
{
	const struct garasu_config *config = session->supervisor->config;

	if (session->state == SESSION_ENDING) {
		if (session->remove_ms <= now) {
			session_send_remove(session);
		}
		sooner(next, session->remove_ms);
		return;
	}
	if (session->state == SESSION_STARTING) {
		limit(session, session->started_ms, config->login_ms, GARASU_STATE_START_FAILED,
			now, next);
		return;
	}
	if (session->state == SESSION_POOLED) {
		run_pooled(session, now, next);
		return;
	}
	if (limit(session, session->started_ms, config->absolute_ms, GARASU_STATE_TIME_LIMIT, now,
		    next) ||
		limit(session, session->active_ms, config->idle_ms, GARASU_STATE_IDLE_ENDED, now,
			next)) {
		return;
	}
	if (session->state == SESSION_DETACHED &&
		limit(session, session->detached_ms, config->detached_ms, GARASU_STATE_IDLE_ENDED,
			now, next)) {
		return;
	}
	if (session->is_upgrading) {
		if (session->upgrade_ms <= now) {
			session_end(session, GARASU_STATE_UPGRADE_ENDED);
			return;
		}
		sooner(next, session->upgrade_ms);
	}
	park(session, now, next);
	warn_idle(session, now, next);
	sooner(next, session_favour_run(session, now));
}

static void run_connections(struct supervisor *supervisor, uint64_t now, uint64_t *next)
{
	struct connection *connection = supervisor->connections;

	while (connection != NULL) {
		struct connection *following = connection->next;

		if (connection->deadline_ms != 0 && connection->deadline_ms <= now) {
			connection_kill(connection);
		} else if (connection->deadline_ms != 0) {
			sooner(next, connection->deadline_ms);
		}
		connection = following;
	}
}

uint64_t timers_run(struct supervisor *supervisor, uint64_t now_ms)
{
	uint64_t next = UINT64_MAX;

	sooner(&next, kept_role_run(&supervisor->recorder, now_ms));
	sooner(&next, kept_role_run(&supervisor->egress, now_ms));
	if (supervisor->accept_at_ms != 0 && supervisor->accept_at_ms <= now_ms) {
		accept_again(supervisor);
	}
	if (supervisor->accept_at_ms != 0) {
		sooner(&next, supervisor->accept_at_ms);
	}
	if (supervisor->browser_at_ms <= now_ms) {
		browser_check(supervisor);
		supervisor->browser_at_ms = now_ms + supervisor->config->upgrade_check_ms;
	}
	sooner(&next, supervisor->browser_at_ms);
	run_connections(supervisor, now_ms, &next);
	for (struct session *s = supervisor->sessions; s != NULL; s = s->next) {
		run_session(s, now_ms, &next);
	}
	sooner(&next, pool_run(supervisor, now_ms));
	sooner(&next, auth_run(supervisor, now_ms));
	sooner(&next, web_login_run(supervisor, now_ms));
	sooner(&next, admin_deadline(supervisor, now_ms));
	sooner(&next, refusal_run(supervisor, now_ms));
	sooner(&next, admin_look_run(supervisor, now_ms));
	if (supervisor->is_stopping) {
		sooner(&next, supervisor->stop_at_ms);
	}
	return next;
}
