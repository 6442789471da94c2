/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-screen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/demo-layout.h"
#include "video/text.h"

#define EURO 0x20ac
#define POINTER_WIDTH_PX 11
#define POINTER_HEIGHT_PX 16

struct slot {
	struct video_frame *frame;      /* NULL: not yet */
	struct capture_pointer pointer; /* where it is drawn */
	/* What is drawn; with character 0, nothing yet. */
	struct capture_cell cells[CAPTURE_CONSOLE_ROWS_MAX]
				 [CAPTURE_CONSOLE_COLUMNS_MAX];
};

struct capture_demo_screen {
	struct slot slots[CAPTURE_DEMO_FRAMES];
};

static const uint32_t palette[CAPTURE_COLOURS] = {
		[CAPTURE_COLOUR_WHITE] = 0xffffff,
		[CAPTURE_COLOUR_YELLOW] = 0xffff00,
		[CAPTURE_COLOUR_CYAN] = 0x00ffff,
		[CAPTURE_COLOUR_GREEN] = 0x00ff00,
		[CAPTURE_COLOUR_MAGENTA] = 0xff00ff,
		[CAPTURE_COLOUR_RED] = 0xff0000,
		[CAPTURE_COLOUR_BLUE] = 0x0000ff,
		[CAPTURE_COLOUR_BLACK] = 0x000000,
		[CAPTURE_COLOUR_GREY] = 0xc0c0c0,
		[CAPTURE_COLOUR_NAVY] = 0x203a70,
};

/* '#' is the border, '.' the inside; the tip is the pointer's position. */
static const char pointer_shape[POINTER_HEIGHT_PX][POINTER_WIDTH_PX + 1] = {
		"#          ",
		"##         ",
		"#.#        ",
		"#..#       ",
		"#...#      ",
		"#....#     ",
		"#.....#    ",
		"#......#   ",
		"#.......#  ",
		"#........# ",
		"#.....#####",
		"#..#..#    ",
		"#.# #..#   ",
		"##  #..#   ",
		"#    #..#  ",
		"      ##   ",
};

int capture_demo_screen_create(struct capture_demo_screen **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void capture_demo_screen_destroy(struct capture_demo_screen *screen)
{
	if (!screen)
		return;
	for (size_t i = 0; i < CAPTURE_DEMO_FRAMES; i++)
		video_frame_unref(screen->slots[i].frame);
	free(screen);
}

/* The slot's frame becomes a black one of the computer's mode. */
static int renew(struct slot *slot, const struct capture_mode *mode)
{
	struct video_frame *frame = slot->frame;

	if (frame && frame->layout.width_px == mode->width_px &&
			frame->layout.height_px == mode->height_px)
		return 0;
	memset(slot, 0, sizeof(*slot));
	video_frame_unref(frame);
	return video_frame_create(
			&slot->frame, mode->width_px, mode->height_px);
}

/* A frame on which only our own reference is left. */
static struct slot *find_free(struct capture_demo_screen *screen)
{
	for (size_t i = 0; i < CAPTURE_DEMO_FRAMES; i++) {
		struct slot *slot = &screen->slots[i];

		if (!slot->frame || slot->frame->refs == 1)
			return slot;
	}
	return NULL;
}

/* As it shall look: the cursor is a cell with its colours swapped. */
static struct capture_cell cell_at(const struct capture_console *console,
		uint32_t row, uint32_t column)
{
	struct capture_cell cell = console->cells[row][column];

	if (row == console->row && column == console->column) {
		uint8_t foreground = cell.foreground;

		cell.foreground = cell.background;
		cell.background = foreground;
	}
	return cell;
}

static uint32_t code_point(char character)
{
	return (uint8_t)character == CAPTURE_EURO ? EURO : (uint8_t)character;
}

static void draw_cell(struct slot *slot, const struct capture_console *console,
		uint32_t row, uint32_t column)
{
	struct capture_cell cell = cell_at(console, row, column);
	struct capture_cell *drawn = &slot->cells[row][column];
	struct video_text_style style = {
			.foreground = palette[cell.foreground],
			.background = palette[cell.background],
			.scale = 1,
	};

	if (memcmp(&cell, drawn, sizeof(cell)) == 0)
		return;
	*drawn = cell;
	video_text_draw_glyph(slot->frame,
			(int32_t)(column * VIDEO_GLYPH_WIDTH_PX),
			(int32_t)(row * VIDEO_GLYPH_HEIGHT_PX), &style,
			code_point(cell.character));
}

/* Black, and the cells below count as not drawn. */
static void erase_pointer(
		struct slot *slot, const struct capture_console *console)
{
	uint32_t x_px = slot->pointer.x_px;
	uint32_t y_px = slot->pointer.y_px;
	uint32_t row_end = (y_px + POINTER_HEIGHT_PX) / VIDEO_GLYPH_HEIGHT_PX;
	uint32_t column_end = (x_px + POINTER_WIDTH_PX) / VIDEO_GLYPH_WIDTH_PX;

	video_text_fill(slot->frame, (int32_t)x_px, (int32_t)y_px,
			POINTER_WIDTH_PX, POINTER_HEIGHT_PX, 0);
	for (uint32_t row = y_px / VIDEO_GLYPH_HEIGHT_PX;
			row <= row_end && row < console->rows; row++)
		for (uint32_t column = x_px / VIDEO_GLYPH_WIDTH_PX;
				column <= column_end &&
				column < console->columns;
				column++)
			slot->cells[row][column].character = '\0';
}

static void draw_pointer(struct slot *slot, struct capture_pointer pointer)
{
	for (uint32_t y = 0; y < POINTER_HEIGHT_PX; y++)
		for (uint32_t x = 0; x < POINTER_WIDTH_PX; x++)
			if (pointer_shape[y][x] != ' ')
				video_text_fill(slot->frame,
						(int32_t)(pointer.x_px + x),
						(int32_t)(pointer.y_px + y), 1,
						1,
						pointer_shape[y][x] == '#'
								? 0x000000
								: 0xffffff);
	slot->pointer = pointer;
}

int capture_demo_screen_draw(struct capture_demo_screen *screen,
		struct capture_computer *computer, uint64_t now_us,
		struct video_frame **frame)
{
	const struct capture_console *console =
			capture_computer_get_console(computer);
	struct slot *slot = find_free(screen);
	int rc;

	*frame = NULL;
	if (!slot)
		return -EBUSY;
	rc = renew(slot, capture_computer_get_mode(computer));
	if (rc < 0)
		return rc;
	erase_pointer(slot, console);
	for (uint32_t row = 0; row < console->rows; row++)
		for (uint32_t column = 0; column < console->columns; column++)
			draw_cell(slot, console, row, column);
	draw_pointer(slot, capture_computer_get_pointer(computer));
	slot->frame->captured_us = now_us;
	*frame = slot->frame;
	return 0;
}
