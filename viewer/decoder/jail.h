/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DECODER_JAIL_H
#define DECODER_JAIL_H

/* Locks the decoder child for good: it may read its stream, write its records and its log, and have
 * memory; anything else kills it. Returns 0 or negative errno: then end, never go on unlocked. */
int jail_lock(void) __attribute__((warn_unused_result));

#endif
