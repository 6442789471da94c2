/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * find-picture SCREEN.ppm PICTURE.ppm FIRST_ROW DB
 *
 * Is the picture, from FIRST_ROW on, in the screen's corner or its middle, as
 * like as DB decibels (PSNR) say? 99 is exact. Prints where and how like it is.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/rack/picture.h"

#define EXACT_DB 99.0
#define SAMPLES_MAX 4096
#define AROUND_PX 80 /* menus and buttons of viewers stand there */

struct place {
	uint32_t x_px;
	uint32_t y_px;
};

static uint64_t difference(const uint8_t *a, const uint8_t *b)
{
	uint64_t sum = 0;

	for (int i = 0; i < 3; i++)
		sum += (uint64_t)((a[i] - b[i]) * (a[i] - b[i]));
	return sum;
}

struct search {
	const struct picture *screen;
	const struct picture *picture;
	uint32_t first_row;
	uint64_t least;
	struct place best;
	size_t samples_n;
	struct place samples[SAMPLES_MAX];
};

/* A picture's own end counts, as where a window's frame begins. */
static bool is_edge(const struct search *search, struct place at)
{
	const struct picture *picture = search->picture;
	const uint8_t *pixel = picture_at(picture, at.x_px, at.y_px);

	if (at.x_px == 0 || at.y_px == search->first_row)
		return true;
	return difference(picture_at(picture, at.x_px - 1, at.y_px), pixel) ||
			difference(picture_at(picture, at.x_px, at.y_px - 1),
					pixel);
}

/*
 * Only edges tell one place from the next: a black field is like any other.
 * Every `step`th edge is taken; returns how many edges there are.
 */
static size_t choose_samples(struct search *search, size_t step)
{
	const struct picture *picture = search->picture;
	size_t edges_n = 0;
	struct place at;

	search->samples_n = 0;
	for (at.y_px = search->first_row; at.y_px < picture->height_px;
			at.y_px++)
		for (at.x_px = 0; at.x_px < picture->width_px; at.x_px++)
			if (is_edge(search, at) && edges_n++ % step == 0 &&
					search->samples_n < SAMPLES_MAX)
				search->samples[search->samples_n++] = at;
	return edges_n;
}

/* Squared error over the samples, or more than the least so far. */
static uint64_t sample(const struct search *search, struct place place)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < search->samples_n && sum < search->least; i++) {
		struct place at = search->samples[i];

		sum += difference(
				picture_at(search->screen, place.x_px + at.x_px,
						place.y_px + at.y_px),
				picture_at(search->picture, at.x_px, at.y_px));
	}
	return sum;
}

/* The places to the right of and below one, as far as AROUND_PX. */
static void search_from(
		struct search *search, uint32_t left_px, uint32_t top_px)
{
	uint32_t right_px =
			search->screen->width_px - search->picture->width_px;
	uint32_t bottom_px =
			search->screen->height_px - search->picture->height_px;
	struct place place;

	if (right_px > left_px + AROUND_PX)
		right_px = left_px + AROUND_PX;
	if (bottom_px > top_px + AROUND_PX)
		bottom_px = top_px + AROUND_PX;
	for (place.y_px = top_px; place.y_px <= bottom_px; place.y_px++)
		for (place.x_px = left_px; place.x_px <= right_px;
				place.x_px++) {
			uint64_t sum = sample(search, place);

			if (sum < search->least) {
				search->least = sum;
				search->best = place;
			}
		}
}

/* A viewer's window stands in the corner or in the middle, with a frame. */
static struct place find_best(const struct picture *screen,
		const struct picture *picture, uint32_t first_row)
{
	struct search search = {
			.screen = screen,
			.picture = picture,
			.first_row = first_row,
			.least = UINT64_MAX,
	};
	uint32_t spare_x_px = screen->width_px - picture->width_px;
	uint32_t spare_y_px = screen->height_px - picture->height_px;

	choose_samples(&search, choose_samples(&search, 1) / SAMPLES_MAX + 1);
	search_from(&search, 0, 0);
	search_from(&search,
			spare_x_px > AROUND_PX ? (spare_x_px - AROUND_PX) / 2
					       : 0,
			spare_y_px > AROUND_PX ? (spare_y_px - AROUND_PX) / 2
					       : 0);
	return search.best;
}

static double likeness_db(const struct picture *screen,
		const struct picture *picture, uint32_t first_row,
		struct place place)
{
	double samples = 3.0 * picture->width_px *
			(picture->height_px - first_row);
	uint64_t sum = 0;

	for (uint32_t y_px = first_row; y_px < picture->height_px; y_px++)
		for (uint32_t x_px = 0; x_px < picture->width_px; x_px++)
			sum += difference(picture_at(screen, place.x_px + x_px,
							  place.y_px + y_px),
					picture_at(picture, x_px, y_px));
	return sum == 0 ? EXACT_DB
			: 10 * log10(255.0 * 255.0 * samples / (double)sum);
}

int main(int argc, char *argv[])
{
	struct picture *screen, *picture;
	uint32_t first_row;
	struct place place;
	double db;

	if (argc != 5)
		return 2;
	if (picture_load(&screen, argv[1]) < 0 ||
			picture_load(&picture, argv[2]) < 0) {
		fprintf(stderr, "cannot read the pictures\n");
		return 2;
	}
	first_row = (uint32_t)atoi(argv[3]);
	if (picture->width_px > screen->width_px ||
			picture->height_px > screen->height_px ||
			first_row >= picture->height_px) {
		printf("%ux%u does not fit into %ux%u\n", picture->width_px,
				picture->height_px, screen->width_px,
				screen->height_px);
		return 1;
	}
	place = find_best(screen, picture, first_row);
	db = likeness_db(screen, picture, first_row, place);
	printf("at %u,%u: %.1f dB\n", place.x_px, place.y_px, db);
	picture_destroy(screen);
	picture_destroy(picture);
	return db >= atof(argv[4]) ? 0 : 1;
}
