/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Egress's jail: it may use the network and nothing else of the host. */

#include "egress.h"

#include "lock/lock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

static const struct garasu_lock_row rows[] = {
	{.call = "read", .why = "sockets"},
	{.call = "write", .why = "sockets, log"},
	{.call = "readv", .why = "libuv"},
	{.call = "writev", .why = "libuv, c-ares over TCP"},
	{.call = "recvmsg", .why = "control records"},
	{.call = "sendmsg", .why = "control records, libuv"},
	{.call = "recvfrom", .why = "c-ares"},
	{.call = "sendto", .why = "c-ares"},
	GARASU_LOCK_IF("socket", 0, AF_INET, "servers"),
	GARASU_LOCK_IF("socket", 0, AF_INET6, "servers"),
	{.call = "connect", .why = "servers, name servers"},
	{.call = "listen", .why = "a session's listener, as libuv starts it"},
	{.call = "accept4", .why = "browsers"},
	{.call = "shutdown", .why = "half-closed tunnels"},
	{.call = "getsockopt", .why = "a connect's outcome"},
	{.call = "setsockopt", .why = "no delay, reset"},
	{.call = "getsockname", .why = "this host's own address; c-ares sorts addresses"},
	{.call = "getpeername", .why = "the address really connected to"},
	{.call = "close", .why = "sockets"},
	GARASU_LOCK_IF("fcntl", 1, F_GETFL, "non-blocking"),
	GARASU_LOCK_IF("fcntl", 1, F_SETFL, "non-blocking"),
	GARASU_LOCK_IF("fcntl", 1, F_SETFD, "c-ares, close on exec"),
	{.call = "ioctl", .why = "libuv's non-blocking mode"},
	{.call = "epoll_ctl", .why = "libuv"},
	{.call = "epoll_wait", .why = "libuv"},
	{.call = "epoll_pwait", .why = "libuv"},
	{.call = "getrandom", .why = "malloc"},
	{.call = "gettimeofday", .why = "c-ares, where the vDSO falls back"},
	GARASU_LOCK_WITHOUT("mprotect", 2, PROT_EXEC, "malloc"),
};

int jail_close(void)
{
	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_REFUSE);
}
