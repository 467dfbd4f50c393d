/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame memory's header, clamped. Reads untrusted bytes from: the compositor's jail. */

#include "frame.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static uint32_t clamp(uint32_t untrusted_value, uint32_t least, uint32_t most)
{
	if (untrusted_value < least) {
		return least;
	}
	return untrusted_value > most ? most : untrusted_value;
}

struct garasu_rect frame_clamp_rect(
	const struct garasu_rect *untrusted_rect, uint32_t width, uint32_t height)
{
	struct garasu_rect rect;

	rect.x = clamp(untrusted_rect->x, 0, width);
	rect.y = clamp(untrusted_rect->y, 0, height);
	rect.width = clamp(untrusted_rect->width, 0, width - rect.x);
	rect.height = clamp(untrusted_rect->height, 0, height - rect.y);
	return rect;
}

static void clamp_damage(const struct garasu_frame_header *untrusted_header, struct frame *frame)
{
	uint32_t count = untrusted_header->damage_count;

	frame->damage_count = 0;
	if (count > GARASU_FRAME_DAMAGE_MAX) {
		return; /* a lie: compare everything */
	}
	for (uint32_t i = 0; i < count; i++) {
		frame->damage[i] =
			frame_clamp_rect(&untrusted_header->damage[i], frame->width, frame->height);
	}
	frame->damage_count = count;
}

static void clamp_pointer(const struct garasu_frame_header *untrusted_header, struct frame *frame)
{
	const uint32_t most = GARASU_FRAME_POINTER_MAX;

	frame->pointer_sequence = untrusted_header->pointer_sequence;
	frame->pointer_width = clamp(untrusted_header->pointer_width, 0, most);
	frame->pointer_height = clamp(untrusted_header->pointer_height, 0, most);
	if (frame->pointer_width == 0 || frame->pointer_height == 0) {
		frame->pointer_width = frame->pointer_height = 0;
		frame->pointer_hot_x = frame->pointer_hot_y = 0;
		return;
	}
	frame->pointer_hot_x = clamp(untrusted_header->pointer_hot_x, 0, frame->pointer_width - 1);
	frame->pointer_hot_y = clamp(untrusted_header->pointer_hot_y, 0, frame->pointer_height - 1);
}

int frame_clamp(const struct garasu_frame_header *untrusted_header, uint32_t max_width,
	uint32_t max_height, struct frame *frame)
{
	*frame = (struct frame){0};
	if (untrusted_header->width == 0 || untrusted_header->height == 0) {
		return 0;
	}
	frame->width = clamp(untrusted_header->width, 1, max_width);
	frame->height = clamp(untrusted_header->height, 1, max_height);
	frame->bits = untrusted_header->bits & GARASU_FRAME_BITS_ALL;
	if ((frame->bits & GARASU_FRAME_TEXT_FOCUS) != 0) {
		frame->caret =
			frame_clamp_rect(&untrusted_header->caret, frame->width, frame->height);
	}
	clamp_damage(untrusted_header, frame);
	clamp_pointer(untrusted_header, frame);
	return 1;
}

int frame_memory_open(struct frame_memory *memory, int fd, uint32_t max_width, uint32_t max_height)
{
	uint64_t size = garasu_frame_bytes(max_width, max_height);
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat status;
	void *bytes;

	if (fstat(fd, &status) != 0) {
		return -errno;
	}
	if (seals < 0 || (seals & F_SEAL_SHRINK) == 0 || (uint64_t)status.st_size < size) {
		return -EPROTO;
	}
	bytes = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED) {
		return -errno;
	}
	close(fd);
	*memory = (struct frame_memory){
		.bytes = bytes, .size = size, .max_width = max_width, .max_height = max_height};
	return 0;
}

void frame_memory_close(struct frame_memory *memory)
{
	if (memory->bytes != NULL) {
		(void)munmap((void *)(uintptr_t)memory->bytes, memory->size);
	}
	*memory = (struct frame_memory){0};
}

uint32_t frame_memory_sequence(const struct frame_memory *memory)
{
	const struct garasu_frame_header *header = (const void *)memory->bytes;

	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(&header->sequence, memory_order_acquire);
}

int frame_memory_read(const struct frame_memory *memory, struct frame *frame)
{
	struct garasu_frame_header untrusted_header;
	uint32_t sequence = frame_memory_sequence(memory);
	int has_picture;

	if ((sequence & 1u) != 0) {
		return -EAGAIN;
	}
	memcpy((void *)&untrusted_header, memory->bytes, sizeof(untrusted_header));
	has_picture = frame_clamp(&untrusted_header, memory->max_width, memory->max_height, frame);
	frame->sequence = sequence;
	return frame_memory_sequence(memory) == sequence ? has_picture : -EAGAIN;
}

const uint8_t *frame_memory_pixels(const struct frame_memory *memory)
{
	return memory->bytes + GARASU_FRAME_PIXELS_OFFSET;
}

const uint8_t *frame_memory_pointer(const struct frame_memory *memory)
{
	return memory->bytes + GARASU_FRAME_POINTER_OFFSET;
}
