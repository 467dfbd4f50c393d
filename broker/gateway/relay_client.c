/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Viewer to encoder and input pipe. Reads untrusted bytes from: the viewer. */

#include "gateway.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define READS_AT_ONCE 8

int relay_client_is_open(const struct gateway *gateway)
{
	return garasu_buffer_size(&gateway->to_encoder) < GATEWAY_ENCODER_HIGH &&
	       gateway->address_count == 0;
}

/* ---- input ---- */

static void on_stuck(uv_timer_t *timer)
{
	struct gateway *gateway = timer->data;

	garasu_log(GARASU_LOG_WARNING, "input_stuck", "records=%zu", gateway->queue.count);
	gateway_end_with(gateway, GARASU_STATE_CONNECTION_LOST, 0);
	gateway_settle(gateway);
}

void relay_input_flush(struct gateway *gateway)
{
	size_t before = gateway->queue.count;
	int result;

	if (gateway->input.fd < 0 || before == 0) {
		return;
	}
	result = input_queue_flush(&gateway->queue, gateway->input.fd);
	if (result != 0) { /* the session is at its end: the supervisor will say so */
		garasu_log(GARASU_LOG_WARNING, "input_closed", "error=%d", result);
		gateway->queue.count = 0;
		gateway_watch_close(&gateway->input);
	}
	if (gateway->queue.count == 0) {
		uv_timer_stop(&gateway->stuck);
	} else if (gateway->queue.count < before || !uv_is_active((uv_handle_t *)&gateway->stuck)) {
		uv_timer_start(&gateway->stuck, on_stuck, GATEWAY_STUCK_MS, 0);
	}
}

void relay_input_end(struct gateway *gateway)
{
	const struct garasu_input keys_up = {.type = GARASU_INPUT_FOCUS, .flag = 0};

	if (gateway->input.fd < 0) {
		return;
	}
	if (input_queue_push(&gateway->queue, &keys_up, 1) != 0) {
		garasu_log(GARASU_LOG_WARNING, "input_full", "records=%zu", gateway->queue.count);
	}
	relay_input_flush(gateway);
	uv_timer_stop(&gateway->stuck);
	gateway->queue.count = 0; /* the supervisor releases the keys as well */
	gateway_watch_close(&gateway->input);
}

static void send_records(struct gateway *gateway, const struct garasu_input *records, size_t count)
{
	if (gateway->input.fd < 0 || count == 0) {
		return;
	}
	if (input_queue_push(&gateway->queue, records, count) != 0) {
		garasu_log(GARASU_LOG_WARNING, "input_overflow", "records=%zu", count);
		gateway_end_with(gateway, GARASU_STATE_CONNECTION_LOST, 0);
		return;
	}
	relay_input_flush(gateway);
}

static void send_input(struct gateway *gateway, const struct wire_client_message *message)
{
	struct garasu_input records[WIRE_RECORDS_MAX];
	size_t count = wire_input_records(&gateway->input_state, message, gateway->server.width,
		gateway->server.height, records);

	send_records(gateway, records, count);
}

/* ---- addresses: how many a session may be handed is the supervisor's to say ---- */

/* Scheme, host and port of an address: no more of it is the trail's business. Pure. */
static void copy_site(char site[GARASU_SITE_SIZE], const uint8_t *address, size_t size)
{
	const char *text = (const char *)address;
	size_t scheme = size > 8 && text[4] == 's' ? 8 : 7, from = scheme, end = scheme;

	while (end < size && strchr("/?#\\", text[end]) == NULL) {
		end++;
		from = text[end - 1] == '@' ? end : from; /* without a user's name and password */
	}
	snprintf(site, GARASU_SITE_SIZE, "%.*s%.*s", (int)scheme, text, (int)(end - from),
		text + from);
}

/* What comes behind it waits with it. */
static void ask_about_address(struct gateway *gateway, const struct wire_client_message *message)
{
	struct garasu_gateway_address record = {{0}};

	if (gateway->phase != GATEWAY_RELAY) {
		return;
	}
	copy_site(record.site, message->text.bytes, message->text.size);
	gateway->address_count = wire_input_records(&gateway->input_state, message,
		gateway->server.width, gateway->server.height, gateway->address);
	if (gateway->address_count > 0) {
		(void)supervisor_say(gateway, GARASU_GATEWAY_ADDRESS, &record, 1);
	}
}

enum activity { ACTIVITY_NONE, ACTIVITY_OTHER, ACTIVITY_TYPING };

static void note_activity(struct gateway *gateway, enum activity activity)
{
	struct garasu_gateway_activity record = {.is_typing = activity == ACTIVITY_TYPING};
	uint64_t *said_ms = record.is_typing ? &gateway->typing_ms : &gateway->activity_ms;
	uint64_t now = garasu_clock_ms();

	if (*said_ms == 0 || now - *said_ms >= GATEWAY_ACTIVITY_MS) {
		*said_ms = now;
		(void)supervisor_say(gateway, GARASU_GATEWAY_ACTIVITY, &record, 0);
	}
}

/* ---- messages ---- */

/* Where each kind goes, and how it is counted. */
static const struct route {
	enum garasu_crossing crossing;
	int to_encoder, to_input;
	enum activity activity;
} routes[] = {
	[WIRE_CLIENT_INIT] = {GARASU_CROSS_CLIENT_INIT, 1, 0, ACTIVITY_NONE},
	[WIRE_CLIENT_PIXEL_FORMAT] = {GARASU_CROSS_PIXEL_FORMAT, 1, 0, ACTIVITY_NONE},
	[WIRE_CLIENT_ENCODINGS] = {GARASU_CROSS_ENCODINGS, 1, 0, ACTIVITY_NONE},
	[WIRE_CLIENT_REQUEST] = {GARASU_CROSS_UPDATE_REQUEST, 1, 0, ACTIVITY_NONE},
	[WIRE_CLIENT_CONTINUOUS] = {GARASU_CROSS_CONTINUOUS, 1, 0, ACTIVITY_NONE},
	[WIRE_CLIENT_FENCE] = {GARASU_CROSS_CLIENT_FENCE, 1, 0, ACTIVITY_NONE},
	[WIRE_CLIENT_KEY] = {GARASU_CROSS_KEY, 0, 1, ACTIVITY_TYPING},
	[WIRE_CLIENT_KEY_CODE] = {GARASU_CROSS_KEY_CODE, 0, 1, ACTIVITY_TYPING},
	[WIRE_CLIENT_POINTER] = {GARASU_CROSS_POINTER, 0, 1, ACTIVITY_OTHER},
	[WIRE_CLIENT_CUT_TEXT] = {GARASU_CROSS_CUT_TEXT_DISCARDED, 0, 0, ACTIVITY_NONE},
	[WIRE_CLIENT_SIZE] = {GARASU_CROSS_DESKTOP_SIZE, 1, 1, ACTIVITY_NONE},
	[WIRE_CLIENT_TEXT] = {GARASU_CROSS_TEXT, 0, 1, ACTIVITY_TYPING},
	[WIRE_CLIENT_WHEEL] = {GARASU_CROSS_WHEEL, 0, 1, ACTIVITY_OTHER},
	[WIRE_CLIENT_GEOMETRY] = {GARASU_CROSS_GEOMETRY, 1, 1, ACTIVITY_NONE},
	[WIRE_CLIENT_FOCUS] = {GARASU_CROSS_FOCUS, 0, 1, ACTIVITY_NONE},
	[WIRE_CLIENT_ADDRESS] = {GARASU_CROSS_ADDRESS, 0, 1, ACTIVITY_OTHER},
	[WIRE_CLIENT_PASTE] = {GARASU_CROSS_PASTE, 0, 1, ACTIVITY_TYPING},
	[WIRE_CLIENT_PREEDIT] = {GARASU_CROSS_PREEDIT, 0, 1, ACTIVITY_TYPING},
};

/* What the server's filter must know of it. Returns 0 or -EPROTO. */
static int note_wish(struct gateway *gateway, const struct wire_client_message *message)
{
	if (message->kind == WIRE_CLIENT_PIXEL_FORMAT) {
		const struct wire_pixel_format format = {
			.bits_per_pixel = message->pixel_format.bits_per_pixel,
			.is_tpixel = message->pixel_format.is_tpixel};

		return wire_server_ask_format(&gateway->server, &format);
	}
	if (message->kind == WIRE_CLIENT_ENCODINGS) {
		gateway->has_encodings = 1;
		wire_server_ask_encodings(
			&gateway->server, message->encodings.list, message->encodings.count);
	}
	return 0;
}

/* What the filter cannot know: what policy does not allow is none of our messages. */
static int is_allowed(const struct gateway *gateway, const struct wire_client_message *message)
{
	if (message->kind == WIRE_CLIENT_PASTE) {
		return garasu_utf8_length(message->text.bytes, message->text.size) <=
		       (int64_t)gateway->settings.paste_max;
	}
	return message->kind != WIRE_CLIENT_PREEDIT || gateway->settings.has_preedit;
}

/* Returns 0 or -EPROTO. In ENDING input goes nowhere: the session may already be another viewer's.
 */
static int route_message(struct gateway *gateway, const struct wire_client_message *message,
	const uint8_t *bytes, size_t size)
{
	const struct route *route = &routes[message->kind];

	if (!is_allowed(gateway, message) || note_wish(gateway, message) != 0) {
		return -EPROTO;
	}
	gateway->counters.crossed[route->crossing]++;
	if (message->kind == WIRE_CLIENT_CUT_TEXT) {
		gateway->cut_text_left = message->skip;
	}
	if (route->to_encoder && gateway->encoder.fd >= 0) {
		GARASU_INVARIANT(garasu_buffer_append(&gateway->to_encoder, bytes, size) == 0);
	}
	if (message->kind == WIRE_CLIENT_ADDRESS) {
		ask_about_address(gateway, message);
	} else if (route->to_input) {
		send_input(gateway, message);
	}
	if (route->activity != ACTIVITY_NONE && gateway->phase == GATEWAY_RELAY) {
		note_activity(gateway, route->activity);
	}
	return 0;
}

static void skip_cut_text(struct gateway *gateway)
{
	size_t size = garasu_buffer_size(&gateway->from_viewer);
	size_t skipped = size < gateway->cut_text_left ? size : gateway->cut_text_left;

	garasu_buffer_consume(&gateway->from_viewer, skipped);
	gateway->cut_text_left -= (uint32_t)skipped;
}

static void breach(struct gateway *gateway, uint32_t detail)
{
	gateway_refuse(gateway, GARASU_REFUSAL_CLIENT_MESSAGE, detail);
	gateway_end_with(gateway, GARASU_STATE_PROTOCOL, 0);
}

static void take_messages(struct gateway *gateway)
{
	for (;;) {
		struct wire_client_message message;
		const uint8_t *untrusted_bytes;
		ssize_t taken;

		skip_cut_text(gateway);
		if (garasu_buffer_size(&gateway->from_viewer) == 0 || gateway->address_count > 0) {
			return;
		}
		untrusted_bytes = garasu_buffer_bytes(&gateway->from_viewer);
		taken = wire_client_next(&gateway->client, untrusted_bytes,
			garasu_buffer_size(&gateway->from_viewer), &message);
		if (taken == 0) {
			return;
		}
		if (taken < 0 ||
			route_message(gateway, &message, untrusted_bytes, (size_t)taken) != 0) {
			gateway->is_deaf = 1;
			breach(gateway, untrusted_bytes[0]);
			return;
		}
		garasu_buffer_consume(&gateway->from_viewer, (size_t)taken);
	}
}

void relay_address_judged(struct gateway *gateway, uint32_t wait_s)
{
	size_t count = gateway->address_count;

	gateway->address_count = 0;
	if (gateway->phase == GATEWAY_RELAY && wait_s == 0) {
		send_records(gateway, gateway->address, count);
	} else if (gateway->phase == GATEWAY_RELAY) {
		outgoing_tell_state(gateway, GARASU_STATE_ADDRESS_LIMIT, wait_s);
	}
	if (gateway->phase <= GATEWAY_ENDING && !gateway->is_deaf) {
		take_messages(gateway);
		relay_client_flush(gateway);
	}
}

/* Returns as a front's unwrap does. */
static int unwrap(struct gateway *gateway, size_t size)
{
	if (gateway->front->unwrap != NULL) {
		return gateway->front->unwrap(gateway, gateway->chunk, size);
	}
	GARASU_INVARIANT(garasu_buffer_append(&gateway->from_viewer, gateway->chunk, size) == 0);
	return 0;
}

/* Returns 0, or -EPIPE when the viewer has said goodbye. */
static int take_record(struct gateway *gateway, size_t size)
{
	int result;

	gateway->counters.bytes_from_viewer += size;
	result = unwrap(gateway, size);
	take_messages(gateway);
	if (result == -EPROTO && !gateway->is_deaf) {
		gateway->is_deaf = 1;
		breach(gateway, GARASU_REFUSAL_DETAIL_WRAPPING);
	}
	return result == 1 ? -EPIPE : 0;
}

/* A read takes a whole TLS record, so that none stays behind where no poll sees it. */
void relay_client_read(struct gateway *gateway)
{
	enum tls_fault fault = TLS_FAULT_NONE;
	ssize_t got;

	for (int i = 0; i < READS_AT_ONCE && relay_client_is_open(gateway); i++) {
		got = tls_read(gateway->tls, gateway->chunk, &fault);
		if (got == -EAGAIN) {
			break;
		}
		if (got <= 0) {
			if (fault == TLS_FAULT_PROTOCOL) {
				gateway_refuse(gateway, GARASU_REFUSAL_TLS, 0);
			}
			gateway_leave(gateway);
			return;
		}
		if (gateway->is_deaf) {
			continue;
		}
		if (take_record(gateway, (size_t)got) != 0) {
			gateway_leave(gateway);
			return;
		}
		if (gateway->phase > GATEWAY_ENDING) {
			return;
		}
	}
	relay_client_flush(gateway);
}

void relay_client_flush(struct gateway *gateway)
{
	while (gateway->encoder.fd >= 0 && garasu_buffer_size(&gateway->to_encoder) > 0) {
		ssize_t written =
			write(gateway->encoder.fd, garasu_buffer_bytes(&gateway->to_encoder),
				garasu_buffer_size(&gateway->to_encoder));

		if (written < 0 && errno == EINTR) {
			continue;
		}
		if (written < 0) {
			if (errno != EAGAIN) {
				garasu_buffer_consume(&gateway->to_encoder,
					garasu_buffer_size(&gateway->to_encoder));
			}
			return; /* an encoder that is gone is told by reading its last words */
		}
		garasu_buffer_consume(&gateway->to_encoder, (size_t)written);
	}
}
