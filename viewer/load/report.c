/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report: one HTML file that needs nothing else. */

#include "report.h"

#include "markup.h"
#include "result.h"

#include <string.h>
#include <time.h>

static const char style[] =
	"@page{size:A4;margin:14mm}*{box-sizing:border-box}"
	"body{margin:0;background:#e9edf1;color:#1c2630;font:14px/1.65 'Noto Sans CJK JP',"
	"'Noto Sans JP','Yu Gothic',Meiryo,sans-serif}"
	"section{background:#fff;max-width:1000px;margin:24px auto;padding:40px 48px;"
	"border-top:6px solid #1d4f7c;box-shadow:0 1px 4px #0002}"
	"h1{font-size:27px;margin:0 0 2px;line-height:1.3}h2{font-size:17px;margin:28px 0 8px;"
	"padding-bottom:3px;border-bottom:1px solid #b9c6d2}"
	".sub{color:#5a6875;margin:0 0 18px}.key{display:flex;gap:24px;align-items:center;"
	"background:#eef4f9;border-left:6px solid #1d4f7c;padding:16px 24px;margin:14px 0}"
	".key b{font-size:46px;line-height:1;color:#1d4f7c;white-space:nowrap}"
	".key b small{font-size:17px;font-weight:600}"
	".warn{background:#fff5e0;border-left:6px solid #d98c00;padding:8px 16px;margin:10px 0}"
	"table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
	"th,td{border-bottom:1px solid #d5dde4;padding:5px 8px;text-align:right}"
	"th:first-child,td:first-child,td.small{text-align:left}th{font-weight:600;color:#41505e;"
	"background:#f5f7f9;vertical-align:bottom}td.big{font-size:17px;font-weight:700}"
	"tr.knee td{background:#e7f3ea;font-weight:600}tr.over td{background:#fdeeee}"
	".grid td,.grid th{text-align:center}.chosen{outline:2px solid #1d4f7c;font-weight:700}"
	"ul{padding-left:20px;margin:6px 0}li{margin:2px 0}"
	".plots{display:grid;grid-template-columns:1fr 1fr;gap:18px 26px}"
	".plots h3{font-size:14px;margin:0}svg{width:100%;display:block}"
	"svg text{font-size:11.5px;fill:#3c4a57}"
	"svg .grid{stroke:#e1e6eb}svg .axis{stroke:#7b8894}"
	"svg .limit{stroke:#c22f2f;stroke-width:1.5;stroke-dasharray:6 4}"
	"dt{font-weight:600;margin-top:6px}dd{margin:0 0 0 16px;color:#3c4a57}"
	".small{font-size:12.5px;color:#41505e}"
	"@media print{body{background:#fff}section{box-shadow:none;margin:0;max-width:none;"
	"padding:0 0 12mm;break-after:page}}";

struct samples report_action(const struct step *step, enum work_action action)
{
	struct samples all = {0};

	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		if (samples_join(&all, &step->tallies[i].times[action]) != 0) {
			samples_finish(&all); /* shown as not measured */
			break;
		}
	}
	return all;
}

/* Number, p50, p95, p99 as far as the number allows, and the range. */
static void write_times(FILE *file, struct samples *times)
{
	struct summary summary = samples_summary(times);

	fprintf(file, "<td>%zu</td>", summary.count);
	if (summary.has_percentiles) {
		fprintf(file, "<td>%.1f</td><td>%.1f</td>", summary.p50 / 1000.0,
			summary.p95 / 1000.0);
	} else {
		fputs("<td>&ndash;</td><td>&ndash;</td>", file);
	}
	if (summary.has_p99) {
		fprintf(file, "<td>%.1f</td>", summary.p99 / 1000.0);
	} else {
		fputs("<td>&ndash;</td>", file);
	}
	if (summary.count > 0) {
		fprintf(file, "<td>%.1f &ndash; %.1f</td>", summary.least / 1000.0,
			summary.most / 1000.0);
	} else {
		fputs("<td>&ndash;</td>", file);
	}
}

static const char *row_class(const struct run *run, size_t i)
{
	if (run->knee.sessions > 0 && i == run->knee.step) {
		return " class=knee";
	}
	if (run->knee.sessions > 0 && i > run->knee.step && run->knee.end != KNEE_OPEN) {
		return " class=over";
	}
	return "";
}

static uint64_t count_lost(const struct step *step, enum work_action action)
{
	uint64_t lost = 0;

	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		lost += step->tallies[i].lost[action];
	}
	return lost;
}

static void write_times_head(FILE *file, const char *title)
{
	fputs("<h2>", file);
	markup_text(file, title);
	fputs("</h2><table><tr><th>セッション<br>sessions<th>標本数<br>n<th>p50 ms<th>p95 ms"
	      "<th>p99 ms<th>最小 &ndash; 最大<br>range ms<th>未達<br>lost</tr>",
		file);
}

static void write_action_table(
	FILE *file, struct run *run, enum work_action action, const char *title)
{
	write_times_head(file, title);
	for (size_t i = 0; i < run->step_count; i++) {
		struct step *step = &run->steps[i];
		struct samples times = report_action(step, action);

		fprintf(file, "<tr%s><td>%u</td>", row_class(run, i), step->sessions);
		write_times(file, &times);
		fprintf(file, "<td>%llu</td></tr>", (unsigned long long)count_lost(step, action));
		samples_finish(&times);
	}
	fputs("</table>", file);
}

/* Of the sessions that each step started. */
static void write_starts(FILE *file, struct run *run)
{
	write_times_head(
		file, "新しいセッションの接続から最初のページまで / Connect to first page");
	for (size_t i = 0; i < run->step_count; i++) {
		struct step *step = &run->steps[i];

		fprintf(file, "<tr%s><td>%u</td>", row_class(run, i), step->sessions);
		write_times(file, &step->first_pages);
		fprintf(file, "<td>%u</td></tr>", step->failed);
	}
	fputs("</table>", file);
}

static bool has_action(const struct run *run, enum work_action action)
{
	for (size_t i = 0; i < run->step_count; i++) {
		for (unsigned profile = 0; profile < WORK_PROFILES; profile++) {
			if (run->steps[i].tallies[profile].times[action].count > 0) {
				return true;
			}
		}
	}
	return false;
}

static void write_action_tables(FILE *file, struct run *run)
{
	static const struct {
		enum work_action action;
		const char *title;
	} tables[] = {
		{WORK_KEY, "打鍵から画素まで / Key to pixel"},
		{WORK_KEY_SCROLLING, "スクロール中の打鍵から画素まで / Key to pixel while the page "
				     "scrolls"},
		{WORK_TEXT, "日本語の確定から画素まで / Japanese text to pixel"},
		{WORK_WHEEL, "ホイールから画素まで / Wheel to pixel"},
		{WORK_PAGE, "ページの切り替え / Page to page"},
		{WORK_RESUME, "再接続から画面まで / Resume to picture"},
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (has_action(run, tables[i].action)) {
			write_action_table(file, run, tables[i].action, tables[i].title);
		}
	}
}

static void write_step_table(FILE *file, struct run *run)
{
	fputs("<h2>段階ごとの結果 / Step by step</h2><table><tr><th>セッション<br>sessions"
	      "<th>失敗<br>failed<th>入力の標本<br>typing n<th>p50 ms<th>p95 ms"
	      "<th>CPU<br>cores<th>他の負荷<br>other load<th>Mbit/s<br>mean"
	      "<th>Mbit/s<br>busiest s<th>PSS MiB<th>計測器<br>tool p95 ms</tr>",
		file);
	for (size_t i = 0; i < run->step_count; i++) {
		struct step *step = &run->steps[i];
		struct summary typing = samples_summary(&step->typing);
		struct summary turns = samples_summary(&step->turns);
		double cpu_s = 0, pss = 0;

		for (unsigned group = 0; group < HOST_INSTRUMENT; group++) {
			cpu_s += step->cpu_s[group];
			pss += step->memory.pss_mib[group];
		}
		fprintf(file, "<tr%s><td>%u<td>%u<td>%zu", row_class(run, i), step->sessions,
			step->failed, typing.count);
		if (typing.has_percentiles) {
			fprintf(file, "<td>%.1f<td>%.1f", typing.p50 / 1000.0, typing.p95 / 1000.0);
		} else {
			fputs("<td>&ndash;<td>&ndash;", file);
		}
		fprintf(file, "<td>%.2f<td>%.2f<td>%.1f<td>%.1f<td>%.0f<td>%.1f</tr>",
			cpu_s / run_seconds(step),
			(step->busy_s - cpu_s - step->cpu_s[HOST_INSTRUMENT]) / run_seconds(step),
			(double)step->bytes_in * 8e-6 / run_seconds(step),
			(double)step->peak_bytes * 8e-6, pss, turns.p95 / 1000.0);
	}
	fputs("</table><p class=small>緑: 膝(上限を守った最大の段階)。赤: "
	      "上限を超えた段階。「他の負荷」は計測対象でも計測器でもないプロセスが使ったコア数。 "
	      "/ "
	      "Green: the knee, the largest step within the limit. Red: steps beyond it. Other "
	      "load: cores used by processes that are neither measured nor the tool.</p>",
		file);
}

static void write_frames(FILE *file, struct run *run)
{
	fputs("<h2>動く画面 / Moving pictures</h2><table><tr><th>セッション / 種類<br>sessions / "
	      "profile<th>異なるコマ/秒<br>distinct frames/s<th>飛んだコマ<br>skipped"
	      "<th>同じコマの更新<br>repeated<th>混ざったコマ<br>torn</tr>",
		file);
	for (size_t i = 0; i < run->step_count; i++) {
		const struct step *step = &run->steps[i];

		for (unsigned profile = 0; profile < WORK_PROFILES; profile++) {
			const struct tally *tally = &step->tallies[profile];

			if (tally->frames + tally->torn == 0) {
				continue;
			}
			fprintf(file, "<tr><td>%u / %s<td>%.1f<td>%llu<td>%llu<td>%llu</tr>",
				step->sessions, work_profile_name((enum work_profile)profile),
				(double)tally->frames / run_seconds(step) / step->users[profile],
				(unsigned long long)tally->skipped,
				(unsigned long long)tally->repeated,
				(unsigned long long)tally->torn);
		}
	}
	fputs("</table>", file);
}

static bool has_quality(const struct run *run)
{
	for (size_t i = 0; i < run->step_count; i++) {
		if (run->steps[i].tallies[WORK_LOOK].quality.pages > 0) {
			return true;
		}
	}
	return false;
}

static void write_quality(FILE *file, struct run *run)
{
	if (!has_quality(run)) {
		return;
	}
	fputs("<h2>写真のあるページの画質 / Quality of pages with photographs</h2><table><tr>"
	      "<th>セッション<br>sessions<th>ページ<br>pages<th>静止時に異なる画素<br>"
	      "differing pixels at rest",
		file);
	for (uint32_t i = 0; i < INSPECTION_TIMES; i++) {
		fprintf(file, "<th>PSNR dB<br>%u ms", inspection_times_ms[i]);
	}
	fputs("<th>完全一致まで ms<br>lossless after ms<th>KB/ページ<br>first picture"
	      "<th>KB/ページ<br>refinement</tr>",
		file);
	for (size_t i = 0; i < run->step_count; i++) {
		struct quality *quality = &run->steps[i].tallies[WORK_LOOK].quality;
		struct summary lossless = samples_summary(&quality->lossless);

		if (quality->pages == 0) {
			continue;
		}
		fprintf(file, "<tr%s><td>%u<td>%llu<td>%llu", row_class(run, i),
			run->steps[i].sessions, (unsigned long long)quality->pages,
			(unsigned long long)quality->differing);
		for (uint32_t at = 0; at < INSPECTION_TIMES; at++) {
			fprintf(file, "<td>%.1f", quality_psnr(quality, at));
		}
		if (lossless.count > 0) {
			fprintf(file, "<td>%.0f", lossless.mean / 1000.0);
		} else {
			fputs("<td>&ndash;", file);
		}
		fprintf(file, "<td>%.1f<td>%.1f</tr>",
			(double)quality->bytes_first / 1000 / (double)quality->pages,
			(double)quality->bytes_after / 1000 / (double)quality->pages);
	}
	fputs("</table>", file);
}

static void write_profiles(FILE *file, struct run *run)
{
	const struct step *step =
		&run->steps[run->knee.sessions > 0 ? run->knee.step : run->step_count - 1];

	fprintf(file,
		"<h2>利用者の種類ごとの通信量(%u セッション) / Traffic by profile (%u sessions)"
		"</h2><table><tr><th>種類<br>profile<th>人数<br>users<th>kbit/s/人<br>kbit/s each"
		"<th>操作数<br>actions<th>KB/操作<br>KB per action</tr>",
		step->sessions, step->sessions);
	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		const struct tally *tally = &step->tallies[i];
		uint64_t actions = 0;

		if (step->users[i] == 0) {
			continue;
		}
		for (unsigned action = 0; action < WORK_ACTIONS; action++) {
			actions += tally->done[action];
		}
		fprintf(file, "<tr><td>%s<td>%u<td>%.1f<td>%llu<td>",
			work_profile_name((enum work_profile)i), step->users[i],
			(double)tally->bytes_in * 0.008 / run_seconds(step) / step->users[i],
			(unsigned long long)actions);
		if (actions > 0) {
			fprintf(file, "%.1f</tr>",
				(double)tally->bytes_in / 1000 / (double)actions);
		} else {
			fputs("&ndash;</tr>", file);
		}
	}
	fputs("</table>", file);
}

static void write_meanings(FILE *file, const struct options *options)
{
	double timeout_s = options->work.action_timeout_ms / 1000.0;

	fputs("<h2>測定の意味 / What was measured</h2><dl class=small>"
	      "<dt>打鍵・日本語から画素まで / Key and text to pixel"
	      "<dd>入力メッセージを write() する直前から、その入力を表す符号が復号後の画面に"
	      "現れた更新の終わりまで。古い画面は次の番号を示せないため数えられない。"
	      "<dd>From just before the write() of the input's message to the end of the update "
	      "whose decoded picture shows its number; an older picture cannot show it."
	      "<dt>ホイールから画素まで / Wheel to pixel"
	      "<dd>静止したページで 1 目盛り回してから、最初に動いた画面まで。"
	      "<dd>From one notch on a page at rest to the first decoded picture that moved."
	      "<dt>未達 / lost",
		file);
	fprintf(file,
		"<dd>%g 秒以内に画面に現れなかった操作。膝の判定では %g 秒として数える。"
		"<dd>Not seen within %g s; for the knee it counts as %g s.",
		timeout_s, timeout_s, timeout_s, timeout_s);
	fputs("<dt>p95<dd>小さい順に並べて 95 % 目の標本(最近順位法)。20 標本未満では示さない"
	      "(p99 は 100 標本未満)。<dd>Nearest rank; not shown below 20 samples (p99: 100)."
	      "<dt>通信量 / Traffic<dd>ビューア方向の RFB のバイト数。TLS と TCP/IP の"
	      "付加分(数 %)は含まない。<dd>RFB bytes towards the viewer, without what TLS and "
	      "TCP/IP add (a few per cent)."
	      "<dt>画質 / "
	      "Quality<dd>ページの最初の画面から数えた時刻の復号画面を、静止後に同じ接続で"
	      "全画面を Raw で取り直したものと比べる。100 dB は完全一致。PSNR "
	      "は二乗誤差の平均から。"
	      "<dd>The decoded picture at times counted from the page's first one, against the "
	      "whole "
	      "asked for again as Raw on the same connection once it rests; 100 dB: equal. PSNR of "
	      "the mean squared error."
	      "<dt>計測器 / tool<dd>計測器が一巡に要した時間。遅延の値にはこれが含まれる。"
	      "<dd>How long one round of the tool took; it is part of each latency.</dl>",
		file);
}

static void write_head(FILE *file, const struct run *run)
{
	fputs("<!doctype html><html lang=ja><meta charset=utf-8><meta name=viewport "
	      "content='width=device-width'><title>",
		file);
	markup_text(file, run->options->title != NULL ? run->options->title : "Garasu load");
	fprintf(file, "</title><style>%s</style>\n", style);
}

int report_write(struct run *run, const char *path)
{
	FILE *file = result_open(path);

	if (file == NULL) {
		return -1;
	}
	write_head(file, run);
	report_sheet(file, run, LANGUAGE_JAPANESE);
	report_sheet(file, run, LANGUAGE_ENGLISH);
	if (run->step_count > 0) {
		fputs("<section><h1>測定結果 / Measurements</h1>", file);
		write_step_table(file, run);
		report_plots(file, run);
		fputs("</section><section><h1>内訳 / Details</h1>", file);
		write_action_tables(file, run);
		write_starts(file, run);
		write_frames(file, run);
		write_quality(file, run);
		write_profiles(file, run);
		write_meanings(file, run->options);
		fputs("</section>", file);
	}
	fputs("</html>\n", file);
	return result_close(file);
}
