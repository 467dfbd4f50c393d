/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_ESCAPE_PASSAGE_ATTEMPTS_H
#define TESTS_ESCAPE_PASSAGE_ATTEMPTS_H

/* What the pages of passage.c try, what they must be told, and what they are served. */

#include "harness.h"

#include <stddef.h>

struct attempt {
	const char *name;
	const char *script;   /* the body of an async function */
	const char *expected; /* what it returns, or the name of what it throws */
	const char *fetched;  /* the path that it has the browser fetch, or NULL */
};

/* What a page may try unasked. */
static const struct attempt unasked[] = {
	{"camera", "await navigator.mediaDevices.getUserMedia({video:true})", "NotFoundError",
		NULL},
	{"microphone", "await navigator.mediaDevices.getUserMedia({audio:true})", "NotFoundError",
		NULL},
	{"devices", "return (await navigator.mediaDevices.enumerateDevices()).length", "0", NULL},
	{"midi", "await navigator.requestMIDIAccess()", "NotAllowedError", NULL},
	{"midi-sysex", "await navigator.requestMIDIAccess({sysex:true})", "NotAllowedError", NULL},
	{"gamepads", "return navigator.getGamepads().filter(g=>g).length", "0", NULL},
	{"usb-known", "return (await navigator.usb.getDevices()).length", "0", NULL},
	{"serial-known", "return (await navigator.serial.getPorts()).length", "0", NULL},
	{"bluetooth", "return typeof navigator.bluetooth", "undefined", NULL},
	{"nfc", "return typeof NDEFReader", "undefined", NULL},
	{"contacts", "return typeof ContactsManager", "undefined", NULL},
	{"share", "return typeof navigator.share", "undefined", NULL},
	{"place",
		"return await new Promise(y=>navigator.geolocation.getCurrentPosition("
		"()=>y('told'),e=>y(e.code)))",
		"1", NULL},
	{"notification", "return await Notification.requestPermission()", "denied", NULL},
	{"clipboard-text", "return await navigator.clipboard.readText()", "NotAllowedError", NULL},
	{"clipboard-any", "return (await navigator.clipboard.read()).length", "NotAllowedError",
		NULL},
	{"security-key",
		"await navigator.credentials.get({publicKey:{challenge:new Uint8Array(16)}})",
		"SecurityError", NULL},
	{"voices", "return speechSynthesis.getVoices().length", "0", NULL},
	{"print", "print();return printed", "0", NULL},
	{"permissions",
		"const r=[];for(const n of ['camera','microphone','geolocation','notifications',"
		"'midi','clipboard-read','local-fonts','accelerometer','gyroscope','magnetometer',"
		"'window-management','idle-detection','periodic-background-sync'])"
		"{const s=(await navigator.permissions.query({name:n})).state;"
		"if(s!='denied')r.push(n+':'+s)}return r.join(' ')",
		"", NULL},
};

/* What it may try only after a click: each is given one. */
static const struct attempt clicked[] = {
	{"fonts", "return (await queryLocalFonts()).length", "0", NULL},
	{"idle", "return await IdleDetector.requestPermission()", "denied", NULL},
	{"usb", "await navigator.usb.requestDevice({filters:[]})", "NotFoundError", NULL},
	{"serial", "await navigator.serial.requestPort()", "NotFoundError", NULL},
	{"hid", "return (await navigator.hid.requestDevice({filters:[]})).length", "0", NULL},
	{"screen", "await navigator.mediaDevices.getDisplayMedia()", "NotAllowedError", NULL},
	{"open-file", "await showOpenFilePicker()", "NotAllowedError", NULL},
	{"save-file", "await showSaveFilePicker()", "NotAllowedError", NULL},
	{"directory", "await showDirectoryPicker()", "NotAllowedError", NULL},
	{"upload",
		"return await new Promise(y=>{const "
		"i=document.createElement('input');i.type='file';"
		"i.onchange=()=>y(i.files.length);i.oncancel=()=>y('cancel');i.click()})",
		"cancel", NULL},
	{"upload-directory",
		"return await new Promise(y=>{const "
		"i=document.createElement('input');i.type='file';"
		"i.webkitdirectory=true;i.onchange=()=>y(i.files.length);i.oncancel=()=>y('cancel')"
		";"
		"i.click()})",
		"cancel", NULL},
	{"clipboard-text-clicked", "return await navigator.clipboard.readText()", "NotAllowedError",
		NULL},
	{"clipboard-any-clicked", "return (await navigator.clipboard.read()).length",
		"NotAllowedError", NULL},
	{"file-window", "return open('file:///etc/passwd')", "null", NULL},
	{"source-window", "return open('view-source:'+location.href)", "null", NULL},
	{"file-link",
		"const a=document.createElement('a');a.href='file:///etc/passwd';"
		"document.body.append(a);a.click();return location.pathname",
		"/attempts", NULL},
};

#define LINK(href, name)                                                                           \
	"const a=document.createElement('a');a.href=" href ";a.download='garasu-" name             \
	".bin';document.body.append(a);a.click()"
#define BLOB "URL.createObjectURL(new Blob(['garasu-','marker'],{type:'application/x-garasu'}))"

/* Ways to a file in the session. */
static const struct attempt downloads[] = {
	{"by-link", LINK("'/file-link'", "link"), "undefined", NULL},
	{"by-blob", LINK(BLOB, "blob"), "undefined", NULL},
	{"by-data", LINK("'data:application/octet-stream;base64,Z2FyYXN1LW1hcmtlcg=='", "data"),
		"undefined", NULL},
	{"by-header", "location.href='/file-header'", "undefined", "/file-header"},
	{"by-type", "location.href='/file-type'", "undefined", "/file-type"},
	{"by-frame",
		"const f=document.createElement('iframe');f.src='/file-frame';"
		"document.body.append(f)",
		"undefined", "/file-frame"},
	{"by-form",
		"const f=document.createElement('form');f.method='post';f.action='/file-form';"
		"document.body.append(f);f.submit()",
		"undefined", "/file-form"},
	{"by-window", "open(" BLOB ")", "undefined", NULL},
	{"by-worker",
		"await navigator.serviceWorker.register('/worker.js');"
		"await new Promise(y=>navigator.serviceWorker.controller?y():"
		"navigator.serviceWorker.oncontrollerchange=y);"
		"const f=document.createElement('iframe');f.src='/file-worker';"
		"document.body.append(f)",
		"undefined", NULL},
	{"in-background",
		"const r=await navigator.serviceWorker.ready;"
		"await r.backgroundFetch.fetch('x',['/file-background'])",
		"TypeError", NULL},
	{"copy",
		"await navigator.clipboard.write([new ClipboardItem({'text/html':"
		"new Blob(['<b>garasu-copied</b>'],{type:'text/html'})})])",
		"undefined", NULL},
};

#define ATTACHMENT "\r\nContent-Disposition: attachment; filename=garasu-file.bin"
#define REPORT "fetch('/report',{method:'POST',body:t})"

static char attempts_page[65536];

static const struct flow_page pages[] = {
	{"/attempts", "text/html", attempts_page},
	{"/icon.svg", "image/svg+xml",
		"<svg xmlns='http://www.w3.org/2000/svg'><title>garasu-title</title></svg>"},
	{"/file-link", "application/octet-stream", "garasu-marker"},
	{"/file-header", "text/plain" ATTACHMENT, "garasu-marker"},
	{"/file-type", "application/zip", "garasu-marker"},
	{"/file-frame", "text/html" ATTACHMENT, "garasu-marker"},
	{"/file-form", "application/octet-stream" ATTACHMENT, "garasu-marker"},
	{"/file-background", "text/plain", "garasu-marker"},
	{"/worker.js", "text/javascript",
		"oninstall=()=>skipWaiting();onactivate=e=>e.waitUntil(clients.claim());"
		"onfetch=e=>{if(e.request.url.endsWith('/file-worker'))e.respondWith(new Response("
		"'garasu-'+'marker',{headers:{'Content-Disposition':"
		"'attachment; filename=garasu-worker.bin'}}))}"},
	{"/paper.pdf", "application/pdf",
		"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>> endobj\n"
		"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R>> endobj\n"
		"4 0 obj<</Length 40>>stream\n1 0 0 rg 0 0 400 300 re f % garasu-marker\nendstream "
		"endobj\nxref\n0 5\n0000000000 65535 f \n0000000009 00000 n \n0000000053 00000 n "
		"\n0000000103 00000 n \n0000000182 00000 n \ntrailer<</Size 5/Root 1 0 R>>\n"
		"startxref\n269\n%%EOF\n"},
	{NULL, NULL, NULL},
};

#endif
