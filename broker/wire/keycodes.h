/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_KEYCODES_H
#define WIRE_KEYCODES_H

#include <stdint.h>

/* The evdev code (KEY_*) of an XT scan code, set 1, with a prefix of 0xe0 coded as bit 7 (rfbproto,
 * "QEMU Extended Key Event Message"). Returns 0 for a code of no table. */
uint32_t wire_evdev_of_xt(uint32_t untrusted_xt);

#endif
