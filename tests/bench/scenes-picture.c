/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/scenes.h"

#include "tests/bench/chance.h"

/* ---- the photograph ---- */

#define OCTAVES 6
#define COARSEST_PX 256

/* What stands at a corner of a grid: -1000 to 1000, the same at every call. */
static int corner(uint32_t octave, uint32_t column, uint32_t row)
{
	struct chance chance = chance_seeded(
			(uint64_t)octave << 40 | (uint64_t)column << 20 | row);

	return (int)chance_below(&chance, 2001) - 1000;
}

/* From one corner to the next without a bend at either: 0 to 1. */
static double ease(double way)
{
	return way * way * (3 - 2 * way);
}

static double mix(double from, double to, double way)
{
	return from + (to - from) * way;
}

static void add_octave(double *row, uint32_t width_px, uint32_t y,
		uint32_t octave, double height)
{
	const uint32_t step_px = COARSEST_PX >> octave;
	const uint32_t top = y / step_px;
	const double down = ease((double)(y % step_px) / step_px);
	double left = 0, right = 0;

	for (uint32_t x = 0; x < width_px; x++) {
		const uint32_t column = x / step_px;

		if (x % step_px == 0) {
			left = mix(corner(octave, column, top),
					corner(octave, column, top + 1), down);
			right = mix(corner(octave, column + 1, top),
					corner(octave, column + 1, top + 1),
					down);
		}
		row[x] += height *
				mix(left, right,
						ease((double)(x % step_px) /
								step_px));
	}
}

void scene_photo(struct canvas *canvas)
{
	double hills[4096];

	for (uint32_t y = 0; y < canvas->height_px; y++) {
		const int down = (int)(y * 60 / canvas->height_px);

		for (uint32_t x = 0; x < canvas->width_px; x++)
			hills[x] = 0;
		for (uint32_t octave = 0; octave < OCTAVES; octave++)
			add_octave(hills, canvas->width_px, y, octave,
					0.062 / (1U << octave) +
							(octave == OCTAVES - 1 ? 0.002
									       : 0));
		for (uint32_t x = 0; x < canvas->width_px; x++) {
			const int across = (int)(x * 60 / canvas->width_px);
			const int hill = (int)hills[x];

			canvas_row(canvas, y)[x] = canvas_colour(
					64 + down + hill,
					96 + across + hill * 3 / 4,
					152 - down + hill / 2);
		}
	}
}

static void copy(struct canvas *to, const struct canvas *from)
{
	for (uint32_t y = 0; y < to->height_px; y++) {
		for (uint32_t x = 0; x < to->width_px; x++)
			canvas_row(to, y)[x] = canvas_row(from, y)[x];
	}
}

/* ---- the desktop ---- */

struct window {
	int x_px, y_px, width_px, height_px;
	uint32_t title_colour;
	struct canvas_pen pen;
	const char *title;
	uint32_t first_line;
};

#define TITLE_PX 26
#define TEXT_LINE_PX 22

static void draw_window(struct canvas *canvas, const struct window *window)
{
	const struct canvas_pen title = {8, 0xf4f4f4, window->title_colour};
	char line[SCENE_LINE_BYTES];
	int y_px = window->y_px + TITLE_PX + 8;

	canvas_fill(canvas, window->x_px, window->y_px, window->width_px,
			window->height_px, window->pen.background);
	canvas_fill(canvas, window->x_px, window->y_px, window->width_px,
			TITLE_PX, window->title_colour);
	canvas_text(canvas, window->x_px + 12, window->y_px + 5, &title,
			window->title);
	for (uint32_t i = window->first_line;
			y_px + 16 < window->y_px + window->height_px;
			i++, y_px += TEXT_LINE_PX) {
		scene_log_line(line, 100, i);
		line[76] = '\0';
		canvas_text(canvas, window->x_px + 10, y_px, &window->pen,
				line);
	}
}

static void draw_task_bar(struct canvas *canvas)
{
	const struct canvas_pen clock = {8, 0xffffff, 0x22222a};
	const int top_px = (int)canvas->height_px - 40;

	canvas_fill(canvas, 0, top_px, (int)canvas->width_px, 40,
			clock.background);
	for (int i = 0; i < 11; i++)
		canvas_fill(canvas, 10 + i * 46, top_px + 4, 32, 32,
				canvas_colour(50 + i * 18, 190 - i * 12,
						110 + i * 9));
	canvas_text(canvas, (int)canvas->width_px - 88, top_px + 12, &clock,
			"Tue 09:41");
}

static void draw_icons(struct canvas *canvas)
{
	const struct canvas_pen label = {8, 0xffffff, 0x30486e};

	for (int i = 0; i < 5; i++) {
		canvas_fill(canvas, 42, 44 + i * 118, 60, 64,
				canvas_colour(190 - i * 25, 150, 70 + i * 32));
		canvas_text(canvas, 36, 114 + i * 118, &label, "Archive");
	}
}

/* Up and down between 0 and `span`. */
static int swing(uint32_t way, uint32_t span)
{
	way %= 2 * span;
	return (int)(way < span ? way : 2 * span - way);
}

void scene_desktop(struct canvas *canvas, const struct canvas *photo,
		uint32_t index)
{
	const struct window still = {920, 110, 750, 570, 0x4a72b0,
			{8, 0x181818, 0xf6f6f6}, "Messages of the day", 300};
	const struct window dragged = {140 + swing(index * 9, 1000),
			190 + swing(index * 8, 240), 632, 384, 0x3c3c48,
			{8, 0x0c0c20, 0xfcfcfc}, "Terminal: root at rack07",
			700};

	copy(canvas, photo);
	draw_task_bar(canvas);
	draw_icons(canvas);
	draw_window(canvas, &still);
	draw_window(canvas, &dragged);
}

/* ---- noise ---- */

void scene_noise(struct canvas *canvas, const struct canvas *photo,
		uint32_t index)
{
	struct chance chance = chance_seeded(((uint64_t)index + 1) << 32);

	for (uint32_t y = 0; y < canvas->height_px; y++) {
		const uint32_t *from = canvas_row(
				photo, (y + index * 7) % photo->height_px);

		for (uint32_t x = 0; x < canvas->width_px; x++) {
			const uint32_t pixel = from[(x + index * 13) %
					photo->width_px];
			const uint32_t dice = chance_next(&chance);
			const int grain = ((int)(dice & 127) - 64) * 5 / 8;
			const int green = (int)(dice >> 7 & 15) - 8;
			const int blue = (int)(dice >> 11 & 15) - 8;

			canvas_row(canvas, y)[x] = canvas_colour(
					(int)(pixel >> 16 & 255) + grain,
					(int)(pixel >> 8 & 255) + grain + green,
					(int)(pixel & 255) + grain + blue);
		}
	}
}
