/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What administrators do, in the audit trail: every act, and of those who only look the first time
 * and how often they did since. A monitor that looks every second must not fill the trail. */

#include "admin.h"
#include "words.h"

#include "base/clock.h"

#include <stdio.h>

#define LOOK_MS 3600000u /* of the same look one record in so long */

static int is_look(uint32_t command)
{
	return command == GARASU_ADMIN_USER_LIST || command == GARASU_ADMIN_SESSION_LIST ||
	       command == GARASU_ADMIN_CUT_OFF_LIST || command == GARASU_ADMIN_STATUS;
}

static void put(struct supervisor *supervisor, uid_t uid,
	const struct garasu_admin_request *request, const uint64_t *times)
{
	static const char *const names[GARASU_ADMIN_COMMAND_COUNT] = {"?", "user add",
		"user remove", "user passwd", "user list", "session list", "session end",
		"session message", "cutoff", "cutoff release", "cutoff list", "status", "selftest"};
	char text[128];
	char who[32];

	snprintf(who, sizeof(who), "uid:%u", uid);
	snprintf(text, sizeof(text), "%s %s", names[request->command],
		words_name_is_sound(request->user) ? request->user : "");
	event_send(
		supervisor, GARASU_EVENT_ADMIN, request->session, who, text, times, times != NULL);
}

static void tell(struct supervisor *supervisor, struct look *look, uint64_t now_ms)
{
	const struct garasu_admin_request request = {.command = look->command};

	put(supervisor, look->uid, &request, &look->times);
	look->times = 0;
	look->next_ms = now_ms + LOOK_MS;
}

/* The place of this look, or that of the one told longest ago. */
static struct look *find(struct supervisor *supervisor, uid_t uid, uint32_t command)
{
	struct look *oldest = &supervisor->looks[0];

	for (size_t i = 0; i < SUPERVISOR_LOOKS; i++) {
		struct look *look = &supervisor->looks[i];

		if (look->command == command && look->uid == uid) {
			return look;
		}
		oldest = look->next_ms < oldest->next_ms ? look : oldest;
	}
	return oldest;
}

void admin_look(struct supervisor *supervisor, uid_t uid, uint32_t command, uint64_t now_ms)
{
	struct look *look = find(supervisor, uid, command);

	if (look->command != command || look->uid != uid) {
		if (look->times > 0) {
			tell(supervisor, look, now_ms);
		}
		*look = (struct look){.command = command, .uid = uid};
	}
	look->times++;
	if (look->next_ms <= now_ms) {
		tell(supervisor, look, now_ms);
	}
}

uint64_t admin_look_run(struct supervisor *supervisor, uint64_t now_ms)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < SUPERVISOR_LOOKS; i++) {
		struct look *look = &supervisor->looks[i];

		if (look->times > 0 && look->next_ms <= now_ms) {
			tell(supervisor, look, now_ms);
		}
		if (look->times > 0 && look->next_ms < next) {
			next = look->next_ms;
		}
	}
	return next;
}

void admin_record(struct admin *admin)
{
	if (is_look(admin->request.command)) {
		admin_look(
			admin->supervisor, admin->uid, admin->request.command, garasu_clock_ms());
	} else {
		put(admin->supervisor, admin->uid, &admin->request, NULL);
	}
}
