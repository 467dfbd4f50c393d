/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each role is: its program, its uid, what it gets. */

#include "launcher.h"

#include <stddef.h>

#define SESSION_UIDS_AFTER 16 /* role uids come first, then one for each session slot */

static const struct role_rule rules[GARASU_ROLE_COUNT] = {
	[GARASU_ROLE_SUPERVISOR] = {"garasu-supervisor", ROLE_NETWORK_NONE, ROLE_GROUP_NONE, 65536},
	[GARASU_ROLE_RECORDER] = {"garasu-recorder", ROLE_NETWORK_NONE, ROLE_GROUP_NONE, 65536},
	[GARASU_ROLE_AUTHENTICATOR] = {"garasu-authenticator", ROLE_NETWORK_NONE, ROLE_GROUP_NONE,
		16},
	[GARASU_ROLE_GATEWAY] = {"garasu-gateway", ROLE_NETWORK_NONE, ROLE_GROUP_SERVICE, 64},
	[GARASU_ROLE_WEB] = {"garasu-web", ROLE_NETWORK_NONE, ROLE_GROUP_SERVICE, 64},
	[GARASU_ROLE_ENCODER] = {"garasu-encoder", ROLE_NETWORK_NONE, ROLE_GROUP_GUEST, 64},
	[GARASU_ROLE_SESSION] = {"garasu-jail", ROLE_NETWORK_NONE, ROLE_GROUP_SESSION, 8192},
	[GARASU_ROLE_EGRESS] = {"garasu-egress", ROLE_NETWORK_INTERNET, ROLE_GROUP_SERVICE, 65536},
};

const struct role_rule *role_rule(uint16_t role)
{
	if (role >= GARASU_ROLE_COUNT || rules[role].program == NULL) {
		return NULL;
	}
	return &rules[role];
}

uint32_t role_uid_count(const struct garasu_config *config)
{
	return SESSION_UIDS_AFTER + config->sessions_max;
}

uid_t role_uid(const struct garasu_config *config, uint16_t role, uint32_t uid_slot)
{
	if (role == GARASU_ROLE_SESSION) {
		return (uid_t)(config->uid_base + SESSION_UIDS_AFTER + uid_slot);
	}
	return (uid_t)(config->uid_base + role);
}
