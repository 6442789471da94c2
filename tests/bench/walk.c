/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/walk.h"

#include <string.h>

/* Numbers on the wire. */
enum {
	MESSAGE_UPDATE = 0,
	MESSAGE_COLOUR_MAP = 1,
	MESSAGE_BELL = 2,
	MESSAGE_CUT_TEXT = 3,
	MESSAGE_END_OF_CONTINUOUS = 150,
	MESSAGE_FENCE = 248,

	ENCODING_RAW = 0,
	ENCODING_COPY = 1,
	ENCODING_TIGHT = 7,
	ENCODING_DESKTOP_SIZE = -223,
	ENCODING_LAST_RECT = -224,
	ENCODING_EXTENDED_SIZE = -308,

	TIGHT_FILL = 8,
	TIGHT_JPEG = 9,
	TIGHT_EXPLICIT_FILTER = 4,
	FILTER_PALETTE = 1,
	TIGHT_MIN_COMPRESSED = 12,
	BYTES_PER_PIXEL = 4,
	BYTES_PER_TPIXEL = 3,
};

static enum walk_event take_message(
		struct walk *, const uint8_t *, size_t, size_t *);
static enum walk_event take_rect(
		struct walk *, const uint8_t *, size_t, size_t *);

static uint32_t get_u16(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

static uint32_t get_u32(const uint8_t *bytes)
{
	return get_u16(bytes) << 16 | get_u16(bytes + 2);
}

/* The picture's bytes are skipped; then comes the next rectangle. */
static enum walk_event pass_rect(struct walk *walk, uint64_t skip_bytes)
{
	walk->skip_bytes = skip_bytes;
	walk->step = take_rect;
	return WALK_MORE;
}

static enum walk_event end_update(struct walk *walk)
{
	walk->step = take_message;
	return WALK_END;
}

/* ---- Tight ---- */

static enum walk_event take_tight_length(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	uint64_t length = 0;
	size_t n = 0;

	do {
		if (n == bytes)
			return WALK_MORE;
		length |= (uint64_t)(n < 2 ? data[n] & 0x7f : data[n])
				<< (7 * n);
	} while (data[n++] & 0x80 && n < 3);
	*used = n;
	if (walk->rect.control == TIGHT_JPEG)
		walk->counts.jpeg_bytes += length;
	return pass_rect(walk, length);
}

static enum walk_event expect_tight_data(struct walk *walk, uint64_t row_bytes)
{
	uint64_t bytes = row_bytes * walk->rect.height_px;

	if (bytes < TIGHT_MIN_COMPRESSED)
		return pass_rect(walk, bytes);
	walk->step = take_tight_length;
	return WALK_MORE;
}

static enum walk_event take_tight_filter(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	uint32_t width_px = walk->rect.width_px;
	size_t colours;

	if (bytes < 2)
		return WALK_MORE;
	if (data[0] != FILTER_PALETTE) {
		*used = 1;
		walk->counts.colours++;
		return expect_tight_data(
				walk, (uint64_t)width_px * BYTES_PER_TPIXEL);
	}
	colours = data[1] + (size_t)1;
	if (bytes < 2 + BYTES_PER_TPIXEL * colours)
		return WALK_MORE;
	*used = 2 + BYTES_PER_TPIXEL * colours;
	walk->counts.palettes++;
	return expect_tight_data(
			walk, colours == 2 ? (width_px + 7) / 8 : width_px);
}

static enum walk_event take_tight(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	if (bytes < 1)
		return WALK_MORE;
	*used = 1;
	walk->rect.control = data[0] >> 4;
	switch (walk->rect.control) {
	case TIGHT_FILL:
		walk->counts.fills++;
		return pass_rect(walk, BYTES_PER_TPIXEL);
	case TIGHT_JPEG:
		walk->counts.jpegs++;
		walk->step = take_tight_length;
		return WALK_MORE;
	default:
		break;
	}
	if (walk->rect.control > TIGHT_JPEG)
		return WALK_ERROR;
	if (walk->rect.control & TIGHT_EXPLICIT_FILTER) {
		walk->step = take_tight_filter;
		return WALK_MORE;
	}
	walk->counts.colours++;
	return expect_tight_data(
			walk, (uint64_t)walk->rect.width_px * BYTES_PER_TPIXEL);
}

/* ---- rectangles ---- */

static enum walk_event take_screens(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	if (bytes < 4)
		return WALK_MORE;
	*used = 4;
	return pass_rect(walk, UINT64_C(16) * data[0]);
}

static enum walk_event begin_picture(struct walk *walk, int32_t encoding)
{
	uint64_t pixels = (uint64_t)walk->rect.width_px * walk->rect.height_px;

	walk->has_picture = true;
	walk->counts.rects++;
	if (encoding == ENCODING_COPY) {
		walk->counts.copies++;
		walk->counts.copied_pixels += pixels;
		return pass_rect(walk, 4);
	}
	walk->counts.pixels += pixels;
	if (encoding == ENCODING_RAW) {
		walk->counts.raws++;
		return pass_rect(walk, pixels * BYTES_PER_PIXEL);
	}
	walk->step = take_tight;
	return WALK_MORE;
}

static enum walk_event begin_rect(struct walk *walk, int32_t encoding)
{
	switch (encoding) {
	case ENCODING_RAW:
	case ENCODING_COPY:
	case ENCODING_TIGHT:
		return begin_picture(walk, encoding);
	case ENCODING_LAST_RECT:
		return end_update(walk);
	case ENCODING_DESKTOP_SIZE:
	case ENCODING_EXTENDED_SIZE:
		walk->width_px = walk->rect.width_px;
		walk->height_px = walk->rect.height_px;
		if (encoding == ENCODING_DESKTOP_SIZE)
			return pass_rect(walk, 0);
		walk->step = take_screens;
		return WALK_MORE;
	default:
		return WALK_ERROR;
	}
}

static enum walk_event take_rect(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	if (!walk->until_last_rect && walk->rects_left == 0)
		return end_update(walk);
	if (bytes < 12)
		return WALK_MORE;
	*used = 12;
	if (!walk->until_last_rect)
		walk->rects_left--;
	walk->rect.width_px = get_u16(data + 4);
	walk->rect.height_px = get_u16(data + 6);
	return begin_rect(walk, (int32_t)get_u32(data + 8));
}

/* ---- messages ---- */

static enum walk_event take_update(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	if (bytes < 4)
		return WALK_MORE;
	*used = 4;
	walk->rects_left = get_u16(data + 2);
	walk->until_last_rect = walk->rects_left == 0xffff;
	walk->has_picture = false;
	walk->step = take_rect;
	return WALK_BEGIN;
}

static enum walk_event take_fence(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	if (bytes < 9 || bytes < 9 + (size_t)data[8])
		return WALK_MORE;
	if (data[8] > WALK_FENCE_BYTES)
		return WALK_ERROR;
	*used = 9 + (size_t)data[8];
	walk->fence_flags = get_u32(data + 4);
	walk->fence_bytes = data[8];
	memcpy(walk->fence, data + 9, data[8]);
	return WALK_FENCE;
}

static enum walk_event take_message(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	if (bytes < 1)
		return WALK_MORE;
	switch (data[0]) {
	case MESSAGE_UPDATE:
		return take_update(walk, data, bytes, used);
	case MESSAGE_FENCE:
		return take_fence(walk, data, bytes, used);
	case MESSAGE_BELL:
		*used = 1;
		return WALK_MORE;
	case MESSAGE_END_OF_CONTINUOUS:
		*used = 1;
		return WALK_CONTINUOUS;
	case MESSAGE_CUT_TEXT:
		if (bytes < 8)
			return WALK_MORE;
		*used = 8;
		walk->skip_bytes = get_u32(data + 4);
		return WALK_MORE;
	default:
		return WALK_ERROR;
	}
}

void walk_init(struct walk *walk, uint32_t width_px, uint32_t height_px)
{
	*walk = (struct walk){
			.step = take_message,
			.width_px = width_px,
			.height_px = height_px,
	};
}

static void skip(struct walk *walk, const uint8_t **data, size_t *bytes)
{
	size_t n = walk->skip_bytes < *bytes ? (size_t)walk->skip_bytes
					     : *bytes;

	walk->skip_bytes -= n;
	*data += n;
	*bytes -= n;
}

enum walk_event walk_next(
		struct walk *walk, const uint8_t **data, size_t *bytes)
{
	for (;;) {
		enum walk_event (*step)(struct walk *, const uint8_t *, size_t,
				size_t *);
		enum walk_event event;
		size_t used = 0;

		skip(walk, data, bytes);
		if (walk->skip_bytes)
			return WALK_MORE;
		step = walk->step;
		event = step(walk, *data, *bytes, &used);
		*data += used;
		*bytes -= used;
		if (event != WALK_MORE || (used == 0 && walk->step == step))
			return event;
	}
}
