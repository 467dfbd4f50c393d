/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encoder. */

#include "encoder.h"

#include "base/descriptor.h"
#include "base/log.h"
#include "base/process.h"
#include "base/settings.h"
#include "garasu/heritage.h"
#include "jail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int read_settings(struct garasu_encoder_settings *settings)
{
	char *memory = NULL;
	const char *rest;
	int64_t more = garasu_settings_read(
		GARASU_FD_ENCODER_SETTINGS, settings, sizeof(*settings), &memory, &rest);

	free(memory);
	if (more < 0) {
		return (int)more;
	}
	if (more > 0) {
		return -EPROTO;
	}
	return 0;
}

static int start(struct encoder *encoder)
{
	static const int heritage[] = {GARASU_FD_LOG, GARASU_FD_CONTROL, GARASU_FD_ENCODER_STREAM,
		GARASU_FD_ENCODER_FRAME, GARASU_FD_ENCODER_NEWS, GARASU_FD_ENCODER_CREDIT,
		GARASU_FD_ENCODER_SETTINGS, -1};
	static const struct encoder_edges edges = {.control = GARASU_FD_CONTROL,
		.stream = GARASU_FD_ENCODER_STREAM,
		.frame = GARASU_FD_ENCODER_FRAME,
		.news = GARASU_FD_ENCODER_NEWS,
		.credit = GARASU_FD_ENCODER_CREDIT};
	struct garasu_encoder_settings settings;
	int result = garasu_process_begin(GARASU_FD_FIRST_FREE, heritage);

	if (result == 0) {
		result = read_settings(&settings);
	}
	if (result == 0) {
		result = encoder_open(encoder, &edges, &settings);
	}
	return result == 0 ? jail_close() : result;
}

int main(void)
{
	static struct encoder encoder;
	int result = start(&encoder);

	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "start", "error=\"%s\"", strerror(-result));
		return 1;
	}
	result = encoder_run(&encoder);
	if (result != 0) {
		garasu_log(GARASU_LOG_ERROR, "run", "error=\"%s\"", strerror(-result));
	}
	encoder_close(&encoder);
	return result == 0 ? 0 : 1;
}
