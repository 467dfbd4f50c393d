/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the launcher does with a supervisor's records, whichever they are. The supervisor is a child
 * that plays its part to the end if the answers are right; the roles are this program too, under
 * their name. */

#include "launcher.h"

#include "base/control.h"
#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SLOTS 4
#define DEADLINE_MS 30000
#define CHECK(fact)                                                                                \
	do {                                                                                       \
		if (!(fact)) {                                                                     \
			fprintf(stderr, "supervisor, line %d: %s\n", __LINE__, #fact);             \
			_exit(1);                                                                  \
		}                                                                                  \
	} while (0)

static struct garasu_config config;
static struct launcher *launcher;
static char directory[32];
static int control = -1; /* the supervisor's end */

/* ---- stage ---- */

static void copy_self(const char *name)
{
	char path[64];
	char bytes[65536];
	ssize_t got;
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	while ((got = read(from, bytes, sizeof(bytes))) > 0) {
		assert_int_equal(garasu_fd_write_all(to, bytes, (size_t)got), 0);
	}
	assert_int_equal(fchmod(to, 0755), 0);
	close(from);
	close(to);
}

static int set_stage(void **state)
{
	sigset_t watched;

	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/garasu-serve.XXXXXX");
	assert_non_null(mkdtemp(directory));
	assert_int_equal(chmod(directory, 0755), 0);
	copy_self("garasu-jail");
	config.uid_base = 2000300000u + (uint32_t)(getpid() % 100000) * 100;
	config.sessions_max = SLOTS;
	config.admin_socket = strdup("/tmp/garasu-serve-no-socket");
	launcher = calloc(1, sizeof(*launcher));
	assert_non_null(launcher);
	launcher->config = &config;
	launcher->has_privilege = geteuid() == 0;
	launcher->programs = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	launcher->state = launcher->state_lock = launcher->uids = -1;
	launcher->start_ms = DEADLINE_MS;
	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	sigaddset(&watched, SIGTERM);
	sigprocmask(SIG_BLOCK, &watched, NULL);
	launcher->signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
	return launcher->signals >= 0 ? 0 : -1;
}

static int strike_stage(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/garasu-jail", directory);
	unlink(path);
	rmdir(directory);
	close(launcher->signals);
	close(launcher->programs);
	close(launcher->control);
	free(launcher);
	free(config.admin_socket);
	return 0;
}

/* Lets a child play the supervisor, which comes to its end (or not). Returns what serve does. */
static int expect_played(void (*play)(void), int to_the_end)
{
	int *reached = mmap(
		NULL, sizeof(*reached), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ends[2];
	int result;

	assert_ptr_not_equal(reached, MAP_FAILED);
	assert_int_equal(garasu_control_pair(ends), 0);
	launcher->supervisor = fork();
	assert_true(launcher->supervisor >= 0);
	if (launcher->supervisor == 0) {
		sigset_t none;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		close(ends[0]);
		control = ends[1];
		play();
		*reached = 1;
		_exit(0);
	}
	launcher->control = ends[0];
	close(ends[1]);
	result = serve(launcher);
	assert_int_equal(*reached, to_the_end);
	munmap(reached, sizeof(*reached));
	return result;
}

/* ---- the supervisor's part ---- */

static void say(uint16_t type, const void *payload)
{
	CHECK(garasu_control_send(control, type, payload, NULL, 0) == 0);
}

static const void *hear(uint16_t type)
{
	static struct garasu_control record;
	struct pollfd ready = {.fd = control, .events = POLLIN};

	CHECK(poll(&ready, 1, DEADLINE_MS) == 1);
	CHECK(garasu_control_receive(control, &record, 0) == 1);
	if (record.header.type != type) {
		fprintf(stderr, "supervisor: %#x instead of %#x\n", record.header.type, type);
		_exit(1);
	}
	return record.payload;
}

static pid_t start(uint32_t request, uint32_t session, uint32_t slot)
{
	const struct garasu_launch_start order = {.request = request,
		.role = GARASU_ROLE_SESSION,
		.session = session,
		.uid_slot = slot};
	int log = STDERR_FILENO;

	CHECK(garasu_control_send(control, GARASU_LAUNCH_START, &order, &log, 1) == 0);
	return ((const struct garasu_launch_started *)hear(GARASU_LAUNCH_STARTED))->pid;
}

static void start_is_refused(uint32_t session, uint32_t slot, int error)
{
	const struct garasu_launch_start order = {
		.request = 99, .role = GARASU_ROLE_SESSION, .session = session, .uid_slot = slot};
	int log = STDERR_FILENO;

	CHECK(garasu_control_send(control, GARASU_LAUNCH_START, &order, &log, 1) == 0);
	CHECK(((const struct garasu_launch_failed *)hear(GARASU_LAUNCH_FAILED))->error == error);
}

static void say_remove(uint32_t session, uint32_t slot)
{
	say(GARASU_LAUNCH_REMOVE,
		&(struct garasu_launch_session){.session = session, .uid_slot = slot});
}

static void hear_removed(uint32_t session)
{
	CHECK(((const struct garasu_launch_used *)hear(GARASU_LAUNCH_REMOVED))->session == session);
}

static void hear_exited(uint32_t request, int signal_number)
{
	const struct garasu_launch_exited *exited = hear(GARASU_LAUNCH_EXITED);

	CHECK(exited->request == request);
	CHECK(WIFSIGNALED(exited->status) && WTERMSIG(exited->status) == signal_number);
}

/* Everything said before was done when the answer is here. */
static void catch_up(void)
{
	say(GARASU_LAUNCH_USAGE, &(struct garasu_launch_session){.session = 1000});
	CHECK(((const struct garasu_launch_used *)hear(GARASU_LAUNCH_USED))->session == 1000);
}

/* A process of a uid that the launcher did not start; it ends when it is killed. */
static pid_t start_stranger(uint32_t slot)
{
	uid_t uid = role_uid(&config, GARASU_ROLE_SESSION, slot);
	int in[2];
	char byte;
	pid_t pid;

	CHECK(pipe2(in, O_CLOEXEC) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (setresuid(uid, uid, uid) == 0 && write(in[1], "i", 1) == 1) {
			pause();
		}
		_exit(1);
	}
	CHECK(read(in[0], &byte, 1) == 1);
	close(in[0]);
	close(in[1]);
	return pid;
}

/* What it died of: SIGKILL before, or our own SIGTERM. */
static int end_stranger(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	CHECK(waitpid(pid, &status, 0) == pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* ---- facts ---- */

static void play_repeated_removal(void)
{
	start(1, 7, 0);
	say_remove(7, 0);
	say_remove(7, 0);
	hear_exited(1, SIGKILL);
	hear_removed(7);
	catch_up(); /* with no second REMOVED in between */
}

static void repeated_removal_is_one(void **state)
{
	(void)state;
	expect_played(play_repeated_removal, 1);
}

static void play_late_removal(void)
{
	start(1, 7, 0);
	say_remove(7, 0);
	hear_exited(1, SIGKILL);
	hear_removed(7);
	start(2, 8, 0);
	say_remove(7, 0);
	hear_removed(7);
	say(GARASU_LAUNCH_KILL, &(struct garasu_launch_kill){.request = 2, .signal = SIGTERM});
	hear_exited(2, SIGTERM); /* it lived until then */
}

static void late_removal_kills_nobody_in_the_slot_of_another(void **state)
{
	(void)state;
	expect_played(play_late_removal, 1);
}

static void play_taken_slot(void)
{
	start(1, 7, 0);
	start_is_refused(8, 0, -EBUSY);
	start_is_refused(8, SLOTS, -EINVAL);
	start_is_refused(0, 1, -EINVAL);
	start(2, 8, 1);
	say_remove(7, 0);
	hear_exited(1, SIGKILL);
	hear_removed(7);
	start(3, 9, 0);
}

static void slot_is_one_sessions_until_it_is_removed(void **state)
{
	(void)state;
	expect_played(play_taken_slot, 1);
}

static void play_strangers(void)
{
	pid_t beyond = start_stranger(SLOTS + 1);
	pid_t unused = start_stranger(1);
	pid_t own;

	say_remove(7, SLOTS + 1);
	hear_removed(7);
	say_remove(8, 1);
	hear_removed(8);
	CHECK(end_stranger(beyond) == SIGTERM);
	CHECK(end_stranger(unused) == SIGTERM);
	start(1, 9, 2);
	own = start_stranger(2); /* one that has hidden from its session's group */
	say_remove(9, 2);
	hear_exited(1, SIGKILL);
	hear_removed(9);
	CHECK(end_stranger(own) == SIGKILL);
}

static void removal_kills_the_uid_of_its_own_session_alone(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		skip(); /* one uid for all */
	}
	expect_played(play_strangers, 1);
}

static void play_no_session(void)
{
	say_remove(0, 0);
	pause(); /* killed */
}

static void removal_of_no_session_is_a_breach(void **state)
{
	(void)state;
	expect_played(play_no_session, 0);
}

static void play_one_session(void)
{
	start(1, 7, 0);
}

/* Of the uids that may be anybody's the end touches none that was not used. */
static void end_kills_only_what_was_used(void **state)
{
	uid_t uid = role_uid(&config, GARASU_ROLE_SESSION, 3);
	struct pollfd ready;
	int question[2];
	int answer[2];
	char byte;
	pid_t middle;

	(void)state;
	if (geteuid() != 0) {
		skip();
	}
	assert_int_equal(pipe2(question, O_CLOEXEC), 0);
	assert_int_equal(pipe2(answer, O_CLOEXEC), 0);
	middle = fork();
	assert_true(middle >= 0);
	if (middle == 0) { /* it ends, so that the process is nobody's child here */
		if (fork() == 0 && setresuid(uid, uid, uid) == 0) {
			close(question[1]);
			if (write(answer[1], "i", 1) != 1 || read(question[0], &byte, 1) != 1 ||
				write(answer[1], &byte, 1) != 1) {
				_exit(1);
			}
		}
		_exit(0);
	}
	assert_int_equal(waitpid(middle, NULL, 0), middle);
	assert_int_equal(read(answer[0], &byte, 1), 1);
	expect_played(play_one_session, 1);
	assert_int_equal(write(question[1], "q", 1), 1);
	close(answer[1]);
	ready = (struct pollfd){.fd = answer[0], .events = POLLIN};
	assert_int_equal(poll(&ready, 1, DEADLINE_MS), 1);
	assert_int_equal(read(answer[0], &byte, 1), 1);
	assert_int_equal(byte, 'q');
	close(answer[0]);
	close(question[0]);
	close(question[1]);
}

static volatile sig_atomic_t is_told;

static void on_term(int number)
{
	(void)number;
	is_told = 1;
}

/* Closes its socket at the end while a role still ends, whose exit then cannot be told. */
static void play_early_close(void)
{
	struct sigaction action = {.sa_handler = on_term};
	sigset_t term;
	sigset_t none;
	pid_t role;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigemptyset(&none);
	CHECK(sigprocmask(SIG_BLOCK, &term, NULL) == 0);
	CHECK(sigaction(SIGTERM, &action, NULL) == 0);
	role = start(1, 7, 0);
	CHECK(kill(getppid(), SIGTERM) == 0);
	while (!is_told) {
		sigsuspend(&none);
	}
	close(control);
	CHECK(kill(role, SIGKILL) == 0);
	while (kill(role, 0) == 0) { /* until the launcher has reaped it */
		poll(NULL, 0, 1);
	}
}

static void supervisor_that_closes_first_ends_in_peace(void **state)
{
	(void)state;
	assert_int_equal(expect_played(play_early_close, 1), 0);
	assert_int_equal(launcher->is_deaf, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_stage, strike_stage)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(repeated_removal_is_one),
		CASE(late_removal_kills_nobody_in_the_slot_of_another),
		CASE(slot_is_one_sessions_until_it_is_removed),
		CASE(removal_kills_the_uid_of_its_own_session_alone),
		CASE(removal_of_no_session_is_a_breach),
		CASE(end_kills_only_what_was_used),
		CASE(supervisor_that_closes_first_ends_in_peace),
	};

	if (argc == 1 && strcmp(argv[0], "garasu-jail") == 0) {
		for (;;) {
			pause();
		}
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
