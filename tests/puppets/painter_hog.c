/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes more than a session may have. */

#include "painter.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK_BYTES (16u << 20)
#define CHUNKS_MAX 256
#define PROCESSES_MAX 2000

void hog_memory(void)
{
	for (int i = 0; i < CHUNKS_MAX; i++) {
		void *chunk = mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (chunk == MAP_FAILED) {
			break;
		}
		memset(chunk, i + 1, CHUNK_BYTES);
	}
	exit(0); /* nothing stopped it */
}

int hog_processes(void)
{
	static pid_t children[PROCESSES_MAX];
	int count = 0;
	int result = 0;

	while (count < PROCESSES_MAX) {
		pid_t child = fork();

		if (child == 0) {
			pause();
			_exit(0);
		}
		if (child < 0) {
			result = -errno;
			break;
		}
		children[count++] = child;
	}
	for (int i = 0; i < count; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	return result;
}
