/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * A picture to draw on: rows of 0x00RRGGBB without gaps.
 *
 * Threads: one drawer per canvas.
 * Errors:  -ENOMEM; what lies outside is not drawn.
 */
struct canvas {
	uint32_t width_px;
	uint32_t height_px;
	uint32_t *pixels;
};

int canvas_init(struct canvas *canvas, uint32_t width_px, uint32_t height_px);

/* A zeroed one is allowed. */
void canvas_finish(struct canvas *canvas);

static inline uint32_t *canvas_row(const struct canvas *canvas, uint32_t y_px)
{
	return canvas->pixels + (size_t)y_px * canvas->width_px;
}

uint32_t canvas_colour(int red, int green, int blue);

void canvas_fill(struct canvas *canvas, int x_px, int y_px, int width_px,
		int height_px, uint32_t colour);

/* As a VGA draws: strokes two pixels wide, in cells 8 or 9 wide and 16 high. */
struct canvas_pen {
	int cell_px;
	uint32_t foreground;
	uint32_t background;
};

/* Printable ASCII on one line. */
void canvas_text(struct canvas *canvas, int x_px, int y_px,
		const struct canvas_pen *pen, const char *text);

/* Stretch `from` over all of `to` as the scaler of a capture chip does. */
void canvas_scale(struct canvas *to, const struct canvas *from);
