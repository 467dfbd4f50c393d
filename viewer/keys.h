/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_KEYS_H
#define VIEWER_KEYS_H

#include <stdbool.h>
#include <stdint.h>

/* Tables of keys. "evdev" is a KEY_* of linux/input-event-codes.h; 0 is no key. */

/* Returns the XT code of an evdev key code as QEMU's extension counts (0x80 added where the code
 * has the prefix 0xe0), or 0 for a key that has none. */
uint32_t keys_xt_of_evdev(uint32_t evdev);

/* Returns the key of a USB usage of page 7, which is an SDL scancode, or 0. */
uint32_t keys_evdev_of_usage(uint32_t usage);

/* Returns the X11 keysym of a key that writes nothing, or 0. */
uint32_t keys_keysym_of_evdev(uint32_t evdev);

/* Keys that may write something, in some keyboard layout. */
bool keys_writes(uint32_t evdev);

bool keys_is_modifier(uint32_t evdev);

/* Keys that switch something when they go down, and whose release some keyboards never tell. */
bool keys_is_momentary(uint32_t evdev);

/* A key of the keypad that NumLock gives two meanings becomes the digit's or the step's own key, so
 * that the session's NumLock never matters; any other key stays. */
uint32_t keys_of_keypad(uint32_t evdev, bool has_num_lock);

#endif
