/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replays a fuzz target's corpus as a plain test: every file of the folder named on the command
 * line. An empty or missing folder is a failure: a target without a corpus tests nothing. */

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *directory, const char *name)
{
	char path[4096];
	uint8_t *data = malloc(1 << 20);
	FILE *file;
	size_t size;

	if (data == NULL ||
		snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path)) {
		free(data);
		return -ENOMEM;
	}
	file = fopen(path, "rb");
	if (file == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		free(data);
		return -EIO;
	}
	size = fread(data, 1, 1 << 20, file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int replayed = 0;
	DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;

	if (directory == NULL) {
		fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
		return 2;
	}
	for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		if (replay_file(argv[1], entry->d_name) != 0) {
			return 1;
		}
		replayed++;
	}
	closedir(directory);
	printf("%d inputs replayed\n", replayed);
	return replayed > 0 ? 0 : 1;
}
