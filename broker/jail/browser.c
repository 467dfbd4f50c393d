/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasu-browser [ADDRESS [window]]: becomes Chromium, or asks the running one for a tab or a
 * window. Its own sandbox stays on. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHROMIUM "/usr/lib/chromium/chromium" /* not Debian's wrapper, which reads files */

static int is_allowed(const char *address)
{
	return strncmp(address, "http://", 7) == 0 || strncmp(address, "https://", 8) == 0 ||
	       strcmp(address, "about:blank") == 0;
}

int main(int argc, char **argv)
{
	const char *address = argc > 1 ? argv[1] : "about:blank";
	const char *port = getenv("GARASU_PROXY_PORT");
	const char *language = getenv("LANGUAGE");
	const char *window = argc > 2 && strcmp(argv[2], "window") == 0 ? "--new-window" : address;
	char proxy[64];
	char lang[64];

	if (!is_allowed(address) || port == NULL) {
		return 2;
	}
	snprintf(proxy, sizeof(proxy), "--proxy-server=http://127.0.0.1:%.5s", port);
	snprintf(lang, sizeof(lang), "--lang=%.32s", language != NULL ? language : "ja");
	execl(CHROMIUM, "chromium", "--ozone-platform=wayland", "--disable-gpu",
		"--enable-wayland-ime", "--wayland-text-input-version=3",
		"--user-data-dir=/home/garasu/profile", proxy, "--proxy-bypass-list=<-loopback>",
		/* names are the proxy's: pages' WebRTC servers would be looked up here */
		"--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE 127.0.0.1", lang, "--no-first-run",
		"--no-default-browser-check", "--disable-background-networking",
		"--disable-component-update",
		/* on-demand components pass by that switch: their server is nowhere */
		"--component-updater=url-source=http://127.0.0.1:1/", "--disable-sync",
		"--disable-breakpad", "--disable-domain-reliability",
		"--disable-client-side-phishing-detection", "--disable-search-engine-choice-screen",
		"--disable-default-apps", "--no-pings", "--password-store=basic",
		"--start-maximized",
		/* what no policy closes is refused without asking: MIDI */
		"--deny-permission-prompts", "--enable-features=NetworkServiceSandbox",
		"--disable-features=MediaRouter,OptimizationHints,Translate,"
		"InterestFeedContentSuggestions,"
		"CertificateTransparencyComponentUpdater,AutofillServerCommunication,"
		"OptimizationGuideModelDownloading,GlobalMediaControls",
		window, window != address ? address : NULL, (char *)NULL);
	return 127;
}
