/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "video/frame.h"
#include "video/rect.h"

/* Frames of known content for the tests of encoders: B G R 0, full range. */

enum picture_kind {
	PICTURE_FILL, /* one colour */
	PICTURE_MONO, /* two, at random */
	PICTURE_COLOURS_3,
	PICTURE_COLOURS_24,
	PICTURE_COLOURS_25,
	PICTURE_COLOURS_256,
	PICTURE_COLOURS_257,
	PICTURE_FLAT,  /* few pixels of many colours on a plain ground */
	PICTURE_PHOTO, /* soft shapes with some grain */
	PICTURE_SOFT,  /* without it, and softer */
	PICTURE_NOISE,
	PICTURE_MIXED, /* patches of all the others */
	PICTURE_KINDS
};

/* The caller owns a reference. The same seed draws the same picture. */
struct video_frame *picture_create(uint32_t width_px, uint32_t height_px,
		enum picture_kind kind, uint32_t seed);

/* Copy a rectangle, to the same place, before anybody else has the frame. */
void picture_paste(struct video_frame *frame, const struct video_frame *from,
		const struct video_rect *rect);

/* Change all colours in a rectangle, each to one of its own. */
void picture_tint(struct video_frame *frame, const struct video_rect *rect,
		uint32_t tint);

/* A picture with the same content but other pixels inside one cell. */
struct video_frame *picture_change(
		const struct video_frame *frame, uint32_t x_px, uint32_t y_px);

/*
 * About the same picture in another layout; chroma is the first pixel's of
 * those that share it. Widths and heights are rounded down to what fits.
 */
struct video_frame *picture_translate(const struct video_frame *frame,
		enum video_pixel pixel, enum video_matrix matrix,
		bool full_range);

uint32_t picture_pixel(
		const struct video_frame *frame, uint32_t x_px, uint32_t y_px);

/*
 * The first pixel in which 0xRRGGBB rows without a gap are another picture,
 * counted row by row; width times height if none is.
 */
size_t picture_difference(
		const struct video_frame *frame, const uint32_t *pixels);

/* Pictures that have not been released yet; a test ends with 0. */
unsigned picture_alive(void);

/* A small generator of numbers that are the same everywhere. */
uint32_t picture_random(uint32_t *state);
