/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The upstream proxy as it was configured, and how it is asked for a tunnel. Pure. */

#include "upstream.h"

#include "base/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CREDENTIALS_MAX 512
#define FIELD "Proxy-Authorization: Basic "

int upstream_read(struct upstream *upstream, const char *text, size_t size)
{
	struct target target;

	if (target_split_connect(text, size, &target) != 0) {
		return -EINVAL;
	}
	memcpy(upstream->host, target.host, sizeof(upstream->host));
	upstream->address = target.address;
	upstream->port = target.port;
	return 0;
}

static size_t write_base64(const uint8_t *bytes, size_t size, char *out)
{
	static const char signs[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t used = 0;

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t three = (uint32_t)bytes[i] << 16 |
				 (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				 (left > 2 ? bytes[i + 2] : 0);

		out[used++] = signs[three >> 18];
		out[used++] = signs[three >> 12 & 63];
		out[used++] = left > 1 ? signs[three >> 6 & 63] : '=';
		out[used++] = left > 2 ? signs[three & 63] : '=';
	}
	return used;
}

int upstream_read_credentials(struct upstream *upstream, const char *text, size_t size)
{
	const char *colon = size > 0 ? memchr(text, ':', size) : NULL;
	size_t used = sizeof(FIELD) - 1;

	if (colon == NULL || colon == text || size > CREDENTIALS_MAX) {
		return -EINVAL;
	}
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) {
			return -EINVAL;
		}
	}
	upstream->authorization = malloc(used + (size + 2) / 3 * 4 + sizeof("\r\n"));
	if (upstream->authorization == NULL) {
		return -ENOMEM;
	}
	memcpy(upstream->authorization, FIELD, used);
	used += write_base64((const uint8_t *)text, size, upstream->authorization + used);
	memcpy(upstream->authorization + used, "\r\n", sizeof("\r\n"));
	return 0;
}

void upstream_finish(struct upstream *upstream)
{
	if (upstream->authorization != NULL) {
		garasu_secret_wipe(upstream->authorization, strlen(upstream->authorization));
		free(upstream->authorization);
	}
	memset(upstream, 0, sizeof(*upstream));
}

int upstream_write_connect(
	const struct upstream *upstream, const struct target *target, struct garasu_buffer *out)
{
	const char *authorization = upstream->authorization != NULL ? upstream->authorization : "";
	char authority[GARASU_HOST_SIZE + 16];
	char head[2 * sizeof(authority) + 64];
	int size;

	snprintf(authority, sizeof(authority),
		target->address.family == AF_INET6 ? "[%s]:%u" : "%s:%u", target->host,
		target->port);
	size = snprintf(
		head, sizeof(head), "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", authority, authority);
	if (garasu_buffer_append(out, head, (size_t)size) != 0 ||
		garasu_buffer_append(out, authorization, strlen(authorization)) != 0) {
		return -ENOBUFS;
	}
	return garasu_buffer_append(out, "\r\n", 2);
}
