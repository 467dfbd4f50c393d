/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report's plots. */

#include "report.h"

#include "markup.h"

#include <math.h>

#define POINTS OPTIONS_STEPS_MAX
#define SESSIONS "同時セッション / sessions"

static const char *const colours[HOST_GROUPS] = {"#2f6ea5", "#6aa84f", "#e69138", "#8e63b0",
	"#4bb3b3", "#a3743f", "#c0504d", "#9aa5b0", "#d9d9d9"};

static const char *const group_words[HOST_GROUPS] = {"ブラウザ browser", "描画 compositor",
	"符号化 encoder", "中継 gateway", "出口 egress", "管理 broker", "サーバ server", "他 other",
	"計測器 tool"};

static void start(FILE *file, const char *title)
{
	fputs("<div><h3>", file);
	markup_text(file, title);
	fputs("</h3>", file);
}

static void fill_times(struct samples *times, double *p50, double *p95)
{
	struct summary summary = samples_summary(times);

	*p50 = summary.has_percentiles ? summary.p50 / 1000.0 : NAN;
	*p95 = summary.has_percentiles ? summary.p95 / 1000.0 : NAN;
}

static void plot_latency(FILE *file, struct run *run, const double *x)
{
	double p50[POINTS], p95[POINTS], wheel50[POINTS], wheel95[POINTS];
	const struct plot_series lines[] = {{"入力 typing p50", "#7fb0d8", p50},
		{"入力 typing p95", "#1d4f7c", p95}, {"ホイール wheel p95", "#e69138", wheel95}};
	struct plot plot = {.title = "Latency over sessions",
		.x_name = SESSIONS,
		.y_name = "ms",
		.x = x,
		.count = run->step_count,
		.lines = lines,
		.line_count = 3,
		.limit = run->options->limit_ms,
		.limit_name = "上限 limit (p95)"};

	for (size_t i = 0; i < run->step_count; i++) {
		struct samples wheel = report_action(&run->steps[i], WORK_WHEEL);

		fill_times(&run->steps[i].typing, &p50[i], &p95[i]);
		fill_times(&wheel, &wheel50[i], &wheel95[i]);
		samples_finish(&wheel);
	}
	start(file, "遅延 / Latency");
	plot_write(file, &plot);
	fputs("</div>", file);
}

/* One bar of all groups for each step. */
static void plot_groups(FILE *file, struct run *run, const double *x, struct plot *plot,
	double (*value_of)(const struct step *step, unsigned group))
{
	double values[HOST_GROUPS][POINTS];
	struct plot_series stack[HOST_GROUPS];

	plot->x_name = SESSIONS;
	plot->x = x;
	plot->count = run->step_count;
	plot->stack = stack;
	for (unsigned group = 0; group < HOST_GROUPS; group++) {
		double sum = 0;

		for (size_t i = 0; i < run->step_count; i++) {
			values[group][i] = value_of(&run->steps[i], group);
			sum += values[group][i];
		}
		if (sum > 0) {
			stack[plot->stack_count++] = (struct plot_series){
				group_words[group], colours[group], values[group]};
		}
	}
	start(file, plot->title);
	plot_write(file, plot);
	fputs("</div>", file);
}

static double cores_of(const struct step *step, unsigned group)
{
	return step->cpu_s[group] / run_seconds(step);
}

static double memory_of(const struct step *step, unsigned group)
{
	return step->memory.pss_mib[group];
}

static void plot_bandwidth(FILE *file, struct run *run, const double *x)
{
	double mean[POINTS], peak[POINTS];
	const struct plot_series lines[] = {
		{"平均 mean", "#1d4f7c", mean}, {"最も多い 1 秒 busiest second", "#e69138", peak}};
	const struct plot plot = {.title = "Bandwidth",
		.x_name = SESSIONS,
		.y_name = "Mbit/s",
		.x = x,
		.count = run->step_count,
		.lines = lines,
		.line_count = 2,
		.limit = NAN};

	for (size_t i = 0; i < run->step_count; i++) {
		mean[i] = (double)run->steps[i].bytes_in * 8e-6 / run_seconds(&run->steps[i]);
		peak[i] = (double)run->steps[i].peak_bytes * 8e-6;
	}
	start(file, "ビューア方向の通信量 / Traffic towards the viewers");
	plot_write(file, &plot);
	fputs("</div>", file);
}

void report_plots(FILE *file, struct run *run)
{
	double x[POINTS];

	for (size_t i = 0; i < run->step_count; i++) {
		x[i] = run->steps[i].sessions;
	}
	fputs("<h2>グラフ / Plots</h2><div class=plots>", file);
	plot_latency(file, run, x);
	plot_bandwidth(file, run, x);
	if (run->has_host) {
		double whole[POINTS];
		const struct plot_series line = {"全プロセス whole machine", "#333333", whole};
		struct plot cpu = {.title = "CPU(使用コア数) / CPU, cores in use",
			.y_name = "コア cores",
			.lines = &line,
			.line_count = 1,
			.limit = run->facts.cores,
			.limit_name = "ホストのコア数 cores of the host"};
		struct plot memory = {
			.title = "メモリ / Memory (PSS)", .y_name = "MiB", .limit = NAN};

		for (size_t i = 0; i < run->step_count; i++) {
			whole[i] = run->steps[i].busy_s / run_seconds(&run->steps[i]);
		}
		plot_groups(file, run, x, &cpu, cores_of);
		plot_groups(file, run, x, &memory, memory_of);
	}
	fputs("</div>", file);
}
