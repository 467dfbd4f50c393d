/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the server's filter: pieces give the same verdict, fault, counts and bytes for the viewer
 * as the whole; the picture keeps to policy; what is refused stays refused.
 *
 * Input: u16 of encodings asked for, u8 of formats asked for, u8 of the pieces' size, the stream.
 * Covers: broker/wire/server.c broker/wire/server_rect.c broker/wire/server_tight.c
 * Dictionary: rfb */

#include "wire/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD 4u
#define MAX_WIDTH 2560u
#define MAX_HEIGHT 1440u

static const int32_t encodings[16] = {GARASU_RFB_COPY_RECT, GARASU_RFB_TIGHT, GARASU_RFB_ZRLE,
	GARASU_RFB_RICH_CURSOR, GARASU_RFB_CURSOR_WITH_ALPHA, GARASU_RFB_VMWARE_CURSOR,
	GARASU_RFB_DESKTOP_SIZE, GARASU_RFB_EXTENDED_DESKTOP_SIZE, GARASU_RFB_LED_STATE,
	GARASU_RFB_QEMU_EXTENDED_KEY, GARASU_RFB_LAST_RECT, GARASU_RFB_ENCODING_GARASU,
	GARASU_RFB_FENCE, GARASU_RFB_CONTINUOUS_UPDATES, GARASU_RFB_JPEG_QUALITY_0,
	GARASU_RFB_ENCODING_ZSTD};

static void demand(int fact)
{
	if (!fact) {
		abort();
	}
}

struct outcome {
	struct wire_server server;
	size_t passed;
	uint64_t hash; /* of the bytes for the viewer */
	int is_refused;
};

static void ask(struct wire_server *server, const uint8_t *data)
{
	static const struct wire_pixel_format formats[4] = {{8, 0}, {16, 0}, {32, 0}, {32, 1}};
	unsigned asked = (unsigned)(data[0] << 8 | data[1]);

	for (unsigned i = 0; i < 16; i++) {
		if ((asked & 1u << i) != 0) {
			wire_server_ask_encodings(server, encodings + i, 1);
		}
	}
	for (unsigned i = 0; i < data[2] % 19u; i++) {
		int result = wire_server_ask_format(server, &formats[(data[2] + i) % 4]);

		demand(result == (i < WIRE_FORMATS_WAITING_MAX ? 0 : -EPROTO));
	}
}

static void pass_on(struct outcome *outcome, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		outcome->hash = (outcome->hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	}
	outcome->passed += size;
}

static void check_state(const struct wire_server *server)
{
	demand(server->width <= MAX_WIDTH && server->height <= MAX_HEIGHT);
	demand(server->waiting_count <= WIRE_FORMATS_WAITING_MAX);
	if (wire_server_is_between(server)) {
		demand(server->width > 0 && server->height > 0);
	}
}

static void run(struct outcome *outcome, const uint8_t *data, size_t size, size_t piece)
{
	memset(outcome, 0, sizeof(*outcome));
	wire_server_init(&outcome->server, MAX_WIDTH, MAX_HEIGHT);
	ask(&outcome->server, data);
	for (size_t at = HEAD; at < size;) {
		size_t offered = size - at < piece ? size - at : piece;
		int pass = -1;
		ssize_t used = wire_server_follow(&outcome->server, data + at, offered, &pass);

		if (used < 0) {
			demand(used == -EPROTO && pass == 0);
			demand(wire_server_follow(&outcome->server, data, 1, &pass) == -EPROTO);
			demand(!wire_server_is_between(&outcome->server));
			outcome->is_refused = 1;
			return;
		}
		demand(used > 0 && (size_t)used <= offered && (pass == 0 || pass == 1));
		demand((size_t)used == offered || wire_server_is_between(&outcome->server));
		check_state(&outcome->server);
		if (pass) {
			pass_on(outcome, data + at, (size_t)used);
		}
		at += (size_t)used;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, pieces;

	if (size < HEAD) {
		return 0;
	}
	run(&whole, data, size, size);
	run(&pieces, data, size, 1u + data[3] % 40u);
	demand(whole.is_refused == pieces.is_refused);
	demand(wire_server_fault(&whole.server) == wire_server_fault(&pieces.server));
	if (whole.is_refused) {
		demand(whole.passed <= pieces.passed);
	} else {
		demand(memcmp(&whole.server, &pieces.server, sizeof(whole.server)) == 0);
		demand(whole.passed == pieces.passed && whole.hash == pieces.hash);
	}
	return 0;
}
