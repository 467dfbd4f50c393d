/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A captured session writes whatever it likes to its log: every line bears its name, a flood is
 * limited, other parts are heard, and the audit trail knows nothing of it. */

#include "raw.h"

#include "garasu/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct flow_broker broker;
static struct raw raw;
static char text[8 << 20];

/* The forger takes the compositor's place. */
static void capture(const char *directory)
{
	char compositor[128];
	char forger[] = FLOW_PUPPETS "/forger";
	char *words[] = {"/bin/cp", "--remove-destination", forger, compositor, NULL};

	snprintf(compositor, sizeof(compositor), "%s/bin/garasu-compositor", directory);
	flow_run(NULL, 0, NULL, words);
}

static int start(void **state)
{
	(void)state;
	flow_broker_start(&broker, &(struct flow_options){.paints = 1, .certify = capture});
	raw_open(&raw, &broker);
	raw_greet(&raw);
	assert_int_equal(raw_secure(&raw, TLS1_3_VERSION, NULL, NULL), 1);
	assert_int_equal(raw_log_in(&raw, "tanaka", FLOW_PASSWORD), GARASU_STATE_ACCEPTED);
	flow_wait_file(&broker, "log/garasu.log", "suppressed=");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	raw_close(&raw);
	flow_broker_stop(&broker);
	return 0;
}

static void read_file(const char *name)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/log/%s", broker.directory, name);
	file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
}

static void every_forged_line_bears_its_session(void **state)
{
	unsigned seen = 0;

	(void)state;
	read_file("garasu.log");
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		unsigned instance, session;
		char role[32];

		assert_int_equal(sscanf(line, "%*24s role=%31s instance=%u session=%u", role,
					 &instance, &session),
			3);
		if (strstr(line, "forged") != NULL || strstr(line, "suppressed=") != NULL) {
			assert_string_equal(role, "session");
			assert_int_equal(session, 1);
			seen++;
		}
		for (const char *at = line; *at != '\0'; at++) {
			assert_in_range((unsigned char)*at, ' ', 0x7e);
		}
	}
	assert_in_range(seen, 6, 5000);
}

static void terminal_codes_and_turned_words_are_escaped(void **state)
{
	(void)state;
	read_file("garasu.log");
	assert_non_null(strstr(text, "\\x1b[2J\\x1b[1;1Hforged-4\\x0d\\x08\n"));
	assert_non_null(strstr(text, "\\xe2\\x80\\xaeforged-5\n"));
	assert_non_null(
		strstr(text, "session=1 2026-01-01T00:00:00.000Z role=supervisor instance=1 "));
}

static void flood_is_cut_to_its_rate(void **state)
{
	unsigned written = 0;
	unsigned suppressed = 0;

	(void)state;
	read_file("garasu.log");
	for (const char *at = text; (at = strstr(at, "forged-flood")) != NULL; at++) {
		written++;
	}
	for (const char *at = text; (at = strstr(at, "suppressed=")) != NULL; at++) {
		suppressed += (unsigned)strtoul(at + 11, NULL, 10);
	}
	assert_in_range(written, 1, 5000);
	assert_in_range(written + suppressed, 1000, 20006);
}

static void audit_trail_knows_nothing_of_it(void **state)
{
	(void)state;
	read_file("audit.jsonl");
	assert_null(strstr(text, "forged"));
	assert_non_null(strstr(text, "\"event\":\"session_started\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_forged_line_bears_its_session),
		cmocka_unit_test(terminal_codes_and_turned_words_are_escaped),
		cmocka_unit_test(flood_is_cut_to_its_rate),
		cmocka_unit_test(audit_trail_knows_nothing_of_it),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
