/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of address literals: what is taken is what the C library reads too, written again it is the
 * same address, and what is certainly not of the public internet is never taken for it.
 * Covers: broker/egress/address.c */

#include "address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

/* A second, coarser opinion: not all that is special, but nothing else. */
static int is_certainly_special(const struct address *address)
{
	const uint8_t *bytes = address->bytes;

	if (address->family == AF_INET) {
		return bytes[0] == 0 || bytes[0] == 10 || bytes[0] == 127 || bytes[0] >= 224 ||
		       (bytes[0] == 172 && bytes[1] >> 4 == 1) ||
		       (bytes[0] == 192 && bytes[1] == 168) ||
		       (bytes[0] == 169 && bytes[1] == 254) ||
		       (bytes[0] == 100 && bytes[1] >> 6 == 1);
	}
	return bytes[0] >> 5 != 1; /* outside of 2000::/3 */
}

static void check(const struct address *address, const char *text)
{
	char again[INET6_ADDRSTRLEN];
	uint8_t bytes[16] = {0};
	struct sockaddr_storage socket;
	struct address second;

	demand(address->family == AF_INET || address->family == AF_INET6);
	demand(inet_pton(address->family, text, bytes) == 1);
	demand(memcmp(bytes, address->bytes, address_bits(address) / 8) == 0);
	demand(inet_ntop(address->family, address->bytes, again, sizeof(again)) != NULL);
	if (address->family == AF_INET) {
		demand(strcmp(again, text) == 0);
	}
	demand(address_parse(again, strlen(again), &second) == 0);
	demand(memcmp(&second, address, sizeof(second)) == 0);
	demand(address_to_socket(address, 443, &socket) > 0);
	address_from_socket((const struct sockaddr *)&socket, &second);
	demand(memcmp(&second, address, sizeof(second)) == 0);
	for (unsigned bits = 0; bits <= address_bits(address); bits++) {
		demand(address_is_within(address, &second, bits));
	}
	demand(!is_certainly_special(address) || address_special(address) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *exact = malloc(size + 1); /* the parser is told a size, and no end */
	char *text = malloc(size + 1);
	struct address address = {.family = 0};

	demand(exact != NULL && text != NULL);
	exact = realloc(exact, size > 0 ? size : 1);
	demand(exact != NULL);
	memcpy(exact, data, size);
	memcpy(text, data, size);
	text[size] = '\0';
	if (address_parse(exact, size, &address) == 0) {
		demand(strlen(text) == size);
		check(&address, text);
	}
	free(exact);
	free(text);
	return 0;
}
