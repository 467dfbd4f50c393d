/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request's target may look like. */

#include "target.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct target target;

static int split_connect(const char *text)
{
	return target_split_connect(text, strlen(text), &target);
}

static int split_url(const char *text)
{
	return target_split_url(text, strlen(text), &target);
}

static void connect_targets_are_split_into_host_and_port(void **state)
{
	(void)state;
	assert_int_equal(split_connect("WWW.Example.JP.:443"), 0);
	assert_string_equal(target.host, "www.example.jp");
	assert_int_equal(target.port, 443);
	assert_int_equal(target.address.family, 0);
	assert_int_equal(split_connect("192.0.2.1:1"), 0);
	assert_string_equal(target.host, "192.0.2.1");
	assert_int_equal(target.address.family, AF_INET);
	assert_int_equal(split_connect("[2001:db8::1]:65535"), 0);
	assert_string_equal(target.host, "2001:db8::1");
	assert_int_equal(target.address.family, AF_INET6);
	assert_int_equal(target.port, 65535);
	assert_int_equal(split_connect("a_b--c.xn--wgv71a:80"), 0);
}

static void malformed_connect_targets_are_refused(void **state)
{
	static const char *const list[] = {"", ":", "a", "a:", ":443", "a:0", "a:065", "a:65536",
		"a:+1", "a: 1", "a:1 ", "a:443:443", "[::1]", "[::1]443", "[::1:443", "::1:443",
		"[127.0.0.1]:443", "[fe80::1%25lo]:443", "[]:443", "a..b:443", ".a:443", ".:443",
		"a b:443", "a/b:443", "user@a:443", "a%2e:443", "\xe3\x81\x82:443",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:443"};

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++) {
		if (split_connect(list[i]) == 0) {
			fail_msg("\"%s\" is taken", list[i]);
		}
	}
}

static void number_spellings_of_ipv4_are_refused(void **state)
{
	static const char *const list[] = {"2130706433:80", "0x7f000001:80", "0X7F.1:80",
		"017700000001:80", "0177.0.0.1:80", "127.1:80", "127.0.1:80", "127.0.0.1.:80",
		"127.0.0.01:80", "256.1.1.1:80", "1.2.3.4.5:80", "a.1:80", "a.0x1f:80", "0x:80"};

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++) {
		if (split_connect(list[i]) == 0) {
			fail_msg("\"%s\" is taken", list[i]);
		}
	}
	assert_int_equal(split_connect("1.2.3.4a:80"), 0); /* a name after all */
	assert_int_equal(target.address.family, 0);
	assert_int_equal(split_connect("0xyz:80"), 0);
}

static void urls_are_split_and_their_spelling_kept(void **state)
{
	(void)state;
	assert_int_equal(split_url("HTTP://Example.jp/a/b?c=d"), 0);
	assert_string_equal(target.host, "example.jp");
	assert_int_equal(target.port, 80);
	assert_int_equal(target.authority_size, 10);
	assert_memory_equal(target.authority, "Example.jp", 10);
	assert_int_equal(target.path_size, 8);
	assert_memory_equal(target.path, "/a/b?c=d", 8);
	assert_int_equal(split_url("http://example.jp"), 0);
	assert_int_equal(target.path_size, 0);
	assert_int_equal(split_url("http://[2001:db8::1]:8080?q=/@:"), 0);
	assert_string_equal(target.host, "2001:db8::1");
	assert_int_equal(target.port, 8080);
	assert_memory_equal(target.path, "?q=/@:", 6);
	assert_int_equal(split_url("http://example.jp/:9@x"), 0);
	assert_int_equal(target.port, 80);
}

static void urls_of_other_kinds_are_refused(void **state)
{
	static const char *const list[] = {"", "/", "*", "/path", "http:/a/", "http//a/", "http://",
		"http:///", "http://?q", "https://a/", "ftp://a/", "ws://a/", "http://u@a/",
		"http://u:p@a/", "http://a:/", "http://a:80x/", "http://a/#f", "http://a#f",
		"http://a/ b", "http://a/\x7f", "http://a/\xe3\x81\x82", "http://a\\b/",
		"http://127.1/", "http://0x7f.0.0.1/", "a:443"};

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++) {
		if (split_url(list[i]) == 0) {
			fail_msg("\"%s\" is taken", list[i]);
		}
	}
}

static void longest_name_fits_and_a_longer_one_is_refused(void **state)
{
	char name[300];
	char canonical[GARASU_HOST_SIZE];

	(void)state;
	memset(name, 'a', sizeof(name));
	for (size_t i = 63; i < 253; i += 64) {
		name[i] = '.';
	}
	assert_int_equal(target_name(name, 253, canonical), 0);
	assert_int_equal(strlen(canonical), 253);
	name[253] = '.';
	assert_int_equal(target_name(name, 254, canonical), 0);
	name[253] = 'a';
	assert_int_equal(target_name(name, 254, canonical), -EINVAL);
}

static void localhost_and_its_names_are_known(void **state)
{
	(void)state;
	assert_true(target_is_localhost("localhost"));
	assert_true(target_is_localhost("a.b.localhost"));
	assert_false(target_is_localhost("notlocalhost"));
	assert_false(target_is_localhost("localhost.example"));
	assert_false(target_is_localhost("host"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connect_targets_are_split_into_host_and_port),
		cmocka_unit_test(malformed_connect_targets_are_refused),
		cmocka_unit_test(number_spellings_of_ipv4_are_refused),
		cmocka_unit_test(urls_are_split_and_their_spelling_kept),
		cmocka_unit_test(urls_of_other_kinds_are_refused),
		cmocka_unit_test(longest_name_fits_and_a_longer_one_is_refused),
		cmocka_unit_test(localhost_and_its_names_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
