/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_JAIL_DENY_H
#define GARASU_JAIL_DENY_H

#include "lock/deny.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/*
 * What a session may not ask of the kernel, with the reason of each row. Everything else is
 * allowed: Chromium brings its own, stricter filters, and needs nested user namespaces and chroot
 * to set its sandbox up. tests/escape tries each row from inside.
 */
static const struct garasu_deny_row garasu_jail_deny[] = {
	/* socket families: UNIX, INET, INET6 and netlink's ROUTE remain */
	{.call = "socket",
		.refuse = EAFNOSUPPORT,
		.test = GARASU_DENY_ARGUMENT_ABOVE,
		.value = AF_INET6 + 6,
		.why = "every family above NETLINK: VSOCK, ALG, BLUETOOTH, XDP, PACKET ..."},
	{.call = "socket",
		.refuse = EAFNOSUPPORT,
		.test = GARASU_DENY_ARGUMENT_BETWEEN,
		.value = AF_INET + 1,
		.end = AF_INET6 - 1,
		.why = "AX25, IPX, APPLETALK, X25 ..."},
	{.call = "socket",
		.refuse = EAFNOSUPPORT,
		.test = GARASU_DENY_ARGUMENT_BETWEEN,
		.value = AF_INET6 + 1,
		.end = AF_NETLINK - 1,
		.why = "ROSE, DECnet, NETBEUI, SECURITY, KEY"},
	{.call = "socket",
		.refuse = EAFNOSUPPORT,
		.test = GARASU_DENY_NETLINK_OTHER,
		.value = NETLINK_ROUTE,
		.why = "netlink families other than ROUTE reach deep into the kernel"},
	{.call = "socketpair",
		.refuse = EAFNOSUPPORT,
		.test = GARASU_DENY_ARGUMENT_ABOVE,
		.value = AF_UNIX,
		.why = "TIPC makes pairs too"},
	/* key rings are shared between jails of a host */
	{.call = "keyctl", .refuse = EPERM, .why = "key rings"},
	{.call = "add_key", .refuse = EPERM, .why = "key rings"},
	{.call = "request_key", .refuse = EPERM, .why = "key rings"},
	/* large, young or privileged parts of the kernel nobody here needs */
	{.call = "io_uring_setup", .refuse = ENOSYS, .why = "io_uring passes by every filter"},
	{.call = "io_uring_enter", .refuse = ENOSYS, .why = "io_uring"},
	{.call = "io_uring_register", .refuse = ENOSYS, .why = "io_uring"},
	{.call = "bpf", .refuse = EPERM, .why = "programs in the kernel"},
	{.call = "perf_event_open", .refuse = EPERM, .why = "observes other processes"},
	{.call = "userfaultfd", .refuse = EPERM, .why = "helps kernel races to be won"},
	{.call = "kexec_load", .refuse = EPERM, .why = "replaces the kernel"},
	{.call = "kexec_file_load", .refuse = EPERM, .why = "replaces the kernel"},
	{.call = "init_module", .refuse = EPERM, .why = "kernel modules"},
	{.call = "finit_module", .refuse = EPERM, .why = "kernel modules"},
	{.call = "delete_module", .refuse = EPERM, .why = "kernel modules"},
	{.call = "reboot", .refuse = EPERM, .why = "the host"},
	{.call = "swapon", .refuse = EPERM, .why = "the host"},
	{.call = "swapoff", .refuse = EPERM, .why = "the host"},
	{.call = "acct", .refuse = EPERM, .why = "the host"},
	{.call = "quotactl", .refuse = EPERM, .why = "the host"},
	{.call = "syslog", .refuse = EPERM, .why = "the kernel's messages"},
	{.call = "name_to_handle_at", .refuse = EPERM, .why = "file handles pass by paths"},
	{.call = "open_by_handle_at", .refuse = EPERM, .why = "file handles pass by paths"},
	/* mounts and namespaces of others */
	{.call = "mount", .refuse = EPERM, .why = "mounts"},
	{.call = "umount2", .refuse = EPERM, .why = "mounts"},
	{.call = "pivot_root", .refuse = EPERM, .why = "mounts"},
	{.call = "move_mount", .refuse = EPERM, .why = "mounts"},
	{.call = "open_tree", .refuse = EPERM, .why = "mounts"},
	{.call = "fsopen", .refuse = EPERM, .why = "mounts"},
	{.call = "fsconfig", .refuse = EPERM, .why = "mounts"},
	{.call = "fsmount", .refuse = EPERM, .why = "mounts"},
	{.call = "fspick", .refuse = EPERM, .why = "mounts"},
	{.call = "mount_setattr", .refuse = EPERM, .why = "mounts"},
	{.call = "setns", .refuse = EPERM, .why = "others' namespaces"},
	/* other processes' memory */
	{.call = "process_vm_readv", .refuse = EPERM, .why = "reads siblings"},
	{.call = "process_vm_writev", .refuse = EPERM, .why = "writes siblings"},
	{.call = "ptrace", .refuse = EPERM, .why = "becomes siblings"},
	{.call = "pidfd_getfd", .refuse = EPERM, .why = "takes siblings' descriptors"},
	{.call = "kcmp", .refuse = EPERM, .why = "compares siblings' kernel objects"},
	/* terminals */
	{.call = "ioctl",
		.refuse = EPERM,
		.test = GARASU_DENY_SECOND_ARGUMENT_IS,
		.value = TIOCSTI,
		.why = "types into a terminal"},
	{.call = "ioctl",
		.refuse = EPERM,
		.test = GARASU_DENY_SECOND_ARGUMENT_IS,
		.value = TIOCLINUX,
		.why = "pastes into a terminal"},
};

#define GARASU_JAIL_DENY_COUNT (sizeof(garasu_jail_deny) / sizeof(garasu_jail_deny[0]))

#endif
