/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/tool.h"

/*
 * What a picture should look like: the frames of a file in 0x00RRGGBB, and
 * each of them as libjpeg-turbo alone makes it at the quality that belongs to
 * a viewer's level.
 *
 * Threads: one. Errors: as in tool.h.
 */
#define REFERENCE_WIDTH 1920
#define REFERENCE_HEIGHT 1080

struct reference {
	size_t frames_n;
	uint32_t **frames;
	uint32_t **jpegs; /* NULL: not made yet */
	int level;        /* -1: there are none */
};

struct reference_rect {
	int x, y, width, height;
};

/* Of the cells in which a picture is not exact: squared errors. */
struct reference_error {
	uint64_t pixels;
	uint64_t squares;
	uint64_t reference_squares; /* of libjpeg-turbo's picture there */
};

/* `matrix` is "yuyv601" or "yuyv709". */
void reference_open(struct reference *reference, const char *path,
		const char *matrix, int level);

/* The frame that is shown in these rectangles. */
size_t reference_find(const struct reference *reference,
		const uint32_t *picture, const struct reference_rect *rects,
		size_t rects_n);

/* Add the cells of a rectangle that differ. */
void reference_compare(struct reference *reference, size_t frame,
		const uint32_t *picture, const struct reference_rect *rect,
		struct reference_error *error);

/* Is all of the picture exactly that frame? */
bool reference_is(const struct reference *reference, size_t frame,
		const uint32_t *picture);

void reference_add(
		struct reference_error *sum, const struct reference_error *one);

/* Peak signal to noise; 99: no noise. */
double reference_db(uint64_t squares, uint64_t pixels);

/* By how much the picture is worse than libjpeg-turbo's. */
double reference_loss_db(const struct reference_error *error);
