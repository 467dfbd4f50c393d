/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_HARNESS_H
#define GARASU_FLOW_HARNESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What a flow test drives: a real broker in a directory of its own, real viewers by their script
 * protocol, garasuctl, and a web server on loopback. Every wait has a deadline and ends the test
 * with the broker's log on stderr.
 */

#define FLOW_PASSWORD "himitsu-no-aikotoba"
#define FLOW_DEADLINE_MS 30000

/* A child whose standard streams we hold; its stdout is read by lines. */
struct flow_child {
	pid_t pid;
	int in, out;
	char line[65536];
	size_t used;
};

struct flow_line; /* line.h */

struct flow_options {
	const char *sessions; /* further lines below "sessions:", or NULL; no pool else */
	const char *login;    /* further lines below "login:", or NULL */
	const char *egress;   /* further lines below "egress:", or NULL */
	const char *screen;   /* further lines below "screen:", or NULL */
	const char *tls;      /* further lines below "tls:", or NULL */
	const char *input;    /* further lines below "input:", or NULL */
	const char *web;      /* further lines below "web:", or NULL: no browsers */
	const char *clients;  /* tls.client_certificates: "wanted" or "required" */
	void (*certify)(const char *directory); /* makes more in DIRECTORY/certs before the start */
	const char *host;       /* in the server's certificate; default localhost, 127.0.0.1 */
	const char *start_page; /* default about:blank */
	const char *certificate_days; /* passed to garasu-certs server, or NULL */
	const char *users[6];         /* ended by NULL; default: {"tanaka"} */
	const char *address;          /* to listen on; default 127.0.0.1 */
	unsigned port;                /* default 0: a free one */
	const char *zones;            /* lines below "zones:", or NULL */
	int paints;                   /* the painter takes the browser's place */
	const struct flow_line *line; /* stands at its host's end, and its viewers at the desk's */
};

struct flow_broker {
	char directory[64];
	struct flow_child broker;
	const char *address;
	unsigned port, web_port;
	unsigned uid_base; /* of this broker alone, when root */
	const struct flow_line *line;
};

struct flow_viewer {
	struct flow_child child;
	char answer[65536]; /* what followed "ok" or "error" in the last answer */
	char states[4096];  /* "state CODE VALUE" lines seen so far */
};

/* Starts a program in the background, its stderr appended to a file. */
void flow_child_start(struct flow_child *child, char *const *words, const char *error_path);

/* Reads one line of its stdout, or fails the test at the deadline. */
void flow_child_line(struct flow_child *child, char *line, size_t size);

/* SIGKILL; wait for its end with the function of what it is. */
void flow_child_kill(struct flow_child *child);

/* Waits for its end. Returns its exit code, or 1000 + signal; kills it and fails at the deadline.
 */
int flow_child_wait(struct flow_child *child);

/* Ends it with SIGTERM and waits for it. */
void flow_child_end(struct flow_child *child);

/* Runs a program to its end, which must be 0; input (or NULL) is its stdin; fills output. */
void flow_run(char *output, size_t size, const char *input, char *const *words);

/* Starts a broker, waits for READY, adds the users with FLOW_PASSWORD. */
void flow_broker_start(struct flow_broker *broker, const struct flow_options *options);

/* Starts a stopped broker again on the same directory. */
void flow_broker_restart(struct flow_broker *broker);

/* SIGTERM, waits for its end, and checks that no process of it lives on. */
void flow_broker_stop(struct flow_broker *broker);

/* Stops it without removing its directory: for flow_broker_restart. */
void flow_broker_halt(struct flow_broker *broker);

/* Waits for the broker's own end. Returns its exit code, or 1000 + signal. */
int flow_broker_wait_end(struct flow_broker *broker);

/* Waits until no process of a role lives that this broker started. */
void flow_broker_wait_empty(struct flow_broker *broker);

/* Removes the directory. */
void flow_broker_remove(struct flow_broker *broker);

/* Runs garasuctl with these words (ended by NULL); fills output. Returns its exit code. */
int flow_ctl(struct flow_broker *broker, char *output, size_t size, ...) __attribute__((sentinel));

/* Repeats "garasuctl session list --json" until its output contains (or, with is_there 0, lacks)
 * the text. Fails the test at the deadline. */
void flow_wait_session(struct flow_broker *broker, const char *text, int is_there);

/* Counts the records of the audit trail that hold this text. */
int flow_count_trail(const struct flow_broker *broker, const char *what);

/* Waits until a file below the broker's directory contains the text. */
void flow_wait_file(struct flow_broker *broker, const char *name, const char *text);

/* True if the process is a role's or a session's of this broker, as far as can be known. */
int flow_broker_owns(const struct flow_broker *broker, pid_t pid);

/* Process ids of a role's binary that belong to this broker. Returns how many. */
int flow_pids(struct flow_broker *broker, const char *binary, pid_t *pids, int most);

/* A figure of /proc/PID/status: its memory by that field's name with its colon, KiB. */
unsigned long flow_memory_kib(pid_t pid, const char *field);

/* Waits until exactly count processes of the binary live. */
void flow_wait_pids(struct flow_broker *broker, const char *binary, int count);

/* Starts a viewer with more words (ended by NULL) and waits until it is connected. */
void flow_viewer_start(struct flow_viewer *viewer, struct flow_broker *broker, const char *user,
	...) __attribute__((sentinel));

/* The same, and waits for nothing. */
void flow_viewer_begin(struct flow_viewer *viewer, struct flow_broker *broker, const char *user,
	...) __attribute__((sentinel));

/* Starts one that is expected to end by itself; fills message with its stderr. Returns exit code.
 */
int flow_viewer_fails(struct flow_broker *broker, const char *user, const char *password,
	const char *ca, char *message, size_t size);

/* Says one command and waits for its answer, which must be "ok ...". */
void flow_viewer_say(struct flow_viewer *viewer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Waits for an asynchronous "state CODE VALUE" with this code. */
void flow_viewer_wait_state(struct flow_viewer *viewer, int code);

/* Waits for its end. Returns the exit code. */
int flow_viewer_wait_end(struct flow_viewer *viewer);

/* Says quit and waits for its end, which must be clean. */
void flow_viewer_stop(struct flow_viewer *viewer);

/* ---- pages ---- */

struct flow_page {
	const char *path;
	const char *type;
	const char *body;
};

/* Serves these pages (ended by a NULL path) on a free port of 127.0.0.1. A request for /report is
 * answered with 204; its body is remembered. */
unsigned flow_pages_start(const struct flow_page *pages);
void flow_pages_stop(void);

/* Forgets every report and request so far. */
void flow_pages_forget(void);

/* Waits until a report's body contains the text. Fails the test at the deadline. */
void flow_pages_wait(const char *text);

/* Copies the newest report that starts with prefix. Returns 1 if there is one. */
int flow_pages_report(const char *prefix, char *body, size_t size);

/* Waits until a request for a path has come. Fails the test at the deadline. */
void flow_pages_wait_request(const char *path);

/* How many requests came for a path. */
unsigned flow_pages_count(const char *path);

#endif
