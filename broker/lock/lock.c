/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System-call filters from tables. */

#include "lock/lock.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

/* Every role needs these to run at all: memory, its clock, its end, signals' return. */
static const struct garasu_lock_row common[] = {
	{.call = "exit", .why = "to end"},
	{.call = "exit_group", .why = "to end"},
	{.call = "rt_sigreturn", .why = "return from a signal handler"},
	{.call = "rt_sigprocmask", .why = "abort"},
	{.call = "gettid", .why = "abort"},
	{.call = "getpid", .why = "abort"},
	{.call = "brk", .why = "malloc"},
	GARASU_LOCK_WITHOUT("mmap", 2, PROT_EXEC, "malloc"),
	{.call = "munmap", .why = "malloc"},
	{.call = "mremap", .why = "realloc"},
	{.call = "madvise", .why = "malloc"},
	{.call = "futex", .why = "locks of libc"},
	{.call = "clock_gettime", .why = "where the vDSO falls back"},
	{.call = "restart_syscall", .why = "after a stop"},
#ifdef GARASU_SANITIZED
	{.call = "mprotect", .why = "sanitizer"},
	{.call = "sigaltstack", .why = "sanitizer"},
	{.call = "rt_sigaction", .why = "sanitizer"},
	{.call = "getrlimit", .why = "sanitizer"},
	{.call = "prlimit64", .why = "sanitizer"},
	{.call = "sched_yield", .why = "sanitizer"},
	{.call = "write", .why = "sanitizer"},
	{.call = "readlink", .why = "sanitizer"},
#endif
};

#ifdef GARASU_SANITIZED
/* The leak check at exit starts a tracer, which no filter allows: a locked process goes without. */
static int is_locked;
int __lsan_is_turned_off(void);
__attribute__((visibility("default"))) int __lsan_is_turned_off(void)
{
	return is_locked;
}
#endif

/* abort: a signal to itself, and to no other process of its uid. */
static int add_abort(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
		SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
}

static int add_rows(scmp_filter_ctx filter, const struct garasu_lock_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct garasu_lock_row *row = &rows[i];
		int call = seccomp_syscall_resolve_name(row->call);
		int result = 0;

		if (call == __NR_SCMP_ERROR) {
			return -ENOSYS;
		}
		switch (row->rule) {
		case GARASU_LOCK_ALLOW:
			result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
			break;
		case GARASU_LOCK_DENY:
			result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
			break;
		case GARASU_LOCK_ALLOW_IF:
			result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
				SCMP_CMP(row->argument, SCMP_CMP_EQ, row->value));
			break;
		case GARASU_LOCK_ALLOW_WITHOUT:
			result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
				SCMP_CMP(row->argument, SCMP_CMP_MASKED_EQ, row->value, 0));
			break;
		}
		if (result != 0 && result != -EACCES) { /* EACCES: same as the default action */
			return result;
		}
	}
	return 0;
}

int garasu_lock_calls(
	const struct garasu_lock_row *rows, size_t count, enum garasu_lock_default otherwise)
{
	scmp_filter_ctx filter = seccomp_init(
		otherwise == GARASU_LOCK_KILL ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM));
	int result = -ENOMEM;

	if (filter != NULL) {
		result = add_rows(filter, common, sizeof(common) / sizeof(common[0]));
	}
	if (result == 0) {
		result = add_abort(filter);
	}
	if (result == 0) {
		result = add_rows(filter, rows, count);
	}
	if (result == 0) {
		result = seccomp_load(filter);
	}
#ifdef GARASU_SANITIZED
	is_locked = result == 0;
#endif
	if (filter != NULL) {
		seccomp_release(filter);
	}
	return result;
}
