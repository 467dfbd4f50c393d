/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scroll finder: whatever a page draws, copies and the painted rest are the new picture bit for
 * bit, and the work stays within its bound. Reads untrusted bytes from: the fuzzer.
 * Covers: broker/encoder/scroll.c broker/encoder/shift.c */

#include "unit/encoder_scroll.h"

#define WIDTH_MAX 384u
#define HEIGHT_MAX 384u
#define STEPS_MAX 12u
#define OP_BYTES 10u

struct op {
	uint8_t kind;
	struct garasu_rect area;
	uint32_t from_x, from_y;
	uint8_t seed;
};

static struct op read_op(const struct picture *picture, const uint8_t *bytes)
{
	struct op op = {.kind = bytes[0], .seed = bytes[9]};

	op.area.x = bytes[1] * picture->width / 256;
	op.area.y = bytes[2] * picture->height / 256;
	op.area.width = 1 + (uint32_t)bytes[3] * (picture->width - op.area.x - 1) / 255;
	op.area.height = 1 + (uint32_t)bytes[4] * (picture->height - op.area.y - 1) / 255;
	op.from_x = (uint32_t)(bytes[5] | bytes[6] << 8) % (picture->width - op.area.width + 1);
	op.from_y = (uint32_t)(bytes[7] | bytes[8] << 8) % (picture->height - op.area.height + 1);
	return op;
}

static uint32_t pixel_of(const struct op *op, uint32_t x, uint32_t y)
{
	uint32_t seed = op->seed * 2654435761u;

	switch (op->kind % 8) {
	case 0:
		return op->seed * 0x010101u;
	case 1:
		return y % (1u + op->seed % 16u) * 0x0f0f0fu; /* lines that repeat */
	case 2:
		return x % (1u + op->seed % 16u) * 0x0f0f0fu;
	case 3:
		return (x / 8 + y / 8 + op->seed) % 2 * 0xffffffu;
	case 4:
		return (seed ^ x * 7919u ^ y * 104729u) * 2246822519u >> 8;
	default:
		return (seed ^ x / 4 * 7919u ^ y / 10 * 104729u) * 2246822519u >> 8;
	}
}

/* Kinds from 96 on move pixels of the frame itself, the others draw. */
static void draw(struct scene *scene, const struct op *op)
{
	for (uint32_t i = 0; i < op->area.height; i++) {
		uint32_t row = op->area.y > op->from_y ? op->area.height - 1 - i : i;
		uint8_t *to = scene_at(scene, scene->frame, op->area.x, op->area.y + row);

		if (op->kind >= 96) {
			memmove(to, scene_at(scene, scene->frame, op->from_x, op->from_y + row),
				4u * (size_t)op->area.width);
			continue;
		}
		for (uint32_t x = 0; x < op->area.width; x++) {
			uint32_t pixel = pixel_of(op, op->area.x + x, op->area.y + row);

			memcpy(to + 4u * (size_t)x, &pixel, 4);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct scene scene;

	if (size < 2 + OP_BYTES) {
		return 0;
	}
	if (scene_init(&scene, 64 + bytes[0] * (WIDTH_MAX - 64) / 255,
		    64 + bytes[1] * (HEIGHT_MAX - 64) / 255) != 0) {
		abort();
	}
	bytes += 2;
	size -= 2;
	for (unsigned steps = 0; size >= OP_BYTES && steps < STEPS_MAX; size -= OP_BYTES) {
		struct op op = read_op(&scene.picture, bytes);

		draw(&scene, &op);
		bytes += OP_BYTES;
		if ((op.kind & 1u) != 0 || size < 2 * OP_BYTES) { /* else more before it is shown */
			steps++;
			if (scene_step(&scene) != 0) {
				abort();
			}
			if (op.kind % 8 >= 6) {
				scene_rest(&scene);
			}
		}
	}
	scene_finish(&scene);
	return 0;
}
