/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/tight.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "video/convert.h"
#include "video/jpeg.h"
#include "video/screen.h"
#include "vnc/pack.h"
#include "vnc/palette.h"
#include "vnc/rect-header.h"
#include "vnc/strip.h"

/* Control byte: what follows, above the reset bits of the four streams. */
#define CONTROL_FILL 0x80
#define CONTROL_JPEG 0x90
#define CONTROL_FILTER 0x40
#define FILTER_PALETTE 1

#define TPIXEL_BYTES 3
#define PACKED_BYTES_MAX ((size_t)VNC_STRIP_AREA_MAX_PX * TPIXEL_BYTES)

/* Data shorter than this goes out as it is, without a length. */
#define ZLIB_BYTES_MIN 12

/* Header, control, filter, number of colours, colours, length. */
#define PREFIX_BYTES_MAX                                                       \
	(VNC_RECT_HEADER_BYTES + 3 + VNC_PALETTE_MAX * TPIXEL_BYTES + 3)
#define LENGTH_MAX ((1U << 22) - 1)

/*
 * Measured on consoles and desktops: up to these, a level costs less in time
 * than it saves in bytes.
 */
#define LEVEL_BITMAP 5
#define LEVEL_PALETTE 3
#define LEVEL_FULL_COLOUR 1

/* Below this a JPEG's tables alone outweigh the pixels. */
#define JPEG_AREA_MIN_PX 1024

/*
 * Where JPEG is allowed, up to this many colours are taken for text; more, if
 * nearly all pixels are flat, as antialiased text on a plain ground is.
 */
#define TEXT_COLOURS_MAX 24
#define TEXT_FLAT_PERCENT 90

struct vnc_tight {
	struct video_jpeg *jpeg;
	bool stream_ready;
	z_stream stream;
	struct vnc_palette palette;
	size_t size_bytes; /* of out, as written */
	size_t room_bytes;
	uint8_t *out; /* the rectangle */
	uint32_t pixels[VNC_STRIP_AREA_MAX_PX];
	uint8_t indices[VNC_STRIP_AREA_MAX_PX];
	uint8_t packed[PACKED_BYTES_MAX];
};

/* No encoding of a strip comes near the length that Tight can express. */
static_assert(PACKED_BYTES_MAX < LENGTH_MAX / 2, "strips are too large");

int vnc_tight_create(struct vnc_tight **out)
{
	struct vnc_tight *tight = calloc(1, sizeof(*tight));
	int rc = -ENOMEM;

	*out = NULL;
	if (!tight)
		return rc;
	if (deflateInit(&tight->stream, LEVEL_FULL_COLOUR) != Z_OK)
		goto fail;
	tight->stream_ready = true;
	/* Room for the end-of-block marks of a sync flush besides. */
	tight->room_bytes = PREFIX_BYTES_MAX + 64 +
			deflateBound(&tight->stream, PACKED_BYTES_MAX);
	tight->out = malloc(tight->room_bytes);
	if (!tight->out)
		goto fail;
	rc = video_jpeg_create(&tight->jpeg);
	if (rc < 0)
		goto fail;
	*out = tight;
	return 0;

fail:
	vnc_tight_destroy(tight);
	return rc;
}

void vnc_tight_destroy(struct vnc_tight *tight)
{
	if (!tight)
		return;
	video_jpeg_destroy(tight->jpeg);
	if (tight->stream_ready)
		deflateEnd(&tight->stream);
	free(tight->out);
	free(tight);
}

static size_t area_px(const struct video_rect *rect)
{
	return (size_t)rect->width_px * rect->height_px;
}

static void put_byte(struct vnc_tight *tight, unsigned value)
{
	tight->out[tight->size_bytes++] = (uint8_t)value;
}

static void put_colours(struct vnc_tight *tight, const uint32_t *colours,
		size_t colours_n)
{
	uint8_t *end = vnc_pack_rgb(
			tight->out + tight->size_bytes, colours, colours_n);

	tight->size_bytes = (size_t)(end - tight->out);
}

/* Seven bits a byte, the lowest first; the third byte carries eight. */
static size_t write_length(uint8_t bytes[3], size_t length)
{
	bytes[0] = (uint8_t)(length & 0x7f);
	if (length < 1U << 7)
		return 1;
	bytes[0] |= 0x80;
	bytes[1] = (uint8_t)(length >> 7 & 0x7f);
	if (length < 1U << 14)
		return 2;
	bytes[1] |= 0x80;
	bytes[2] = (uint8_t)(length >> 14);
	return 3;
}

/*
 * Neighbours get different streams, so that viewers that decode streams side
 * by side can; only the stream in use is reset.
 */
static unsigned pick_stream(const struct video_rect *rect)
{
	uint32_t cells =
			rect->x_px / VIDEO_CELL_PX + rect->y_px / VIDEO_CELL_PX;

	cells ^= cells >> 2;
	cells ^= cells >> 4;
	return cells & 3;
}

static void put_control(struct vnc_tight *tight, const struct video_rect *rect,
		unsigned filter)
{
	const unsigned stream = pick_stream(rect);

	put_byte(tight, filter | stream << 4 | 1U << stream);
}

/* `size` bytes of tight->packed, as a zlib stream that was just begun. */
static int put_deflated(struct vnc_tight *tight, size_t size, int level)
{
	z_stream *stream = &tight->stream;
	uint8_t *start = tight->out + tight->size_bytes;
	uint8_t length[3];
	size_t length_bytes, deflated;

	if (size < ZLIB_BYTES_MIN) {
		memcpy(start, tight->packed, size);
		tight->size_bytes += size;
		return 0;
	}
	if (deflateReset(stream) != Z_OK ||
			deflateParams(stream, level, Z_DEFAULT_STRATEGY) !=
					Z_OK)
		return -EINVAL;
	stream->next_in = tight->packed;
	stream->avail_in = (uInt)size;
	stream->next_out = start + sizeof(length);
	stream->avail_out = (uInt)(tight->room_bytes - tight->size_bytes -
			sizeof(length));
	if (deflate(stream, Z_SYNC_FLUSH) != Z_OK || stream->avail_out == 0)
		return -EOVERFLOW;

	/* The length is known last; close the gap that it leaves. */
	deflated = (size_t)(stream->next_out - start) - sizeof(length);
	length_bytes = write_length(length, deflated);
	if (length_bytes < sizeof(length))
		memmove(start + length_bytes, start + sizeof(length), deflated);
	memcpy(start, length, length_bytes);
	tight->size_bytes += length_bytes + deflated;
	return 0;
}

static int encode_fill(struct vnc_tight *tight)
{
	put_byte(tight, CONTROL_FILL);
	put_colours(tight, tight->palette.colours, 1);
	return 0;
}

static int encode_palette(
		struct vnc_tight *tight, const struct video_rect *rect)
{
	const struct vnc_palette *palette = &tight->palette;
	uint8_t *end;

	put_control(tight, rect, CONTROL_FILTER);
	put_byte(tight, FILTER_PALETTE);
	put_byte(tight, palette->colours_n - 1);
	put_colours(tight, palette->colours, palette->colours_n);
	if (palette->colours_n == 2) {
		end = vnc_pack_bits(tight->packed, tight->pixels,
				rect->width_px, rect->height_px,
				palette->colours[0]);
		return put_deflated(tight, (size_t)(end - tight->packed),
				LEVEL_BITMAP);
	}
	memcpy(tight->packed, tight->indices, area_px(rect));
	return put_deflated(tight, area_px(rect), LEVEL_PALETTE);
}

static int encode_full_colour(
		struct vnc_tight *tight, const struct video_rect *rect)
{
	put_control(tight, rect, 0);
	vnc_pack_rgb(tight->packed, tight->pixels, area_px(rect));
	return put_deflated(
			tight, area_px(rect) * TPIXEL_BYTES, LEVEL_FULL_COLOUR);
}

/* A palette wins if it and an index a pixel are less than R G B a pixel. */
static bool palette_pays(const struct vnc_palette *palette, size_t pixels_n)
{
	return palette->colours_n <= 2 ||
			palette->colours_n * (size_t)TPIXEL_BYTES + pixels_n <
			pixels_n * TPIXEL_BYTES;
}

static bool find_palette(struct vnc_tight *tight, size_t pixels_n, unsigned max)
{
	return vnc_palette_find(&tight->palette, tight->pixels, pixels_n, max,
			tight->indices);
}

static bool is_flat(const struct vnc_tight *tight, size_t pixels_n)
{
	return vnc_palette_count_flat(tight->pixels, pixels_n) * 100 >=
			pixels_n * TEXT_FLAT_PERCENT;
}

enum kind { KIND_FILL, KIND_PALETTE, KIND_FULL_COLOUR, KIND_JPEG };

static enum kind classify(
		struct vnc_tight *tight, size_t pixels_n, bool jpeg_allowed)
{
	const bool jpeg = jpeg_allowed && pixels_n >= JPEG_AREA_MIN_PX;
	bool found = find_palette(tight, pixels_n,
			jpeg ? TEXT_COLOURS_MAX : VNC_PALETTE_MAX);

	if (!found && jpeg && is_flat(tight, pixels_n))
		found = find_palette(tight, pixels_n, VNC_PALETTE_MAX);
	if (!found)
		return jpeg ? KIND_JPEG : KIND_FULL_COLOUR;
	if (tight->palette.colours_n == 1)
		return KIND_FILL;
	return palette_pays(&tight->palette, pixels_n) ? KIND_PALETTE
						       : KIND_FULL_COLOUR;
}

static int finish_jpeg(struct vnc_tight *tight, const struct video_rect *rect,
		const struct vnc_class *class_, struct vnc_encoded *encoded)
{
	const uint8_t *data;
	uint8_t length[3];
	size_t size, length_bytes;
	uint8_t *out;
	int rc;

	rc = video_jpeg_encode(tight->jpeg, (const uint8_t *)tight->pixels,
			(size_t)rect->width_px * sizeof(tight->pixels[0]),
			rect->width_px, rect->height_px, class_->jpeg_quality,
			class_->jpeg_444 ? VIDEO_SUBSAMPLING_444
					 : VIDEO_SUBSAMPLING_420,
			&data, &size);
	if (rc < 0)
		return rc;
	if (size > LENGTH_MAX)
		return -EOVERFLOW;
	put_byte(tight, CONTROL_JPEG);
	length_bytes = write_length(length, size);
	rc = core_bytes_create(&encoded->bytes,
			tight->size_bytes + length_bytes + size);
	if (rc < 0)
		return rc;
	out = encoded->bytes->data;
	memcpy(out, tight->out, tight->size_bytes);
	memcpy(out + tight->size_bytes, length, length_bytes);
	memcpy(out + tight->size_bytes + length_bytes, data, size);
	encoded->lossy = true;
	return 0;
}

static int encode_lossless(struct vnc_tight *tight,
		const struct video_rect *rect, enum kind kind,
		struct vnc_encoded *encoded)
{
	int rc;

	if (kind == KIND_FILL)
		rc = encode_fill(tight);
	else if (kind == KIND_PALETTE)
		rc = encode_palette(tight, rect);
	else
		rc = encode_full_colour(tight, rect);
	if (rc < 0)
		return rc;
	return core_bytes_copy(&encoded->bytes, tight->out, tight->size_bytes);
}

int vnc_tight_encode(struct vnc_tight *tight, const struct video_frame *frame,
		const struct video_rect *rect, const struct vnc_class *class_,
		struct vnc_encoded *encoded)
{
	const size_t pixels_n = area_px(rect);
	enum kind kind;

	*encoded = (struct vnc_encoded){.rects = 1};
	if (pixels_n == 0 || pixels_n > VNC_STRIP_AREA_MAX_PX ||
			rect->width_px > VNC_STRIP_WIDTH_MAX_PX)
		return -EINVAL;
	video_convert_bgrx(frame, rect, (uint8_t *)tight->pixels,
			(size_t)rect->width_px * sizeof(tight->pixels[0]));
	kind = classify(tight, pixels_n, class_->jpeg_quality > 0);
	vnc_rect_header_write(tight->out, rect, VNC_ENCODING_TIGHT);
	tight->size_bytes = VNC_RECT_HEADER_BYTES;
	if (kind == KIND_JPEG)
		return finish_jpeg(tight, rect, class_, encoded);
	return encode_lossless(tight, rect, kind, encoded);
}
