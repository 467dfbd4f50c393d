/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a browser's log-in holds that nobody uses. */

#include "supervisor.h"

#include "base/clock.h"
#include "base/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define IDLE_MS 1000000u

static const struct garasu_config config = {
	.web_idle_ms = IDLE_MS, .web_absolute_ms = 1000 * IDLE_MS};
static char path[] = "/tmp/garasu-registry-XXXXXX";
static struct supervisor supervisor;
static struct session session;
static struct connection connection; /* that is in use, by the log-in */

static void on_record(void *owner, struct garasu_control *record)
{
	(void)owner, (void)record;
}

static void on_closed(void *owner, int error)
{
	(void)owner, (void)error;
}

static int begin(void **state)
{
	(void)state;
	supervisor.config = &config;
	assert_int_equal(uv_loop_init(&supervisor.loop), 0);
	close(mkstemp(path));
	assert_int_equal(registry_open(path, &supervisor.registry), 0);
	assert_int_equal(registry_user_add(supervisor.registry, "tanaka", "$a", 1), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	registry_close(&supervisor.registry);
	unlink(path);
	uv_run(&supervisor.loop, UV_RUN_DEFAULT);
	return uv_loop_close(&supervisor.loop);
}

/* Logs in with a connection of its own, and comes in by that with another. */
static void log_in_and_enter(void)
{
	struct connection first = {.supervisor = &supervisor,
		.state = CONNECTION_CHECKING,
		.user = "tanaka",
		.phc = "$a",
		.token_hash = {7}};
	int ends[2];

	assert_int_equal(garasu_control_pair(ends), 0);
	assert_int_equal(
		link_open(&supervisor.loop, ends[0], on_record, on_closed, NULL, &first.link), 0);
	web_login_accept(&first);
	link_close(&first.link);
	close(ends[1]);
	session = (struct session){
		.supervisor = &supervisor, .state = SESSION_DETACHED, .connection = &connection};
	connection = (struct connection){.supervisor = &supervisor,
		.state = CONNECTION_ATTACHED,
		.session = &session,
		.has_entered = 1,
		.token_hash = {7}};
	supervisor.connections = &connection;
}

/* Nothing happens in the supervisor while a page is watched; then its connection ends. */
static void expect_idle_from_the_end(void (*let_go)(void))
{
	uint64_t looked = garasu_clock_ms();

	web_login_run(&supervisor, looked);
	while (garasu_clock_ms() <= looked) {
	}
	let_go();
	assert_null(connection.session);
	web_login_run(&supervisor, looked + IDLE_MS);
	assert_non_null(supervisor.web_logins);
	web_login_run(&supervisor, garasu_clock_ms() + IDLE_MS);
	assert_null(supervisor.web_logins);
}

static void detach(void)
{
	session_detach(&session);
}

static void finish(void)
{
	connection_finish(&connection, GARASU_STATE_TAKEN_OVER, 0);
}

static void log_in_is_idle_from_when_its_page_went(void **state)
{
	(void)state;
	log_in_and_enter();
	expect_idle_from_the_end(detach);
	log_in_and_enter();
	expect_idle_from_the_end(finish);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_in_is_idle_from_when_its_page_went),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
