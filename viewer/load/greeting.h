/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_GREETING_H
#define LOAD_GREETING_H

#include "handshake.h"

/* RFB's handshake with security type None (RFC 6143 §7.1 and §7.2.1), for servers of other makers.
 * The viewer has no such code; this runs the same struct over VERSION, TYPES, RESULT, REASON. */
void greeting_run(
	struct handshake *handshake, struct garasu_buffer *input, struct garasu_buffer *output);

#endif
