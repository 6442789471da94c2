/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/frame.h"

/*
 * Frames of any layout for tests. Each plane is a heap block of exactly its
 * size, so that a sanitizer sees the first byte read beyond it.
 *
 * Threads: any.
 * Errors:  a failing assertion.
 */
struct video_frame *picture_create(const struct video_layout *layout);

/* With the smallest strides plus `padding_bytes`. */
struct video_frame *picture_create_padded(enum video_pixel pixel,
		uint32_t width_px, uint32_t height_px, uint32_t padding_bytes);

/* Same layout, same content. */
struct video_frame *picture_copy(const struct video_frame *frame);

uint8_t *picture_plane(struct video_frame *frame, uint32_t plane);

/* The next number of a sequence that is the same in every run. */
uint32_t random_next(uint64_t *state);

/* From 0 to `below` - 1. */
uint32_t random_below(uint64_t *state, uint32_t below);
void random_fill(uint64_t *state, uint8_t *bytes, size_t size);
void picture_randomise(struct video_frame *frame, uint64_t *state);
