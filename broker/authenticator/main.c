/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The authenticator: says yes or no once, and ends. */

#include "authenticator.h"

#include "base/log.h"
#include "base/process.h"
#include "garasu/heritage.h"

#include <string.h>

int main(void)
{
	static const int heritage[] = {GARASU_FD_LOG, GARASU_FD_CONTROL, -1};
	int result = garasu_process_begin(GARASU_FD_CONTROL + 1, heritage);

	if (result == 0) {
		result = authenticator_lock();
	}
	if (result == 0) {
		result = authenticator_answer(GARASU_FD_CONTROL);
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "check", "error=\"%s\"", strerror(-result));
	}
	return result == 0 ? 0 : 1;
}
