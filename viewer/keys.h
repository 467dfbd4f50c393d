/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_KEYS_H
#define VIEWER_KEYS_H

#include <stdint.h>

/* Returns the XT code of an evdev key code as QEMU's extension counts (0x80 added where the code
 * has the prefix 0xe0), or 0 for a key that has none. */
uint32_t keys_xt_of_evdev(uint32_t evdev);

#endif
