/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JPEG rectangles: the one place where libjpeg-turbo is met. */

#include "jpeg.h"

#include "base/log.h"
#include "pseudo.h"

#include <errno.h>
#include <stdlib.h>
#include <turbojpeg.h>

#define CONTROL_JPEG 0x90u

int jpeg_init(struct jpeg *jpeg)
{
	*jpeg = (struct jpeg){.compressor = tjInitCompress()};
	jpeg->size = tjBufSize(JPEG_WIDTH_MAX, JPEG_HEIGHT_MAX, TJSAMP_444);
	jpeg->bytes = malloc(jpeg->size);
	if (jpeg->compressor == NULL || jpeg->bytes == NULL) {
		jpeg_finish(jpeg);
		return -ENOMEM;
	}
	return 0;
}

void jpeg_finish(struct jpeg *jpeg)
{
	if (jpeg->compressor != NULL) {
		(void)tjDestroy(jpeg->compressor);
	}
	free(jpeg->bytes);
	*jpeg = (struct jpeg){0};
}

size_t jpeg_compact_length(uint32_t length, uint8_t bytes[3])
{
	bytes[0] = (uint8_t)(length & 0x7fu);
	if (length < 1u << 7) {
		return 1;
	}
	bytes[0] |= 0x80u;
	bytes[1] = (uint8_t)(length >> 7 & 0x7fu);
	if (length < 1u << 14) {
		return 2;
	}
	bytes[1] |= 0x80u;
	bytes[2] = (uint8_t)(length >> 14);
	return 3;
}

int jpeg_quality(int level, uint32_t most)
{
	/* TigerVNC's scale of levels */
	static const uint8_t qualities[10] = {15, 29, 41, 42, 62, 77, 79, 86, 92, 100};
	int quality = qualities[level < 0 ? 0 : level > 9 ? 9 : level];

	return quality > (int)most ? (int)most : quality;
}

int jpeg_append(struct jpeg *jpeg, const struct picture *picture, const struct garasu_rect *area,
	int quality, int is_fine, struct garasu_buffer *out)
{
	unsigned char *bytes = jpeg->bytes;
	unsigned long size = jpeg->size;
	uint8_t head[RECT_HEADER_BYTES + 4];
	size_t head_size = RECT_HEADER_BYTES;

	GARASU_INVARIANT(area->width <= JPEG_WIDTH_MAX && area->height <= JPEG_HEIGHT_MAX);
	if (tjCompress2(jpeg->compressor, picture_at(picture, area->x, area->y), (int)area->width,
		    (int)picture->stride, (int)area->height, TJPF_BGRX, &bytes, &size,
		    is_fine ? TJSAMP_444 : TJSAMP_420, quality, TJFLAG_NOREALLOC) != 0) {
		return -EIO;
	}
	rect_header(head, area, GARASU_RFB_TIGHT);
	head[head_size++] = CONTROL_JPEG;
	head_size += jpeg_compact_length((uint32_t)size, head + head_size);
	if (garasu_buffer_append(out, head, head_size) != 0) {
		return -ENOBUFS;
	}
	return garasu_buffer_append(out, bytes, size);
}
