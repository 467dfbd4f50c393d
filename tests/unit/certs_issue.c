/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What garasu-certs makes, judged by OpenSSL's own verification. */

#include "authority.h"

#include "unit/certs_fixture.h"

static void server_certificate_verifies_for_its_hosts_alone(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	assert_int_equal(fixture_verify(&fixture, "server.crt", X509_PURPOSE_SSL_SERVER,
				 "localhost", NULL, 0),
		X509_V_OK);
	assert_int_equal(fixture_verify(&fixture, "server.crt", X509_PURPOSE_SSL_SERVER, NULL,
				 "127.0.0.1", 0),
		X509_V_OK);
	assert_int_equal(fixture_verify(&fixture, "server.crt", X509_PURPOSE_SSL_SERVER,
				 "other.example", NULL, 0),
		X509_V_ERR_HOSTNAME_MISMATCH);
	assert_int_equal(fixture_verify(&fixture, "server.crt", X509_PURPOSE_SSL_SERVER, NULL,
				 "127.0.0.2", 0),
		X509_V_ERR_IP_ADDRESS_MISMATCH);
	fixture_finish(&fixture);
}

static void server_certificate_takes_ipv6_and_many_names(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	assert_int_equal(fixture_run(&fixture, "ca", "--name", "硝子 試験", NULL), 0);
	assert_int_equal(fixture_run(&fixture, "server", "--host", "a.example", "2001:db8::1",
				 "b.example", "--days", "10", NULL),
		0);
	assert_int_equal(fixture_verify(&fixture, "server.crt", X509_PURPOSE_SSL_SERVER,
				 "b.example", "2001:db8::1", 0),
		X509_V_OK);
	fixture_finish(&fixture);
}

static void server_and_client_cannot_take_each_others_place(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	assert_int_equal(
		fixture_verify(&fixture, "client-taro.crt", X509_PURPOSE_SSL_CLIENT, NULL, NULL, 0),
		X509_V_OK);
	assert_int_equal(
		fixture_verify(&fixture, "client-taro.crt", X509_PURPOSE_SSL_SERVER, NULL, NULL, 0),
		X509_V_ERR_INVALID_PURPOSE);
	assert_int_equal(
		fixture_verify(&fixture, "server.crt", X509_PURPOSE_SSL_CLIENT, NULL, NULL, 0),
		X509_V_ERR_INVALID_PURPOSE);
	fixture_finish(&fixture);
}

static void client_certificate_bears_the_user_as_common_name(void **state)
{
	struct fixture fixture;
	X509 *certificate;
	char name[80];

	(void)state;
	fixture_fill(&fixture);
	certificate = fixture_certificate(&fixture, "client-taro.crt");
	assert_int_equal(X509_NAME_get_text_by_NID(X509_get_subject_name(certificate),
				 NID_commonName, name, sizeof(name)),
		4);
	assert_string_equal(name, "taro");
	X509_free(certificate);
	fixture_finish(&fixture);
}

static void authority_may_sign_and_leaves_may_not(void **state)
{
	struct fixture fixture;
	X509 *authority;
	X509 *server;

	(void)state;
	fixture_fill(&fixture);
	authority = fixture_certificate(&fixture, "ca.crt");
	server = fixture_certificate(&fixture, "server.crt");
	assert_int_equal(X509_check_ca(authority), 1);
	assert_int_equal(X509_get_key_usage(authority), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
	assert_int_equal(X509_get_pathlen(authority), 0);
	assert_int_equal(X509_check_ca(server), 0);
	assert_int_equal(X509_get_key_usage(server), KU_DIGITAL_SIGNATURE);
	assert_int_equal(X509_get_extended_key_usage(server), XKU_SSL_SERVER);
	assert_int_equal(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(server),
				 X509_get0_subject_key_id(authority)),
		0);
	assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(server)), 256);
	assert_true(EVP_PKEY_is_a(X509_get0_pubkey(server), "EC"));
	X509_free(server);
	X509_free(authority);
	fixture_finish(&fixture);
}

static void serial_numbers_are_large_positive_and_differ(void **state)
{
	struct fixture fixture;
	X509 *server;
	X509 *client;

	(void)state;
	fixture_fill(&fixture);
	server = fixture_certificate(&fixture, "server.crt");
	client = fixture_certificate(&fixture, "client-taro.crt");
	assert_int_not_equal(
		ASN1_INTEGER_cmp(X509_get0_serialNumber(server), X509_get0_serialNumber(client)),
		0);
	assert_int_equal(ASN1_STRING_type(X509_get0_serialNumber(server)) & V_ASN1_NEG, 0);
	/* 16 random bytes: a length below 12 has a chance of 2 to the power of -40. */
	assert_in_range(ASN1_STRING_length(X509_get0_serialNumber(server)), 12, 16);
	X509_free(server);
	X509_free(client);
	fixture_finish(&fixture);
}

static int days_of(const X509 *certificate)
{
	int days = 0;
	int seconds = 0;

	assert_int_equal(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate),
				 X509_get0_notAfter(certificate)),
		1);
	assert_int_equal(seconds, 0);
	return days;
}

static void lifetimes_are_ten_years_and_398_days(void **state)
{
	static const struct {
		const char *name;
		int days;
	} expected[] = {{"ca.crt", 3650}, {"server.crt", 398}, {"client-taro.crt", 398}};
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		X509 *certificate = fixture_certificate(&fixture, expected[i].name);

		assert_int_equal(days_of(certificate), expected[i].days);
		X509_free(certificate);
	}
	fixture_finish(&fixture);
}

static void leaf_never_outlives_its_authority(void **state)
{
	struct fixture fixture;
	X509 *authority;
	X509 *server;

	(void)state;
	fixture_init(&fixture);
	assert_int_equal(fixture_run(&fixture, "ca", "--name", "short", "--days", "20", NULL), 0);
	assert_int_equal(fixture_run(&fixture, "server", "--host", "localhost", NULL), 0);
	authority = fixture_certificate(&fixture, "ca.crt");
	server = fixture_certificate(&fixture, "server.crt");
	assert_int_equal(
		ASN1_TIME_compare(X509_get0_notAfter(server), X509_get0_notAfter(authority)), 0);
	X509_free(server);
	X509_free(authority);
	fixture_finish(&fixture);
}

static void expired_and_future_certificates_can_be_made(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	assert_int_equal(fixture_run(&fixture, "ca", "--name", "test", NULL), 0);
	assert_int_equal(fixture_run(&fixture, "server", "--host", "localhost", "127.0.0.1",
				 "--days", "5", "--not-before-offset", "-10", NULL),
		0);
	assert_int_equal(
		fixture_verify(&fixture, "server.crt", X509_PURPOSE_SSL_SERVER, NULL, NULL, 0),
		X509_V_ERR_CERT_HAS_EXPIRED);
	assert_int_equal(fixture_run(&fixture, "client", "--name", "later", "--not-before-offset",
				 "2", NULL),
		0);
	assert_int_equal(fixture_verify(&fixture, "client-later.crt", X509_PURPOSE_SSL_CLIENT, NULL,
				 NULL, 0),
		X509_V_ERR_CERT_NOT_YET_VALID);
	fixture_finish(&fixture);
}

static void authority_that_has_ended_issues_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	assert_int_equal(fixture_run(&fixture, "ca", "--name", "test", "--days", "5",
				 "--not-before-offset", "-10", NULL),
		0);
	assert_int_equal(fixture_run(&fixture, "client", "--name", "taro", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_AUTHORITY_EXPIRED);
	assert_int_equal(fixture_count(&fixture), 2);
	fixture_finish(&fixture);
}

static void key_belongs_to_its_certificate(void **state)
{
	struct fixture fixture;
	X509 *certificate;
	EVP_PKEY *key;
	size_t size;
	char *text;

	(void)state;
	fixture_fill(&fixture);
	certificate = fixture_certificate(&fixture, "client-taro.crt");
	text = fixture_read(&fixture, "client-taro.key", &size);
	key = certificate_key_of_pem(text, size);
	assert_non_null(key);
	assert_int_equal(X509_check_private_key(certificate, key), 1);
	EVP_PKEY_free(key);
	free(text);
	X509_free(certificate);
	fixture_finish(&fixture);
}

static void authority_refuses_a_key_that_is_not_its_own(void **state)
{
	struct fixture fixture;
	char from[256];
	char to[256];

	(void)state;
	fixture_fill(&fixture);
	snprintf(from, sizeof(from), "%s/client-taro.key", fixture.path);
	snprintf(to, sizeof(to), "%s/ca.key", fixture.path);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(fixture_run(&fixture, "client", "--name", "hanako", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_KEY_MISMATCH);
	assert_false(fixture_has(&fixture, "client-hanako.key"));
	fixture_finish(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_certificate_verifies_for_its_hosts_alone),
		cmocka_unit_test(server_certificate_takes_ipv6_and_many_names),
		cmocka_unit_test(server_and_client_cannot_take_each_others_place),
		cmocka_unit_test(client_certificate_bears_the_user_as_common_name),
		cmocka_unit_test(authority_may_sign_and_leaves_may_not),
		cmocka_unit_test(serial_numbers_are_large_positive_and_differ),
		cmocka_unit_test(lifetimes_are_ten_years_and_398_days),
		cmocka_unit_test(leaf_never_outlives_its_authority),
		cmocka_unit_test(expired_and_future_certificates_can_be_made),
		cmocka_unit_test(authority_that_has_ended_issues_nothing),
		cmocka_unit_test(key_belongs_to_its_certificate),
		cmocka_unit_test(authority_refuses_a_key_that_is_not_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
