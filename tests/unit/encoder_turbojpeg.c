/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which library really answers tjCompress2: libvncserver exports an old copy of its own. */

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <turbojpeg.h>

#include "jpeg.h"

#include <cmocka.h>

static void compressor_comes_from_libturbojpeg(void **state)
{
	int (*function)(tjhandle, const unsigned char *, int, int, int, int, unsigned char **,
		unsigned long *, int, int, int) = tjCompress2;
	void *address;
	Dl_info info;

	(void)state;
	memcpy(&address, &function, sizeof(address));
	assert_int_not_equal(dladdr(address, &info), 0);
	assert_non_null(strstr(info.dli_fname, "libturbojpeg"));
}

static void jpeg_of_the_largest_rectangle_has_a_compact_length(void **state)
{
	struct picture picture;
	struct jpeg jpeg;
	struct garasu_buffer out;
	const struct garasu_rect area = {0, 0, JPEG_WIDTH_MAX, JPEG_HEIGHT_MAX};
	uint32_t random = 1;

	(void)state;
	assert_int_equal(picture_init(&picture, JPEG_WIDTH_MAX, JPEG_HEIGHT_MAX), 0);
	picture_resize(&picture, JPEG_WIDTH_MAX, JPEG_HEIGHT_MAX);
	for (size_t i = 0; i < picture.stride * JPEG_HEIGHT_MAX; i++) {
		random = random * 1664525u + 1013904223u;
		picture.pixels[i] = (uint8_t)(random >> 24);
	}
	assert_int_equal(jpeg_init(&jpeg), 0);
	garasu_buffer_init(&out, 8u << 20);
	assert_int_equal(jpeg_append(&jpeg, &picture, &area, 100, 1, &out), 0);
	assert_in_range(garasu_buffer_size(&out), 1u << 14, (1u << 22) - 1);
	assert_int_equal(garasu_buffer_bytes(&out)[12], 0x90);
	garasu_buffer_finish(&out);
	jpeg_finish(&jpeg);
	picture_finish(&picture);
}

static void compact_length_has_one_to_three_bytes(void **state)
{
	uint8_t bytes[3];

	(void)state;
	assert_int_equal(jpeg_compact_length(127, bytes), 1);
	assert_int_equal(bytes[0], 127);
	assert_int_equal(jpeg_compact_length(128, bytes), 2);
	assert_memory_equal(bytes, "\x80\x01", 2);
	assert_int_equal(jpeg_compact_length(16383, bytes), 2);
	assert_int_equal(jpeg_compact_length(16384, bytes), 3);
	assert_memory_equal(bytes, "\x80\x80\x01", 3);
	assert_int_equal(jpeg_compact_length((1u << 22) - 1, bytes), 3);
	assert_memory_equal(bytes, "\xff\xff\xff", 3);
}

static void quality_never_passes_the_policy(void **state)
{
	(void)state;
	assert_int_equal(jpeg_quality(9, 80), 80);
	assert_int_equal(jpeg_quality(0, 80), 15);
	assert_int_equal(jpeg_quality(9, 100), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compressor_comes_from_libturbojpeg),
		cmocka_unit_test(jpeg_of_the_largest_rectangle_has_a_compact_length),
		cmocka_unit_test(compact_length_has_one_to_three_bytes),
		cmocka_unit_test(quality_never_passes_the_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
