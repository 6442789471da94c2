/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Pixels (B G R 0 in memory) into the shapes that Tight carries.
 *
 * Threads: any. Errors: none; the output has room.
 */

/* TPIXEL: R G B. Returns the end of what was written. */
uint8_t *vnc_pack_rgb(uint8_t *out, const uint32_t *pixels, size_t pixels_n);
