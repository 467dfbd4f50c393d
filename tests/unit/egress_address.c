/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which addresses are the public internet, and what the lists open and close. */

#include "address.h"
#include "rules.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct address literal(const char *text)
{
	struct address address = {0};

	if (address_parse(text, strlen(text), &address) != 0) {
		fail_msg("%s is no literal", text);
	}
	return address;
}

static void public_addresses_are_not_special(void **state)
{
	static const char *const list[] = {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.1.1",
		"172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "198.17.255.255",
		"198.20.0.0", "223.255.255.255", "2001:4860:4860::8888", "2400::1", "2a00::1",
		"2001:200::1", "2003::1", "3ffe::1"};

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++) {
		struct address address = literal(list[i]);

		if (address_special(&address) != NULL) {
			fail_msg("%s is called %s", list[i], address_special(&address));
		}
	}
}

static void special_addresses_are_refused(void **state)
{
	static const char *const list[] = {"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255",
		"100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
		"192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
		"224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
		"::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8",
		"64:ff9b::8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
		"2001:2::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1", "fc00::1",
		"fd12::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "4000::1"};

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++) {
		struct address address = literal(list[i]);

		if (address_special(&address) == NULL) {
			fail_msg("%s is taken for public", list[i]);
		}
	}
}

static void other_spellings_of_an_address_are_no_literal(void **state)
{
	static const char *const list[] = {"", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
		"127.0.0.01", "127.0.0.1.", " 127.0.0.1", "127.0.0.1 ", "127.0.0.256", "1.2.3",
		"fe80::1%eth0", "::1::", "[::1]",
		"12345::", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001"};
	struct address address;

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++) {
		if (address_parse(list[i], strlen(list[i]), &address) == 0) {
			fail_msg("\"%s\" is taken", list[i]);
		}
	}
	assert_int_equal(address_parse("1.2.3.4\0x", 9, &address), -EINVAL);
}

static void socket_addresses_come_back_as_they_went(void **state)
{
	static const char *const list[] = {"192.0.2.7", "2001:db8::7"};

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++) {
		struct address address = literal(list[i]), back;
		struct sockaddr_storage socket;

		address_to_socket(&address, 443, &socket);
		address_from_socket((struct sockaddr *)&socket, &back);
		assert_memory_equal(&address, &back, sizeof(back));
	}
}

/* ---- the lists ---- */

static int read_lists(struct rules *rules, const char *const lists[5], char mistake[64])
{
	struct garasu_egress_settings settings = {.names_bytes = (uint32_t)strlen(lists[0]),
		.allow_bytes = (uint32_t)strlen(lists[1]),
		.deny_bytes = (uint32_t)strlen(lists[2]),
		.servers_bytes = (uint32_t)strlen(lists[3]),
		.ports_bytes = (uint32_t)strlen(lists[4])};
	char text[4096];
	int size = snprintf(
		text, sizeof(text), "%s%s%s%s%s", lists[0], lists[1], lists[2], lists[3], lists[4]);

	return rules_init(rules, &settings, text, (size_t)size, mistake);
}

static enum garasu_egress_verdict verdict(
	const struct rules *rules, const char *text, uint16_t port)
{
	struct address address = literal(text);

	return rules_judge(rules, &address, port);
}

static void allow_opens_single_addresses_and_deny_closes_ranges(void **state)
{
	static const char *const lists[5] = {"",
		"127.0.0.1:8080\n10.1.2.0/24\n[fd00::1]:9000\nfd00::/64\n203.0.113.5/32:25\n",
		"8.8.0.0/16\n2400::/12\n", "", "80\n443\n"};
	char mistake[64];
	struct rules rules;

	(void)state;
	assert_int_equal(read_lists(&rules, lists, mistake), 0);
	assert_int_equal(verdict(&rules, "127.0.0.1", 8080), GARASU_EGRESS_ALLOWED);
	assert_int_equal(verdict(&rules, "127.0.0.1", 80), GARASU_EGRESS_DENIED_ADDRESS);
	assert_int_equal(verdict(&rules, "127.0.0.2", 8080), GARASU_EGRESS_DENIED_ADDRESS);
	assert_int_equal(verdict(&rules, "10.1.2.255", 443), GARASU_EGRESS_ALLOWED);
	assert_int_equal(verdict(&rules, "10.1.3.0", 443), GARASU_EGRESS_DENIED_ADDRESS);
	assert_int_equal(verdict(&rules, "fd00::1", 9000), GARASU_EGRESS_ALLOWED);
	assert_int_equal(verdict(&rules, "fd00::2", 9000), GARASU_EGRESS_DENIED_ADDRESS);
	assert_int_equal(verdict(&rules, "fd00::2", 80), GARASU_EGRESS_ALLOWED);
	assert_int_equal(verdict(&rules, "203.0.113.5", 25), GARASU_EGRESS_ALLOWED);
	assert_int_equal(verdict(&rules, "8.8.8.8", 443), GARASU_EGRESS_DENIED_ADDRESS);
	assert_int_equal(verdict(&rules, "2400::1", 443), GARASU_EGRESS_DENIED_ADDRESS);
	assert_int_equal(verdict(&rules, "9.9.9.9", 443), GARASU_EGRESS_ALLOWED);
	assert_int_equal(verdict(&rules, "9.9.9.9", 22), GARASU_EGRESS_DENIED_PORT);
	assert_int_equal(rules_port_is_known(&rules, 9000), 1);
	assert_int_equal(rules_port_is_known(&rules, 22), 0);
	rules_finish(&rules);
}

static void names_and_servers_are_read_in_their_canonical_form(void **state)
{
	static const char *const lists[5] = {"Web.Test. 10.0.0.5\nweb.test fd00::5\n", "", "",
		"192.0.2.1\n192.0.2.2:5353\n2001:db8::1\n[2001:db8::2]:5353\n", ""};
	struct address found[4];
	char mistake[64];
	struct rules rules;

	(void)state;
	assert_int_equal(read_lists(&rules, lists, mistake), 0);
	assert_int_equal(rules_find_name(&rules, "web.test", found, 4), 2);
	assert_int_equal(rules_find_name(&rules, "web.test", found, 1), 1);
	assert_int_equal(rules_find_name(&rules, "eb.test", found, 4), 0);
	assert_string_equal(
		rules.servers, "192.0.2.1:53,192.0.2.2:5353,[2001:db8::1]:53,[2001:db8::2]:5353");
	rules_finish(&rules);
	rules_finish(&rules);
}

static void mistake_in_a_list_is_refused_with_its_place(void **state)
{
	static const struct {
		int list;
		const char *text;
		const char *place;
	} cases[] = {
		{0, "web.test\n", "egress.names, entry 1"},
		{0, "a.test 10.0.0.1\n127.1 10.0.0.1\n", "egress.names, entry 2"},
		{1, "10.0.0.0/33\n", "egress.allow, entry 1"},
		{1, "10.0.0.0/\n", "egress.allow, entry 1"},
		{1, "10.0.0.1:0\n", "egress.allow, entry 1"},
		{1, "10.0.0.1:\n", "egress.allow, entry 1"},
		{1, "10.0.0.1:80x\n", "egress.allow, entry 1"},
		{1, "[10.0.0.1\n", "egress.allow, entry 1"},
		{1, "\n", "egress.allow, entry 1"},
		{2, "1.1.1.1\n10/8\n", "egress.deny, entry 2"},
		{2, "fd00::/129\n", "egress.deny, entry 1"},
		{3, "ns.test\n", "egress.servers, entry 1"},
		{3, "10.0.0.0/8\n", "egress.servers, entry 1"},
		{4, "80\n65536\n", "egress.ports, entry 2"},
		{4, "08\n", "egress.ports, entry 1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *lists[5] = {"", "", "", "", ""};
		char mistake[64];
		struct rules rules;

		lists[cases[i].list] = cases[i].text;
		assert_int_equal(read_lists(&rules, lists, mistake), -EINVAL);
		assert_string_equal(mistake, cases[i].place);
		assert_null(rules.allow);
	}
}

static void sizes_that_do_not_add_up_are_a_breach(void **state)
{
	struct garasu_egress_settings settings = {.ports_bytes = 3};
	char mistake[64];
	struct rules rules;

	(void)state;
	assert_int_equal(rules_init(&rules, &settings, "80\n9", 4, mistake), -EPROTO);
	assert_int_equal(rules_init(&rules, &settings, "80", 2, mistake), -EPROTO);
	settings.ports_bytes = 2;
	assert_int_equal(rules_init(&rules, &settings, "80", 2, mistake), -EPROTO);
	settings.ports_bytes = UINT32_MAX;
	assert_int_equal(rules_init(&rules, &settings, "80\n", 3, mistake), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_addresses_are_not_special),
		cmocka_unit_test(special_addresses_are_refused),
		cmocka_unit_test(other_spellings_of_an_address_are_no_literal),
		cmocka_unit_test(socket_addresses_come_back_as_they_went),
		cmocka_unit_test(allow_opens_single_addresses_and_deny_closes_ranges),
		cmocka_unit_test(names_and_servers_are_read_in_their_canonical_form),
		cmocka_unit_test(mistake_in_a_list_is_refused_with_its_place),
		cmocka_unit_test(sizes_that_do_not_add_up_are_a_breach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
