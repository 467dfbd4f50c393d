/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_SERVER_PARTS_H
#define WIRE_SERVER_PARTS_H

#include "wire/server.h"

/* What server.c, server_rect.c and server_tight.c share. A handler reads a whole head and sets the
 * next step; it returns 0 or -EPROTO. */
typedef int (*wire_server_handler)(struct wire_server *server, const uint8_t *untrusted_head);

/* Bits of wire_server.asked behind those of enum wire_server_encoding. */
enum {
	WIRE_ASKED_FENCE = 1u << 24,
	WIRE_ASKED_CONTINUOUS = 1u << 25,
	WIRE_ASKED_JPEG = 1u << 26,
};

static inline int wire_server_is_asked(const struct wire_server *server, uint32_t bits)
{
	return (server->asked & bits) != 0;
}

/* Passes size bytes without a look, then goes on with `after`: RECTANGLE if they end a rectangle,
 * TYPE if they end a message. */
void wire_server_pass_body(struct wire_server *server, uint64_t size, enum wire_server_step after);

/* server_rect.c */
int wire_server_rectangle(struct wire_server *server, const uint8_t *untrusted_head);
void wire_server_end_rectangle(struct wire_server *server);
void wire_server_end_update(struct wire_server *server);
int wire_server_copy(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_alpha(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_vmware(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_screens(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_led(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_caret(struct wire_server *server, const uint8_t *untrusted_head);

/* server_tight.c */
#define WIRE_TIGHT_WIDTH_MAX 2048u
int wire_server_zstd(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_zrle(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_control(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_filter(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_palette(struct wire_server *server, const uint8_t *untrusted_head);
int wire_server_length(struct wire_server *server, const uint8_t *untrusted_head);

#endif
