/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit trail says what a broker was configured with, and whether that is another configuration
 * than at the last start. */

#include "supervisor.h"

#include "base/log.h"

#include <stdint.h>
#include <string.h>

#define VALUE "configuration_sha256"

void configuration_record(struct supervisor *supervisor, const char *sha256)
{
	char before[128] = "";
	uint64_t values[1] = {0};

	if (registry_value_get(supervisor->registry, VALUE, before, sizeof(before)) != 0) {
		before[0] = '\0'; /* the first start */
	}
	values[0] = before[0] != '\0' && strcmp(before, sha256) != 0;
	event_send(supervisor, GARASU_EVENT_CONFIGURATION, 0, "", sha256, values, 1);
	if (strcmp(before, sha256) != 0 &&
		registry_value_set(supervisor->registry, VALUE, sha256) != 0) {
		garasu_log(GARASU_LOG_WARNING, "configuration_unkept", "sha256=%s", sha256);
	}
}
