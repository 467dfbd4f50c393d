/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configured lists, and the verdict on an address and a port. The lists are trusted, and read
 * strictly all the same: a mistake in one must never open more than was meant. */

#include "rules.h"

#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMESERVER_PORT 53

struct text {
	const char *bytes;
	size_t size;
};

/* Cuts the next line off. Returns 0 at the end. */
static int next_line(struct text *list, struct text *line)
{
	const char *end = list->size > 0 ? memchr(list->bytes, '\n', list->size) : NULL;

	if (end == NULL) {
		return 0;
	}
	line->bytes = list->bytes;
	line->size = (size_t)(end - list->bytes);
	list->bytes += line->size + 1;
	list->size -= line->size + 1;
	return 1;
}

static size_t count_lines(const struct text *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->size; i++) {
		count += list->bytes[i] == '\n';
	}
	return count;
}

/* address[/bits][:port], or [address][/bits][:port] for IPv6 with a port. */
static int parse_range(struct text line, struct rules_range *range)
{
	const char *close =
		line.size > 0 && line.bytes[0] == '[' ? memchr(line.bytes, ']', line.size) : NULL;
	size_t head = 0; /* bytes of the address, brackets included */
	const char *rest;
	size_t left;

	if (close != NULL) {
		head = (size_t)(close - line.bytes) + 1;
		if (address_parse(line.bytes + 1, head - 2, &range->address) != 0) {
			return -EINVAL;
		}
	} else {
		int is_6 = line.size > 0 && memchr(line.bytes, '.', line.size) == NULL;

		while (head < line.size && line.bytes[head] != '/' &&
			(is_6 || line.bytes[head] != ':')) {
			head++;
		}
		if (address_parse(line.bytes, head, &range->address) != 0) {
			return -EINVAL;
		}
	}
	range->bits = address_bits(&range->address);
	range->port = 0;
	rest = line.bytes + head;
	left = line.size - head;
	if (left > 0 && rest[0] == '/') {
		const char *colon = memchr(rest, ':', left);
		size_t digits = (colon != NULL ? (size_t)(colon - rest) : left) - 1;
		unsigned bits = digits == 1 && rest[1] == '0' ? 0 : target_port(rest + 1, digits);

		if (bits > range->bits || (bits == 0 && !(digits == 1 && rest[1] == '0'))) {
			return -EINVAL;
		}
		range->bits = bits;
		rest += digits + 1;
		left -= digits + 1;
	}
	if (left > 0) {
		range->port = rest[0] == ':' ? target_port(rest + 1, left - 1) : 0;
		return range->port != 0 ? 0 : -EINVAL;
	}
	return 0;
}

static int parse_name(struct text line, struct rules_name *name)
{
	const char *space = line.size > 0 ? memchr(line.bytes, ' ', line.size) : NULL;
	size_t size;

	if (space == NULL) {
		return -EINVAL;
	}
	size = (size_t)(space - line.bytes);
	if (target_name(line.bytes, size, name->name) != 0) {
		return -EINVAL;
	}
	return address_parse(space + 1, line.size - size - 1, &name->address);
}

/* ---- one reader for each list ---- */

/* Room for as many entries as the list has lines, and one more: no list is NULL. */
static void *make_entries(const struct text *list, size_t size)
{
	return calloc(count_lines(list) + 1, size);
}

static int read_names(struct rules *rules, struct text list, unsigned *line_number)
{
	struct text line;

	rules->names = make_entries(&list, sizeof(*rules->names));
	if (rules->names == NULL) {
		return -ENOMEM;
	}
	while (next_line(&list, &line)) {
		++*line_number;
		if (parse_name(line, &rules->names[rules->name_count++]) != 0) {
			return -EINVAL;
		}
	}
	return 0;
}

static int read_ranges(
	struct rules_range **ranges, size_t *count, struct text list, unsigned *line_number)
{
	struct text line;

	*ranges = make_entries(&list, sizeof(**ranges));
	if (*ranges == NULL) {
		return -ENOMEM;
	}
	while (next_line(&list, &line)) {
		++*line_number;
		if (parse_range(line, &(*ranges)[(*count)++]) != 0) {
			return -EINVAL;
		}
	}
	return 0;
}

static int read_allow(struct rules *rules, struct text list, unsigned *line_number)
{
	return read_ranges(&rules->allow, &rules->allow_count, list, line_number);
}

static int read_deny(struct rules *rules, struct text list, unsigned *line_number)
{
	return read_ranges(&rules->deny, &rules->deny_count, list, line_number);
}

static int read_domains(
	struct rules_domain **domains, size_t *count, struct text list, unsigned *line_number)
{
	struct text line;

	*domains = make_entries(&list, sizeof(**domains));
	if (*domains == NULL) {
		return -ENOMEM;
	}
	while (next_line(&list, &line)) {
		++*line_number;
		if (target_name(line.bytes, line.size, (*domains)[(*count)++].name) != 0) {
			return -EINVAL;
		}
	}
	return 0;
}

static int read_allow_names(struct rules *rules, struct text list, unsigned *line_number)
{
	return read_domains(&rules->allow_names, &rules->allow_name_count, list, line_number);
}

static int read_deny_names(struct rules *rules, struct text list, unsigned *line_number)
{
	return read_domains(&rules->deny_names, &rules->deny_name_count, list, line_number);
}

/* Name servers in brackets and with their ports, joined by commas. */
static int read_servers(struct rules *rules, struct text list, unsigned *line_number)
{
	size_t room = count_lines(&list) * 64 + 1;
	size_t used = 0;
	struct text line;

	rules->servers = calloc(1, room);
	if (rules->servers == NULL) {
		return -ENOMEM;
	}
	while (next_line(&list, &line)) {
		struct rules_range range;
		size_t size = line.size;
		const char *address = line.bytes;

		++*line_number;
		if (parse_range(line, &range) != 0 || range.bits != address_bits(&range.address)) {
			return -EINVAL;
		}
		if (address[0] == '[') {
			address++;
			size = (size_t)((const char *)memchr(address, ']', size - 1) - address);
		} else if (range.address.family == AF_INET) {
			const char *colon = memchr(address, ':', size);

			size = colon != NULL ? (size_t)(colon - address) : size;
		}
		used += (size_t)snprintf(rules->servers + used, room - used,
			range.address.family == AF_INET6 ? "%s[%.*s]:%u" : "%s%.*s:%u",
			used > 0 ? "," : "", (int)size, address,
			range.port != 0 ? range.port : NAMESERVER_PORT);
	}
	return 0;
}

static int read_ports(struct rules *rules, struct text list, unsigned *line_number)
{
	struct text line;

	while (next_line(&list, &line)) {
		uint16_t port = target_port(line.bytes, line.size);

		++*line_number;
		if (port == 0) {
			return -EINVAL;
		}
		rules->ports[port / 8] |= (uint8_t)(1u << (port % 8));
	}
	return 0;
}

static int read_upstream(struct rules *rules, struct text list, unsigned *line_number)
{
	struct text line;

	while (next_line(&list, &line)) {
		if (++*line_number > 1 ||
			upstream_read(&rules->upstream, line.bytes, line.size) != 0) {
			return -EINVAL;
		}
	}
	return 0;
}

static int read_credentials(struct rules *rules, struct text list, unsigned *line_number)
{
	struct text line;
	int result = 0;

	while (result == 0 && next_line(&list, &line)) {
		result = ++*line_number > 1 ? -EINVAL
					    : upstream_read_credentials(
						      &rules->upstream, line.bytes, line.size);
	}
	return result;
}

int rules_init(struct rules *rules, const struct garasu_egress_settings *settings, const char *text,
	size_t size, char mistake[64])
{
	const struct {
		const char *word;
		uint32_t size;
		int (*read)(struct rules *rules, struct text list, unsigned *line_number);
	} lists[] = {{"names", settings->names_bytes, read_names},
		{"allow", settings->allow_bytes, read_allow},
		{"deny", settings->deny_bytes, read_deny},
		{"servers", settings->servers_bytes, read_servers},
		{"ports", settings->ports_bytes, read_ports},
		{"allow_names", settings->allow_names_bytes, read_allow_names},
		{"deny_names", settings->deny_names_bytes, read_deny_names},
		{"upstream", settings->upstream_bytes, read_upstream},
		{"upstream_credentials", settings->credentials_bytes, read_credentials}};
	int result = 0;

	memset(rules, 0, sizeof(*rules));
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && result == 0; i++) {
		struct text list = {text, lists[i].size};
		unsigned line = 0;

		if (list.size > size || (list.size > 0 && text[list.size - 1] != '\n')) {
			result = -EPROTO;
			break;
		}
		text += list.size;
		size -= list.size;
		result = lists[i].read(rules, list, &line);
		snprintf(mistake, 64, "egress.%s, entry %u", lists[i].word, line);
	}
	if (result == 0 && size != 0) {
		result = -EPROTO;
	}
	if (result != 0) {
		rules_finish(rules);
	}
	return result;
}

void rules_finish(struct rules *rules)
{
	free(rules->names);
	free(rules->allow);
	free(rules->deny);
	free(rules->allow_names);
	free(rules->deny_names);
	free(rules->servers);
	upstream_finish(&rules->upstream);
	memset(rules, 0, sizeof(*rules));
}

/* ---- verdicts ---- */

static int is_below(const char *name, const struct rules_domain *domains, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (target_is_within(name, domains[i].name)) {
			return 1;
		}
	}
	return 0;
}

enum garasu_egress_verdict rules_judge_name(const struct rules *rules, const char *name)
{
	if (is_below(name, rules->deny_names, rules->deny_name_count) ||
		(rules_want_names(rules) &&
			!is_below(name, rules->allow_names, rules->allow_name_count))) {
		return GARASU_EGRESS_DENIED_NAME;
	}
	return GARASU_EGRESS_ALLOWED;
}

int rules_want_names(const struct rules *rules)
{
	return rules->allow_name_count > 0;
}

int rules_port_is_listed(const struct rules *rules, uint16_t port)
{
	return (rules->ports[port / 8] >> (port % 8)) & 1;
}

int rules_port_is_known(const struct rules *rules, uint16_t port)
{
	for (size_t i = 0; i < rules->allow_count; i++) {
		if (rules->allow[i].port == port) {
			return 1;
		}
	}
	return rules_port_is_listed(rules, port);
}

int rules_open(const struct rules *rules, const struct address *address, uint16_t port)
{
	for (size_t i = 0; i < rules->allow_count; i++) {
		const struct rules_range *range = &rules->allow[i];

		if (address_is_within(address, &range->address, range->bits) &&
			(range->port == port ||
				(range->port == 0 && rules_port_is_listed(rules, port)))) {
			return 1;
		}
	}
	return 0;
}

enum garasu_egress_verdict rules_judge(
	const struct rules *rules, const struct address *address, uint16_t port)
{
	if (rules_open(rules, address, port)) {
		return GARASU_EGRESS_ALLOWED;
	}
	if (address_special(address) != NULL) {
		return GARASU_EGRESS_DENIED_ADDRESS;
	}
	for (size_t i = 0; i < rules->deny_count; i++) {
		if (address_is_within(address, &rules->deny[i].address, rules->deny[i].bits)) {
			return GARASU_EGRESS_DENIED_ADDRESS;
		}
	}
	return rules_port_is_listed(rules, port) ? GARASU_EGRESS_ALLOWED
						 : GARASU_EGRESS_DENIED_PORT;
}

size_t rules_find_name(
	const struct rules *rules, const char *name, struct address *addresses, size_t maximum)
{
	size_t found = 0;

	for (size_t i = 0; i < rules->name_count && found < maximum; i++) {
		if (strcmp(rules->names[i].name, name) == 0) {
			addresses[found++] = rules->names[i].address;
		}
	}
	return found;
}
