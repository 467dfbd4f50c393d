/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Splits what a request asks for into host, port and path.
 * Reads untrusted bytes from: browsers. */

#include "target.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_BYTES 253
#define LABEL_MAX_BYTES 63
#define SCHEME "http://"

static int is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static int is_name_byte(char byte)
{
	char small = lower(byte);

	return (small >= 'a' && small <= 'z') || is_digit(byte) || byte == '-' || byte == '_';
}

/* A last label of digits, or of 0x and hexadecimal digits: inet_aton would take it. */
static int is_number(const char *label)
{
	if (label[0] == '0' && label[1] == 'x') {
		return label[2 + strspn(label + 2, "0123456789abcdef")] == '\0';
	}
	return label[strspn(label, "0123456789")] == '\0';
}

int target_name(const char *text, size_t size, char name[GARASU_HOST_SIZE])
{
	size_t label = 0;
	char *last;

	if (size > 0 && text[size - 1] == '.') {
		size--;
	}
	if (size == 0 || size > NAME_MAX_BYTES) {
		return -EINVAL;
	}
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '.') {
			if (label == 0) {
				return -EINVAL;
			}
			label = 0;
		} else if (!is_name_byte(text[i]) || ++label > LABEL_MAX_BYTES) {
			return -EINVAL;
		}
		name[i] = lower(text[i]);
	}
	name[size] = '\0';
	last = strrchr(name, '.');
	return label == 0 || is_number(last != NULL ? last + 1 : name) ? -EINVAL : 0;
}

uint16_t target_port(const char *text, size_t size)
{
	unsigned port = 0;

	if (size == 0 || size > 5 || text[0] == '0') {
		return 0;
	}
	for (size_t i = 0; i < size; i++) {
		if (!is_digit(text[i])) {
			return 0;
		}
		port = port * 10 + (unsigned)(text[i] - '0');
	}
	return port <= UINT16_MAX ? (uint16_t)port : 0;
}

int target_is_within(const char *name, const char *domain)
{
	size_t size = strlen(name);
	size_t least = strlen(domain);

	return size >= least && strcmp(name + size - least, domain) == 0 &&
	       (size == least || name[size - least - 1] == '.');
}

int target_is_localhost(const char *name)
{
	return target_is_within(name, "localhost");
}

int target_is_local(const char *name)
{
	return strchr(name, '.') == NULL || target_is_within(name, "local") ||
	       target_is_within(name, "internal") || target_is_within(name, "home.arpa");
}

/* The host part, in brackets when it is an IPv6 literal. */
static int take_host(const char *text, size_t size, struct target *target)
{
	if (size >= 2 && text[0] == '[' && text[size - 1] == ']') {
		text++;
		size -= 2;
		if (address_parse(text, size, &target->address) != 0 ||
			target->address.family != AF_INET6) {
			return -EINVAL;
		}
	} else if (address_parse(text, size, &target->address) != 0) {
		target->address.family = 0;
		return target_name(text, size, target->host);
	} else if (target->address.family != AF_INET) {
		return -EINVAL;
	}
	memcpy(target->host, text, size);
	target->host[size] = '\0';
	return 0;
}

/* host[:port]; port stays 0 where there is none. */
static int take_authority(const char *text, size_t size, struct target *target)
{
	size_t host_size = size;

	for (size_t i = size; i > 0 && text[i - 1] != ']'; i--) {
		if (text[i - 1] == ':') {
			host_size = i - 1;
			break;
		}
	}
	target->authority = text;
	target->authority_size = size;
	if (host_size < size) {
		target->port = target_port(text + host_size + 1, size - host_size - 1);
		if (target->port == 0) {
			return -EINVAL;
		}
	}
	return take_host(text, host_size, target);
}

int target_split_connect(const char *text, size_t size, struct target *target)
{
	memset(target, 0, sizeof(*target));
	target->path = "";
	if (take_authority(text, size, target) != 0) {
		return -EINVAL;
	}
	return target->port != 0 ? 0 : -EINVAL;
}

int target_split_url(const char *text, size_t size, struct target *target)
{
	static const size_t scheme = sizeof(SCHEME) - 1;
	size_t end;

	memset(target, 0, sizeof(*target));
	if (size < scheme || strncasecmp(text, SCHEME, scheme) != 0) {
		return -EINVAL;
	}
	for (size_t i = 0; i < size; i++) {
		if (text[i] <= ' ' || text[i] > '~' || text[i] == '#') {
			return -EINVAL;
		}
	}
	for (end = scheme; end < size && text[end] != '/' && text[end] != '?'; end++) {
	}
	if (take_authority(text + scheme, end - scheme, target) != 0) {
		return -EINVAL;
	}
	if (target->port == 0) {
		target->port = 80;
	}
	target->path = text + end;
	target->path_size = size - end;
	return 0;
}
