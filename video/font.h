/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The glyphs of Debian's psf-unifont, as video/font-build.sh writes them.
 *
 * Threads: any; constant.
 */
struct video_font_entry {
	uint16_t code_point;
	uint16_t glyph; /* index into video_font_glyphs */
};

/* Sixteen rows of eight pixels; the top bit is the left pixel. */
extern const uint8_t video_font_glyphs[][16];

/* Sorted by code point, each code point once. */
extern const struct video_font_entry video_font_entries[];
extern const size_t video_font_entries_n;
