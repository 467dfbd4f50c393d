/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filters of refusals. */

#include "lock/deny.h"

#include "base/descriptor.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOW_HALF 0xffffffffu

static int add_row(scmp_filter_ctx filter, const struct garasu_deny_row *row, int call)
{
	uint32_t refuse = SCMP_ACT_ERRNO((unsigned)row->refuse);

	switch (row->test) {
	case GARASU_DENY_ALWAYS:
		return seccomp_rule_add(filter, refuse, call, 0);
	case GARASU_DENY_ARGUMENT_ABOVE:
		return seccomp_rule_add(
			filter, refuse, call, 1, SCMP_A0_32(SCMP_CMP_GT, row->value));
	case GARASU_DENY_ARGUMENT_BETWEEN:
		for (unsigned value = row->value; value <= row->end; value++) {
			int result = seccomp_rule_add(
				filter, refuse, call, 1, SCMP_A0_32(SCMP_CMP_EQ, value));

			if (result != 0) {
				return result;
			}
		}
		return 0;
	case GARASU_DENY_SECOND_ARGUMENT_IS:
		return seccomp_rule_add(
			filter, refuse, call, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, LOW_HALF, row->value));
	case GARASU_DENY_NETLINK_OTHER:
		return seccomp_rule_add(filter, refuse, call, 2,
			SCMP_A0_32(SCMP_CMP_EQ, AF_NETLINK), SCMP_A2_32(SCMP_CMP_NE, row->value));
	}
	return -EINVAL;
}

int garasu_deny_export(const struct garasu_deny_row *rows, size_t count)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int result = filter != NULL ? 0 : -ENOMEM;
	int fd = -1;

	for (size_t i = 0; result == 0 && i < count; i++) {
		int call = seccomp_syscall_resolve_name(rows[i].call);

		result = call != __NR_SCMP_ERROR ? add_row(filter, &rows[i], call) : -ENOSYS;
	}
	if (result == 0) {
		fd = memfd_create("deny", 0);
		result = fd >= 0 ? seccomp_export_bpf(filter, fd) : -errno;
	}
	if (result == 0 && lseek(fd, 0, SEEK_SET) != 0) {
		result = -errno;
	}
	if (filter != NULL) {
		seccomp_release(filter);
	}
	if (result != 0) {
		garasu_fd_close(&fd);
		return result;
	}
	return fd;
}
