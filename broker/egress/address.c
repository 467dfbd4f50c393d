/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses, and which of them are not the public internet.
 * Reads untrusted bytes from: browsers (literals), name servers (resolved addresses). */

#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

struct special {
	uint8_t bytes[16];
	uint8_t bits;
	const char *what;
};

static const struct special special4[] = {
	{{0}, 8, "this-network"}, {{10}, 8, "private"}, {{100, 64}, 10, "carrier"},
	{{127}, 8, "loopback"}, {{169, 254}, 16, "link-local"}, {{172, 16}, 12, "private"},
	{{192, 0, 0}, 24, "protocol"}, {{192, 0, 2}, 24, "documentation"},
	{{192, 88, 99}, 24, "6to4-relay"}, {{192, 168}, 16, "private"},
	{{198, 18}, 15, "benchmarking"}, {{198, 51, 100}, 24, "documentation"},
	{{203, 0, 113}, 24, "documentation"}, {{224}, 4, "multicast"},
	{{240}, 4, "reserved"}, /* and the broadcast address */
};

static const struct special special6[] = {
	{{0}, 96, "unspecified-loopback-or-embedded"},
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, "embeds-ipv4"},
	{{0, 0x64, 0xff, 0x9b}, 96, "nat64"},
	{{0, 0x64, 0xff, 0x9b, 0, 1}, 48, "nat64"},
	{{0x20, 0x01, 0, 0}, 32, "teredo"},
	{{0x20, 0x01}, 23, "protocol"},
	{{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation"},
	{{0x20, 0x02}, 16, "6to4"},
	{{0x3f, 0xff}, 20, "documentation"},
	{{0xfc}, 7, "unique-local"},
	{{0xfe, 0x80}, 10, "link-local"},
	{{0xff}, 8, "multicast"},
};

static const struct address global6 = {.family = AF_INET6, .bytes = {0x20}}; /* 2000::/3 */

int address_parse(const char *text, size_t size, struct address *address)
{
	char copy[INET6_ADDRSTRLEN];
	struct address parsed = {0};

	if (size >= sizeof(copy) || memchr(text, '\0', size) != NULL) {
		return -EINVAL;
	}
	memcpy(copy, text, size);
	copy[size] = '\0';
	parsed.family = strchr(copy, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(parsed.family, copy, parsed.bytes) != 1) {
		return -EINVAL;
	}
	*address = parsed;
	return 0;
}

static int same_bits(const uint8_t *left, const uint8_t *right, unsigned bits)
{
	unsigned whole = bits / 8;
	unsigned rest = bits % 8;

	if (memcmp(left, right, whole) != 0) {
		return 0;
	}
	return rest == 0 || ((left[whole] ^ right[whole]) >> (8 - rest)) == 0;
}

int address_is_within(const struct address *address, const struct address *network, unsigned bits)
{
	return address->family == network->family &&
	       same_bits(address->bytes, network->bytes, bits);
}

const char *address_special(const struct address *address)
{
	int is_4 = address->family == AF_INET;
	const struct special *list = is_4 ? special4 : special6;
	size_t count = is_4 ? sizeof(special4) / sizeof(special4[0])
			    : sizeof(special6) / sizeof(special6[0]);

	if (!is_4 && address->family != AF_INET6) {
		return "no-address";
	}
	for (size_t i = 0; i < count; i++) {
		if (same_bits(address->bytes, list[i].bytes, list[i].bits)) {
			return list[i].what;
		}
	}
	if (!is_4 && !address_is_within(address, &global6, 3)) {
		return "not-global";
	}
	return NULL;
}

unsigned address_bits(const struct address *address)
{
	return address->family == AF_INET ? 32 : 128;
}

socklen_t address_to_socket(
	const struct address *address, uint16_t port, struct sockaddr_storage *socket)
{
	struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	memset(socket, 0, sizeof(*socket));
	if (address->family == AF_INET) {
		memcpy(&to4.sin_addr, address->bytes, sizeof(to4.sin_addr));
		memcpy(socket, &to4, sizeof(to4));
		return sizeof(to4);
	}
	memcpy(&to6.sin6_addr, address->bytes, sizeof(to6.sin6_addr));
	memcpy(socket, &to6, sizeof(to6));
	return sizeof(to6);
}

void address_from_socket(const struct sockaddr *socket, struct address *address)
{
	struct sockaddr_in from4;
	struct sockaddr_in6 from6;

	memset(address, 0, sizeof(*address));
	if (socket->sa_family == AF_INET) {
		memcpy(&from4, socket, sizeof(from4));
		memcpy(address->bytes, &from4.sin_addr, sizeof(from4.sin_addr));
		address->family = AF_INET;
	} else if (socket->sa_family == AF_INET6) {
		memcpy(&from6, socket, sizeof(from6));
		memcpy(address->bytes, &from6.sin6_addr, sizeof(from6.sin6_addr));
		address->family = AF_INET6;
	}
}
