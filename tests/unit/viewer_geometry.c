/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixels of the session stand on pixels of the screen, and never on the strip. */

#include "geometry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_rect(
	struct garasu_rect rect, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	assert_int_equal(rect.x, x);
	assert_int_equal(rect.y, y);
	assert_int_equal(rect.width, width);
	assert_int_equal(rect.height, height);
}

static void the_strip_and_the_picture_share_the_window(void **state)
{
	struct geometry geometry;
	struct geometry_size wish;

	(void)state;
	geometry_lay_out(&geometry, 1280, 804, 1280, 804, 0);
	assert_int_equal(geometry.scale, 120);
	assert_rect(geometry.strip, 0, 0, 1280, 4);
	assert_rect(geometry.area, 0, 4, 1280, 800);
	wish = geometry_wish(&geometry, geometry_limit());
	assert_int_equal(wish.width, 1280);
	assert_int_equal(wish.height, 800);
	assert_rect(geometry_place(&geometry, 1280, 800, false), 0, 4, 1280, 800);
}

static void a_system_that_scales_is_followed_in_physical_pixels(void **state)
{
	struct geometry geometry;

	(void)state;
	geometry_lay_out(&geometry, 1000, 500, 1500, 750, 0);
	assert_int_equal(geometry.scale, 180);
	assert_rect(geometry.area, 0, 6, 1500, 744);
	geometry_lay_out(&geometry, 1001, 500, 1502, 750, 0);
	assert_int_equal(geometry.scale, 180);
	geometry_lay_out(&geometry, 1000, 500, 1000, 500, 300);
	assert_int_equal(geometry.scale, 300);
	assert_rect(geometry.strip, 0, 0, 1000, 10);
}

static void no_window_is_too_small_to_lay_out(void **state)
{
	struct geometry geometry;
	struct geometry_size wish;

	(void)state;
	geometry_lay_out(&geometry, 0, 0, 0, 0, 0);
	assert_rect(geometry.area, 0, 0, 0, 0);
	wish = geometry_wish(&geometry, geometry_limit());
	assert_int_equal(wish.width, GARASU_FRAME_SIDE_MIN);
	assert_int_equal(wish.height, GARASU_FRAME_SIDE_MIN);
	assert_rect(geometry_place(&geometry, 100, 100, true), 0, 0, 100, 100);
}

static void a_refused_size_is_lowered_until_it_is_taken(void **state)
{
	struct geometry_size limit = geometry_limit();
	struct geometry_size refused = {3840, 2000};
	int steps = 0;

	(void)state;
	while (refused.width > 2560 || refused.height > 1600) {
		assert_true(geometry_limit_lower(&limit, refused));
		refused.width = refused.width < limit.width ? refused.width : limit.width;
		refused.height = refused.height < limit.height ? refused.height : limit.height;
		steps++;
	}
	assert_int_equal(steps, 1);
	refused = (struct geometry_size){640, 480};
	while (geometry_limit_lower(&limit, refused)) {
		steps++;
	}
	assert_in_range(steps, 1, 8);
}

static void points_become_pixels_of_the_picture(void **state)
{
	struct geometry geometry;
	struct garasu_rect place;
	uint32_t x, y;

	(void)state;
	geometry_lay_out(&geometry, 1280, 804, 1280, 804, 0);
	place = geometry_place(&geometry, 1280, 800, false);
	assert_true(geometry_point(&geometry, &place, 1280, 800, 0, 4, &x, &y));
	assert_int_equal(x, 0);
	assert_int_equal(y, 0);
	assert_true(geometry_point(&geometry, &place, 1280, 800, 1279, 803, &x, &y));
	assert_int_equal(x, 1279);
	assert_int_equal(y, 799);
	assert_false(geometry_point(&geometry, &place, 1280, 800, 100, 3, &x, &y));
	assert_int_equal(y, 0);
	assert_false(geometry_point(&geometry, &place, 1280, 800, 5000, -5000, &x, &y));
	assert_int_equal(x, 1279);
	assert_int_equal(y, 0);
}

static void points_of_a_scaled_window_become_physical_pixels(void **state)
{
	struct geometry geometry;
	struct garasu_rect place;
	uint32_t x, y;

	(void)state;
	geometry_lay_out(&geometry, 640, 402, 1280, 804, 0);
	place = geometry_place(&geometry, 1280, 796, false);
	assert_true(geometry_point(&geometry, &place, 1280, 796, 100, 54, &x, &y));
	assert_int_equal(x, 200);
	assert_int_equal(y, 100);
}

static void a_picture_that_must_fit_keeps_its_shape(void **state)
{
	struct geometry geometry;
	struct garasu_rect place;
	uint32_t x, y;

	(void)state;
	geometry_lay_out(&geometry, 1000, 504, 1000, 504, 0);
	place = geometry_place(&geometry, 2000, 2000, true);
	assert_rect(place, 0, 4, 500, 500);
	assert_true(geometry_point(&geometry, &place, 2000, 2000, 250, 254, &x, &y));
	assert_int_equal(x, 1000);
	assert_int_equal(y, 1000);
	assert_rect(geometry_place(&geometry, 900, 400, true), 0, 4, 900, 400);
	assert_rect(geometry_place(&geometry, 2000, 2000, false), 0, 4, 2000, 2000);
}

static void a_pointer_picture_stays_off_the_strip(void **state)
{
	(void)state;
	assert_true(geometry_has_room_for_pointer(0, 0));
	assert_true(geometry_has_room_for_pointer(128, 128));
	assert_false(geometry_has_room_for_pointer(127, 128));
}

static void small_steps_of_the_wheel_add_up(void **state)
{
	float rest = 0;
	int32_t sum = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		sum += geometry_wheel(&rest, 0.001f);
	}
	assert_in_range(sum, 119, 120);
	rest = 0;
	assert_int_equal(geometry_wheel(&rest, -1.0f), -120);
	assert_int_equal(geometry_wheel(&rest, 1e9f), 12000);
}

static void rectangles_are_cut_and_joined(void **state)
{
	struct garasu_rect whole = {0, 0, 10, 10};

	(void)state;
	assert_rect(geometry_cut((struct garasu_rect){5, 5, 10, 10}, whole), 5, 5, 5, 5);
	assert_rect(geometry_cut((struct garasu_rect){10, 0, 4, 4}, whole), 0, 0, 0, 0);
	assert_rect(
		geometry_join((struct garasu_rect){1, 1, 1, 1}, (struct garasu_rect){5, 6, 1, 1}),
		1, 1, 5, 6);
	assert_rect(geometry_join((struct garasu_rect){0}, whole), 0, 0, 10, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_strip_and_the_picture_share_the_window),
		cmocka_unit_test(a_system_that_scales_is_followed_in_physical_pixels),
		cmocka_unit_test(no_window_is_too_small_to_lay_out),
		cmocka_unit_test(a_refused_size_is_lowered_until_it_is_taken),
		cmocka_unit_test(points_become_pixels_of_the_picture),
		cmocka_unit_test(points_of_a_scaled_window_become_physical_pixels),
		cmocka_unit_test(a_picture_that_must_fit_keeps_its_shape),
		cmocka_unit_test(a_pointer_picture_stays_off_the_strip),
		cmocka_unit_test(small_steps_of_the_wheel_add_up),
		cmocka_unit_test(rectangles_are_cut_and_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
