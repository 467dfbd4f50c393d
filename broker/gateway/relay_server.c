/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encoder to viewer. Reads untrusted bytes from: the encoder. */

#include "gateway.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READS_AT_ONCE 4

void relay_server_lose(struct gateway *gateway)
{
	gateway_watch_close(&gateway->encoder);
	garasu_buffer_consume(&gateway->to_encoder, garasu_buffer_size(&gateway->to_encoder));
	if (gateway->phase == GATEWAY_RELAY) {
		gateway_set_deadline(gateway, GATEWAY_ENDING_MS);
	}
}

/* Nothing of an encoder that lies is heard again; what it said so far ended a message, or the
 * viewer's stream ends in the middle of one. */
static void breach(struct gateway *gateway, int was_between)
{
	gateway_refuse(gateway, GARASU_REFUSAL_SERVER_MESSAGE, wire_server_fault(&gateway->server));
	gateway_watch_close(&gateway->encoder);
	if (was_between && gateway->client.speaks_garasu && gateway->phase == GATEWAY_RELAY) {
		uint8_t state[WIRE_STATE_BYTES];

		GARASU_INVARIANT(outgoing_put(gateway, state,
					 wire_state(state, GARASU_STATE_PROTOCOL, 0)) == 0);
		gateway->counters.bytes_to_viewer += sizeof(state);
		gateway->counters.crossed[GARASU_CROSS_STATE]++;
	}
	gateway_finish(gateway);
}

/* A head goes on once it is judged, that is whole: begun is what earlier bytes had of it. */
static void put_judged(struct gateway *gateway, const uint8_t *begun, size_t begun_size,
	const uint8_t *untrusted_bytes, size_t taken)
{
	size_t judged = begun_size + taken - gateway->server.head_size;

	if (judged > 0) {
		GARASU_INVARIANT(outgoing_put(gateway, begun, begun_size) == 0);
		GARASU_INVARIANT(outgoing_put(gateway, untrusted_bytes, judged - begun_size) == 0);
		gateway->counters.bytes_to_viewer += judged;
	}
}

/* Returns 0, or -EPROTO when the viewer is closed. */
static int pass_on(struct gateway *gateway, const uint8_t *untrusted_bytes, size_t size)
{
	while (size > 0) {
		int was_between = wire_server_is_between(&gateway->server);
		size_t begun_size = gateway->server.head_size;
		uint8_t begun[WIRE_SERVER_HEAD_MAX];
		int pass = 0;
		ssize_t taken;

		memcpy(begun, gateway->server.head, begun_size);
		taken = wire_server_follow(&gateway->server, untrusted_bytes, size, &pass);

		if (taken <= 0) {
			breach(gateway, was_between);
			return -EPROTO;
		}
		if (pass) {
			put_judged(gateway, begun, begun_size, untrusted_bytes, (size_t)taken);
		}
		untrusted_bytes += taken;
		size -= (size_t)taken;
		if (garasu_buffer_size(&gateway->own) > 0) {
			(void)outgoing_place(gateway);
		}
	}
	return 0;
}

void relay_server_read(struct gateway *gateway)
{
	for (int i = 0; i < READS_AT_ONCE && gateway->encoder.fd >= 0 &&
			garasu_buffer_size(&gateway->to_viewer) < GATEWAY_VIEWER_HIGH;
		i++) {
		ssize_t got = read(gateway->encoder.fd, gateway->chunk, sizeof(gateway->chunk));

		if (got < 0 && errno == EAGAIN) {
			return;
		}
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			relay_server_lose(gateway);
			return;
		}
		if (pass_on(gateway, gateway->chunk, (size_t)got) != 0) {
			return;
		}
	}
}
