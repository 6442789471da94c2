/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/video/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct picture {
	struct video_frame frame;
	uint8_t *planes[VIDEO_PLANES_MAX];
};

static void picture_release(struct video_frame *frame)
{
	struct picture *picture = (struct picture *)frame;

	for (size_t i = 0; i < VIDEO_PLANES_MAX; i++)
		free(picture->planes[i]);
	free(picture);
}

struct video_frame *picture_create(const struct video_layout *layout)
{
	struct picture *picture = calloc(1, sizeof(*picture));

	assert_non_null(picture);
	assert_int_equal(video_layout_check(layout), 0);
	picture->frame.layout = *layout;
	picture->frame.refs = 1;
	picture->frame.release = picture_release;
	for (uint32_t i = 0; i < video_layout_planes(layout->pixel); i++) {
		picture->planes[i] =
				calloc(1, video_layout_plane_bytes(layout, i));
		assert_non_null(picture->planes[i]);
		picture->frame.plane[i] = picture->planes[i];
	}
	return &picture->frame;
}

struct video_frame *picture_create_padded(enum video_pixel pixel,
		uint32_t width_px, uint32_t height_px, uint32_t padding_bytes)
{
	struct video_layout layout = {
			.pixel = pixel,
			.width_px = width_px,
			.height_px = height_px,
	};

	video_layout_set_strides(&layout);
	for (uint32_t i = 0; i < video_layout_planes(pixel); i++)
		layout.stride_bytes[i] += padding_bytes;
	return picture_create(&layout);
}

struct video_frame *picture_copy(const struct video_frame *frame)
{
	struct video_frame *copy = picture_create(&frame->layout);

	for (uint32_t i = 0; i < video_layout_planes(frame->layout.pixel); i++)
		memcpy(picture_plane(copy, i), frame->plane[i],
				video_layout_plane_bytes(&frame->layout, i));
	return copy;
}

uint8_t *picture_plane(struct video_frame *frame, uint32_t plane)
{
	return ((struct picture *)frame)->planes[plane];
}

/* A linear congruence of 64 bits; the upper half is good enough for tests. */
uint32_t random_next(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) +
			UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 32);
}

uint32_t random_below(uint64_t *state, uint32_t below)
{
	return (uint32_t)(((uint64_t)random_next(state) * below) >> 32);
}

void random_fill(uint64_t *state, uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(random_next(state) >> 24);
}

void picture_randomise(struct video_frame *frame, uint64_t *state)
{
	for (uint32_t i = 0; i < video_layout_planes(frame->layout.pixel); i++)
		random_fill(state, picture_plane(frame, i),
				video_layout_plane_bytes(&frame->layout, i));
}
