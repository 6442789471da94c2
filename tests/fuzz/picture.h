/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "video/frame.h"

/*
 * Small pictures for a server under test; the caller owns a reference. One
 * byte says all: bits 0 to 2 the size, the others what it shows.
 */
struct video_frame *fuzz_picture_create(uint8_t kind);

/* The same with another colour in one cell. */
struct video_frame *fuzz_picture_touch(
		const struct video_frame *frame, uint8_t where);

/* The same, moved up by so many rows at most. */
struct video_frame *fuzz_picture_scroll(
		const struct video_frame *frame, uint8_t rows);
