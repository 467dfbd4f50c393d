/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log-ins of browsers: each is known by the hash of a token that only the browser has.
 * Reads untrusted bytes from: the viewer, by its web front. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define LOGINS_PER_USER 4u /* one more takes the place of the one used longest ago */

struct web_login {
	struct web_login *next;
	char user[GARASU_USER_SIZE], phc[GARASU_PHC_SIZE];
	uint8_t token_hash[GARASU_TOKEN_HASH_BYTES];
	uint64_t since_ms, used_ms;
};

static struct web_login *find(struct supervisor *supervisor, const uint8_t *token_hash)
{
	struct web_login *login = supervisor->web_logins;

	while (login != NULL &&
		!garasu_secret_equal(login->token_hash, token_hash, GARASU_TOKEN_HASH_BYTES)) {
		login = login->next;
	}
	return login;
}

/* The connection with a session that came in by this log-in, or NULL. */
static struct connection *user_of(struct supervisor *supervisor, const struct web_login *login)
{
	struct connection *connection = supervisor->connections;

	while (connection != NULL && (!connection->has_entered || connection->session == NULL ||
					     !garasu_secret_equal(connection->token_hash,
						     login->token_hash, GARASU_TOKEN_HASH_BYTES))) {
		connection = connection->next;
	}
	return connection;
}

/* Forgets it, and lets go whoever came in by it. why is a word for the audit trail. */
static void forget(struct supervisor *supervisor, struct web_login *login, const char *why)
{
	struct web_login **at = &supervisor->web_logins;
	struct connection *connection = user_of(supervisor, login);

	event_send(supervisor, GARASU_EVENT_WEB_LOGIN_ENDED, 0, login->user, why, NULL, 0);
	while (*at != login) {
		at = &(*at)->next;
	}
	*at = login->next;
	garasu_secret_wipe(login, sizeof(*login));
	free(login);
	if (connection != NULL) {
		session_detach(connection->session);
		connection_finish(connection, GARASU_STATE_REFUSED, 0);
	}
}

void web_login_forget(struct supervisor *supervisor, const char *user, const char *why)
{
	struct web_login *login = supervisor->web_logins;

	while (login != NULL) {
		struct web_login *following = login->next;

		if (user == NULL || strcmp(login->user, user) == 0) {
			forget(supervisor, login, why);
		}
		login = following;
	}
}

static void make_room(struct supervisor *supervisor, const char *user)
{
	struct web_login *oldest = NULL;
	unsigned count = 0;

	for (struct web_login *l = supervisor->web_logins; l != NULL; l = l->next) {
		if (strcmp(l->user, user) == 0) {
			count++;
			oldest = oldest == NULL || l->used_ms < oldest->used_ms ? l : oldest;
		}
	}
	if (count >= LOGINS_PER_USER) {
		forget(supervisor, oldest, "crowded_out");
	}
}

/* ---- records ---- */

void web_login_begin(struct connection *connection, struct garasu_web_login *untrusted_login)
{
	memcpy(connection->token_hash, untrusted_login->token_hash, sizeof(connection->token_hash));
	connection->replaces = untrusted_login->replaces == 1;
	memcpy(connection->replaced_hash, untrusted_login->replaced_hash,
		sizeof(connection->replaced_hash));
	login_begin(connection, &untrusted_login->login);
}

void web_login_accept(struct connection *connection)
{
	struct supervisor *supervisor = connection->supervisor;
	struct web_login *login = calloc(1, sizeof(*login));
	struct web_login *replaced;
	struct garasu_gateway_last last;

	last_login_read(supervisor, connection->user, &last);
	last_login_note(supervisor, connection->user, 1);
	if (login == NULL ||
		link_send(connection->link, GARASU_GATEWAY_LAST, &last, NULL, 0) != 0) {
		free(login);
		login_refuse(connection, GARASU_STATE_START_FAILED, 0);
		return;
	}
	replaced = connection->replaces ? find(supervisor, connection->replaced_hash) : NULL;
	if (replaced != NULL) { /* its browser keeps no more than one, and has the new one */
		forget(supervisor, replaced, "replaced");
	}
	make_room(supervisor, connection->user);
	memcpy(login->user, connection->user, sizeof(login->user));
	memcpy(login->phc, connection->phc, sizeof(login->phc));
	memcpy(login->token_hash, connection->token_hash, sizeof(login->token_hash));
	login->since_ms = login->used_ms = garasu_clock_ms();
	login->next = supervisor->web_logins;
	supervisor->web_logins = login;
	login_refuse(connection, GARASU_STATE_ACCEPTED, 0);
}

/* Its user is at work in the session from somewhere else. What the same browser had before may not
 * have been seen to be gone. */
static int is_used_elsewhere(const struct connection *connection)
{
	const struct session *session = session_of_user(connection->supervisor, connection->user);
	const struct connection *other = session != NULL ? session->connection : NULL;

	return other != NULL &&
	       (!other->has_entered || !garasu_secret_equal(other->token_hash,
					       connection->token_hash, GARASU_TOKEN_HASH_BYTES));
}

void web_login_enter(struct connection *connection, const struct garasu_web_enter *untrusted_enter)
{
	struct supervisor *supervisor = connection->supervisor;
	struct web_login *login = find(supervisor, untrusted_enter->token_hash);

	connection->state = CONNECTION_CHECKING;
	connection->deadline_ms =
		garasu_clock_ms() + supervisor->config->login_ms + SUPERVISOR_FINAL_MS;
	memcpy(connection->certificate_name, untrusted_enter->certificate_name,
		sizeof(connection->certificate_name));
	if (login == NULL) { /* anybody can say one, as often as they connect */
		refusal_note(supervisor, GARASU_REFUSAL_COOKIE, 0, connection->address);
		connection_finish(connection, GARASU_STATE_REFUSED, 0);
		return;
	}
	memcpy(connection->user, login->user, sizeof(connection->user));
	memcpy(connection->phc, login->phc, sizeof(connection->phc));
	memcpy(connection->token_hash, login->token_hash, sizeof(connection->token_hash));
	connection->is_known = 1;
	connection->has_entered = 1;
	if (!login_is_still_known(connection)) {
		forget(supervisor, login, "password_changed");
		login_refuse(connection, GARASU_STATE_REFUSED, 0);
	} else if (!login_certificate_fits(connection)) {
		login_refuse(connection, GARASU_STATE_CERTIFICATE, 0);
	} else if (cutoff_is_set(supervisor, "") || cutoff_is_set(supervisor, connection->user)) {
		login_refuse(connection, GARASU_STATE_CUT_OFF, 0);
	} else if (untrusted_enter->is_again == 1 && is_used_elsewhere(connection)) {
		login_refuse(connection, GARASU_STATE_TAKEN_OVER, 0);
	} else {
		login->used_ms = garasu_clock_ms();
		session_join(connection);
	}
}

int web_login_stands(const struct connection *connection)
{
	return !connection->has_entered ||
	       find(connection->supervisor, connection->token_hash) != NULL;
}

void web_login_leave(
	struct connection *connection, const struct garasu_web_logout *untrusted_logout)
{
	struct web_login *login = find(connection->supervisor, untrusted_logout->token_hash);

	if (login != NULL) {
		forget(connection->supervisor, login, "logged_out");
	}
	connection->state = CONNECTION_CHECKING;
	connection_finish(connection, GARASU_STATE_ACCEPTED, 0);
}

void web_login_end(const struct connection *connection)
{
	struct web_login *login = connection->has_entered
					  ? find(connection->supervisor, connection->token_hash)
					  : NULL;

	if (login != NULL) {
		forget(connection->supervisor, login, "session_idle");
	}
}

/* ---- time ---- */

void web_login_note(struct connection *connection)
{
	struct web_login *login = connection->has_entered && connection->session != NULL
					  ? find(connection->supervisor, connection->token_hash)
					  : NULL;

	if (login != NULL) {
		login->used_ms = garasu_clock_ms();
	}
}

uint64_t web_login_run(struct supervisor *supervisor, uint64_t now_ms)
{
	struct web_login *login = supervisor->web_logins;
	uint64_t next = UINT64_MAX;

	while (login != NULL) {
		struct web_login *following = login->next;
		uint64_t limit = login->since_ms + supervisor->config->web_absolute_ms;
		uint64_t end;

		if (user_of(supervisor, login) != NULL) {
			login->used_ms = now_ms;
		}
		end = login->used_ms + supervisor->config->web_idle_ms;
		end = limit < end ? limit : end;
		if (end <= now_ms) {
			forget(supervisor, login, end == limit ? "time_limit" : "idle");
		} else if (end < next) {
			next = end;
		}
		login = following;
	}
	return next;
}
