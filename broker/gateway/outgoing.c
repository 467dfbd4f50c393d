/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the viewer, and the gateway's own messages. */

#include "gateway.h"

#include "base/log.h"

#include <errno.h>
#include <unistd.h>

int outgoing_put(struct gateway *gateway, const void *bytes, size_t size)
{
	return garasu_buffer_append(&gateway->to_viewer, bytes, size);
}

int outgoing_is_empty(const struct gateway *gateway)
{
	return garasu_buffer_size(&gateway->to_viewer) == 0 &&
	       garasu_buffer_size(&gateway->wrapped) == 0;
}

/* What goes into TLS next. */
static struct garasu_buffer *next_bytes(struct gateway *gateway)
{
	if (gateway->front->wrap == NULL) {
		return &gateway->to_viewer;
	}
	gateway->front->wrap(gateway);
	return &gateway->wrapped;
}

static ssize_t send_some(struct gateway *gateway, const struct garasu_buffer *from)
{
	const uint8_t *bytes = garasu_buffer_bytes(from);
	size_t size = garasu_buffer_size(from);
	ssize_t sent;

	if (gateway->is_secure) {
		return tls_write(gateway->tls, bytes, size);
	}
	sent = write(gateway->viewer.fd, bytes, size);
	if (sent < 0) {
		return errno == EAGAIN || errno == EINTR ? -EAGAIN : -EPIPE;
	}
	return sent;
}

int outgoing_flush(struct gateway *gateway)
{
	for (;;) {
		struct garasu_buffer *from = next_bytes(gateway);
		ssize_t sent;

		if (garasu_buffer_size(from) == 0) {
			return 0;
		}
		sent = send_some(gateway, from);

		if (sent == -EAGAIN) {
			return 0;
		}
		if (sent < 0) {
			return -EPIPE;
		}
		garasu_buffer_consume(from, (size_t)sent);
	}
}

static void tell(struct gateway *gateway, const uint8_t *bytes, size_t size, uint32_t *count)
{
	if (garasu_buffer_append(&gateway->own, bytes, size) != 0) {
		garasu_log(GARASU_LOG_WARNING, "not_told", "bytes=%zu", size);
		return;
	}
	++*count;
}

void outgoing_tell_state(struct gateway *gateway, uint32_t code, uint32_t value)
{
	uint8_t bytes[WIRE_STATE_BYTES];

	tell(gateway, bytes, wire_state(bytes, code, value), &gateway->own_states);
}

void outgoing_tell_message(struct gateway *gateway, const char *text)
{
	uint8_t bytes[WIRE_MESSAGE_MAX];

	tell(gateway, bytes, wire_message(bytes, text), &gateway->own_messages);
}

/* A viewer takes it for granted that nothing is allowed. */
void outgoing_tell_policy(struct gateway *gateway)
{
	const struct garasu_gateway_settings *settings = &gateway->settings;
	uint32_t bits = settings->has_preedit ? GARASU_RFB_POLICY_PREEDIT : 0;
	uint8_t bytes[WIRE_POLICY_BYTES];

	if (settings->paste_max > 0 || bits != 0) {
		tell(gateway, bytes, wire_policy(bytes, settings->paste_max, bits),
			&gateway->own_policies);
	}
}

int outgoing_place(struct gateway *gateway)
{
	size_t size = garasu_buffer_size(&gateway->own);

	if (gateway->phase != GATEWAY_RELAY && gateway->phase != GATEWAY_ENDING) {
		return size == 0;
	}
	if (size == 0) {
		return 1;
	}
	if (!gateway->client.speaks_garasu) {
		if (gateway->has_encodings) {
			garasu_buffer_consume(&gateway->own, size);
			gateway->own_states = gateway->own_messages = gateway->own_policies = 0;
		}
		return gateway->has_encodings;
	}
	if (!wire_server_is_between(&gateway->server)) {
		return gateway->encoder.fd < 0; /* a message that nobody ends */
	}
	if (outgoing_put(gateway, garasu_buffer_bytes(&gateway->own), size) != 0) {
		return 0;
	}
	gateway->counters.bytes_to_viewer += size;
	gateway->counters.crossed[GARASU_CROSS_STATE] += gateway->own_states;
	gateway->counters.crossed[GARASU_CROSS_MESSAGE] += gateway->own_messages;
	gateway->counters.crossed[GARASU_CROSS_POLICY] += gateway->own_policies;
	gateway->own_states = gateway->own_messages = gateway->own_policies = 0;
	garasu_buffer_consume(&gateway->own, size);
	return 1;
}
