/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shared picture. Reads untrusted bytes from: the decoder child (pixels of any value). */

#include "picture.h"

#include <base/descriptor.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int picture_init(struct picture *picture)
{
	void *memory;

	*picture = (struct picture){.fd = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
	if (picture->fd < 0) {
		return -errno;
	}
	if (ftruncate(picture->fd, (off_t)VIEWER_PICTURE_BYTES) != 0 ||
		fcntl(picture->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
		int error = -errno;

		garasu_fd_close(&picture->fd);
		return error;
	}
	memory = mmap(NULL, VIEWER_PICTURE_BYTES, PROT_READ, MAP_SHARED, picture->fd, 0);
	if (memory == MAP_FAILED) {
		garasu_fd_close(&picture->fd);
		return -ENOMEM;
	}
	picture->memory = memory;
	return 0;
}

void picture_finish(struct picture *picture)
{
	if (picture->memory != NULL) {
		munmap((void *)(uintptr_t)picture->memory, VIEWER_PICTURE_BYTES);
		garasu_fd_close(&picture->fd);
	}
	*picture = (struct picture){.fd = -1};
}

int picture_set_size(struct picture *picture, uint32_t untrusted_width, uint32_t untrusted_height)
{
	if (untrusted_width == 0 || untrusted_width > VIEWER_MAX_WIDTH || untrusted_height == 0 ||
		untrusted_height > VIEWER_MAX_HEIGHT) {
		return -EPROTO;
	}
	picture->width = untrusted_width;
	picture->height = untrusted_height;
	return 0;
}

uint32_t picture_sequence(const struct picture *picture)
{
	const struct viewer_picture_header *header =
		(const struct viewer_picture_header *)picture->memory;

	return atomic_load(&header->sequence);
}

static void copy_rows(const struct picture *picture, uint8_t *rgb)
{
	for (uint32_t y = 0; y < picture->height; y++) {
		const uint8_t *from = picture_row(picture, y);

		for (uint32_t x = 0; x < picture->width; x++, from += 4, rgb += 3) {
			rgb[0] = from[2];
			rgb[1] = from[1];
			rgb[2] = from[0];
		}
	}
}

int picture_copy_rgb(const struct picture *picture, uint8_t **rgb)
{
	uint32_t before = picture_sequence(picture);
	uint8_t *copy;

	if ((before & 1u) != 0 || picture->width == 0) {
		return -EAGAIN;
	}
	copy = malloc((size_t)picture->width * picture->height * 3);
	if (copy == NULL) {
		return -ENOMEM;
	}
	copy_rows(picture, copy);
	if (picture_sequence(picture) != before) {
		free(copy);
		return -EAGAIN;
	}
	*rgb = copy;
	return 0;
}
