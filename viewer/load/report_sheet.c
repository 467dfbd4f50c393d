/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sizing sheet: what must be bought, and on which assumptions. */

#include "report.h"

#include "markup.h"

#include <time.h>

struct sheet {
	FILE *file;
	struct run *run;
	enum language language;
	bool is_sized;
	struct sizing_input input;
	struct sizing sizing;
};

/* The text of this sheet's language: a macro, so that the compiler sees both formats. */
#define SAY(sheet, japanese, english)                                                              \
	((sheet)->language == LANGUAGE_JAPANESE ? (japanese) : (english))

static void write_title(const struct sheet *sheet)
{
	const struct run *run = sheet->run;
	time_t seconds = (time_t)(run->started_unix_ms / 1000);
	struct tm when;
	char date[32] = "";

	if (localtime_r(&seconds, &when) != NULL) {
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &when);
	}
	fprintf(sheet->file, "<section lang=%s><h1>%s</h1><p class=sub>", SAY(sheet, "ja", "en"),
		SAY(sheet, "容量見積書", "Sizing sheet"));
	if (run->options->title != NULL) {
		markup_text(sheet->file, run->options->title);
		fputs(" &middot; ", sheet->file);
	}
	fprintf(sheet->file, "%s %s &middot; garasu-load " GARASU_VERSION "</p>",
		SAY(sheet, "測定", "measured"), date);
}

static void write_knee(const struct sheet *sheet)
{
	const struct run *run = sheet->run;
	FILE *file = sheet->file;

	if (run->knee.sessions == 0) {
		fprintf(file, "<div class=warn>%s</div>",
			run->knee.end == KNEE_BELOW
				? SAY(sheet,
					  "最初の段階ですでに上限を超えたか、セッションが失敗した。"
					  "この環境では見積もれない。",
					  "Already the first step passed the limit or failed: "
					  "nothing "
					  "can be sized from this run.")
				: SAY(sheet,
					  "入力の標本が 20 に満たず、膝を判定できない。"
					  "測定時間を延ばすこと。",
					  "Fewer than 20 typing samples: no knee can be told. "
					  "Measure "
					  "longer."));
		return;
	}
	fprintf(file, "<div class=key><b>%s%u<small> %s</small></b><span>",
		run->knee.end == KNEE_OPEN ? "&ge;&thinsp;" : "", run->knee.sessions,
		SAY(sheet, "セッション/台", "sessions per host"));
	fprintf(file,
		SAY(sheet,
			"このホスト 1 台で同時に使えるセッション数。入力から画素までの時間の "
			"95 パーセンタイルが %u ms 以下に収まり、失敗がなかった最大の段階。",
			"One host like this carries so many at once: the largest step in which "
			"95 of 100 inputs were on the screen within %u ms and no session failed."),
		run->options->limit_ms);
	fputs("</span></div>", file);
	if (run->knee.end == KNEE_OPEN) {
		fprintf(file, "<div class=warn>%s</div>",
			SAY(sheet,
				"測定した範囲では上限に達しなかった。実際の収容数はこれ以上であり、"
				"下の台数は多めの見積もりになる。",
				"The limit was not reached within what was measured: the host "
				"carries at "
				"least so many, and the numbers below are on the safe side."));
	}
	if (run->is_interrupted) {
		fprintf(file, "<div class=warn>%s</div>",
			SAY(sheet, "測定は途中で止められた。", "The run was interrupted."));
	}
	if (run->is_short_of_memory) {
		fprintf(file, "<div class=warn>%s</div>",
			SAY(sheet, "計測器のメモリが足りず、最後の段階は完全でない。",
				"The tool ran out of memory: the last step is incomplete."));
	}
}

static void row(const struct sheet *sheet, const char *name, const char *value, const char *how)
{
	fprintf(sheet->file, "<tr><td>%s</td><td class=big>%s</td><td class=small>%s</td></tr>",
		name, value, how);
}

static void write_needs(const struct sheet *sheet)
{
	const struct sizing_input *input = &sheet->input;
	const struct sizing *sizing = &sheet->sizing;
	char value[64], how[256];

	fprintf(sheet->file, "<h2>");
	fprintf(sheet->file,
		SAY(sheet, "利用者 %u 人、同時利用率 %u %% に必要なもの",
			"What %u users at %u %% concurrency need"),
		input->desks, input->concurrency);
	fputs("</h2><table>", sheet->file);
	snprintf(value, sizeof(value), "%u", sizing->concurrent);
	snprintf(how, sizeof(how), "%u &times; %u %%", input->desks, input->concurrency);
	row(sheet, SAY(sheet, "同時セッション数", "Sessions at once"), value, how);
	snprintf(value, sizeof(value), "%u", sizing->sessions_per_host);
	snprintf(how, sizeof(how),
		SAY(sheet, "実測 %u から予備 %u %% を引いて切り捨て",
			"measured %u less a reserve of %u %%, rounded down"),
		input->knee, input->reserve);
	row(sheet, SAY(sheet, "1 台に割り当てるセッション数", "Sessions planned per host"), value,
		how);
	snprintf(value, sizeof(value), SAY(sheet, "%u 台", "%u"), sizing->hosts);
	snprintf(how, sizeof(how),
		SAY(sheet, "このうち待機 %u 台", "of which %u stand by for a failure"),
		input->spare);
	row(sheet, SAY(sheet, "ホスト台数", "Hosts"), value, how);
	snprintf(value, sizeof(value), "%u GiB", sizing->memory_gib);
	snprintf(how, sizeof(how),
		SAY(sheet, "(基本 %.0f MiB + %.0f MiB &times; %u)&times; 1.2、切り上げ",
			"(%.0f MiB + %.0f MiB &times; %u) &times; 1.2, rounded up"),
		input->host_mib, input->session_mib, sizing->sessions_per_host);
	row(sheet, SAY(sheet, "1 台のメモリ", "Memory of each host"), value, how);
	snprintf(value, sizeof(value), "%.0f Mbit/s", sizing->mean_bps / 1e6);
	snprintf(how, sizeof(how),
		SAY(sheet, "1 セッション平均 %.0f kbit/s", "%.0f kbit/s per session on average"),
		input->mean_bps / 1000);
	row(sheet, SAY(sheet, "通信量(平均、全台合計)", "Traffic, mean, all hosts together"), value,
		how);
	snprintf(value, sizeof(value), "%.0f Mbit/s", sizing->peak_bps / 1e6);
	snprintf(how, sizeof(how),
		SAY(sheet, "最も多い 1 秒に 1 セッション %.0f kbit/s",
			"%.0f kbit/s per session in the busiest second"),
		input->peak_bps / 1000);
	row(sheet, SAY(sheet, "通信量(最大、全台合計)", "Traffic, busiest second"), value, how);
	fputs("</table>", sheet->file);
}

/* How many hosts for other numbers of users. */
static void write_grid(const struct sheet *sheet)
{
	static const uint32_t desks[] = {200, 500, 1000, 2000, 5000, 10000, 20000};
	static const uint32_t shares[] = {10, 20, 30, 50, 80};
	FILE *file = sheet->file;

	fprintf(file, "<h2>%s</h2><table class=grid><tr><th>%s</th>",
		SAY(sheet, "利用者数と同時利用率ごとのホスト台数",
			"Hosts by number of users and concurrency"),
		SAY(sheet, "利用者", "Users"));
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		fprintf(file, "<th>%u %%</th>", shares[i]);
	}
	fputs("</tr>", file);
	for (size_t i = 0; i < sizeof(desks) / sizeof(desks[0]); i++) {
		fprintf(file, "<tr><td>%u</td>", desks[i]);
		for (size_t j = 0; j < sizeof(shares) / sizeof(shares[0]); j++) {
			struct sizing_input input = sheet->input;
			bool is_chosen = desks[i] == input.desks && shares[j] == input.concurrency;

			input.desks = desks[i];
			input.concurrency = shares[j];
			fprintf(file, "<td%s>%u</td>", is_chosen ? " class=chosen" : "",
				sizing_compute(&input).hosts);
		}
		fputs("</tr>", file);
	}
	fputs("</table>", file);
}

/* What users of a profile do. */
static const char *profile_words(const struct sheet *sheet, enum work_profile profile)
{
	switch (profile) {
	case WORK_READ:
		return SAY(sheet, "閲覧", "reading");
	case WORK_TYPE:
		return SAY(sheet, "入力", "typing");
	case WORK_LOAD:
		return SAY(sheet, "移動", "loading pages");
	case WORK_ADVERT:
		return SAY(sheet, "動く広告", "animated advertisement");
	case WORK_VIDEO:
		return SAY(sheet, "動画", "film");
	case WORK_IDLE:
		return SAY(sheet, "静止", "idle");
	case WORK_PARKED:
		return SAY(sheet, "離席", "parked");
	case WORK_BENCH:
		return SAY(sheet, "連打", "bench");
	case WORK_SCROLL:
		return SAY(sheet, "流れる文章", "moving text");
	case WORK_NOTCH:
		return SAY(sheet, "文章", "text");
	case WORK_SITE:
		return SAY(sheet, "広告付きの文章", "text beside an advertisement");
	case WORK_PHOTO:
		return SAY(sheet, "写真", "photographs");
	case WORK_BESIDE:
		return SAY(sheet, "動画の横の入力", "typing beside a film");
	case WORK_LOOK:
		return SAY(sheet, "写真のあるページ", "pages with photographs");
	case WORK_PROFILES:
		break;
	}
	return "";
}

static void write_mix(const struct sheet *sheet)
{
	const struct options *options = sheet->run->options;
	bool is_first = true;

	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		if (options->mix.weights[i] > 0) {
			fprintf(sheet->file, "%s%s %u", is_first ? "" : ", ",
				profile_words(sheet, (enum work_profile)i),
				options->mix.weights[i]);
			is_first = false;
		}
	}
}

/* How much of the machine's work was not the measured system's. */
static void write_disturbance(const struct sheet *sheet)
{
	const struct step *step = &sheet->run->steps[sheet->run->knee.step];
	double ours_s = 0;

	for (unsigned group = 0; group < HOST_INSTRUMENT; group++) {
		ours_s += step->cpu_s[group];
	}
	fputs("<li>", sheet->file);
	fprintf(sheet->file,
		SAY(sheet,
			"計測器も同じホストで動き、%.2f コアを使った。無関係のプロセスは %.2f "
			"コアを使った。専用のホストではその分の余裕が増える。",
			"The tool ran on the same host and used %.2f cores; unrelated processes "
			"used %.2f cores. A dedicated host has so much more room."),
		step->cpu_s[HOST_INSTRUMENT] / run_seconds(step),
		(step->busy_s - ours_s - step->cpu_s[HOST_INSTRUMENT]) / run_seconds(step));
	fputs("</li>", sheet->file);
}

static void write_host_fact(const struct sheet *sheet)
{
	const struct host_facts *facts = &sheet->run->facts;

	fputs("<li>", sheet->file);
	fputs(SAY(sheet, "測定したホスト: ", "The host: "), sheet->file);
	markup_text(sheet->file, facts->processor);
	fprintf(sheet->file, SAY(sheet, "、%u コア、メモリ %.1f GiB、", ", %u cores, %.1f GiB, "),
		facts->cores, facts->memory_mib / 1024);
	markup_text(sheet->file, facts->kernel);
	fputs("</li>", sheet->file);
}

static void write_assumptions(const struct sheet *sheet)
{
	const struct options *options = sheet->run->options;
	const struct connection_settings *connection = &options->work.connection;
	FILE *file = sheet->file;

	fprintf(file, "<h2>%s</h2><ul class=small>", SAY(sheet, "前提", "Assumptions"));
	if (sheet->run->has_host) {
		write_host_fact(sheet);
	}
	fputs("<li>", file);
	fputs(SAY(sheet, "利用者の割合: ", "Users at work, by weight: "), file);
	write_mix(sheet);
	fprintf(file,
		SAY(sheet, "。考える時間は標準の %u %%。画面 %u&times;%u、倍率 %u %%。",
			"; think times %u %% of the usual; screen %u&times;%u at %u %%."),
		options->work.think_percent, connection->width, connection->height,
		connection->scale * 100 / CODE_SCALE_ONE);
	fputs("</li><li>", file);
	fprintf(file,
		SAY(sheet, "段階ごとに %u 秒測定、乱数の種 %llu。接続は %s。",
			"%u seconds of measuring per step, seed %llu; connections by %s."),
		options->seconds, (unsigned long long)options->work.seed,
		connection->is_plain ? "RFB (None)" : "TLS 1.3 (X509Plain)");
	fputs("</li>", file);
	if (sheet->is_sized) {
		write_disturbance(sheet);
	}
	fputs(SAY(sheet,
		      "<li>ページは計測器が作る文章・表・写真・図である。実際のサイトはこれより重い"
		      "ことがある。高精細の動画を常時見る利用者は見込んでいない。</li>"
		      "<li>台数は 1 台の実測からの比例計算であり、負荷分散の偏りと、"
		      "始業時などの一斉の起動は予備の割合で見込む。</li>"
		      "<li>メモリは段階ごとの増え方(PSS "
		      "と、計測器を除くホスト全体の使用量の大きい方)から求めた。</li>"
		      "<li>通信量はビューア方向の RFB のバイト数。TLS と TCP/IP の付加分(数 %)"
		      "と逆方向(わずか)は含まない。</li>",
		      "<li>The pages are the tool's own: text, tables, photographs, drawings. Real "
		      "sites can be heavier, and nobody is assumed to watch high-definition films "
		      "all "
		      "day.</li><li>Hosts are counted in proportion from the one that was "
		      "measured; "
		      "uneven balance and everybody's start in the morning are left to the "
		      "reserve.</li><li>Memory is the growth from step to step: of the processes' "
		      "PSS "
		      "or of all the host uses less the tool, whichever is larger.</li><li>Traffic "
		      "is RFB "
		      "towards "
		      "the viewers, without what TLS and TCP/IP add (a few per cent) and without "
		      "the "
		      "other direction (little).</li>"),
		file);
	fputs("</ul>", file);
}

void report_sheet(FILE *file, struct run *run, enum language language)
{
	struct sheet sheet = {.file = file, .run = run, .language = language};

	sheet.is_sized = run_sizing(run, &sheet.input);
	write_title(&sheet);
	write_knee(&sheet);
	if (sheet.is_sized) {
		sheet.sizing = sizing_compute(&sheet.input);
		write_needs(&sheet);
		write_grid(&sheet);
	}
	write_assumptions(&sheet);
	fputs("</section>\n", file);
}
