/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses and names as the egress lists take them. */

#include "network.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define NAME_CHARACTERS DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
#define NAME_MAX_BYTES 253
#define LABEL_MAX_BYTES 63

/* A decimal number of 1 to 5 digits without leading zeros, at *text. Returns -1 if there is none.
 */
static long take_number(const char **text)
{
	size_t digits = strspn(*text, DIGITS);
	long number = strtol(*text, NULL, 10);

	if (digits == 0 || digits > 5 || (**text == '0' && digits > 1)) {
		return -1;
	}
	*text += digits;
	return number;
}

/* Returns how many bits the address has, or 0. */
static long bits_of(const char *text, size_t size)
{
	char copy[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (size >= sizeof(copy)) {
		return 0;
	}
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (inet_pton(AF_INET, copy, &address) == 1) {
		return 32;
	}
	/* An IPv4 address in IPv6's clothes: no packet bears it, so that no rule would meet it. */
	return inet_pton(AF_INET6, copy, &address) == 1 && !IN6_IS_ADDR_V4MAPPED(&address) ? 128
											   : 0;
}

int network_range_is_sound(const char *text, unsigned allowed)
{
	const char *rest;
	long number;
	long bits;

	if (text[0] == '[') {
		rest = text + 1 + strcspn(text + 1, "]");
		bits = *rest == ']' ? bits_of(text + 1, (size_t)(rest - text - 1)) : 0;
		if (bits != 128) {
			return 0;
		}
		rest++;
	} else {
		rest = text + strcspn(text, strchr(text, '.') != NULL ? "/:" : "/");
		bits = bits_of(text, (size_t)(rest - text));
	}
	if (bits == 0) {
		return 0;
	}
	if (*rest == '/' && (allowed & NETWORK_BITS) != 0) {
		rest++;
		number = take_number(&rest);
		if (number < 0 || number > bits) {
			return 0;
		}
	}
	if (*rest == ':' && (allowed & NETWORK_PORT) != 0 && (bits == 32 || text[0] == '[')) {
		rest++;
		number = take_number(&rest);
		if (number < 1 || number > 65535) {
			return 0;
		}
	}
	return *rest == '\0';
}

int network_name_is_sound(const char *text)
{
	const char *label = text;

	if (strlen(text) > NAME_MAX_BYTES) {
		return 0;
	}
	for (;;) {
		size_t length = strcspn(label, ".");

		if (length == 0 || length > LABEL_MAX_BYTES ||
			strspn(label, NAME_CHARACTERS) < length) {
			return 0;
		}
		if (label[length] == '\0') {
			return strspn(label, DIGITS) < length;
		}
		label += length + 1;
	}
}
