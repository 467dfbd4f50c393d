/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The web server of the tester's pages, where descriptors are short. */

#include "pages.h"

#include "load_drive.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define FILES_MAX 16u
#define CLIENTS 24u

static pid_t server;
static uint16_t port;
static int clients[CLIENTS];

static int start(void **state)
{
	const struct rlimit few = {FILES_MAX, FILES_MAX};
	int listener;

	(void)state;
	port = 0;
	listener = pages_listen(&port);
	assert_true(listener >= 0);
	server = fork();
	assert_true(server >= 0);
	if (server == 0) {
		setrlimit(RLIMIT_NOFILE, &few);
		(void)pages_serve(listener);
		_exit(1);
	}
	close(listener);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CLIENTS; i++) {
		garasu_fd_close(&clients[i]);
	}
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return 0;
}

static int connect_client(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(client >= 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
	return client;
}

/* The system call that the server waits in; -1: it runs. */
static long server_call(void)
{
	char path[64], text[256] = "";
	long call = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)server);
	file = fopen(path, "re");
	assert_non_null(file);
	if (fgets(text, sizeof(text), file) == NULL || sscanf(text, "%ld", &call) != 1) {
		call = -1;
	}
	fclose(file);
	return call;
}

/* Whoever waits for a descriptor waits until there is one, and so does the server. */
static void server_without_descriptors_waits_and_goes_on(void **state)
{
	static const char request[] = "GET /p?m=read HTTP/1.1\r\n\r\n";
	char answer[16] = "";

	(void)state;
	for (unsigned i = 0; i < CLIENTS; i++) {
		clients[i] = connect_client();
	}
	for (unsigned tries = 0; server_call() != SYS_poll; tries++) {
		assert_in_range(tries, 0, DRIVE_DEADLINE_MS / 10);
		poll(NULL, 0, 10);
	}
	for (unsigned i = 0; i < CLIENTS - 1; i++) {
		garasu_fd_close(&clients[i]);
	}
	drive_write(&(struct drive){.stream = clients[CLIENTS - 1]}, request, sizeof(request) - 1);
	assert_int_equal(poll(&(struct pollfd){.fd = clients[CLIENTS - 1], .events = POLLIN}, 1,
				 DRIVE_DEADLINE_MS),
		1);
	assert_int_equal(read(clients[CLIENTS - 1], answer, 12), 12);
	assert_string_equal(answer, "HTTP/1.1 200");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			server_without_descriptors_waits_and_goes_on, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
