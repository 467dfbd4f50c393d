/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_PASTE_H
#define VIEWER_PASTE_H

#include <garasu/rfb.h>

#include <stddef.h>
#include <stdint.h>

/*
 * What of the desk's clipboard becomes one PASTE.
 */

#define PASTE_BYTES_MAX (GARASU_RFB_PASTE_MAX * 4u)

struct paste {
	uint32_t length; /* characters that the clipboard has for us */
	size_t size;     /* bytes of their first ones: as many as may cross */
	char text[PASTE_BYTES_MAX];
};

/* Fills *paste with the start of text: at most so many characters (no more than
 * GARASU_RFB_PASTE_MAX), line ends as newlines, no other control but tab, up to what is malformed.
 */
void paste_take(struct paste *paste, const char *untrusted_text, uint32_t most);

#endif
