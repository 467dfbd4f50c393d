/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GATEWAY_JAIL_H
#define GATEWAY_JAIL_H

/* Locks this process for good: no file, no new socket, no program. Returns 0 or negative errno;
 * then the process must end. */
int jail_close(void) __attribute__((warn_unused_result));

#endif
