/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder: nothing new starts while there is none.
 * Reads untrusted bytes from: nobody; any record from the recorder is a breach. */

#include "supervisor.h"

#include <errno.h>

static int on_record(struct supervisor *supervisor, const struct garasu_control *record)
{
	(void)supervisor;
	(void)record;
	return -EPROTO;
}

static void on_started(struct supervisor *supervisor)
{
	role_send_pipes(supervisor);
	event_send_waiting(supervisor);
}

void recorder_start(struct supervisor *supervisor)
{
	supervisor->recorder = (struct kept_role){.supervisor = supervisor,
		.kind = GARASU_ROLE_RECORDER,
		.fd = supervisor->log_directory_fd,
		.on_record = on_record,
		.on_started = on_started};
	kept_role_start(&supervisor->recorder);
}
