/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libvncserver's rectangle coders behind a memfd: the one place where that library is met. */

#include "coder.h"

#include "base/descriptor.h"
#include "garasu/rfb.h"

#include <errno.h>
#include <rfb/rfb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct coder {
	const struct picture *picture;
	rfbScreenInfoPtr screen;
	rfbClientPtr client;
	int memory; /* what the library writes */
};

#define COMPRESS_LEVEL 1 /* higher levels cost time and save next to nothing (tight.c says so) */

static void drop_log_line(const char *format, ...)
{
	(void)format; /* the library's own log opens /etc/localtime at every line */
}

static void set_format(rfbPixelFormat *library, const struct pixel_format *format)
{
	memset(library, 0, sizeof(*library));
	library->bitsPerPixel = format->bits_per_pixel;
	library->depth = format->depth;
	library->bigEndian = format->is_big_endian;
	library->trueColour = 1;
	library->redMax = format->red_max;
	library->greenMax = format->green_max;
	library->blueMax = format->blue_max;
	library->redShift = format->red_shift;
	library->greenShift = format->green_shift;
	library->blueShift = format->blue_shift;
}

static int open_screen(struct coder *coder)
{
	const struct pixel_format native = pixel_format_native();
	const struct picture *picture = coder->picture;

	coder->screen = rfbGetScreen(
		NULL, NULL, (int)picture->max_width, (int)picture->max_height, 8, 3, 4);
	if (coder->screen == NULL) {
		return -ENOMEM;
	}
	coder->screen->frameBuffer = (char *)picture->pixels;
	set_format(&coder->screen->serverFormat, &native);
	return 0;
}

/* The library wants a viewer that has already said its version; then the memfd takes its place. */
static int open_client(struct coder *coder)
{
	static const char version[] = "RFB 003.008\n";
	int ends[2];
	int result;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		return -errno;
	}
	result = garasu_fd_write_all(ends[1], version, sizeof(version) - 1);
	if (result == 0) {
		coder->client = rfbNewClient(coder->screen, ends[0]);
		result = coder->client == NULL ? -ENOMEM : 0;
	}
	if (coder->client != NULL) {
		coder->client->sock = coder->memory;
		coder->client->turboQualityLevel = -1; /* lossless */
		coder->client->tightQualityLevel = -1;
		coder->client->preferredEncoding =
			rfbEncodingZRLE; /* goes into its rectangle header */
	}
	close(ends[0]);
	close(ends[1]);
	return result;
}

int coder_create(struct coder **coder, const struct picture *picture)
{
	struct coder *made = calloc(1, sizeof(*made));
	int result;

	if (made == NULL) {
		return -ENOMEM;
	}
	rfbLog = drop_log_line;
	rfbErr = drop_log_line;
	made->picture = picture;
	made->memory = memfd_create("rectangles", MFD_CLOEXEC);
	result = made->memory < 0 ? -errno : open_screen(made);
	if (result == 0) {
		result = open_client(made);
	}
	if (result != 0) {
		coder_destroy(&made);
	}
	*coder = made;
	return result;
}

void coder_destroy(struct coder **coder)
{
	if (*coder == NULL) {
		return;
	}
	if ((*coder)->client != NULL) {
		(*coder)->client->sock = -1;
		rfbClientConnectionGone((*coder)->client);
	}
	if ((*coder)->screen != NULL) {
		rfbScreenCleanup((*coder)->screen);
	}
	garasu_fd_close(&(*coder)->memory);
	free(*coder);
	*coder = NULL;
}

int coder_set_format(struct coder *coder, const struct pixel_format *format)
{
	set_format(&coder->client->format, format);
	return rfbSetTranslateFunction(coder->client) ? 0 : -EIO;
}

static int read_back(struct coder *coder, struct garasu_buffer *out)
{
	off_t size = lseek(coder->memory, 0, SEEK_CUR);
	uint8_t *room;

	if (size < 0) {
		return -errno;
	}
	room = garasu_buffer_reserve(out, (size_t)size);
	if (room == NULL) {
		return -ENOBUFS;
	}
	if (pread(coder->memory, room, (size_t)size, 0) != size ||
		lseek(coder->memory, 0, SEEK_SET) != 0) {
		return -EIO;
	}
	garasu_buffer_commit(out, (size_t)size);
	return 0;
}

int coder_append(struct coder *coder, int encoding, const struct garasu_rect *area,
	int has_last_rect, struct garasu_buffer *out)
{
	rfbClientPtr client = coder->client;
	int x = (int)area->x, y = (int)area->y, width = (int)area->width,
	    height = (int)area->height;
	int count = 1, result;

	coder->screen->frameBuffer = (char *)coder->picture->pixels; /* it may have moved */
	coder->screen->paddedWidthInBytes = (int)coder->picture->stride;
	client->ublen = 0;
	client->tightCompressLevel = COMPRESS_LEVEL;
	client->enableLastRectEncoding = has_last_rect ? TRUE : FALSE;
	if (encoding == GARASU_RFB_TIGHT) {
		count = rfbNumCodedRectsTight(client, x, y, width, height);
		result = rfbSendRectEncodingTight(client, x, y, width, height);
	} else {
		result = rfbSendRectEncodingZRLE(client, x, y, width, height);
	}
	if (!result || !rfbSendUpdateBuf(client)) {
		return -EIO;
	}
	result = read_back(coder, out);
	return result < 0 ? result : count;
}
