/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-egress: the only process with a route to the internet. */

#include "base/log.h"
#include "base/process.h"
#include "egress.h"
#include "garasu/heritage.h"

#include <string.h>

int main(void)
{
	static const int heritage[] = {
		GARASU_FD_LOG, GARASU_FD_CONTROL, GARASU_FD_EGRESS_SETTINGS, -1};
	int result = garasu_process_begin(GARASU_FD_EGRESS_SETTINGS + 1, heritage);

	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "start", "error=\"%s\"", strerror(-result));
		return 1;
	}
	return egress_run(GARASU_FD_CONTROL, GARASU_FD_EGRESS_SETTINGS);
}
