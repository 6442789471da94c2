/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load --port PORT [OPTION...]: many viewers at one server, in one thread.
 *
 * Prints {"event":"begin"} when the measuring begins, and one line with all
 * numbers when it is over. Options, each with its value:
 *
 *   port         of the server, on 127.0.0.1
 *   viewers      1
 *   seconds      that are measured; 3
 *   warmup       seconds before; 1
 *   qualities    of the viewers in turn, as 6 or 9,6,3,-1; -1: lossless
 *   copyrect     1: the viewers take CopyRect
 *   http         1: they read a stream of JPEGs over HTTP
 *   continuous   1: they take continuous updates and fences
 *   stalled      so many of them read one update and then only ask
 *   pid          of the server, whose cost is measured
 *   stamps       file in which the source of the frames says when they come
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/clock.h"
#include "tests/bench/load-viewer.h"

#define ASK_STALLED_US UINT64_C(100000)
#define QUALITIES_MAX 8

struct load {
	long port, viewers_n, copyrect, http, continuous, stalled, pid;
	double seconds, warmup;
	long qualities[QUALITIES_MAX];
	size_t qualities_n;
	struct bench_stamps *stamps;
	struct load_viewer *viewers;
	struct load_times times;
	int epoll;
	uint64_t asked_us; /* by those who are stalled */
	uint64_t begin_us, end_us;
	uint64_t server_cpu_us, own_cpu_us; /* at the begin, then since */
};

/* ---- options ---- */

static const struct option options[] = {
		{"port", required_argument, NULL, 'p'},
		{"viewers", required_argument, NULL, 'v'},
		{"seconds", required_argument, NULL, 't'},
		{"warmup", required_argument, NULL, 'w'},
		{"qualities", required_argument, NULL, 'q'},
		{"copyrect", required_argument, NULL, 'c'},
		{"http", required_argument, NULL, 'h'},
		{"continuous", required_argument, NULL, 'u'},
		{"stalled", required_argument, NULL, 's'},
		{"pid", required_argument, NULL, 'P'},
		{"stamps", required_argument, NULL, 'S'},
		{0},
};

static void set_qualities(struct load *load, char *list)
{
	char *rest = list;

	load->qualities_n = 0;
	for (char *word; (word = strsep(&rest, ","));) {
		if (load->qualities_n == QUALITIES_MAX)
			bench_die("too many qualities");
		load->qualities[load->qualities_n++] = strtol(word, NULL, 10);
	}
}

static void set_option(struct load *load, int letter, char *value)
{
	switch (letter) {
	case 'p':
		load->port = strtol(value, NULL, 10);
		break;
	case 'v':
		load->viewers_n = strtol(value, NULL, 10);
		break;
	case 't':
		load->seconds = strtod(value, NULL);
		break;
	case 'w':
		load->warmup = strtod(value, NULL);
		break;
	case 'q':
		set_qualities(load, value);
		break;
	case 'c':
		load->copyrect = strtol(value, NULL, 10);
		break;
	case 'h':
		load->http = strtol(value, NULL, 10);
		break;
	case 'u':
		load->continuous = strtol(value, NULL, 10);
		break;
	case 's':
		load->stalled = strtol(value, NULL, 10);
		break;
	case 'P':
		load->pid = strtol(value, NULL, 10);
		break;
	case 'S':
		load->stamps = bench_stamps_open(value);
		break;
	default:
		exit(2);
	}
}

/* ---- the run ---- */

static void connect_all(struct load *load)
{
	load->epoll = epoll_create1(EPOLL_CLOEXEC);
	load->viewers = calloc((size_t)load->viewers_n, sizeof(*load->viewers));
	if (load->epoll == -1 || !load->viewers)
		bench_die("no viewers");
	for (long i = 0; i < load->viewers_n; i++) {
		struct load_viewer *viewer = &load->viewers[i];
		struct epoll_event wanted = {
				.events = EPOLLIN, .data.ptr = viewer};
		struct load_wishes wishes = {
				.port = (int)load->port,
				.quality = (int)load->qualities[(size_t)i %
						load->qualities_n],
				.copyrect = load->copyrect,
				.http = load->http,
				.continuous = load->continuous,
				.stalls = i >= load->viewers_n - load->stalled,
				.stamps = load->stamps,
		};

		load_viewer_connect(viewer, &wishes);
		epoll_ctl(load->epoll, EPOLL_CTL_ADD, viewer->fd, &wanted);
	}
}

static void ask_for_the_stalled(struct load *load, uint64_t now_us)
{
	if (now_us - load->asked_us < ASK_STALLED_US)
		return;
	load->asked_us = now_us;
	for (long i = 0; i < load->viewers_n; i++)
		if (load->viewers[i].stalled)
			load_viewer_ask(&load->viewers[i]);
}

static void begin(struct load *load)
{
	for (long i = 0; i < load->viewers_n; i++)
		load_viewer_begin(&load->viewers[i]);
	puts("{\"event\":\"begin\"}");
	fflush(stdout);
	load->begin_us = clock_now_us();
	load->server_cpu_us = bench_process_cpu_us((pid_t)load->pid);
	load->own_cpu_us = bench_process_cpu_us(getpid());
	load->times.measuring = true;
}

static void end(struct load *load)
{
	load->end_us = clock_now_us();
	load->server_cpu_us = bench_process_cpu_us((pid_t)load->pid) -
			load->server_cpu_us;
	load->own_cpu_us = bench_process_cpu_us(getpid()) - load->own_cpu_us;
}

/* One round; a stalled viewer is no longer waited for. */
static void serve(struct load *load, uint64_t until_us, uint64_t now_us)
{
	uint64_t wait_us = until_us - now_us;
	struct epoll_event events[32];
	int n;

	if (load->stalled && wait_us > ASK_STALLED_US / 4)
		wait_us = ASK_STALLED_US / 4;
	n = epoll_wait(load->epoll, events, 32, (int)(wait_us / 1000) + 1);
	for (int i = 0; i < n; i++) {
		struct load_viewer *viewer = events[i].data.ptr;
		int fd = viewer->fd;

		load_viewer_read(viewer, &load->times);
		if (viewer->stalled)
			epoll_ctl(load->epoll, EPOLL_CTL_DEL, fd, NULL);
	}
}

static void run(struct load *load)
{
	uint64_t now_us = clock_now_us();
	uint64_t begin_us = now_us + (uint64_t)(load->warmup * 1e6);
	uint64_t end_us = begin_us + (uint64_t)(load->seconds * 1e6);

	while (now_us < end_us) {
		if (!load->times.measuring && now_us >= begin_us)
			begin(load);
		ask_for_the_stalled(load, now_us);
		serve(load, load->times.measuring ? end_us : begin_us, now_us);
		now_us = clock_now_us();
	}
	end(load);
}

/* ---- the numbers ---- */

struct totals {
	struct load_numbers sum;
	uint64_t updates_min, updates_max; /* of one viewer */
	unsigned viewers, lost;
};

static void add(struct totals *totals, const struct load_viewer *viewer)
{
	struct load_numbers one = load_viewer_numbers(viewer);
	const uint64_t *from = (const uint64_t *)&one.counts;
	uint64_t *to = (uint64_t *)&totals->sum.counts;

	totals->lost += viewer->fd == -1;
	if (viewer->wishes.stalls)
		return;
	totals->sum.updates += one.updates;
	totals->sum.bytes += one.bytes;
	for (size_t i = 0; i < sizeof(one.counts) / sizeof(*from); i++)
		to[i] += from[i];
	if (totals->viewers++ == 0 || one.updates < totals->updates_min)
		totals->updates_min = one.updates;
	if (one.updates > totals->updates_max)
		totals->updates_max = one.updates;
}

static void print_number(const char *name, uint64_t value)
{
	printf(",\"%s\":%llu", name, (unsigned long long)value);
}

static void print_totals(const struct totals *totals)
{
	const struct walk_counts *counts = &totals->sum.counts;

	print_number("viewers", totals->viewers);
	print_number("lost", totals->lost);
	print_number("updates", totals->sum.updates);
	print_number("updates_min", totals->updates_min);
	print_number("updates_max", totals->updates_max);
	print_number("bytes", totals->sum.bytes);
	print_number("rects", counts->rects);
	print_number("pixels", counts->pixels);
	print_number("copied_pixels", counts->copied_pixels);
	print_number("copies", counts->copies);
	print_number("fills", counts->fills);
	print_number("palettes", counts->palettes);
	print_number("colours", counts->colours);
	print_number("jpegs", counts->jpegs);
	print_number("raws", counts->raws);
	print_number("jpeg_bytes", counts->jpeg_bytes);
}

static int print(struct load *load)
{
	struct totals totals = {0};
	pid_t pid = (pid_t)load->pid;

	for (long i = 0; i < load->viewers_n; i++)
		add(&totals, &load->viewers[i]);
	printf("{\"event\":\"end\"");
	print_number("us", load->end_us - load->begin_us);
	print_totals(&totals);
	print_number("own_cpu_us", load->own_cpu_us);
	if (pid) {
		print_number("cpu_us", load->server_cpu_us);
		print_number("memory_kb", bench_process_memory_kb(pid));
		print_number("threads", bench_process_field(pid, "Threads"));
	}
	printf(",");
	bench_samples_print(&load->times.interval, "interval");
	printf(",");
	bench_samples_print(&load->times.transfer, "transfer");
	printf(",");
	bench_samples_print(&load->times.latency, "latency");
	puts("}");
	return totals.lost ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct load load = {
			.viewers_n = 1,
			.seconds = 3,
			.warmup = 1,
			.qualities = {6},
			.qualities_n = 1,
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1)
		set_option(&load, letter, optarg);
	if (load.port <= 0 || load.viewers_n <= 0 || optind != argc)
		bench_die("see the head of load.c");
	connect_all(&load);
	run(&load);
	return print(&load);
}
