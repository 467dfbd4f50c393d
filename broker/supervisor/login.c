/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a gateway's LOGIN to its verdict. Reads untrusted bytes from: the viewer, by its gateway. */

#include "supervisor.h"
#include "words.h"

#include "base/clock.h"
#include "base/secret.h"

#include <stdio.h>
#include <string.h>

void login_refuse(struct connection *connection, uint32_t code, uint32_t value)
{
	const uint64_t values[1] = {code};

	event_send(connection->supervisor, GARASU_EVENT_LOGIN, 0, connection->user,
		connection->address, values, 1);
	connection_finish(connection, code, value);
}

int login_certificate_fits(const struct connection *connection)
{
	if (connection->certificate_name[0] == '\0') {
		return connection->supervisor->config->client_certificates !=
		       2; /* GARASU_CLIENT_CERTIFICATES_REQUIRED */
	}
	return strcmp(connection->certificate_name, connection->user) == 0;
}

void login_forget(struct connection *connection)
{
	if (connection->is_counted) {
		connection->is_counted = 0;
		lockout_take_back(
			&connection->supervisor->lockout, connection->user, connection->address);
	}
}

/* A user that was removed, or whose password was changed, while the old one was being checked. */
int login_is_still_known(const struct connection *connection)
{
	char phc[GARASU_PHC_SIZE];
	int is_same =
		connection->is_known &&
		registry_user_phc(connection->supervisor->registry, connection->user, phc) == 0 &&
		strcmp(phc, connection->phc) == 0;

	garasu_secret_wipe(phc, sizeof(phc));
	return is_same;
}

void login_let_go(struct supervisor *supervisor, const char *user)
{
	struct session *session = session_of_user(supervisor, user);
	struct connection *connection;

	web_login_forget(supervisor, user, "password_changed");
	connection = session != NULL ? session->connection : NULL;
	if (connection != NULL) {
		session_detach(session);
		connection_finish(connection, GARASU_STATE_REFUSED, 0);
	}
}

struct connection *login_that_waits(struct supervisor *supervisor, const char *user)
{
	struct connection *connection = supervisor->connections;

	while (connection != NULL &&
		(connection->state != CONNECTION_WAITING || connection->session != NULL ||
			strcmp(connection->user, user) != 0)) {
		connection = connection->next;
	}
	return connection;
}

/* While it waited the user may have been removed, cut off or logged out. */
void login_go_on(struct supervisor *supervisor, const char *user)
{
	struct connection *connection = login_that_waits(supervisor, user);

	if (connection == NULL) {
		return;
	}
	if (supervisor->is_stopping) {
		login_refuse(connection, GARASU_STATE_SHUTDOWN, 0);
	} else if (!login_is_still_known(connection) || !web_login_stands(connection)) {
		login_refuse(connection, GARASU_STATE_REFUSED, 0);
	} else if (cutoff_is_set(supervisor, user)) {
		login_refuse(connection, GARASU_STATE_CUT_OFF, 0);
	} else {
		session_join(connection);
	}
}

static void on_checked(void *owner, int is_right, const char *phc)
{
	struct connection *connection = owner;
	struct supervisor *supervisor = connection->supervisor;

	(void)phc;
	if (connection->state != CONNECTION_CHECKING) {
		return;
	}
	if (is_right < 0) {
		login_forget(connection);
		login_refuse(connection, GARASU_STATE_START_FAILED, 0);
		return;
	}
	connection->is_counted = 0;
	if (is_right == 0 || !login_is_still_known(connection)) {
		login_refuse(connection, GARASU_STATE_REFUSED, 0);
		if (connection->is_known) { /* after the answer: writing takes a time that tells */
			last_login_note(supervisor, connection->user, 0);
		}
		return;
	}
	lockout_succeed(&supervisor->lockout, connection->user, connection->address);
	if (cutoff_is_set(supervisor, connection->user)) {
		login_refuse(connection, GARASU_STATE_CUT_OFF, 0);
	} else if (connection->is_web) {
		web_login_accept(connection);
	} else {
		last_login_read(supervisor, connection->user, &connection->last);
		connection->tells_last = 1;
		last_login_note(supervisor, connection->user, 1);
		session_join(connection);
	}
}

void login_begin(struct connection *connection, struct garasu_gateway_login *untrusted_login)
{
	struct supervisor *supervisor = connection->supervisor;
	const struct garasu_config *config = supervisor->config;
	const struct lockout_rules rules = {.failures_max = config->failures_max,
		.failures_address_max = config->failures_address_max,
		.lockout_ms = config->lockout_ms};
	uint64_t now = garasu_clock_ms();
	uint64_t wait;

	if (words_name_is_sound(untrusted_login->user)) {
		memcpy(connection->user, untrusted_login->user, sizeof(connection->user));
	} else {
		snprintf(connection->user, sizeof(connection->user), "?");
	}
	memcpy(connection->certificate_name, untrusted_login->certificate_name,
		sizeof(connection->certificate_name));
	connection->state = CONNECTION_CHECKING;
	connection->deadline_ms = now + config->login_ms + SUPERVISOR_FINAL_MS;
	wait = lockout_wait_ms(
		&supervisor->lockout, &rules, connection->user, connection->address, now);
	/* A user's own cut-off is told after the password: it would say that the name is real. */
	if (cutoff_is_set(supervisor, "")) {
		login_refuse(connection, GARASU_STATE_CUT_OFF, 0);
		return;
	}
	if (!login_certificate_fits(connection)) { /* and no word about the password */
		login_refuse(connection, GARASU_STATE_CERTIFICATE, 0);
		return;
	}
	if (wait > 0) {
		login_refuse(connection, GARASU_STATE_LOCKED, (uint32_t)((wait + 999) / 1000));
		return;
	}
	lockout_fail(&supervisor->lockout, connection->user, connection->address,
		config->lockout_ms, now);
	connection->is_counted = 1;
	connection->is_known =
		registry_user_phc(supervisor->registry, connection->user, connection->phc) == 0;
	if (auth_check(supervisor, untrusted_login->password,
		    connection->is_known ? connection->phc : supervisor->dummy_phc, on_checked,
		    connection) != 0) {
		login_forget(connection);
		login_refuse(connection, GARASU_STATE_BUSY, 2);
	}
}
