/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a user gets a session. */

#include "admission.h"

enum garasu_state admission_judge(const struct admission *admission)
{
	if (admission->has_session) {
		return GARASU_STATE_ACCEPTED;
	}
	if (!admission->is_recording) {
		return GARASU_STATE_START_FAILED;
	}
	if (admission->sessions >= admission->sessions_max) {
		return GARASU_STATE_HOST_FULL;
	}
	if (admission->pooled > 0) {
		return GARASU_STATE_ACCEPTED;
	}
	if (admission->sessions + admission->leaving >= admission->sessions_max) {
		return GARASU_STATE_BUSY;
	}
	if (admission->starting >= admission->starts_at_once) {
		return GARASU_STATE_BUSY;
	}
	return GARASU_STATE_ACCEPTED;
}
