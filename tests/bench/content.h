/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/bench/canvas.h"
#include "video/frame.h"

/*
 * What a console shows, made to be measured: six kinds of 1920x1080 pictures
 * in motion. Picture `index` of a kind is the same at every call, on every
 * machine.
 *
 *   text240  240x67 characters of 8x16; a log that moves up a line each picture
 *   text80   80x25 characters of 9x16, 720x400 scaled up by the capture chip;
 *            moves up a line each picture
 *   login    a prompt; its 9x4 cursor turns on or off every 30 pictures
 *   bios     a set-up screen of 800x600, scaled up; the highlight moves on
 *            every 4th picture
 *   desktop  a photograph, two windows with text, one dragged; a task bar
 *   noise    a moving photograph under heavy noise: nothing stays as it was
 *
 * Threads: one at a time for each object.
 * Errors:  -ENOMEM.
 */
struct content;

enum content_kind {
	CONTENT_TEXT240,
	CONTENT_TEXT80,
	CONTENT_LOGIN,
	CONTENT_BIOS,
	CONTENT_DESKTOP,
	CONTENT_NOISE,
	CONTENT_KINDS
};

#define CONTENT_WIDTH_PX 1920
#define CONTENT_HEIGHT_PX 1080

/* As in the list above. */
const char *content_name(enum content_kind kind);

int content_create(struct content **out, enum content_kind kind);

/* NULL is allowed. */
void content_destroy(struct content *content);

/* Borrowed until the next call. */
const struct canvas *content_draw(struct content *content, uint32_t index);

/* How a picture is laid out in memory, as capture devices give them. */
enum content_layout {
	CONTENT_YUYV601, /* full-range BT.601 */
	CONTENT_YUYV709, /* limited-range BT.709, as most HDMI */
	CONTENT_BGRX,
	CONTENT_LAYOUTS
};

/* "yuyv601", "yuyv709", "bgrx". */
const char *content_layout_name(enum content_layout layout);

struct video_layout content_layout_describe(enum content_layout layout);
size_t content_layout_bytes(enum content_layout layout);

/* `out` has room for content_layout_bytes. */
void content_store(const struct canvas *picture, enum content_layout layout,
		uint8_t *out);
