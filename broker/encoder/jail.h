/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_JAIL_H
#define ENCODER_JAIL_H

/* Shuts the process in: no file can be opened, no socket made, no program started. Called after
 * every library is ready and before the first byte is read. Returns 0 or negative errno; then the
 * caller ends. */
int jail_close(void) __attribute__((warn_unused_result));

#endif
