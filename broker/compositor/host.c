/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How short of processors the host is. Reads untrusted bytes from: nobody; the kernel wrote them. */

#include "host.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

void host_open(struct host *host)
{
	cpu_set_t set;

	host->loadavg = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	host->processors =
		sched_getaffinity(0, sizeof(set), &set) == 0 ? (uint32_t)CPU_COUNT(&set) : 1;
}

uint32_t host_tasks_in(const char *text, size_t size)
{
	uint32_t tasks = 0;
	size_t at = 0;

	for (int words = 0; words < 3 && at < size; at++) {
		words += text[at] == ' ';
	}
	for (; at < size && text[at] >= '0' && text[at] <= '9' && tasks < 1000000; at++) {
		tasks = tasks * 10 + (uint32_t)(text[at] - '0');
	}
	return tasks > 0 ? tasks - 1 : 0;
}

uint32_t host_tasks(const struct host *host)
{
	char text[64];
	ssize_t size = host->loadavg >= 0 ? pread(host->loadavg, text, sizeof(text), 0) : -1;

	return size > 0 ? host_tasks_in(text, (size_t)size) : 0;
}
