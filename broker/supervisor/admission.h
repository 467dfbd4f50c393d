/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_ADMISSION_H
#define SUPERVISOR_ADMISSION_H

#include "garasu/state.h"

#include <stdint.h>

struct admission {
	int is_recording;                /* without a recorder nothing starts */
	int has_session;                 /* of this user */
	uint32_t sessions, sessions_max; /* of users */
	uint32_t pooled;                 /* wait for a user */
	uint32_t leaving;                /* of the pool: they end, and hold a place until then */
	uint32_t starting, starts_at_once;
};

/* Judges a log-in whose password was right; who has a session that ends is not asked about before
 * it is gone. ACCEPTED with has_session means take-over or resume. */
enum garasu_state admission_judge(const struct admission *admission);

#endif
