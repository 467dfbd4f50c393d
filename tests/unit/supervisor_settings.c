/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left in memory of the settings that roles are given. */

#include "supervisor.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET_SIZE 120u

/* Another at each place, and nowhere in this program as a text. */
static char letter(size_t place)
{
	return (char)('a' + ((uint32_t)place * 2654435761u >> 8) % 26);
}

static int write_secret(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	int result = fd >= 0 && write(fd, "user:", 5) == 5 ? 0 : -1;

	for (size_t i = 0; i < SECRET_SIZE && result == 0; i++) {
		char one = letter(i);

		result = write(fd, &one, 1) == 1 ? 0 : -1;
	}
	close(fd);
	return result;
}

/* How often the second half of the secret stands between two addresses: the allocator writes over
 * the first bytes of what is freed. */
static unsigned count_within(uintptr_t from, uintptr_t to)
{
	const size_t half = SECRET_SIZE / 2;
	unsigned found = 0;

	for (uintptr_t at = from; at + half <= to; at++) {
		const volatile char *bytes = (const volatile char *)at;
		size_t same = 0;

		while (same < half && bytes[same] == letter(half + same)) {
			same++;
		}
		found += same == half;
	}
	return found;
}

static unsigned count_in_heap(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	unsigned found = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		uintptr_t from, to;

		if (strstr(line, "[heap]") != NULL &&
			sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &from, &to) == 2) {
			found += count_within(from, to);
		}
	}
	fclose(maps);
	return found;
}

static void credentials_leave_nothing_in_the_heap(void **state)
{
	char folder[] = "/tmp/garasu-settings-XXXXXX";
	char path[64];
	char upstream[] = "proxy.example:3128";
	struct garasu_config config = {.upstream = upstream, .upstream_credentials_path = path};
	char *copy;
	int fd;

	(void)state;
#ifdef GARASU_SANITIZED
	skip(); /* their allocators have places of their own */
#endif
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/credentials", folder);
	assert_int_equal(write_secret(path), 0);
	copy = malloc(SECRET_SIZE);
	assert_non_null(copy);
	for (size_t i = 0; i < SECRET_SIZE; i++) {
		copy[i] = letter(i);
	}
	assert_int_equal(count_in_heap(), 1); /* it is found where it is */
	explicit_bzero(copy, SECRET_SIZE);
	free(copy);
	fd = settings_egress(&config, -1);
	assert_true(fd >= 0);
	assert_int_equal(count_in_heap(), 0);
	close(fd);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_leave_nothing_in_the_heap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
