/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "tests/bench/canvas.h"

/*
 * The drawings of tests/bench/content.h, each on a canvas of its own size.
 *
 * Threads: one drawer per canvas. Errors: none.
 */

/* A log of which line `first_line` stands on top. */
void scene_log(struct canvas *canvas, int cell_px, uint32_t first_line);

/* One line of it, at most `columns` characters. */
#define SCENE_LINE_BYTES 256
void scene_log_line(
		char line[SCENE_LINE_BYTES], uint32_t columns, uint32_t number);

void scene_login(struct canvas *canvas, uint32_t index);
void scene_bios(struct canvas *canvas, uint32_t index);

/* Something like a landscape: soft shapes and fine grain, three colours. */
void scene_photo(struct canvas *canvas);

void scene_desktop(struct canvas *canvas, const struct canvas *photo,
		uint32_t index);
void scene_noise(struct canvas *canvas, const struct canvas *photo,
		uint32_t index);
