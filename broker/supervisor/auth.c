/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Authenticators: one fresh process for each question, bounded in number, the rest queued.
 * Reads untrusted bytes from: authenticators. */

#include "auth.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define QUEUE_MAX 64u
#define QUEUE_RESERVE 8u /* beyond it, for administrators */

static void finish(struct auth *auth, int is_right, const char *phc)
{
	struct supervisor *supervisor = auth->supervisor;
	struct auth **at = &supervisor->auths;
	auth_on_done on_done = auth->on_done;
	void *owner = auth->owner;

	while (*at != auth) {
		at = &(*at)->next;
	}
	*at = auth->next;
	if (auth->is_running) {
		supervisor->auths_running--;
	}
	link_close(&auth->link);
	role_end(supervisor, &auth->process);
	garasu_secret_wipe(auth, sizeof(*auth));
	free(auth);
	if (on_done != NULL) {
		on_done(owner, is_right, phc);
	}
}

static void on_gone(void *owner, int status)
{
	struct auth *auth = owner;

	(void)status;
	auth->process = NULL;
	if (status != 0 || auth->link == NULL) {
		auth->deadline_ms = 1; /* its answer may still wait in the socket */
	}
}

static void on_closed(void *owner, int error)
{
	(void)error;
	finish(owner, -1, NULL);
}

static void on_record(void *owner, struct garasu_control *record)
{
	struct auth *auth = owner;

	if (auth->is_hash && record->header.type == GARASU_AUTH_HASHED) {
		char phc[GARASU_PHC_SIZE];

		memcpy(phc, record->payload, sizeof(phc));
		finish(auth, 1, phc);
	} else if (!auth->is_hash && record->header.type == GARASU_AUTH_CHECKED) {
		struct garasu_auth_checked checked;

		memcpy(&checked, record->payload, sizeof(checked));
		finish(auth, checked.is_right == 1, NULL);
	} else {
		finish(auth, -1, NULL);
	}
}

static int ask(struct auth *auth)
{
	if (auth->is_hash) {
		struct garasu_auth_hash hash;
		int result;

		memcpy(hash.password, auth->check.password, sizeof(hash.password));
		result = link_send(auth->link, GARASU_AUTH_HASH, &hash, NULL, 0);
		garasu_secret_wipe(&hash, sizeof(hash));
		return result;
	}
	return link_send(auth->link, GARASU_AUTH_CHECK, &auth->check, NULL, 0);
}

static int begin(struct auth *auth)
{
	struct supervisor *supervisor = auth->supervisor;
	int ends[2];
	int result = garasu_control_pair(ends);

	if (result != 0) {
		return result;
	}
	result = role_start(supervisor, GARASU_ROLE_AUTHENTICATOR, NULL, &ends[1], 1, on_gone, auth,
		&auth->process);
	garasu_fd_close(&ends[1]);
	if (result != 0) {
		garasu_fd_close(&ends[0]);
		return result;
	}
	result = link_open(&supervisor->loop, ends[0], on_record, on_closed, auth, &auth->link);
	if (result != 0) {
		return result;
	}
	auth->is_running = 1;
	auth->deadline_ms = garasu_clock_ms() + supervisor->config->login_ms;
	supervisor->auths_running++;
	result = ask(auth);
	garasu_secret_wipe(auth->check.password, sizeof(auth->check.password));
	return result;
}

uint64_t auth_run(struct supervisor *supervisor, uint64_t now_ms)
{
	uint64_t next = UINT64_MAX;
	struct auth *auth = supervisor->auths;

	while (auth != NULL) {
		if (!auth->is_running &&
			supervisor->auths_running < supervisor->config->authenticators_max &&
			begin(auth) != 0) {
			auth->deadline_ms = 1;
		}
		if (auth->deadline_ms != 0 && auth->deadline_ms <= now_ms &&
			auth->process != NULL) {
			finish(auth, -1, NULL);
			auth = supervisor->auths;
			continue;
		}
		if (auth->deadline_ms == 1 && auth->process == NULL && auth->link == NULL) {
			finish(auth, -1, NULL);
			auth = supervisor->auths;
			continue;
		}
		if (auth->deadline_ms > now_ms && auth->deadline_ms < next) {
			next = auth->deadline_ms;
		}
		auth = auth->next;
	}
	return next;
}

static int enqueue(struct supervisor *supervisor, const char *password, const char *phc,
	auth_on_done on_done, void *owner)
{
	struct auth *auth = calloc(1, sizeof(*auth));
	struct auth **at = &supervisor->auths;
	unsigned count = 0;

	for (; *at != NULL; at = &(*at)->next) {
		count++;
	}
	if (auth == NULL || count >= QUEUE_MAX + (phc == NULL ? QUEUE_RESERVE : 0)) {
		free(auth);
		return -ENOBUFS;
	}
	auth->supervisor = supervisor;
	auth->is_hash = phc == NULL;
	auth->on_done = on_done;
	auth->owner = owner;
	snprintf(auth->check.password, sizeof(auth->check.password), "%s", password);
	snprintf(auth->check.phc, sizeof(auth->check.phc), "%s", phc != NULL ? phc : "");
	*at = auth;
	return 0;
}

int auth_check(struct supervisor *supervisor, const char *password, const char *phc,
	auth_on_done on_done, void *owner)
{
	return enqueue(supervisor, password, phc, on_done, owner);
}

int auth_hash(
	struct supervisor *supervisor, const char *password, auth_on_done on_done, void *owner)
{
	return enqueue(supervisor, password, NULL, on_done, owner);
}

int auth_forget(struct supervisor *supervisor, const void *owner)
{
	struct auth *auth = supervisor->auths;
	int was_running = 0;

	while (auth != NULL) {
		struct auth *following = auth->next;

		if (auth->owner == owner) {
			auth->on_done = NULL;
			auth->owner = NULL;
			was_running |= auth->is_running;
			if (!auth->is_running) { /* a hash that nobody waits for is not begun */
				finish(auth, -1, NULL);
			}
		}
		auth = following;
	}
	return was_running;
}

static void on_dummy(void *owner, int is_right, const char *phc)
{
	struct supervisor *supervisor = owner;

	if (is_right != 1 || registry_value_set(supervisor->registry, "dummy_phc", phc) != 0) {
		garasu_log(GARASU_LOG_ERROR, "dummy_failed", "what=authenticator");
		supervisor_stop(supervisor, 1);
		return;
	}
	snprintf(supervisor->dummy_phc, sizeof(supervisor->dummy_phc), "%s", phc);
	supervisor_ready_if(supervisor);
}

void auth_make_dummy(struct supervisor *supervisor)
{
	unsigned char bytes[32];
	char password[2 * sizeof(bytes) + 1];

	if (registry_value_get(supervisor->registry, "dummy_phc", supervisor->dummy_phc,
		    sizeof(supervisor->dummy_phc)) == 0) {
		return;
	}
	supervisor->dummy_phc[0] = '\0';
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
		supervisor_stop(supervisor, 1);
		return;
	}
	garasu_hex_write(password, bytes, sizeof(bytes));
	if (auth_hash(supervisor, password, on_dummy, supervisor) != 0) {
		supervisor_stop(supervisor, 1);
	}
}
