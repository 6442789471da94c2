/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/*
 * A viewer's side of Tight, written for the tests from the protocol's text
 * and as strict as the strictest viewer: whatever it does not expect ends the
 * test. Its streams live as long as it does.
 */
enum tight_kind {
	TIGHT_FILL,
	TIGHT_MONO,
	TIGHT_PALETTE,
	TIGHT_FULL_COLOUR,
	TIGHT_JPEG,
	TIGHT_KINDS
};

struct tight_decoder {
	z_stream streams[4];
	bool begun[4];
	uint32_t width_px; /* of the canvas */
	uint32_t height_px;
	uint32_t *canvas;              /* 0xRRGGBB */
	bool *lossy;                   /* a pixel's last rectangle was JPEG */
	uint8_t *kinds;                /* of a pixel's last rectangle */
	unsigned rects_n[TIGHT_KINDS]; /* so far */
	/* Of the last rectangle: */
	enum tight_kind kind;
	unsigned stream;
	unsigned colours_n;
	bool bare; /* too small to be compressed */
	uint32_t x_px, y_px, rect_width_px, rect_height_px;
};

void tight_decoder_init(struct tight_decoder *decoder, uint32_t width_px,
		uint32_t height_px);
void tight_decoder_finish(struct tight_decoder *decoder);

/* One rectangle, header included; returns how many bytes it took. */
size_t tight_decode(struct tight_decoder *decoder, const uint8_t *bytes,
		size_t size);

/* So many rectangles, which are all there is. */
void tight_decode_all(struct tight_decoder *decoder, const uint8_t *bytes,
		size_t size, uint32_t rects_n);
