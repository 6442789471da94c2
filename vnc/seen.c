/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Each an array of one generation per cell of the screen. */
enum {
	HAD,         /* sent */
	HAD_NEXT,    /* sent, once the update that has begun is done */
	EXACT,       /* sent without loss */
	EXACT_NEXT,  /* the same, if that update has no loss */
	AT_TICK,     /* HAD as it was at the last tick, */
	BEFORE_TICK, /* and at the one before */
	SETTLED,     /* EXACT where nothing moves, else HAD: what to sharpen */
	ARRAYS
};

struct vnc_seen {
	const struct video_screen *screen;
	size_t cells;
	bool begun;
	uint32_t *memory; /* of all arrays */
	uint32_t *arrays[ARRAYS];
};

static void copy(struct vnc_seen *seen, unsigned to, unsigned from)
{
	memcpy(seen->arrays[to], seen->arrays[from],
			seen->cells * sizeof(uint32_t));
}

static void swap(struct vnc_seen *seen, unsigned a, unsigned b)
{
	uint32_t *array = seen->arrays[a];

	seen->arrays[a] = seen->arrays[b];
	seen->arrays[b] = array;
}

int vnc_seen_create(struct vnc_seen **out, const struct video_screen *screen)
{
	struct vnc_seen *seen = calloc(1, sizeof(*seen));
	int rc;

	*out = NULL;
	if (!seen)
		return -ENOMEM;
	seen->screen = screen;
	rc = vnc_seen_reset(seen);
	if (rc < 0) {
		vnc_seen_destroy(seen);
		return rc;
	}
	*out = seen;
	return 0;
}

void vnc_seen_destroy(struct vnc_seen *seen)
{
	if (!seen)
		return;
	free(seen->memory);
	free(seen);
}

int vnc_seen_reset(struct vnc_seen *seen)
{
	size_t cells = video_screen_cells(seen->screen);
	uint32_t *memory = calloc(cells * ARRAYS, sizeof(uint32_t));

	if (!memory)
		return -ENOMEM;
	free(seen->memory);
	seen->memory = memory;
	seen->cells = cells;
	seen->begun = false;
	for (size_t i = 0; i < ARRAYS; i++)
		seen->arrays[i] = memory + i * cells;
	return 0;
}

static size_t list(const struct vnc_seen *seen, unsigned array,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n)
{
	size_t covered_n = 0;

	video_screen_list_damage(seen->screen, seen->arrays[array], area, rects,
			rects_n, &covered_n);
	return covered_n;
}

size_t vnc_seen_list_missing(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n)
{
	return list(seen, seen->begun ? HAD_NEXT : HAD, area, rects, rects_n);
}

static void mark(struct vnc_seen *seen, unsigned array,
		const struct video_rect *rect)
{
	video_screen_mark_seen(seen->screen, seen->arrays[array], rect);
}

void vnc_seen_begin(struct vnc_seen *seen, const struct video_rect *rects,
		size_t rects_n)
{
	if (!seen->begun) {
		copy(seen, HAD_NEXT, HAD);
		copy(seen, EXACT_NEXT, EXACT);
	}
	seen->begun = true;
	for (size_t i = 0; i < rects_n; i++) {
		mark(seen, HAD_NEXT, &rects[i]);
		mark(seen, EXACT_NEXT, &rects[i]);
		mark(seen, SETTLED, &rects[i]); /* once a tick is enough */
	}
}

/*
 * Even if it was had exactly before: what lies between damaged parts is sent
 * with them. So it moves as they do, and has to stand still again.
 */
static void blur(struct vnc_seen *seen, const struct video_rect *rect)
{
	static const unsigned arrays[] = {EXACT_NEXT, AT_TICK, BEFORE_TICK};

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		video_screen_forget_seen(
				seen->screen, seen->arrays[arrays[i]], rect);
}

void vnc_seen_done(struct vnc_seen *seen, const struct video_rect *lossy,
		size_t lossy_n)
{
	for (size_t i = 0; i < lossy_n; i++)
		blur(seen, &lossy[i]);
	swap(seen, HAD, HAD_NEXT);
	swap(seen, EXACT, EXACT_NEXT);
	seen->begun = false;
}

void vnc_seen_drop(struct vnc_seen *seen)
{
	seen->begun = false;
}

/* Generations only grow: the same two ticks ago is the same in between. */
bool vnc_seen_tick(struct vnc_seen *seen)
{
	const uint32_t *had = seen->arrays[HAD];
	const uint32_t *exact = seen->arrays[EXACT];
	bool settling = false;

	for (size_t i = 0; i < seen->cells; i++) {
		bool moves = seen->arrays[BEFORE_TICK][i] != had[i];

		seen->arrays[SETTLED][i] = moves ? had[i] : exact[i];
		settling |= moves && exact[i] != had[i];
	}
	swap(seen, BEFORE_TICK, AT_TICK);
	copy(seen, AT_TICK, HAD);
	return settling;
}

size_t vnc_seen_list_blurred(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n)
{
	return list(seen, SETTLED, area, rects, rects_n);
}
