/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An output that no screen shows: frames go to the frame memory (frame.c), when one is wanted.
 * wlroots' headless one has a clock that wakes the process at every refresh, for ever. */

#include "compositor.h"

#include <errno.h>
#include <stdlib.h>
#include <wlr/interfaces/wlr_output.h>

#define REFRESH_MHZ 60000 /* what clients take for the screen's */

/* What needs no help of ours is wlroots' own, after this. */
static bool commit(struct wlr_output *output)
{
	return (output->pending.committed & ~(uint32_t)WLR_OUTPUT_STATE_BACKEND_OPTIONAL) == 0;
}

static void destroy(struct wlr_output *output)
{
	free(output);
}

static const struct wlr_output_impl output_impl = {.destroy = destroy, .commit = commit};

struct wlr_output *output_create(struct compositor *compositor)
{
	struct wlr_output *output = calloc(1, sizeof(*output));

	if (output != NULL) {
		wlr_output_init(output, compositor->backend, &output_impl, compositor->display);
		wlr_output_set_name(output, "GARASU-1");
		wlr_output_set_description(output, "Garasu");
		wlr_output_update_enabled(output, true);
	}
	return output;
}

int output_set_geometry(struct compositor *compositor)
{
	struct wlr_output *output = compositor->output;

	wlr_output_update_custom_mode(
		output, (int32_t)compositor->width, (int32_t)compositor->height, REFRESH_MHZ);
	wlr_output_set_scale(output, (float)compositor->scale / (float)GARASU_SCALE_ONE);
	return wlr_output_commit(output) ? 0 : -EIO;
}
