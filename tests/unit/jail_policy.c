/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The browser's policy of a session: what is put into it cannot get out of its place. */

#include "policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

static char json[131072];

static size_t make(const char *start_page, const char *pem)
{
	size_t size = policy_json(json, sizeof(json), start_page, pem, strlen(pem));

	assert_int_equal(size, strlen(json));
	return size;
}

static void start_page_is_escaped(void **state)
{
	(void)state;
	assert_true(make("http://a/\"\\", "") > 0);
	assert_non_null(strstr(json, "\"HomepageLocation\":\"http://a/\\\"\\\\\""));
	assert_string_equal(json + strlen(json) - 3, "\"}\n");
	assert_null(strstr(json, "CACertificates"));
}

static void certificates_become_a_list(void **state)
{
	(void)state;
	assert_true(make("about:blank", "Issuer: x\n" BEGIN "\nMIIB\r\nAA==\n" END "\nmore\n" BEGIN
					"\n+/9z\n" END "\n") > 0);
	assert_non_null(strstr(json, ",\n\"CACertificates\":[\"MIIBAA==\",\"+/9z\"]}\n"));
}

static void what_is_no_certificate_makes_no_policy(void **state)
{
	static const char *const wrong[] = {
		BEGIN "\nMIIB\n", BEGIN "\nMI\"],\"x\":[\"\n" END, BEGIN "\nMI IB\n" END};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(
			policy_json(json, sizeof(json), "about:blank", wrong[i], strlen(wrong[i])),
			0);
	}
	assert_int_equal(policy_json(json, sizeof(json), "about:blank", BEGIN "\nM\0I\n" END,
				 sizeof(BEGIN "\nM\0I\n" END) - 1),
		0);
}

static void what_does_not_fit_makes_no_policy(void **state)
{
	static const char pem[] = BEGIN "\nMIIB\n" END;
	size_t size = make("about:blank", pem);

	(void)state;
	for (size_t room = 0; room < size; room++) {
		assert_int_equal(policy_json(json, room, "about:blank", pem, strlen(pem)), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_page_is_escaped),
		cmocka_unit_test(certificates_become_a_list),
		cmocka_unit_test(what_is_no_certificate_makes_no_policy),
		cmocka_unit_test(what_does_not_fit_makes_no_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
