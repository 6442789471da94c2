/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/walk/scene.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "video/rect.h"

#define GLYPH_WIDTH_PX 8
#define LINE_PX 16
#define SCROLL_MAX_PX 40
#define COLOURS 6

struct scene {
	uint32_t random;
	uint32_t width_px;
	uint32_t height_px;
	uint32_t *canvas; /* 0xRRGGBB */
};

static const uint32_t colours[COLOURS] = {
		0x000000, 0xaaaaaa, 0x0000aa, 0xffff55, 0xf0f0f0, 0x205080};

static uint32_t draw_lot(struct scene *scene, uint32_t below)
{
	scene->random ^= scene->random << 13;
	scene->random ^= scene->random >> 17;
	scene->random ^= scene->random << 5;
	return (scene->random >> 8) % below;
}

static uint32_t *row_at(const struct scene *scene, uint32_t y_px)
{
	return scene->canvas + (size_t)scene->width_px * y_px;
}

/* Anywhere, of any size; not always on a cell's edge. */
static struct video_rect pick_area(struct scene *scene)
{
	const uint32_t grid_px = draw_lot(scene, 2) ? 16 : 1;
	struct video_rect area = {
			.x_px = draw_lot(scene, scene->width_px - 64) /
					grid_px * grid_px,
			.y_px = draw_lot(scene, scene->height_px - 64) /
					grid_px * grid_px,
	};

	area.width_px = 32 + draw_lot(scene, scene->width_px - area.x_px - 32);
	area.height_px =
			32 + draw_lot(scene, scene->height_px - area.y_px - 32);
	return area;
}

static struct video_rect whole(const struct scene *scene)
{
	return (struct video_rect){
			.width_px = scene->width_px,
			.height_px = scene->height_px,
	};
}

/* ---- what an area is painted with ---- */

static void paint_flat(struct scene *scene, const struct video_rect *area)
{
	const uint32_t colour = colours[draw_lot(scene, COLOURS)];

	for (uint32_t y = 0; y < area->height_px; y++)
		for (uint32_t x = 0; x < area->width_px; x++)
			row_at(scene, area->y_px + y)[area->x_px + x] = colour;
}

/* Letters are bits at random; a third of them are blanks. */
static void paint_text(struct scene *scene, const struct video_rect *area)
{
	const uint32_t ground = colours[draw_lot(scene, COLOURS)];
	const uint32_t ink = colours[draw_lot(scene, COLOURS)];

	for (uint32_t y = 0; y < area->height_px; y++) {
		uint32_t *row = row_at(scene, area->y_px + y) + area->x_px;

		for (uint32_t x = 0; x < area->width_px; x += GLYPH_WIDTH_PX) {
			uint32_t bits = draw_lot(scene, 3)
					? draw_lot(scene, 256)
					: 0;

			for (uint32_t i = x; i < x + GLYPH_WIDTH_PX &&
					i < area->width_px;
					i++, bits >>= 1)
				row[i] = bits & 1 ? ink : ground;
		}
	}
}

static void paint_noise(struct scene *scene, const struct video_rect *area)
{
	for (uint32_t y = 0; y < area->height_px; y++)
		for (uint32_t x = 0; x < area->width_px; x++)
			row_at(scene, area->y_px + y)[area->x_px + x] =
					draw_lot(scene, 1 << 24);
}

/* Soft slopes with a little grain. */
static void paint_photo(struct scene *scene, const struct video_rect *area)
{
	const uint32_t red = draw_lot(scene, 128);
	const uint32_t blue = draw_lot(scene, 128);

	for (uint32_t y = 0; y < area->height_px; y++)
		for (uint32_t x = 0; x < area->width_px; x++) {
			uint32_t grain = draw_lot(scene, 4);
			uint32_t r = (red + x / 4 + grain) & 0xff;
			uint32_t g = ((x + y) / 8 + grain) & 0xff;
			uint32_t b = (blue + y / 4 + grain) & 0xff;

			row_at(scene, area->y_px + y)[area->x_px + x] =
					r << 16 | g << 8 | b;
		}
}

static void paint(struct scene *scene, const struct video_rect *area)
{
	static void (*const ways[])(struct scene * scene,
			const struct video_rect *area) = {paint_flat,
			paint_text, paint_text, paint_photo, paint_noise};

	ways[draw_lot(scene, sizeof(ways) / sizeof(ways[0]))](scene, area);
}

/* ---- what happens ---- */

static void move_rows(struct scene *scene, const struct video_rect *from,
		uint32_t to_y_px, uint32_t height_px)
{
	const size_t bytes = from->width_px * sizeof(uint32_t);

	for (uint32_t i = 0; i < height_px; i++) {
		uint32_t row = to_y_px < from->y_px ? i : height_px - 1 - i;

		memmove(row_at(scene, to_y_px + row) + from->x_px,
				row_at(scene, from->y_px + row) + from->x_px,
				bytes);
	}
}

/* Up or down by `step_px`; the rows that come free show something new. */
static void scroll(struct scene *scene, const struct video_rect *area,
		uint32_t step_px, bool up)
{
	const uint32_t kept_px = area->height_px - step_px;
	struct video_rect from = *area;
	struct video_rect fresh = *area;

	fresh.height_px = step_px;
	if (up) {
		from.y_px += step_px;
		fresh.y_px += kept_px;
		move_rows(scene, &from, area->y_px, kept_px);
	} else {
		move_rows(scene, &from, area->y_px + step_px, kept_px);
	}
	paint_text(scene, &fresh);
}

static int change_mode(struct scene *scene)
{
	static const uint32_t modes[][2] = {
			{640, 480}, {720, 400}, {800, 600}, {1024, 768}};
	const uint32_t *mode = modes[draw_lot(
			scene, sizeof(modes) / sizeof(modes[0]))];
	uint32_t *canvas = calloc((size_t)mode[0] * mode[1], sizeof(*canvas));
	struct video_rect area;

	if (!canvas)
		return -ENOMEM;
	free(scene->canvas);
	scene->canvas = canvas;
	scene->width_px = mode[0];
	scene->height_px = mode[1];
	area = whole(scene);
	paint_text(scene, &area);
	return 0;
}

int scene_step(struct scene *scene)
{
	const uint32_t what = draw_lot(scene, 16);
	struct video_rect area = pick_area(scene);

	if (what < 5) {
		paint(scene, &area);
	} else if (what < 10) {
		area = whole(scene);
		scroll(scene, &area, LINE_PX, true);
	} else if (what < 13) {
		scroll(scene, &area,
				1 +
						draw_lot(scene,
								area.height_px < SCROLL_MAX_PX
										? area.height_px -
												1
										: SCROLL_MAX_PX),
				draw_lot(scene, 2));
	} else if (what == 13 && draw_lot(scene, 3) == 0) {
		return change_mode(scene);
	} else if (what == 14) {
		area = whole(scene);
		paint(scene, &area);
	}
	return 0;
}

/* ---- as a frame ---- */

struct yuyv_frame {
	struct video_frame frame; /* first: a frame's address is its owner's */
	uint8_t pixels[];
};

static void yuyv_release(struct video_frame *frame)
{
	free(frame);
}

static uint8_t round_to_byte(double value)
{
	value += 0.5;
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* BT.601, full range; a pair's colour is that of its left pixel. */
static void write_pair(uint8_t yuyv[4], const uint32_t pair[2])
{
	double red = pair[0] >> 16;
	double green = pair[0] >> 8 & 0xff;
	double blue = pair[0] & 0xff;

	for (int i = 0; i < 2; i++)
		yuyv[i * 2] = round_to_byte(0.299 * (pair[i] >> 16) +
				0.587 * (pair[i] >> 8 & 0xff) +
				0.114 * (pair[i] & 0xff));
	yuyv[1] = round_to_byte(
			128 - 0.168736 * red - 0.331264 * green + 0.5 * blue);
	yuyv[3] = round_to_byte(
			128 + 0.5 * red - 0.418688 * green - 0.081312 * blue);
}

static int take_yuyv(const struct scene *scene, struct video_frame **out)
{
	const size_t pixels_n = (size_t)scene->width_px * scene->height_px;
	struct yuyv_frame *frame = malloc(sizeof(*frame) + pixels_n * 2);

	*out = NULL;
	if (!frame)
		return -ENOMEM;
	frame->frame = (struct video_frame){
			.layout = {.pixel = VIDEO_PIXEL_YUYV,
					.matrix = VIDEO_MATRIX_BT601,
					.full_range = true,
					.width_px = scene->width_px,
					.height_px = scene->height_px},
			.plane = {frame->pixels},
			.refs = 1,
			.release = yuyv_release,
	};
	video_layout_set_strides(&frame->frame.layout);
	for (size_t i = 0; i < pixels_n; i += 2)
		write_pair(frame->pixels + i * 2, scene->canvas + i);
	*out = &frame->frame;
	return 0;
}

static int take_bgrx(const struct scene *scene, struct video_frame **out)
{
	int rc = video_frame_create(out, scene->width_px, scene->height_px);
	uint8_t *pixels;

	if (rc < 0)
		return rc;
	pixels = video_frame_pixels(*out);
	for (uint32_t y = 0; y < scene->height_px; y++)
		for (uint32_t x = 0; x < scene->width_px; x++) {
			uint32_t colour = row_at(scene, y)[x];
			uint8_t *pixel = pixels +
					(size_t)(*out)->layout.stride_bytes[0] *
							y +
					(size_t)x * 4;

			pixel[0] = (uint8_t)colour;
			pixel[1] = (uint8_t)(colour >> 8);
			pixel[2] = (uint8_t)(colour >> 16);
		}
	return 0;
}

int scene_take(const struct scene *scene, enum video_pixel pixel,
		struct video_frame **out)
{
	if (pixel == VIDEO_PIXEL_YUYV)
		return take_yuyv(scene, out);
	return take_bgrx(scene, out);
}

/* ---- life ---- */

int scene_create(struct scene **out, uint32_t seed)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	int rc = -ENOMEM;

	*out = NULL;
	if (!scene)
		return rc;
	scene->random = seed * 2654435761U | 1;
	rc = change_mode(scene);
	if (rc < 0)
		goto fail;
	*out = scene;
	return 0;

fail:
	scene_destroy(scene);
	return rc;
}

void scene_destroy(struct scene *scene)
{
	if (!scene)
		return;
	free(scene->canvas);
	free(scene);
}
