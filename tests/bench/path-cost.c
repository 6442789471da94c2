/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a frame costs on its way from the screen to the bytes for its viewers.
 *
 * path-cost draw KIND LAYOUT FILE
 *     the pictures to measure with
 * path-cost level
 *     the vector instructions that are used
 * path-cost run [-p PASSES] [-n VIEWERS] [-q LEVELS] [-c] [-w] LAYOUT FILE
 *     -p  so often, and the least time counts
 *     -n  so many viewers (1)
 *     -q  their quality levels in turn, one digit each, - for lossless (6)
 *     -c  they take CopyRect
 *     -w  they come by WebSocket
 *
 * Under callgrind with --instr-atstart=no it is the measured frames alone that
 * are counted. One line of name=value pairs goes to standard output.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#include "core/simd.h"
#include "tests/bench/names.h"
#include "tests/bench/path.h"
#include "tests/bench/reel.h"

#define VIEWERS_MAX 1000

struct run {
	unsigned passes;
	size_t viewers_n;
	const char *levels;
	bool copy_rect;
	bool websocket;
	struct path_viewer viewers[VIEWERS_MAX];
};

struct cost {
	uint64_t cpu_ns;  /* of all frames */
	uint64_t updates; /* of one viewer, and its bytes */
	uint64_t bytes;
	uint64_t encodes;
};

static uint64_t cpu_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static struct cost measure(const struct run *run, const struct reel *reel)
{
	struct path *path = path_create(
			run->viewers, run->viewers_n, false, &reel->frames[0]);
	const uint64_t bytes = path_get_sink(path, 0)->total;
	const uint64_t encodes = path_get_figures(path)->encodes;
	struct cost cost = {.cpu_ns = cpu_now_ns()};

	CALLGRIND_START_INSTRUMENTATION;
	for (size_t i = 1; i < reel->frames_n; i++)
		path_show(path, &reel->frames[i]);
	CALLGRIND_STOP_INSTRUMENTATION;
	cost.cpu_ns = cpu_now_ns() - cost.cpu_ns;
	cost.bytes = path_get_sink(path, 0)->total - bytes;
	cost.updates = path_count_updates(path, 0);
	cost.encodes = path_get_figures(path)->encodes - encodes;
	path_destroy(path);
	return cost;
}

static int run_and_print(
		struct run *run, enum content_layout layout, const char *file)
{
	struct reel reel;
	struct cost best = {0};

	path_must(reel_open(&reel, layout, file), file);
	for (unsigned i = 0; i < run->passes; i++) {
		const struct cost cost = measure(run, &reel);

		if (i == 0 || cost.cpu_ns < best.cpu_ns)
			best = cost;
	}
	printf("simd=%s frames=%zu cpu_ns=%" PRIu64 " updates=%" PRIu64
	       " bytes=%" PRIu64 " encodes=%" PRIu64 "\n",
			core_simd_name(core_simd_best()), reel.frames_n - 1,
			best.cpu_ns, best.updates, best.bytes, best.encodes);
	reel_close(&reel);
	return EXIT_SUCCESS;
}

static int complain(void)
{
	fprintf(stderr,
			"usage: path-cost draw KIND LAYOUT FILE\n"
			"       path-cost run [-p PASSES] [-n VIEWERS] "
			"[-q LEVELS] [-c] [-w] LAYOUT FILE\n");
	return 2;
}

static int read_options(struct run *run, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "p:n:q:cw")) != -1) {
		if (option == 'p')
			run->passes = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'n')
			run->viewers_n = strtoul(optarg, NULL, 10);
		else if (option == 'q')
			run->levels = optarg;
		else if (option == 'c')
			run->copy_rect = true;
		else if (option == 'w')
			run->websocket = true;
		else
			return -EINVAL;
	}
	if (argc - optind != 2 || run->passes == 0 || run->viewers_n == 0 ||
			run->viewers_n > VIEWERS_MAX || !*run->levels)
		return -EINVAL;
	return 0;
}

static void invite(struct run *run)
{
	const size_t levels_n = strlen(run->levels);

	for (size_t i = 0; i < run->viewers_n; i++) {
		const char level = run->levels[i % levels_n];

		run->viewers[i].quality_level = level == '-' ? -1 : level - '0';
		run->viewers[i].copy_rect = run->copy_rect;
		run->viewers[i].websocket = run->websocket;
	}
}

int main(int argc, char **argv)
{
	struct run run = {.passes = 1, .viewers_n = 1, .levels = "6"};

	if (argc == 5 && strcmp(argv[1], "draw") == 0) {
		path_must(reel_draw(name_to_kind(argv[2]),
					  name_to_layout(argv[3]), argv[4]),
				argv[4]);
		return EXIT_SUCCESS;
	}
	if (argc == 2 && strcmp(argv[1], "level") == 0) {
		puts(core_simd_name(core_simd_best()));
		return EXIT_SUCCESS;
	}
	if (argc < 2 || strcmp(argv[1], "run") != 0)
		return complain();
	if (read_options(&run, argc - 1, argv + 1) < 0)
		return complain();
	invite(&run);
	return run_and_print(&run, name_to_layout(argv[1 + optind]),
			argv[2 + optind]);
}
