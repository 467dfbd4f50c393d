/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encoder's stream: its messages, and the walk through their bytes.
 * Reads untrusted bytes from: the encoder. */

#include "wire/server.h"

#include "bytes.h"
#include "format.h"
#include "server_parts.h"

#include <errno.h>
#include <string.h>

#define NAME_BYTES (sizeof(GARASU_RFB_NAME) - 1)

_Static_assert(WIRE_ENCODING_COUNT <= 24, "the bits of wire_server.asked do not meet");

void wire_server_init(struct wire_server *server, uint16_t max_width, uint16_t max_height)
{
	memset(server, 0, sizeof(*server));
	server->max_width = max_width;
	server->max_height = max_height;
	server->step = WIRE_SERVER_INIT;
	server->fault = WIRE_FAULT_INIT;
	server->asked = 1u << WIRE_ENCODING_RAW;
}

int wire_server_ask_format(struct wire_server *server, const struct wire_pixel_format *format)
{
	if (server->waiting_count == WIRE_FORMATS_WAITING_MAX) {
		return -EPROTO;
	}
	server->waiting[server->waiting_count++] = *format;
	return 0;
}

static uint32_t bits_of_encoding(int32_t encoding)
{
	static const struct {
		int32_t encoding;
		uint32_t bits;
	} table[] = {
		{GARASU_RFB_RAW, 1u << WIRE_ENCODING_RAW},
		{GARASU_RFB_COPY_RECT, 1u << WIRE_ENCODING_COPY_RECT},
		{GARASU_RFB_TIGHT, 1u << WIRE_ENCODING_TIGHT},
		{GARASU_RFB_ZRLE, 1u << WIRE_ENCODING_ZRLE},
		{GARASU_RFB_RICH_CURSOR, 1u << WIRE_ENCODING_RICH_CURSOR},
		{GARASU_RFB_CURSOR_WITH_ALPHA, 1u << WIRE_ENCODING_CURSOR_WITH_ALPHA},
		{GARASU_RFB_VMWARE_CURSOR, 1u << WIRE_ENCODING_VMWARE_CURSOR},
		{GARASU_RFB_DESKTOP_SIZE, 1u << WIRE_ENCODING_DESKTOP_SIZE},
		{GARASU_RFB_EXTENDED_DESKTOP_SIZE, 1u << WIRE_ENCODING_EXTENDED_DESKTOP_SIZE},
		{GARASU_RFB_LED_STATE, 1u << WIRE_ENCODING_LED_STATE},
		{GARASU_RFB_QEMU_EXTENDED_KEY, 1u << WIRE_ENCODING_QEMU_EXTENDED_KEY},
		{GARASU_RFB_LAST_RECT, 1u << WIRE_ENCODING_LAST_RECT},
		{GARASU_RFB_ENCODING_GARASU,
			1u << WIRE_ENCODING_GARASU | 1u << WIRE_ENCODING_CARET},
		{GARASU_RFB_ENCODING_ZSTD, 1u << WIRE_ENCODING_ZSTD},
		{GARASU_RFB_FENCE, WIRE_ASKED_FENCE},
		{GARASU_RFB_CONTINUOUS_UPDATES, WIRE_ASKED_CONTINUOUS},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].encoding == encoding) {
			return table[i].bits;
		}
	}
	return encoding >= GARASU_RFB_JPEG_QUALITY_0 && encoding <= GARASU_RFB_JPEG_QUALITY_9
		       ? WIRE_ASKED_JPEG
		       : 0;
}

void wire_server_ask_encodings(struct wire_server *server, const int32_t *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		server->asked |= bits_of_encoding(list[i]);
	}
}

/* ---- messages ---- */

static int read_init(struct wire_server *server, const uint8_t *untrusted_head)
{
	uint16_t width = read_u16(untrusted_head), height = read_u16(untrusted_head + 2);
	struct wire_pixel_format format;

	if (width < 1 || width > server->max_width || height < 1 || height > server->max_height ||
		wire_format_decode(untrusted_head + 4, &format) != 0 ||
		format.bits_per_pixel != 32 || read_u32(untrusted_head + 20) != NAME_BYTES) {
		return -EPROTO;
	}
	server->width = width;
	server->height = height;
	server->format = format;
	server->step = WIRE_SERVER_NAME;
	return 0;
}

static int read_name(struct wire_server *server, const uint8_t *untrusted_head)
{
	if (memcmp(untrusted_head, GARASU_RFB_NAME, NAME_BYTES) != 0) {
		return -EPROTO;
	}
	server->crossed[GARASU_CROSS_SERVER_INIT]++;
	server->step = WIRE_SERVER_TYPE;
	return 0;
}

static int read_type(struct wire_server *server, const uint8_t *untrusted_head)
{
	server->fault = untrusted_head[0];
	switch ((enum garasu_rfb_server_message)untrusted_head[0]) {
	case GARASU_RFB_UPDATE:
		server->step = WIRE_SERVER_UPDATE;
		return 0;
	case GARASU_RFB_END_CONTINUOUS:
		if (!wire_server_is_asked(server, WIRE_ASKED_CONTINUOUS)) {
			return -EPROTO;
		}
		server->crossed[GARASU_CROSS_END_CONTINUOUS]++;
		return 0;
	case GARASU_RFB_SERVER_FENCE:
		server->step = WIRE_SERVER_FENCE;
		return wire_server_is_asked(server, WIRE_ASKED_FENCE) ? 0 : -EPROTO;
	case GARASU_RFB_SERVER_GARASU:
		server->step = WIRE_SERVER_OBEYED;
		return 0;
	}
	return -EPROTO;
}

static int read_update(struct wire_server *server, const uint8_t *untrusted_head)
{
	uint16_t count = read_u16(untrusted_head + 1);

	server->is_until_last = count > GARASU_RFB_RECTANGLES_MAX;
	server->rectangles_left = count;
	if (untrusted_head[0] != 0 ||
		(server->is_until_last &&
			!wire_server_is_asked(server, 1u << WIRE_ENCODING_LAST_RECT))) {
		return -EPROTO;
	}
	if (count == 0) {
		wire_server_end_update(server);
	} else {
		server->step = WIRE_SERVER_RECTANGLE;
	}
	return 0;
}

static int read_fence(struct wire_server *server, const uint8_t *untrusted_head)
{
	const uint32_t known = GARASU_RFB_FENCE_BLOCK_BEFORE | GARASU_RFB_FENCE_BLOCK_AFTER |
			       GARASU_RFB_FENCE_SYNC_NEXT | GARASU_RFB_FENCE_REQUEST;

	if (untrusted_head[0] != 0 || untrusted_head[1] != 0 || untrusted_head[2] != 0 ||
		(read_u32(untrusted_head + 3) & ~known) != 0 ||
		untrusted_head[7] > GARASU_RFB_FENCE_MAX) {
		return -EPROTO;
	}
	wire_server_pass_body(server, untrusted_head[7], WIRE_SERVER_TYPE);
	return 0;
}

/* STATE and MESSAGE are the gateway's own; from an encoder they are a forgery. */
static int read_obeyed(struct wire_server *server, const uint8_t *untrusted_head)
{
	if (untrusted_head[0] != GARASU_RFB_SUB_OBEYED || read_u16(untrusted_head + 1) != 0 ||
		server->waiting_count == 0) {
		return -EPROTO;
	}
	server->format = server->waiting[0];
	server->waiting_count--;
	memmove(server->waiting, server->waiting + 1,
		server->waiting_count * sizeof(server->waiting[0]));
	server->step = WIRE_SERVER_TYPE;
	return 0;
}

/* ---- the walk ---- */

static const struct {
	uint8_t size;
	wire_server_handler handler;
} heads[WIRE_SERVER_STEP_COUNT] = {
	[WIRE_SERVER_INIT] = {24, read_init},
	[WIRE_SERVER_NAME] = {NAME_BYTES, read_name},
	[WIRE_SERVER_TYPE] = {1, read_type},
	[WIRE_SERVER_UPDATE] = {3, read_update},
	[WIRE_SERVER_FENCE] = {8, read_fence},
	[WIRE_SERVER_OBEYED] = {3, read_obeyed},
	[WIRE_SERVER_RECTANGLE] = {12, wire_server_rectangle},
	[WIRE_SERVER_COPY] = {4, wire_server_copy},
	[WIRE_SERVER_ALPHA] = {4, wire_server_alpha},
	[WIRE_SERVER_VMWARE] = {2, wire_server_vmware},
	[WIRE_SERVER_SCREENS] = {20, wire_server_screens},
	[WIRE_SERVER_LED] = {1, wire_server_led},
	[WIRE_SERVER_CARET] = {1, wire_server_caret},
	[WIRE_SERVER_ZRLE] = {4, wire_server_zrle},
	[WIRE_SERVER_ZSTD] = {4, wire_server_zstd},
	[WIRE_SERVER_CONTROL] = {1, wire_server_control},
	[WIRE_SERVER_FILTER] = {1, wire_server_filter},
	[WIRE_SERVER_PALETTE] = {1, wire_server_palette},
	[WIRE_SERVER_LENGTH] = {1, wire_server_length},
};

static void end_body(struct wire_server *server)
{
	if (server->after_body == WIRE_SERVER_RECTANGLE) {
		wire_server_end_rectangle(server);
		return;
	}
	if (server->after_body == WIRE_SERVER_TYPE) {
		server->crossed[GARASU_CROSS_SERVER_FENCE]++; /* the one message with a body */
	}
	server->step = server->after_body;
}

void wire_server_pass_body(struct wire_server *server, uint64_t size, enum wire_server_step after)
{
	server->step = WIRE_SERVER_BODY;
	server->body_left = size;
	server->after_body = after;
	if (size == 0) {
		end_body(server);
	}
}

static size_t follow_body(struct wire_server *server, size_t size)
{
	size_t taken = server->body_left < size ? (size_t)server->body_left : size;

	server->body_left -= taken;
	if (server->body_left == 0) {
		end_body(server);
	}
	return taken;
}

/* Adds to the head; handles it once it is whole. */
static ssize_t follow_head(struct wire_server *server, const uint8_t *untrusted_bytes, size_t size)
{
	size_t missing = (size_t)heads[server->step].size - server->head_size;
	size_t taken = missing < size ? missing : size;
	uint8_t head[WIRE_SERVER_HEAD_MAX];

	memcpy(server->head + server->head_size, untrusted_bytes, taken);
	server->head_size = (uint8_t)(server->head_size + taken);
	if (taken < missing) {
		return (ssize_t)taken;
	}
	memcpy(head, server->head, sizeof(head));
	server->head_size = 0;
	return heads[server->step].handler(server, head) == 0 ? (ssize_t)taken : -EPROTO;
}

static ssize_t follow_message(
	struct wire_server *server, const uint8_t *untrusted_bytes, size_t size)
{
	size_t used = 0;

	do {
		ssize_t taken = server->step == WIRE_SERVER_BODY
					? (ssize_t)follow_body(server, size - used)
					: follow_head(server, untrusted_bytes + used, size - used);

		if (taken < 0) {
			return taken;
		}
		used += (size_t)taken;
	} while (used < size && server->step != WIRE_SERVER_TYPE);
	return (ssize_t)used;
}

ssize_t wire_server_follow(
	struct wire_server *server, const uint8_t *untrusted_bytes, size_t size, int *pass)
{
	uint64_t crossed[GARASU_CROSS_COUNT];
	ssize_t used;

	*pass = 0;
	if (server->is_broken) {
		return -EPROTO;
	}
	if (size == 0) {
		return 0;
	}
	*pass = server->step != WIRE_SERVER_OBEYED &&
		(server->step != WIRE_SERVER_TYPE ||
			untrusted_bytes[0] != GARASU_RFB_SERVER_GARASU);
	memcpy(crossed, server->crossed, sizeof(crossed));
	used = follow_message(server, untrusted_bytes, size);
	if (used < 0) {
		memcpy(server->crossed, crossed, sizeof(crossed));
		server->is_broken = 1;
		*pass = 0;
	}
	return used;
}

int wire_server_is_between(const struct wire_server *server)
{
	return server->step == WIRE_SERVER_TYPE && !server->is_broken;
}

uint32_t wire_server_fault(const struct wire_server *server)
{
	return server->fault;
}
