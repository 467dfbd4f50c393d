/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_MESSAGES_H
#define VIEWER_MESSAGES_H

#include <garasu/rfb.h>

#include <stddef.h>
#include <stdint.h>

/* Builders of the client's messages (RFC 6143 §7.5, rfbproto.rst, garasu/rfb.h): each fills out and
 * returns how many bytes it has. No more than MESSAGE_BYTES_MAX. */

#define MESSAGE_BYTES_MAX (4u + 2048u)

size_t message_pixel_format(uint8_t *out); /* 32 bits, depth 24, little endian, B G R X */
/* What the decoder is told of: offers is a set of enum decoder_offer, jpeg_level 0 to 9. */
size_t message_encodings(uint8_t *out, uint32_t offers, uint32_t jpeg_level);
size_t message_update_request(uint8_t *out, int is_incremental, uint32_t width, uint32_t height);
size_t message_key(uint8_t *out, uint32_t keysym, int is_down);
/* xt_code as the QEMU extension counts: 0x80 added to codes with the prefix 0xe0. */
size_t message_extended_key(uint8_t *out, uint32_t keysym, uint32_t xt_code, int is_down);
size_t message_pointer(uint8_t *out, uint32_t x, uint32_t y, uint32_t buttons);
size_t message_desktop_size(uint8_t *out, uint32_t width, uint32_t height);
/* flags without GARASU_RFB_FENCE_REQUEST; size is at most GARASU_RFB_FENCE_MAX. */
size_t message_fence(uint8_t *out, uint32_t flags, const uint8_t *payload, size_t size);
size_t message_continuous(uint8_t *out, int is_on, uint32_t width, uint32_t height);

/* Ours. size is 1..1024 of whole characters; 8..2048 for an address. */
size_t message_text(uint8_t *out, const char *text, size_t size);
size_t message_paste(uint8_t *out, const char *text, size_t size);
size_t message_preedit(uint8_t *out, const char *text, size_t size);
size_t message_address(uint8_t *out, const char *address, size_t size);
size_t message_wheel(uint8_t *out, uint32_t x, uint32_t y, int32_t dx, int32_t dy);
size_t message_geometry(uint8_t *out, uint32_t width, uint32_t height, uint32_t scale);
size_t message_focus(uint8_t *out, int has_focus);

#endif
