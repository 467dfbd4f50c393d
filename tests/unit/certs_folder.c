/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of garasu-certs: modes, no overwriting, all or nothing. */

#include "authority.h"

#include "unit/certs_fixture.h"

#include <signal.h>
#include <sys/resource.h>

static void keys_are_readable_by_their_owner_alone(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	assert_int_equal(fixture_mode(&fixture, "ca.key"), 0600);
	assert_int_equal(fixture_mode(&fixture, "server.key"), 0600);
	assert_int_equal(fixture_mode(&fixture, "client-taro.key"), 0600);
	assert_int_equal(fixture_mode(&fixture, "ca.crt"), 0644);
	assert_int_equal(fixture_mode(&fixture, "server.crt"), 0644);
	assert_int_equal(fixture_mode(&fixture, "client-taro.crt"), 0644);
	assert_int_equal(fixture_count(&fixture), 6);
	fixture_finish(&fixture);
}

/* Runs a command that must be refused, with the file's bytes as they were. */
static void expect_kept(struct fixture *fixture, const char *name, const char *command,
	const char *option, const char *value)
{
	size_t size_before, size_after;
	char *before = fixture_read(fixture, name, &size_before);
	char *after;

	assert_int_equal(fixture_run(fixture, command, option, value, NULL), -EIO);
	assert_int_equal(fixture->problem.kind, PROBLEM_EXISTS);
	after = fixture_read(fixture, name, &size_after);
	assert_int_equal(size_before, size_after);
	assert_memory_equal(before, after, size_before);
	free(before);
	free(after);
}

static void existing_files_are_never_overwritten(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	expect_kept(&fixture, "ca.key", "ca", "--name", "other");
	expect_kept(&fixture, "server.key", "server", "--host", "localhost");
	expect_kept(&fixture, "client-taro.key", "client", "--name", "taro");
	assert_int_equal(fixture_count(&fixture), 6);
	fixture_finish(&fixture);
}

static void refused_pair_leaves_neither_half(void **state)
{
	struct fixture fixture;
	char path[256];

	(void)state;
	fixture_fill(&fixture);
	snprintf(path, sizeof(path), "%s/server.key", fixture.path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(fixture_run(&fixture, "server", "--host", "localhost", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_EXISTS);
	assert_false(fixture_has(&fixture, "server.key"));
	assert_int_equal(fixture_count(&fixture), 5);
	fixture_finish(&fixture);
}

static void dangling_link_is_not_followed(void **state)
{
	struct fixture fixture;
	char path[256];

	(void)state;
	fixture_init(&fixture);
	snprintf(path, sizeof(path), "%s/ca.key", fixture.path);
	assert_int_equal(symlink("elsewhere", path), 0);
	assert_int_equal(fixture_run(&fixture, "ca", "--name", "test", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_EXISTS);
	assert_false(fixture_has(&fixture, "elsewhere"));
	assert_int_equal(fixture_count(&fixture), 1);
	fixture_finish(&fixture);
}

static void ca_makes_its_directory_and_the_others_do_not(void **state)
{
	struct fixture fixture;
	struct fixture inner;
	char outer[64];

	(void)state;
	fixture_init(&fixture);
	inner = fixture;
	snprintf(outer, sizeof(outer), "%s/a", fixture.path);
	snprintf(inner.path, sizeof(inner.path), "%.40s/a/b", fixture.path);
	assert_int_equal(fixture_run(&inner, "server", "--host", "localhost", NULL), -EIO);
	assert_int_equal(inner.problem.kind, PROBLEM_NO_FOLDER);
	assert_int_equal(fixture_run(&inner, "ca", "--name", "test", NULL), 0);
	assert_int_equal(fixture_count(&inner), 2);
	fixture_finish(&inner);
	assert_int_equal(rmdir(outer), 0);
	fixture_finish(&fixture);
}

static void missing_authority_is_named(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	assert_int_equal(fixture_run(&fixture, "client", "--name", "taro", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_NO_FILE);
	assert_non_null(strstr(fixture.problem.subject, "/ca.crt"));
	assert_int_equal(fixture_count(&fixture), 0);
	fixture_finish(&fixture);
}

static void file_without_a_certificate_is_named(void **state)
{
	struct fixture fixture;
	char path[256];
	FILE *file;

	(void)state;
	fixture_fill(&fixture);
	snprintf(path, sizeof(path), "%s/ca.crt", fixture.path);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("not a certificate\n", file);
	fclose(file);
	assert_int_equal(fixture_run(&fixture, "client", "--name", "hanako", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_NOT_PEM);
	assert_string_equal(fixture.problem.subject, "ca.crt");
	fixture_finish(&fixture);
}

static void renewal_keeps_names_and_old_files_and_changes_the_key(void **state)
{
	struct fixture fixture;
	X509 *before;
	X509 *after;
	X509 *kept;
	char *serial;
	char name[128];

	(void)state;
	fixture_fill(&fixture);
	before = fixture_certificate(&fixture, "server.crt");
	assert_int_equal(fixture_run(&fixture, "renew", "server.crt", NULL), 0);
	after = fixture_certificate(&fixture, "server.crt");
	assert_int_equal(fixture_verify(&fixture, "server.crt", X509_PURPOSE_SSL_SERVER,
				 "localhost", "127.0.0.1", 0),
		X509_V_OK);
	assert_int_equal(
		X509_NAME_cmp(X509_get_subject_name(before), X509_get_subject_name(after)), 0);
	assert_int_not_equal(EVP_PKEY_eq(X509_get0_pubkey(before), X509_get0_pubkey(after)), 1);
	serial = certificate_serial(before);
	snprintf(name, sizeof(name), "server.crt.old-%s", serial);
	kept = fixture_certificate(&fixture, name);
	assert_int_equal(X509_cmp(kept, before), 0);
	snprintf(name, sizeof(name), "server.key.old-%s", serial);
	assert_int_equal(fixture_mode(&fixture, name), 0600);
	assert_int_equal(fixture_mode(&fixture, "server.key"), 0600);
	assert_int_equal(fixture_count(&fixture), 8);
	OPENSSL_free(serial);
	X509_free(kept);
	X509_free(after);
	X509_free(before);
	fixture_finish(&fixture);
}

static void full_disk_leaves_nothing_half_written(void **state)
{
	struct fixture fixture;
	struct rlimit before;
	struct rlimit small;

	(void)state;
	fixture_fill(&fixture);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 300; /* room for a key, not for a certificate */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(fixture_run(&fixture, "client", "--name", "hanako", NULL), -EIO);
	assert_int_equal(fixture.problem.kind, PROBLEM_UNWRITABLE);
	assert_int_equal(fixture_run(&fixture, "renew", "server.crt", NULL), -EIO);
	assert_int_equal(fixture_run(&fixture, "revoke", "client-taro.crt", NULL), -EIO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(fixture_count(&fixture), 6);
	assert_int_equal(fixture_verify(&fixture, "server.crt", X509_PURPOSE_SSL_SERVER,
				 "localhost", NULL, 0),
		X509_V_OK);
	fixture_finish(&fixture);
}

static void client_certificate_can_be_renewed(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	assert_int_equal(fixture_run(&fixture, "renew", "client-taro.crt", NULL), 0);
	assert_int_equal(
		fixture_verify(&fixture, "client-taro.crt", X509_PURPOSE_SSL_CLIENT, NULL, NULL, 0),
		X509_V_OK);
	fixture_finish(&fixture);
}

static void renewal_refuses_the_authority_and_paths(void **state)
{
	static char *const refused[] = {"ca.crt", "../server.crt", "client-.crt", "client-a/b.crt",
		"server.key", "client-../x.crt"};
	struct fixture fixture;

	(void)state;
	fixture_fill(&fixture);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_int_equal(fixture_run(&fixture, "renew", refused[i], NULL), -EIO);
		assert_int_equal(fixture.problem.kind, PROBLEM_NOT_RENEWABLE);
	}
	assert_int_equal(fixture_count(&fixture), 6);
	fixture_finish(&fixture);
}

static void interrupted_renewal_can_be_made_again(void **state)
{
	struct fixture fixture;
	struct folder folder;
	struct problem problem;
	struct folder_file half = {"server.key", 0600, "new key", 7};
	X509 *before;
	char *serial;
	char *kept;
	char *original;
	char suffix[64];
	char name[128];
	size_t size;
	size_t original_size;

	(void)state;
	fixture_fill(&fixture);
	original = fixture_read(&fixture, "server.key", &original_size);
	before = fixture_certificate(&fixture, "server.crt");
	serial = certificate_serial(before);
	snprintf(suffix, sizeof(suffix), ".old-%s", serial);
	assert_int_equal(folder_open(&folder, fixture.path, 0, &problem), 0);
	assert_int_equal(folder_replace(&folder, &half, 1, suffix, &problem), 0);
	folder_close(&folder);
	assert_int_equal(fixture_run(&fixture, "renew", "server.crt", NULL), 0);
	snprintf(name, sizeof(name), "server.key%s", suffix);
	kept = fixture_read(&fixture, name, &size);
	assert_int_equal(size, original_size);
	assert_memory_equal(kept, original, size);
	free(kept);
	free(original);
	OPENSSL_free(serial);
	X509_free(before);
	fixture_finish(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_readable_by_their_owner_alone),
		cmocka_unit_test(existing_files_are_never_overwritten),
		cmocka_unit_test(refused_pair_leaves_neither_half),
		cmocka_unit_test(dangling_link_is_not_followed),
		cmocka_unit_test(ca_makes_its_directory_and_the_others_do_not),
		cmocka_unit_test(missing_authority_is_named),
		cmocka_unit_test(file_without_a_certificate_is_named),
		cmocka_unit_test(renewal_keeps_names_and_old_files_and_changes_the_key),
		cmocka_unit_test(full_disk_leaves_nothing_half_written),
		cmocka_unit_test(client_certificate_can_be_renewed),
		cmocka_unit_test(renewal_refuses_the_authority_and_paths),
		cmocka_unit_test(interrupted_renewal_can_be_made_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
