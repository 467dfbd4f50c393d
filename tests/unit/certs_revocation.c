/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Revoking, and what the list of certificates says. */

#include "authority.h"

#include "unit/certs_fixture.h"

static void revoked_certificate_no_longer_verifies(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	assert_int_equal(fixture_run(&fixture, "client", "--name", "hanako", NULL), 0);
	assert_int_equal(fixture_run(&fixture, "revoke", "client-taro.crt", NULL), 0);
	assert_int_equal(fixture_mode(&fixture, "revoked.crl"), 0644);
	assert_int_equal(
		fixture_verify(&fixture, "client-taro.crt", X509_PURPOSE_SSL_CLIENT, NULL, NULL, 1),
		X509_V_ERR_CERT_REVOKED);
	assert_int_equal(fixture_verify(&fixture, "client-hanako.crt", X509_PURPOSE_SSL_CLIENT,
				 NULL, NULL, 1),
		X509_V_OK);
	fixture_finish(&fixture);
}

static void list_grows_and_counts_its_editions(void **state)
{
	struct fixture fixture;
	X509_CRL *list;
	ASN1_INTEGER *number;

	(void)state;
	fixture_fill(&fixture);
	assert_int_equal(fixture_run(&fixture, "revoke", NULL), 0); /* an empty one */
	assert_int_equal(
		fixture_verify(&fixture, "client-taro.crt", X509_PURPOSE_SSL_CLIENT, NULL, NULL, 1),
		X509_V_OK);
	assert_int_equal(fixture_run(&fixture, "revoke", "client-taro.crt", NULL), 0);
	assert_int_equal(fixture_run(&fixture, "revoke", "client-taro.crt", NULL), 0);
	assert_int_equal(fixture_run(&fixture, "revoke", "server.crt", NULL), 0);
	list = fixture_list(&fixture);
	assert_int_equal(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list)), 2);
	number = X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL);
	assert_int_equal(ASN1_INTEGER_get(number), 4);
	ASN1_INTEGER_free(number);
	X509_CRL_free(list);
	fixture_finish(&fixture);
}

static void certificate_of_another_authority_is_refused(void **state)
{
	struct fixture fixture;
	struct fixture other;
	char from[256];
	char to[256];

	(void)state;
	fixture_fill(&fixture);
	fixture_fill(&other);
	snprintf(from, sizeof(from), "%s/server.crt", other.path);
	snprintf(to, sizeof(to), "%s/server.crt", fixture.path);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(fixture_run(&fixture, "revoke", "server.crt", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_NOT_OURS);
	assert_false(fixture_has(&fixture, "revoked.crl"));
	assert_int_equal(fixture_run(&fixture, "renew", "server.crt", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_NOT_OURS);
	assert_int_equal(fixture_count(&fixture), 6);
	fixture_finish(&fixture);
	fixture_finish(&other);
}

static void foreign_list_is_not_continued(void **state)
{
	struct fixture fixture;
	struct fixture other;
	char from[256];
	char to[256];

	(void)state;
	fixture_fill(&fixture);
	fixture_fill(&other);
	assert_int_equal(fixture_run(&other, "revoke", "server.crt", NULL), 0);
	snprintf(from, sizeof(from), "%s/revoked.crl", other.path);
	snprintf(to, sizeof(to), "%s/revoked.crl", fixture.path);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(fixture_run(&fixture, "revoke", "server.crt", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_NOT_OURS);
	fixture_finish(&fixture);
	fixture_finish(&other);
}

static void list_says_what_ends_soon(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	assert_int_equal(fixture_run(&fixture, "list", NULL), 0);
	assert_int_equal(fixture.is_soon, 0);
	assert_non_null(strstr(fixture.list, "ca.crt\tCN=Garasu test CA\t"));
	assert_non_null(strstr(fixture.list, "client-taro.crt\tCN=taro\t"));
	assert_non_null(strstr(fixture.list, "server.crt\tCN=localhost\t"));
	assert_int_equal(
		fixture_run(&fixture, "client", "--name", "soon", "--days", "20", NULL), 0);
	assert_int_equal(fixture_run(&fixture, "list", NULL), 0);
	assert_int_equal(fixture.is_soon, 1);
	fixture_finish(&fixture);
}

static void list_does_not_warn_of_what_is_revoked(void **state)
{
	struct fixture fixture;
	const char *line;

	(void)state;
	fixture_fill(&fixture);
	assert_int_equal(
		fixture_run(&fixture, "client", "--name", "soon", "--days", "20", NULL), 0);
	assert_int_equal(fixture_run(&fixture, "revoke", "client-soon.crt", NULL), 0);
	assert_int_equal(fixture_run(&fixture, "list", NULL), 0);
	assert_int_equal(fixture.is_soon, 0);
	line = strstr(fixture.list, "client-soon.crt");
	assert_non_null(line);
	assert_ptr_equal(strstr(line, "\trevoked\n") + strlen("\trevoked"), strchr(line, '\n'));
	fixture_finish(&fixture);
}

static void list_goes_on_after_a_bad_file(void **state)
{
	struct fixture fixture;
	char path[256];
	FILE *file;

	(void)state;
	fixture_fill(&fixture);
	snprintf(path, sizeof(path), "%s/bad.crt", fixture.path);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(fixture_run(&fixture, "list", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_NOT_PEM);
	assert_non_null(strstr(fixture.list, "bad.crt\t?\t?\t?\n"));
	assert_non_null(strstr(fixture.list, "server.crt\tCN=localhost"));
	fixture_finish(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(revoked_certificate_no_longer_verifies),
		cmocka_unit_test(list_grows_and_counts_its_editions),
		cmocka_unit_test(certificate_of_another_authority_is_refused),
		cmocka_unit_test(foreign_list_is_not_continued),
		cmocka_unit_test(list_says_what_ends_soon),
		cmocka_unit_test(list_does_not_warn_of_what_is_revoked),
		cmocka_unit_test(list_goes_on_after_a_bad_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
