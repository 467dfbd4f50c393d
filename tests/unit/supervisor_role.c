/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the supervisor gives a role that it has started. */

#include "supervisor.h"

#include "base/control.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void on_record(void *owner, struct garasu_control *record)
{
	(void)owner;
	(void)record;
}

static void on_closed(void *owner, int error)
{
	(void)owner;
	(void)error;
}

/* A recorder that is stuck does not read: the writer must not wait for it. */
static void log_of_a_role_never_makes_it_wait(void **state)
{
	static struct supervisor supervisor;
	static struct garasu_control record;
	struct role *role = NULL;
	int ends[2];

	(void)state;
	assert_int_equal(uv_loop_init(&supervisor.loop), 0);
	assert_int_equal(garasu_control_pair(ends), 0);
	assert_int_equal(link_open(&supervisor.loop, ends[0], on_record, on_closed, NULL,
				 &supervisor.launcher),
		0);
	assert_int_equal(role_start(&supervisor, GARASU_ROLE_EGRESS, NULL, (int[]){-1}, 0, NULL,
				 NULL, &role),
		0);
	assert_int_equal(garasu_control_receive(ends[1], &record, 1), 1);
	assert_int_equal(record.header.type, GARASU_LAUNCH_START);
	assert_int_equal(record.fd_count, 1);
	assert_int_equal(
		fcntl(record.fds[0], F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_WRONLY | O_NONBLOCK);
	garasu_control_close_fds(&record);
	role_on_ended(&supervisor, role->request, 0);
	assert_null(supervisor.roles);
	link_close(&supervisor.launcher);
	uv_run(&supervisor.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&supervisor.loop), 0);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_of_a_role_never_makes_it_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
