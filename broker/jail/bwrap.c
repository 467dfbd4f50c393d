/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bubblewrap's command line: the jail, said in full. Every namespace is named (--unshare-all
 * forgives some that are missing) and every tmpfs has a size. */

#include "bwrap.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SMALL_TMPFS "67108864" /* /tmp and /run/user */

static void add(struct bwrap *bwrap, const char *word)
{
	size_t size = strlen(word) + 1;

	if (bwrap->count >= BWRAP_WORDS_MAX || size > sizeof(bwrap->text) - bwrap->used) {
		bwrap->is_full = 1;
		return;
	}
	memcpy(bwrap->text + bwrap->used, word, size);
	bwrap->words[bwrap->count++] = bwrap->text + bwrap->used;
	bwrap->words[bwrap->count] = NULL;
	bwrap->used += size;
}

/* Adds words up to a NULL. */
static void add_all(struct bwrap *bwrap, ...) __attribute__((sentinel));

static void add_all(struct bwrap *bwrap, ...)
{
	va_list words;
	const char *word;

	va_start(words, bwrap);
	while ((word = va_arg(words, const char *)) != NULL) {
		add(bwrap, word);
	}
	va_end(words);
}

static void add_number(struct bwrap *bwrap, const char *option, int64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	add_all(bwrap, option, text, (char *)NULL);
}

static void add_tmpfs(struct bwrap *bwrap, const char *bytes, const char *mode, const char *path)
{
	add_all(bwrap, "--perms", mode, "--size", bytes, "--tmpfs", path, (char *)NULL);
}

static void add_data(struct bwrap *bwrap, int fd, const char *path)
{
	add_number(bwrap, "--ro-bind-data", fd);
	add(bwrap, path);
}

static void add_system(struct bwrap *bwrap)
{
	static const char *const readable[] = {"/usr", "/etc/fonts", "/etc/chromium.d",
		"/etc/alternatives", "/etc/ld.so.cache", "/etc/ssl/certs"};
	static const char *const links[] = {"bin", "lib", "lib64", "sbin"};
	char target[64];
	char link[64];

	for (size_t i = 0; i < sizeof(readable) / sizeof(readable[0]); i++) {
		add_all(bwrap, i == 0 ? "--ro-bind" : "--ro-bind-try", readable[i], readable[i],
			(char *)NULL);
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(target, sizeof(target), "usr/%s", links[i]);
		snprintf(link, sizeof(link), "/%s", links[i]);
		add_all(bwrap, "--symlink", target, link, (char *)NULL);
	}
	add_all(bwrap, "--proc", "/proc", "--dev", "/dev", (char *)NULL);
}

static void add_tmpfses(struct bwrap *bwrap, const struct garasu_session_settings *settings)
{
	char bytes[32];

	add_tmpfs(bwrap, SMALL_TMPFS, "1777", "/tmp");
	add_tmpfs(bwrap, SMALL_TMPFS, "0700", "/run/user");
	snprintf(bytes, sizeof(bytes), "%u", settings->profile_bytes);
	add_tmpfs(bwrap, bytes, "0700", "/home/garasu");
	snprintf(bytes, sizeof(bytes), "%u", settings->shm_bytes);
	add_tmpfs(bwrap, bytes, "1777", "/dev/shm");
}

static void add_environment(struct bwrap *bwrap, const struct garasu_session_settings *settings)
{
	add(bwrap, "--clearenv");
	add_all(bwrap, "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/home/garasu",
		"--setenv", "XDG_RUNTIME_DIR", "/run/user", "--setenv", "XCURSOR_THEME",
		"DMZ-White", "--setenv", "XCURSOR_SIZE", "24", "--setenv", "LANG", "C.UTF-8",
		"--setenv", "LANGUAGE", settings->language, "--setenv", "FC_LANG",
		settings->language, (char *)NULL);
#ifdef GARASU_SANITIZED /* the leak checker traces, which the filter refuses */
	add_all(bwrap, "--setenv", "ASAN_OPTIONS", "detect_leaks=0", (char *)NULL);
#endif
}

static void add_programs(struct bwrap *bwrap, const char *directory)
{
	static const char *const programs[] = {
		"garasu-start", "garasu-compositor", "garasu-browser"};
	char from[4200];
	char to[64];

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		snprintf(from, sizeof(from), "%s/%s", directory, programs[i]);
		snprintf(to, sizeof(to), "/garasu/%s", programs[i]);
		add_all(bwrap, "--ro-bind", from, to, (char *)NULL);
	}
}

void bwrap_build(struct bwrap *bwrap, const struct garasu_session_settings *settings,
	const char *directory, int filter, int passwd, int group, int policy)
{
	*bwrap = (struct bwrap){0};
	add_all(bwrap, "bwrap", "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net",
		"--unshare-uts", "--unshare-cgroup", "--die-with-parent", "--new-session",
		"--hostname", "garasu", "--cap-drop", "ALL", (char *)NULL);
	add_system(bwrap);
	add_tmpfses(bwrap, settings);
	add_data(bwrap, passwd, "/etc/passwd");
	add_data(bwrap, group, "/etc/group");
	add_data(bwrap, policy, "/etc/chromium/policies/managed/garasu.json");
	add_programs(bwrap, directory);
	add_all(bwrap, "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/home/garasu",
		(char *)NULL);
	add_environment(bwrap, settings);
	add_number(bwrap, "--seccomp", filter);
	add_all(bwrap, "/garasu/garasu-start", (char *)NULL);
}
