/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chromium's managed policies: one table with the reason of each. */

#include "policy.h"

#include <stdio.h>
#include <string.h>

struct policy {
	const char *name;
	const char *value; /* JSON; NULL: the start page */
	const char *why;
};

static const struct policy policies[] = {
	/* nothing in, nothing out */
	{"DownloadRestrictions", "3", "no file enters the session"},
	{"DefaultAutomaticDownloadsSetting", "2", "nor one after the other, nor in the background"},
	{"AllowFileSelectionDialogs", "false", "no file is chosen"},
	{"URLBlocklist",
		"[\"file://*\",\"chrome://net-export\",\"chrome://inspect\",\"chrome://tracing\","
		"\"chrome://settings/*\",\"chrome://extensions\",\"chrome-untrusted://*\","
		"\"view-source:*\"]",
		"no local files, no inner pages"},
	{"PrintingEnabled", "false", "no printing, also not to a file"},
	{"DisablePrintPreview", "true", "nor by the PDF viewer, which passes the line above"},
	{"PrinterTypeDenyList", "[\"privet\",\"extension\",\"pdf\",\"local\",\"cloud\"]",
		"nor by any other way"},
	{"DeveloperToolsAvailability", "2", "no developer tools"},
	{"RemoteDebuggingAllowed", "false", "no debugging port"},
	{"DisableScreenshots", "true", "no capture by pages"},
	{"ScreenCaptureAllowed", "false", "no capture by pages"},
	{"DefaultFileSystemReadGuardSetting", "2", "no file access by pages"},
	{"DefaultFileSystemWriteGuardSetting", "2", "no file access by pages"},
	{"DefaultClipboardSetting", "2", "pages do not read the clipboard unasked"},
	/* no devices */
	{"AudioCaptureAllowed", "false", "no microphone"},
	{"VideoCaptureAllowed", "false", "no camera"},
	{"DefaultWebUsbGuardSetting", "2", "no devices"},
	{"DefaultWebBluetoothGuardSetting", "2", "no devices"},
	{"DefaultSerialGuardSetting", "2", "no devices"},
	{"DefaultWebHidGuardSetting", "2", "no devices"},
	{"DefaultLocalFontsSetting", "2", "no list of the host's fonts"},
	{"DefaultWindowManagementSetting", "2", "no screens"},
	{"DefaultIdleDetectionSetting", "2", "pages do not learn whether somebody is there"},
	{"DefaultDirectSocketsSetting", "2", "no way around egress"},
	{"DefaultSensorsSetting", "2", "no devices"},
	{"DefaultGeolocationSetting", "2", "no place"},
	{"DefaultNotificationsSetting", "2", "no notifications over other windows"},
	/* one browser that belongs to nobody for longer than its session */
	{"BrowserSignin", "0", "no account"},
	{"SyncDisabled", "true", "no account"},
	{"ExtensionInstallBlocklist", "[\"*\"]", "no extensions"},
	{"BackgroundModeEnabled", "false", "the last window ends it"},
	{"PasswordManagerEnabled", "false", "nothing is kept"},
	{"AutofillAddressEnabled", "false", "nothing is kept"},
	{"AutofillCreditCardEnabled", "false", "nothing is kept"},
	{"BrowserGuestModeEnabled", "false", "one profile"},
	{"BrowserAddPersonEnabled", "false", "one profile"},
	/* it calls nobody by itself */
	{"ComponentUpdatesEnabled", "false", "calls home"},
	{"SearchSuggestEnabled", "false", "sends what is typed"},
	{"DefaultSearchProviderEnabled", "false", "sends what is typed"},
	{"AlternateErrorPagesEnabled", "false", "calls home"},
	{"MetricsReportingEnabled", "false", "calls home"},
	{"SafeBrowsingProtectionLevel", "0", "calls home; egress judges"},
	{"SpellCheckServiceEnabled", "false", "sends what is typed"},
	{"SpellcheckEnabled", "false", "downloads dictionaries"},
	{"TranslateEnabled", "false", "sends pages"},
	{"NetworkPredictionOptions", "2", "connects unasked"},
	{"UrlKeyedAnonymizedDataCollectionEnabled", "false", "calls home"},
	{"DomainReliabilityAllowed", "false", "calls home"},
	{"BrowserNetworkTimeQueriesEnabled", "false", "calls home"},
	{"EnableMediaRouter", "false", "looks for devices"},
	{"WebRtcIPHandling", "\"disable_non_proxied_udp\"", "no way around egress"},
	{"QuicAllowed", "false", "no way around egress"},
	{"DnsOverHttpsMode", "\"off\"", "names are egress's"},
	{"BuiltInDnsClientEnabled", "false", "names are egress's"},
	/* quiet */
	{"DefaultBrowserSettingEnabled", "false", "no bar"},
	{"PromotionalTabsEnabled", "false", "no promotion"},
	{"PromotionsEnabled", "false", "no promotion"},
	{"CommandLineFlagSecurityWarningsEnabled", "false",
		"our own flags are no news to staff, and the bar takes their picture"},
	{"BookmarkBarEnabled", "false", "room for the page"},
	{"HideWebStoreIcon", "true", "no promotion"},
	{"ShowHomeButton", "true", "the way back to the start page"},
	/* the start page */
	{"HomepageIsNewTabPage", "false", "start page"},
	{"HomepageLocation", NULL, "start page"},
	{"NewTabPageLocation", NULL, "start page"},
};

static size_t add_escaped(char *out, size_t size, const char *text)
{
	size_t used = 0;

	for (; *text != '\0' && used + 3 < size; text++) {
		if (*text == '"' || *text == '\\') {
			out[used++] = '\\';
		}
		out[used++] = *text;
	}
	return used;
}

/* Where word begins between at and end, or NULL. */
static const char *find(const char *at, const char *end, const char *word)
{
	size_t size = strlen(word);

	for (; (size_t)(end - at) >= size; at++) {
		if (memcmp(at, word, size) == 0) {
			return at;
		}
	}
	return NULL;
}

/* The list of certificates, each in base64: PEM's own, without its lines. Returns bytes, or -1. */
static long add_certificates(char *out, size_t size, const char *pem, size_t pem_size)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char base64[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	const char *end = pem + pem_size;
	size_t used = 0;

	/* every sign of the PEM gives at most one here, and each begin line is longer than the
	 * three around a certificate */
	if (size < pem_size + 3) {
		return -1;
	}
	out[used++] = '[';
	while ((pem = find(pem, end, begin)) != NULL) {
		const char *stop = find(pem, end, "-----END CERTIFICATE-----");

		if (stop == NULL) {
			return -1;
		}
		out[used] = ',';
		used += used > 1;
		out[used++] = '"';
		for (pem += sizeof(begin) - 1; pem < stop; pem++) {
			if (*pem == '\r' || *pem == '\n') {
				continue;
			}
			if (*pem == '\0') {
				return -1;
			}
			if (strchr(base64, *pem) == NULL) {
				return -1;
			}
			out[used++] = *pem;
		}
		out[used++] = '"';
	}
	out[used++] = ']';
	return (long)used;
}

/* Appends the policy of the upstream proxy's authorities, if there are any. Returns bytes, or -1.
 */
static long add_trust(char *out, size_t size, const char *pem, size_t pem_size)
{
	static const char name[] = ",\n\"CACertificates\":";
	size_t used = sizeof(name) - 1;
	long listed;

	if (pem_size == 0) {
		return 0;
	}
	if (size < used) {
		return -1;
	}
	memcpy(out, name, used);
	listed = add_certificates(out + used, size - used, pem, pem_size);
	return listed < 0 ? -1 : (long)used + listed;
}

size_t policy_json(char *out, size_t size, const char *start_page, const char *pem, size_t pem_size)
{
	char page[4200];
	size_t used = 0;
	size_t page_size = add_escaped(page, sizeof(page), start_page);
	long trusted;

	page[page_size] = '\0';
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		const struct policy *policy = &policies[i];
		int written = policy->value != NULL
				      ? snprintf(out + used, size - used, "%s\"%s\":%s",
						i == 0 ? "{" : ",\n", policy->name, policy->value)
				      : snprintf(out + used, size - used, ",\n\"%s\":\"%s\"",
						policy->name, page);

		if (written < 0 || (size_t)written >= size - used) {
			return 0;
		}
		used += (size_t)written;
	}
	trusted = add_trust(out + used, size - used, pem, pem_size);
	if (trusted < 0 || size - used - (size_t)trusted < 3) {
		return 0;
	}
	used += (size_t)trusted;
	memcpy(out + used, "}\n", 3);
	return used + 2;
}
