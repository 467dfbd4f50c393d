/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The web front: one browser's connection. Locked before its first byte is read. */

#include "base/log.h"
#include "base/process.h"
#include "garasu/heritage.h"
#include "gateway/jail.h"
#include "web.h"

#include <string.h>

int main(void)
{
	static const int heritage[] = {GARASU_FD_LOG, GARASU_FD_CONTROL, GARASU_FD_GATEWAY_VIEWER,
		GARASU_FD_GATEWAY_SETTINGS, -1};
	static struct web web;
	static struct gateway gateway = {.front = &web_front, .front_state = &web};
	int result = garasu_process_begin(GARASU_FD_GATEWAY_SETTINGS + 1, heritage);

	if (result == 0) {
		result = settings_load(GARASU_FD_GATEWAY_SETTINGS, &gateway.settings, &gateway.tls);
	}
	if (result == 0) {
		result = digest_open();
	}
	if (result == 0) {
		result = gateway_open(&gateway, GARASU_FD_CONTROL, GARASU_FD_GATEWAY_VIEWER);
	}
	if (result == 0) {
		result = jail_close();
	}
	if (result == 0) {
		result = gateway_run(&gateway);
	}
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "web", "error=\"%s\"", strerror(-result));
	}
	gateway_close(&gateway);
	web_socket_destroy(&web.socket);
	return result == 0 ? 0 : 1;
}
