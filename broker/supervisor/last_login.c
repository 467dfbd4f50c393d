/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When each user logged in last, and how often it failed since: told at the next log-in, so that
 * whose name is being tried can see it. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE (GARASU_USER_SIZE + 16)

static void name_of(char name[NAME_SIZE], const char *user)
{
	snprintf(name, NAME_SIZE, "last_login:%s", user);
}

static void write_last(
	struct supervisor *supervisor, const char *user, uint64_t unix_ms, uint32_t failures)
{
	char name[NAME_SIZE];
	char value[48];

	name_of(name, user);
	snprintf(value, sizeof(value), "%" PRIu64 " %" PRIu32, unix_ms, failures);
	if (registry_value_set(supervisor->registry, name, value) != 0) {
		garasu_log(GARASU_LOG_ERROR, "last_login_unwritten", "user=%s", user);
	}
}

void last_login_read(
	struct supervisor *supervisor, const char *user, struct garasu_gateway_last *last)
{
	char name[NAME_SIZE];
	char value[48];

	memset(last, 0, sizeof(*last));
	name_of(name, user);
	if (registry_value_get(supervisor->registry, name, value, sizeof(value)) != 0 ||
		sscanf(value, "%" SCNu64 " %" SCNu32, &last->unix_ms, &last->failures) != 2) {
		memset(last, 0, sizeof(*last));
	}
}

void last_login_note(struct supervisor *supervisor, const char *user, int is_right)
{
	struct garasu_gateway_last last;
	char phc[GARASU_PHC_SIZE];
	int is_user = registry_user_phc(supervisor->registry, user, phc) == 0;

	garasu_secret_wipe(phc, sizeof(phc));
	if (!is_user) { /* removed while the password was being checked */
		return;
	}
	if (is_right) {
		write_last(supervisor, user, garasu_clock_unix_ms(), 0);
		return;
	}
	last_login_read(supervisor, user, &last);
	write_last(supervisor, user, last.unix_ms, last.failures + 1);
}

void last_login_forget(struct supervisor *supervisor, const char *user)
{
	char name[NAME_SIZE];
	int result;

	name_of(name, user);
	result = registry_value_remove(supervisor->registry, name);
	if (result != 0 && result != -ENOENT) {
		garasu_log(GARASU_LOG_ERROR, "last_login_unwritten", "user=%s", user);
	}
}
