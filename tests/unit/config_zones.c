/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The zones section: names of two network namespaces, and what must stand beside them. */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define REST                                                                                       \
	"listen:\n  address: 10.1.2.3\n  port: 5900\n"                                             \
	"tls:\n  certificate: /c\n  key: /k\n"                                                     \
	"paths:\n  state: /s\n  log: /l\n  admin_socket: /a\n"

static char message[4096];

static int parse(const char *zones, const char *egress, struct garasu_config **config)
{
	char text[2048];
	int size = snprintf(text, sizeof(text), REST "%s%s", zones, egress);

	*config = NULL;
	message[0] = '\0';
	return garasu_config_parse(
		text, (size_t)size, "garasu.conf", config, message, sizeof(message));
}

static void expect_mistake(const char *zones, const char *words)
{
	struct garasu_config *config;

	assert_int_not_equal(parse(zones, "egress:\n  servers: [\"192.0.2.53\"]\n", &config), 0);
	assert_null(config);
	if (strstr(message, words) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", message, words);
	}
}

static void zones_are_namespaces_or_the_host_s_own(void **state)
{
	struct garasu_config *config;

	(void)state;
	assert_int_equal(parse("", "", &config), 0);
	assert_null(config->zone_lgwan);
	assert_null(config->zone_internet);
	garasu_config_destroy(&config);
	assert_int_equal(parse("zones:\n  lgwan: lgwan\n  internet: net-1.b\n",
				 "egress:\n  servers: [\"192.0.2.53\"]\n", &config),
		0);
	assert_string_equal(config->zone_lgwan, "lgwan");
	assert_string_equal(config->zone_internet, "net-1.b");
	garasu_config_destroy(&config);
}

static void names_of_zones_are_no_paths(void **state)
{
	(void)state;
	expect_mistake(
		"zones:\n  lgwan: ../lgwan\n", "garasu.conf:12: zones.lgwan is \"../lgwan\"");
	expect_mistake("zones:\n  internet: .net\n", "zones.internet is \".net\"");
	expect_mistake("zones:\n  lgwan: \"a b\"\n", "zones.lgwan is \"a b\"");
}

static void both_legs_in_one_zone_are_refused(void **state)
{
	(void)state;
	expect_mistake("zones:\n  lgwan: a\n  internet: a\n", "expected another network namespace");
}

static void internet_zone_needs_its_own_name_servers(void **state)
{
	struct garasu_config *config;

	(void)state;
	assert_int_not_equal(parse("zones:\n  internet: a\n", "", &config), 0);
	assert_non_null(strstr(message, "garasu.conf:12: zones.internet is set, expected "
					"egress.servers beside it"));
	assert_int_not_equal(parse("zones:\n  internet: a\n",
				     "egress:\n  upstream: proxy.example:80\n", &config),
		0);
	assert_int_equal(
		parse("zones:\n  internet: a\n", "egress:\n  upstream: 10.1.1.1:80\n", &config), 0);
	garasu_config_destroy(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_are_namespaces_or_the_host_s_own),
		cmocka_unit_test(names_of_zones_are_no_paths),
		cmocka_unit_test(both_legs_in_one_zone_are_refused),
		cmocka_unit_test(internet_zone_needs_its_own_name_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
