/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real Chromium in a real session: no file, device or text of the desk's or of the host's passes a
 * page, in either direction. The pages say themselves what they were refused, and with what name;
 * the session's file systems are looked through from outside. One browser for all of it. */

#include "passage_attempts.h"
#include "raw.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define CONTROL 0xffe3u
#define SHIFT 0xffe1u
#define RETURN 0xff0du
#define ESCAPE 0xff1bu
#define F12 0xffc9u

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
static struct flow_broker broker;
static struct flow_viewer viewer;
static unsigned port;

static size_t add_attempts(size_t used, const struct attempt *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int size = snprintf(attempts_page + used, sizeof(attempts_page) - used,
			"all['%s']=async()=>{%s};\n", list[i].name, list[i].script);

		assert_in_range(size, 1, sizeof(attempts_page) - used - 1);
		used += (size_t)size;
	}
	return used;
}

/* Runs what may be tried unasked, then one attempt a click, and at last tells at every click that
 * it is still the same page. Its title changes all the time. */
static void make_page(void)
{
	static const char head[] =
		"<!doctype html><meta charset=utf-8><title>garasu-title</title>"
		"<link rel=icon href='/icon.svg?garasu-icon'>"
		"<style>body{margin:0;height:100vh;background:#204080;user-select:none}"
		"div{position:fixed;width:200px;height:200px;top:300px}</style>"
		"<div id=from draggable=true style='left:100px;background:#c03010'></div>"
		"<div id=to style='left:600px;background:#10a040'></div>"
		"<textarea id=field style='position:fixed;left:0;bottom:0' "
		"onclick='event.stopPropagation()'></textarea>"
		"<script>const say=t=>" REPORT ";const all={};let printed=0,here=0;"
		"onbeforeprint=()=>{printed++;say('printed.')};"
		"\n";
	static const char tail[] =
		"async function run(n){let r;try{r=await Promise.race([all[n](),"
		"new Promise(y=>setTimeout(y,10000,'nothing'))])}catch(e){r=e.name}"
		"await say(n+'='+r+';')}"
		"const queue=Object.keys(all).filter(n=>!unasked.includes(n));"
		"all.here=async()=>++here;"
		"let dragged='';from.ondragstart=e=>{dragged='start';e.dataTransfer.setData("
		"'DownloadURL','text/plain:garasu-drag.txt:'+location.origin+'/file-link')};"
		"ondragover=e=>e.preventDefault();"
		"ondrop=e=>{e.preventDefault();dragged+=' drop '+e.dataTransfer.files.length};"
		"ondragend=e=>say('dragged='+dragged+' '+e.dataTransfer.dropEffect+';');"
		"document.onpaste=e=>say('pasted='+e.clipboardData.files.length+' "
		"'+e.clipboardData.types+"
		"';');"
		"onclick=()=>{document.title='garasu-title '+Math.random();"
		"run(queue.shift()||'here')};"
		"onload=async()=>{for(const n of unasked)await run(n);await say('ready.')};"
		"</script>";
	size_t used = sizeof(head) - 1;

	memcpy(attempts_page, head, used);
	used = add_attempts(used, unasked, COUNT(unasked));
	used += (size_t)snprintf(attempts_page + used, sizeof(attempts_page) - used,
		"const unasked=Object.keys(all);\n");
	used = add_attempts(used, clicked, COUNT(clicked));
	used = add_attempts(used, downloads, COUNT(downloads));
	used += (size_t)snprintf(attempts_page + used, sizeof(attempts_page) - used, "%s", tail);
	assert_in_range(used, 1, sizeof(attempts_page) - 1);
}

static int start(void **state)
{
	static char egress[128];
	struct flow_options options = {.egress = egress, .screen = "  keyboard: us\n"};

	(void)state;
	make_page();
	port = flow_pages_start(pages);
	snprintf(egress, sizeof(egress), "  allow: [\"127.0.0.1:%u\"]\n", port);
	flow_broker_start(&broker, &options);
	flow_viewer_start(&viewer, &broker, "tanaka", "--size", "1280x800", (char *)NULL);
	flow_viewer_say(&viewer, "open http://127.0.0.1:%u/attempts", port);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	flow_broker_stop(&broker);
	flow_pages_stop();
	return 0;
}

static void click(void)
{
	flow_viewer_say(&viewer, "click 400 200");
}

/* Until nothing stands before the page any more: some attempts open a window, which goes again, and
 * some are answered by a word of refusal, which Escape sends away. */
static void clear_the_page(void)
{
	unsigned rests = 0;
	unsigned seen = 0;

	while (seen < 2) {
		assert_in_range(++rests, 1, 60);
		flow_viewer_say(&viewer, "rest");
		flow_viewer_say(&viewer, "pixel 400 250");
		if (strcmp(viewer.answer, "204080") == 0) {
			seen++;
		} else {
			seen = 0;
			flow_viewer_say(&viewer, "press 0x%x", ESCAPE);
		}
	}
}

static void click_at_rest(void)
{
	clear_the_page();
	click();
}

static void press_with(unsigned modifier, unsigned keysym)
{
	flow_viewer_say(&viewer, "key 0x%x down", modifier);
	flow_viewer_say(&viewer, "press 0x%x", keysym);
	flow_viewer_say(&viewer, "key 0x%x up", modifier);
}

/* The page that was loaded first still stands there, and nothing before it. */
static void expect_the_same_page(void)
{
	static unsigned clicks;
	char report[32];

	click_at_rest();
	snprintf(report, sizeof(report), "here=%u;", ++clicks);
	flow_pages_wait(report);
}

static void expect(const struct attempt *attempt)
{
	char name[64];
	char report[512];
	char expected[512];

	snprintf(name, sizeof(name), "%s=", attempt->name);
	flow_pages_wait(name);
	assert_int_equal(flow_pages_report(name, report, sizeof(report)), 1);
	snprintf(expected, sizeof(expected), "%s%s;", name, attempt->expected);
	assert_string_equal(report, expected);
}

/* ---- the session's file systems, seen from outside ---- */

static unsigned looked_at;

static void look_at_file(const char *path, const char *name)
{
	static char text[8 << 20];
	FILE *file;
	size_t size;

	looked_at++;
	if (strstr(name, "garasu-") != NULL || strstr(name, ".crdownload") != NULL ||
		strstr(name, ".pdf") != NULL || strstr(name, ".html") != NULL) {
		fail_msg("%s was saved", path);
	}
	file = fopen(path, "re");
	if (file == NULL) {
		return; /* gone meanwhile */
	}
	size = fread(text, 1, sizeof(text), file);
	fclose(file);
	if (memmem(text, size, "garasu-marker", 13) != NULL) {
		fail_msg("%s holds what was to be saved", path);
	}
}

static void look_into(const char *path)
{
	DIR *directory = opendir(path);

	if (directory == NULL) {
		return; /* gone meanwhile */
	}
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		char inner[4096];
		struct stat status;

		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
			lstat(inner, &status) != 0) {
			continue;
		}
		if (S_ISDIR(status.st_mode)) {
			look_into(inner);
		} else if (S_ISREG(status.st_mode)) {
			look_at_file(inner, entry->d_name);
		}
	}
	closedir(directory);
}

/* Where the session sees path. */
static void outside(char *out, size_t size, const char *path)
{
	pid_t compositor;

	assert_int_equal(flow_pids(&broker, "garasu-compositor", &compositor, 1), 1);
	snprintf(out, size, "/proc/%d/root%s", (int)compositor, path);
}

static void expect_no_saved_file(void)
{
	static const char *const places[] = {"/home", "/tmp", "/run", "/dev/shm"};
	char path[128];

	if (getuid() != 0) {
		fputs("not root: the session's file systems are not looked at\n", stderr);
		return;
	}
	looked_at = 0;
	for (size_t i = 0; i < COUNT(places); i++) {
		outside(path, sizeof(path), places[i]);
		look_into(path);
	}
	assert_in_range(looked_at, 20, 100000); /* the browser's own are seen */
}

/* ---- the attempts ---- */

static void devices_are_refused_to_pages(void **state)
{
	(void)state;
	flow_pages_wait("ready.");
	for (size_t i = 0; i < COUNT(unasked); i++) {
		expect(&unasked[i]);
	}
}

static void choosers_of_files_and_devices_choose_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(clicked); i++) {
		click();
		expect(&clicked[i]);
	}
}

static void downloads_leave_no_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(downloads); i++) {
		click_at_rest();
		expect(&downloads[i]);
		if (downloads[i].fetched != NULL) { /* the browser did try */
			flow_pages_wait_request(downloads[i].fetched);
		}
	}
	expect_the_same_page();
	expect_no_saved_file();
	assert_int_equal(flow_pages_count("/file-worker"), 0); /* the worker did answer */
}

static void dragged_links_and_pasted_images_are_no_files(void **state)
{
	(void)state;
	flow_viewer_say(&viewer, "click 20 785");
	press_with(CONTROL, 'v');
	flow_pages_wait("pasted=0 ");
	flow_viewer_say(&viewer, "drag 200 500 700 500");
	flow_pages_wait("dragged=");
	expect_the_same_page();
	expect_no_saved_file();
}

static void keys_that_save_print_or_look_inside_do_nothing(void **state)
{
	static const struct {
		int is_shifted;
		unsigned key;
	} keys[] = {{0, 's'}, {0, 'p'}, {0, 'o'}, {0, 'u'}, {1, 'i'}, {1, 'j'}, {1, 'p'}, {1, 's'}};
	char report[64];

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (keys[i].is_shifted) {
			flow_viewer_say(&viewer, "key 0x%x down", SHIFT);
		}
		press_with(CONTROL, keys[i].key);
		if (keys[i].is_shifted) {
			flow_viewer_say(&viewer, "key 0x%x up", SHIFT);
		}
		clear_the_page();
	}
	flow_viewer_say(&viewer, "press 0x%x", F12);
	expect_the_same_page();
	assert_int_equal(flow_pages_report("printed.", report, sizeof(report)), 0);
	assert_int_equal(flow_pages_count("/attempts"), 1); /* its source was not fetched */
	expect_no_saved_file();
}

/* Types it where addresses stand. */
static void type_address(const char *text)
{
	press_with(CONTROL, 'l');
	for (; *text != '\0'; text++) {
		flow_viewer_say(&viewer, "press 0x%x", (unsigned char)*text);
	}
	flow_viewer_say(&viewer, "press 0x%x", RETURN);
	flow_viewer_say(&viewer, "rest");
}

static void paper_is_shown_and_not_saved(void **state)
{
	(void)state;
	flow_viewer_say(&viewer, "open http://127.0.0.1:%u/paper.pdf", port);
	flow_viewer_say(&viewer, "wait-pixel 640 400 ff0000 20000");
	flow_viewer_say(&viewer, "wait-pixel 150 240 ff0000 20000"); /* small beside it: whole */
	flow_viewer_say(&viewer, "click 1212 119");                  /* print, in its own bar */
	flow_viewer_say(&viewer, "rest");
	flow_viewer_say(&viewer, "pixel 640 400"); /* no dialog stands before it */
	assert_string_equal(viewer.answer, "FF0000");
	flow_viewer_say(&viewer, "click 1176 119"); /* save */
	press_with(CONTROL, 's');
	press_with(CONTROL, 'p');
	flow_viewer_say(&viewer, "rest");
	flow_viewer_say(&viewer, "pixel 640 400");
	assert_string_equal(viewer.answer, "FF0000");
	flow_pages_forget();
	flow_viewer_say(&viewer, "open http://127.0.0.1:%u/attempts", port);
	flow_pages_wait("ready."); /* and the browser takes the next page */
	expect_no_saved_file();
}

/* Lays a page into the session's /tmp, where its browser could read it. Its file systems know no
 * root: the session's own uid lays it there. */
static void plant(const char *name)
{
	char path[128];
	char page[256];
	struct stat status;
	int directory;
	int file;
	int size = snprintf(page, sizeof(page),
		"<script>fetch('http://127.0.0.1:%u/report',{method:'POST',mode:'no-cors',"
		"body:'opened.'})</script>",
		port);

	outside(path, sizeof(path), "/home/garasu");
	assert_int_equal(stat(path, &status), 0);
	outside(path, sizeof(path), "/tmp");
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(directory >= 0);
	assert_int_equal(setegid(status.st_gid), 0);
	assert_int_equal(seteuid(status.st_uid), 0);
	file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setegid(0), 0);
	assert_true(file >= 0);
	assert_int_equal(write(file, page, (size_t)size), size);
	close(file);
	close(directory);
}

static void local_files_and_sources_are_not_opened_by_their_address(void **state)
{
	static const char *const addresses[] = {"file:///tmp/planted.htm",
		"view-source:file:///tmp/planted.htm", "filesystem:file:///tmp/planted.htm",
		"file://localhost/tmp/planted.htm", "/tmp/planted.htm"};
	char report[64];

	(void)state;
	if (getuid() != 0) {
		skip();
	}
	plant("planted.htm");
	flow_pages_forget();
	for (size_t i = 0; i < COUNT(addresses); i++) {
		type_address(addresses[i]);
	}
	snprintf(report, sizeof(report), "view-source:127.0.0.1:%u/file-link", port);
	type_address(report);
	flow_viewer_say(&viewer, "open http://127.0.0.1:%u/attempts", port);
	flow_pages_wait("ready.");
	assert_int_equal(flow_pages_report("opened.", report, sizeof(report)), 0);
	assert_int_equal(flow_pages_count("/file-link"), 0);
}

/* ---- what reaches the desk ---- */

static unsigned number(const uint8_t *bytes, int size)
{
	unsigned value = 0;

	for (int i = 0; i < size; i++) {
		value = value << 8 | bytes[i];
	}
	return value;
}

/* Hears one whole message, which is a picture in raw rectangles: no other comes. Returns its bytes.
 */
static size_t hear_picture(struct raw *raw, uint8_t *out, size_t room)
{
	size_t used = 4;

	raw_hear(raw, out, 4);
	assert_int_equal(out[0], 0); /* FramebufferUpdate */
	for (unsigned left = number(out + 2, 2); left > 0; left--) {
		uint8_t *head = out + used;
		size_t pixels;

		assert_in_range(used, 4, room - 12);
		raw_hear(raw, head, 12);
		assert_int_equal(number(head + 8, 4), 0); /* raw */
		pixels = (size_t)number(head + 4, 2) * number(head + 6, 2) * 4;
		used += 12;
		assert_in_range(pixels, 0, room - used);
		raw_hear(raw, out + used, pixels);
		used += pixels;
	}
	return used;
}

static void expect_no_text(const uint8_t *bytes, size_t size, const char *text)
{
	char wide[128];
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++) {
		wide[2 * i] = text[i];
		wide[2 * i + 1] = '\0';
	}
	if (memmem(bytes, size, text, length) != NULL ||
		memmem(bytes, size, wide, 2 * length - 1) != NULL) {
		fail_msg("\"%s\" reached the viewer", text);
	}
}

/* Title, address and icon change, and a text was copied: a standard viewer hears pixels alone. */
static void nothing_of_a_page_crosses_as_text(void **state)
{
	static const uint8_t click_and_ask[] = {
		5, 1, 1, 144, 0, 200, 5, 0, 1, 144, 0, 200, 3, 0, 0, 0, 0, 0, 0x0a, 0, 0x06, 0x40};
	static const int32_t raw_only[] = {0};
	static uint8_t picture[8 << 20];
	char address[64];
	struct raw raw;

	(void)state;
	snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	flow_viewer_stop(&viewer);
	flow_wait_session(&broker, "\"detached\"", 1);
	raw_start(&raw, &broker, "tanaka");
	raw_encodings(&raw, raw_only, 1);
	for (unsigned i = 0; i < COUNT(clicked); i++) {
		size_t size;

		raw_say(&raw, click_and_ask, sizeof(click_and_ask));
		size = hear_picture(&raw, picture, sizeof(picture));
		expect_no_text(picture, size, "garasu-");
		expect_no_text(picture, size, address);
		expect_no_text(picture, size, "attempts");
	}
	raw_close(&raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_are_refused_to_pages),
		cmocka_unit_test(choosers_of_files_and_devices_choose_nothing),
		cmocka_unit_test(downloads_leave_no_file),
		cmocka_unit_test(dragged_links_and_pasted_images_are_no_files),
		cmocka_unit_test(keys_that_save_print_or_look_inside_do_nothing),
		cmocka_unit_test(local_files_and_sources_are_not_opened_by_their_address),
		cmocka_unit_test(paper_is_shown_and_not_saved),
		cmocka_unit_test(nothing_of_a_page_crosses_as_text),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
