/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trail for other systems: JSON lines as they are, or syslog (RFC 5424).
 * Reads untrusted bytes from: an audit trail. */

#include "audit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FACILITY_AUDIT 13 /* RFC 5424 §6.2.1: log audit */
#define SEVERITY_WARNING 4
#define SEVERITY_INFORMATIONAL 6

struct export
{
	int is_syslog;
	const char *host;
};

static int severity(const char *event)
{
	static const char *const loud[] = {
		"refused", "role_died", "cut_off", "events_lost", "recorder_started"};

	for (size_t i = 0; i < sizeof(loud) / sizeof(loud[0]); i++) {
		if (strcmp(event, loud[i]) == 0) {
			return SEVERITY_WARNING;
		}
	}
	return SEVERITY_INFORMATIONAL;
}

/* What is no record is not exported: verify is who tells of it. */
static void on_line(void *owner, const struct trail_line *line)
{
	const struct export *export = owner;
	struct trail_record record;

	if (!line->is_first || !line->is_ended ||
		trail_record_read(&record, line->untrusted_bytes, line->size) != 0) {
		return;
	}
	if (export->is_syslog) { /* the text is UTF-8, so it begins with a byte order mark */
		printf("<%d>1 %s %s garasu - %s - \xef\xbb\xbf",
			FACILITY_AUDIT * 8 + severity(record.event), record.time, export->host,
			record.event);
	}
	printf("%.*s\n", (int)line->size, line->untrusted_bytes);
}

/* RFC 5424: printable ASCII, at most 255. */
static int is_host(const char *host)
{
	size_t size = strlen(host);

	for (size_t i = 0; i < size; i++) {
		if (host[i] <= ' ' || host[i] > '~') {
			return 0;
		}
	}
	return size >= 1 && size <= 255;
}

int audit_export(int directory, int is_syslog, const char *host)
{
	struct export export = {.is_syslog = is_syslog, .host = host};
	struct trail_folder folder;
	int result = is_host(host) ? trail_folder_list(&folder, directory) : -EINVAL;

	if (result != 0) {
		return result;
	}
	for (size_t i = 0; result == 0 && i < trail_folder_count(&folder); i++) {
		result = trail_folder_read(&folder, i, on_line, &export);
	}
	trail_folder_finish(&folder);
	if (result == 0 && (fflush(stdout) != 0 || ferror(stdout))) {
		result = -EIO;
	}
	return result;
}
