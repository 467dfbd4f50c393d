/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_WIRE_INPUT_H
#define GARASU_WIRE_INPUT_H

#include "garasu/input.h"
#include "wire/client.h"

#include <stddef.h>

/*
 * From a viewer's message to the records of the session's input pipe (garasu/input.h). Pure.
 */

/* PASTE of nothing but line ends: a key goes down and up for each. */
#define WIRE_RECORDS_MAX (2u * GARASU_RFB_PASTE_MAX)

/* What must be remembered between messages to make records of them. */
struct wire_input {
	uint8_t rfb_buttons; /* of the last PointerEvent: wheel buttons count when they go down */
	uint16_t geometry_serial; /* of the last geometry record made */
	uint16_t scale;           /* last scale said, for SetDesktopSize; GARASU_SCALE_ONE first */
	uint8_t paste_returns;    /* policy: line ends of a paste are Return, not spaces */
};

/* Makes the records of a message; those that are not input make none. Text is split between
 * characters; a pointer's wheel buttons become wheel records; a position beyond width, height is
 * moved inside. Returns how many (at most WIRE_RECORDS_MAX). */
size_t wire_input_records(struct wire_input *input, const struct wire_client_message *message,
	uint16_t width, uint16_t height, struct garasu_input records[WIRE_RECORDS_MAX]);

#endif
