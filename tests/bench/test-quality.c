/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is measured is also right: every byte of it is decoded and judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/bench/judge.h"
#include "tests/bench/path.h"
#include "tests/bench/reel.h"

struct show {
	enum content_kind kind;
	enum content_layout layout;
};

/* What libjpeg-turbo is told for a viewer's quality level, as documented. */
static void judge_for(struct judge *judge, int level)
{
	if (level <= 3)
		judge_init(judge, 50, TJSAMP_420);
	else if (level <= 7)
		judge_init(judge, 80, TJSAMP_420);
	else
		judge_init(judge, 92, TJSAMP_444);
}

static void open_reel(struct reel *reel, const struct show *show)
{
	char path[] = "/tmp/rackhand-reel-XXXXXX";
	const int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(reel_draw(show->kind, show->layout, path), 0);
	assert_int_equal(reel_open(reel, show->layout, path), 0);
	unlink(path);
}

/* What one could be connected as, all at once. */
static const struct path_viewer viewers[] = {
		{6, false}, {6, true}, {8, true}, {2, true}, {-1, true}};
#define VIEWERS (sizeof(viewers) / sizeof(viewers[0]))

static void judge_frame(struct judge *judges, struct path *path,
		const struct video_frame *frame)
{
	uint32_t *truth = judge_learn_truth(frame);

	for (size_t i = 0; i < VIEWERS; i++) {
		struct sink *sink = path_get_sink(path, i);

		judge_updates(&judges[i], truth, sink->bytes, sink->bytes_n);
		sink_clear(sink);
	}
	free(truth);
}

/* The figures of a text console are for pictures without loss. */
static void check_losses(const struct judge *judge, enum content_kind kind,
		const struct path_viewer *viewer)
{
	if (viewer->quality_level < 0 || kind == CONTENT_TEXT240 ||
			kind == CONTENT_LOGIN)
		assert_int_equal(judge->jpeg_n, 0);
	else if (kind == CONTENT_NOISE)
		assert_true(judge->jpeg_n > 0);
	if (!viewer->copy_rect)
		assert_int_equal(judge->copied_n, 0);
}

static void all_that_is_sent_is_right(void **state)
{
	const struct show *show = *state;
	struct judge judges[VIEWERS];
	struct path *path;
	struct reel reel;

	open_reel(&reel, show);
	path = path_create(viewers, VIEWERS, true, &reel.frames[0]);
	for (size_t i = 0; i < VIEWERS; i++)
		judge_for(&judges[i], viewers[i].quality_level);
	judge_frame(judges, path, &reel.frames[0]);
	for (size_t i = 1; i < reel.frames_n; i++) {
		path_show(path, &reel.frames[i]);
		judge_frame(judges, path, &reel.frames[i]);
	}
	for (size_t i = 0; i < VIEWERS; i++) {
		check_losses(&judges[i], show->kind, &viewers[i]);
		judge_finish(&judges[i]);
	}
	path_destroy(path);
	reel_close(&reel);
}

#define SHOWS (CONTENT_KINDS * CONTENT_LAYOUTS)

int main(void)
{
	struct CMUnitTest tests[SHOWS];
	struct show shows[SHOWS];
	char names[SHOWS][32];
	unsigned n = 0;

	for (unsigned i = 0; i < SHOWS; i++) {
		shows[i].kind = (enum content_kind)(i % CONTENT_KINDS);
		shows[i].layout = (enum content_layout)(i / CONTENT_KINDS);
		if (shows[i].layout == CONTENT_BGRX)
			continue; /* for peers */
		snprintf(names[i], sizeof(names[i]), "%s in %s",
				content_name(shows[i].kind),
				content_layout_name(shows[i].layout));
		tests[n++] = (struct CMUnitTest){.name = names[i],
				.test_func = all_that_is_sent_is_right,
				.initial_state = &shows[i]};
	}
	return _cmocka_run_group_tests("quality", tests, n, NULL, NULL);
}
