/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/tight.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/min-max.h"
#include "video/convert.h"
#include "video/jpeg.h"
#include "video/screen.h"
#include "vnc/classify.h"
#include "vnc/deflate.h"
#include "vnc/merge.h"
#include "vnc/pack.h"
#include "vnc/palette.h"
#include "vnc/rect-header.h"
#include "vnc/room.h"
#include "vnc/strip.h"
#include "vnc/surface.h"

/* Control byte: what follows, above the reset bits of the four streams. */
#define CONTROL_FILL 0x80
#define CONTROL_JPEG 0x90
#define CONTROL_FILTER 0x40
#define FILTER_PALETTE 1

#define TPIXEL_BYTES 3
#define PACKED_BYTES_MAX (VNC_PIECE_AREA_MAX_PX * TPIXEL_BYTES)

/* Data shorter than this goes out as it is, without a length. */
#define ZLIB_BYTES_MIN 12

/* Header, control, filter, number of colours, colours, length. */
#define PREFIX_BYTES_MAX                                                       \
	(VNC_RECT_HEADER_BYTES + 3 + VNC_PALETTE_MAX * TPIXEL_BYTES +          \
			LENGTH_BYTES)
#define LENGTH_MAX ((1U << 22) - 1)
#define LENGTH_BYTES 3

/* Neither a strip as a JPEG nor a piece outgrows the length in Tight. */
static_assert(VIDEO_JPEG_BOUND_MAX((2048 + 16) * (144 + 16)) <= LENGTH_MAX &&
				VNC_STRIP_AREA_MAX_PX <= 2048 * 144,
		"strips are too large");
static_assert(PACKED_BYTES_MAX < LENGTH_MAX / 2, "pieces are too large");

struct vnc_tight {
	struct vnc_surface surface;
	const struct vnc_class *class_; /* of the job */
	struct video_jpeg *jpeg;
	struct vnc_deflate *deflater;
	struct vnc_room room; /* what a JPEG is made from */
	uint8_t *out;         /* the rectangles */
	size_t out_room_bytes;
	size_t size_bytes; /* of out, as written */
	struct vnc_cells cells;
	struct vnc_merger merger;
	struct vnc_palette palette;
	uint8_t indices[VNC_PIECE_AREA_MAX_PX];
	uint8_t packed[PACKED_BYTES_MAX];
	uint32_t pixels[VNC_PIECE_AREA_MAX_PX];
};

int vnc_tight_create(struct vnc_tight **out, enum core_simd simd)
{
	struct vnc_tight *tight = calloc(1, sizeof(*tight));
	int rc = -ENOMEM;

	*out = NULL;
	if (!tight)
		return rc;
	vnc_surface_init(&tight->surface, simd);
	rc = vnc_deflate_create(&tight->deflater);
	if (rc < 0)
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
	vnc_deflate_destroy(tight->deflater);
	vnc_surface_finish(&tight->surface);
	vnc_room_finish(&tight->room);
	free(tight->out);
	free(tight);
}

static size_t area_px(const struct video_rect *rect)
{
	return (size_t)rect->width_px * rect->height_px;
}

/* ---- what goes out ---- */

/* So many bytes can be put. */
static int make_space(struct vnc_tight *tight, size_t bytes)
{
	size_t room = tight->out_room_bytes ? tight->out_room_bytes : 16384;
	uint8_t *out;

	if (bytes <= tight->out_room_bytes - tight->size_bytes)
		return 0;
	while (room - tight->size_bytes < bytes)
		room *= 2;
	out = realloc(tight->out, room);
	if (!out)
		return -ENOMEM;
	tight->out = out;
	tight->out_room_bytes = room;
	return 0;
}

static void put_byte(struct vnc_tight *tight, unsigned value)
{
	tight->out[tight->size_bytes++] = (uint8_t)value;
}

static void put_bytes(struct vnc_tight *tight, const uint8_t *bytes, size_t n)
{
	memcpy(tight->out + tight->size_bytes, bytes, n);
	tight->size_bytes += n;
}

static void put_colours(
		struct vnc_tight *tight, const uint32_t *keys, size_t keys_n)
{
	vnc_surface_name_colours(&tight->surface, keys, keys_n,
			tight->out + tight->size_bytes);
	tight->size_bytes += keys_n * TPIXEL_BYTES;
}

/* The place of a rectangle of the surface on the screen. */
static struct video_rect on_screen(
		const struct vnc_tight *tight, const struct video_rect *rect)
{
	return (struct video_rect){tight->surface.x_px + rect->x_px,
			tight->surface.y_px + rect->y_px, rect->width_px,
			rect->height_px};
}

static void put_header(struct vnc_tight *tight, const struct video_rect *rect)
{
	const struct video_rect place = on_screen(tight, rect);

	vnc_rect_header_write(tight->out + tight->size_bytes, &place,
			VNC_ENCODING_TIGHT);
	tight->size_bytes += VNC_RECT_HEADER_BYTES;
}

/*
 * So much data stands LENGTH_BYTES beyond what was put: put its length before
 * it, seven bits a byte, the lowest first; the third byte carries eight. Data
 * follows without a gap.
 */
static void put_length(struct vnc_tight *tight, size_t length)
{
	const uint8_t *data = tight->out + tight->size_bytes + LENGTH_BYTES;

	assert(length <= LENGTH_MAX);
	put_byte(tight,
			(unsigned)(length & 0x7f) |
					(length >= 1U << 7 ? 0x80 : 0));
	if (length >= 1U << 7)
		put_byte(tight,
				(unsigned)(length >> 7 & 0x7f) |
						(length >= 1U << 14 ? 0x80
								    : 0));
	if (length >= 1U << 14)
		put_byte(tight, (unsigned)(length >> 14));
	if (data != tight->out + tight->size_bytes)
		memmove(tight->out + tight->size_bytes, data, length);
	tight->size_bytes += length;
}

/*
 * Neighbours get different streams, so that viewers that decode streams side
 * by side can; only the stream in use is reset.
 */
static unsigned pick_stream(const struct video_rect *place)
{
	uint32_t cells = place->x_px / VIDEO_CELL_PX +
			place->y_px / VIDEO_CELL_PX;

	cells ^= cells >> 2;
	cells ^= cells >> 4;
	return cells & 3;
}

static void put_control(struct vnc_tight *tight, const struct video_rect *rect,
		unsigned filter)
{
	const struct video_rect place = on_screen(tight, rect);
	const unsigned stream = pick_stream(&place);

	put_byte(tight, filter | stream << 4 | 1U << stream);
}

/* Rows of so many bytes, as a zlib stream of its own. There is space for it. */
static void put_rows(struct vnc_tight *tight, const uint8_t *bytes,
		size_t row_bytes, size_t rows)
{
	const size_t n = row_bytes * rows;
	uint8_t *start = tight->out + tight->size_bytes;

	if (n < ZLIB_BYTES_MIN)
		put_bytes(tight, bytes, n);
	else
		put_length(tight,
				vnc_deflate_run(tight->deflater, bytes, n,
						row_bytes,
						start + LENGTH_BYTES));
}

/* ---- lossless ---- */

static void encode_fill(struct vnc_tight *tight, const struct video_rect *rect,
		uint32_t key)
{
	put_header(tight, rect);
	put_byte(tight, CONTROL_FILL);
	put_colours(tight, &key, 1);
}

static void put_palette(struct vnc_tight *tight, const struct video_rect *rect,
		const uint32_t *keys, unsigned keys_n)
{
	put_header(tight, rect);
	put_control(tight, rect, CONTROL_FILTER);
	put_byte(tight, FILTER_PALETTE);
	put_byte(tight, keys_n - 1);
	put_colours(tight, keys, keys_n);
}

/* Rows of bytes of which those that are not `value` become ones. */
static void encode_bits(struct vnc_tight *tight, const struct video_rect *rect,
		const uint8_t *bytes, size_t stride_bytes, uint8_t value)
{
	const size_t row_bytes = (rect->width_px + 7) / 8;
	uint8_t *bits = tight->packed;

	for (uint32_t y = 0; y < rect->height_px; y++) {
		tight->surface.scan->pack(bytes, value, bits, rect->width_px);
		bytes += stride_bytes;
		bits += row_bytes;
	}
	put_rows(tight, tight->packed, row_bytes, rect->height_px);
}

static void encode_two(struct vnc_tight *tight, const struct video_rect *rect,
		const uint32_t keys[2])
{
	const struct vnc_surface *surface = &tight->surface;
	const size_t stride = surface->is_yuv ? surface->planes.stride_bytes[0]
					      : surface->stride_bytes;
	const uint8_t *pixels;

	put_palette(tight, rect, keys, 2);
	if (surface->is_yuv) {
		encode_bits(tight, rect,
				surface->planes.plane[0] + stride * rect->y_px +
						rect->x_px,
				stride, (uint8_t)keys[0]);
		return;
	}
	pixels = surface->pixels + stride * rect->y_px + (size_t)rect->x_px * 4;
	for (uint32_t y = 0; y < rect->height_px; y++)
		surface->scan->flags(pixels + stride * y, keys[0],
				tight->indices + (size_t)rect->width_px * y,
				rect->width_px);
	encode_bits(tight, rect, tight->indices, rect->width_px, 0);
}

static void encode_full_colour(
		struct vnc_tight *tight, const struct video_rect *rect)
{
	const struct video_rect place = on_screen(tight, rect);

	video_convert_bgrx(tight->surface.frame, &place,
			(uint8_t *)tight->pixels, (size_t)rect->width_px * 4);
	put_header(tight, rect);
	put_control(tight, rect, 0);
	vnc_pack_rgb(tight->packed, tight->pixels, area_px(rect));
	put_rows(tight, tight->packed, (size_t)rect->width_px * TPIXEL_BYTES,
			rect->height_px);
}

/* A palette wins if it and an index a pixel are less than R G B a pixel. */
static bool palette_pays(const struct vnc_palette *palette, size_t pixels_n)
{
	return palette->colours_n <= 2 ||
			palette->colours_n * (size_t)TPIXEL_BYTES + pixels_n <
			pixels_n * TPIXEL_BYTES;
}

static void encode_colours(
		struct vnc_tight *tight, const struct video_rect *rect)
{
	struct vnc_palette *palette = &tight->palette;

	if (!vnc_palette_find(palette, &tight->surface, rect, VNC_PALETTE_MAX,
			    tight->indices) ||
			!palette_pays(palette, area_px(rect))) {
		encode_full_colour(tight, rect);
		return;
	}
	if (palette->colours_n == 1) {
		encode_fill(tight, rect, palette->keys[0]);
		return;
	}
	put_palette(tight, rect, palette->keys, palette->colours_n);
	if (palette->colours_n == 2)
		encode_bits(tight, rect, tight->indices, rect->width_px, 0);
	else
		put_rows(tight, tight->indices, rect->width_px,
				rect->height_px);
}

/* Bits are found by the whole pixel or, of planes, by luma alone. */
static bool bits_tell(const struct vnc_surface *surface, const uint32_t keys[2])
{
	return !surface->is_yuv || (uint8_t)keys[0] != (uint8_t)keys[1];
}

static int encode_lossless(struct vnc_tight *tight,
		const struct vnc_piece *piece, const struct video_rect *rect)
{
	int rc = make_space(tight,
			PREFIX_BYTES_MAX +
					vnc_deflate_bound(area_px(rect) *
							TPIXEL_BYTES));

	if (rc < 0)
		return rc;
	if (piece->kind == VNC_CELL_TWO && piece->keys[0] == piece->keys[1])
		encode_fill(tight, rect, piece->keys[0]);
	else if (piece->kind == VNC_CELL_TWO &&
			bits_tell(&tight->surface, piece->keys))
		encode_two(tight, rect, piece->keys);
	else
		encode_colours(tight, rect);
	return 0;
}

/* ---- JPEG ---- */

static enum video_subsampling subsampling_of(const struct vnc_class *class_)
{
	return class_->jpeg_444 ? VIDEO_SUBSAMPLING_444 : VIDEO_SUBSAMPLING_420;
}

static int compress_planes(struct vnc_tight *tight,
		const struct video_rect *rect, uint8_t *to, size_t *size)
{
	const struct vnc_surface *surface = &tight->surface;
	const struct video_planes piece =
			video_planes_crop(&surface->planes, rect);
	struct video_planes planes;
	int rc = vnc_room_make(&tight->room,
			video_planes_room_bytes(
					rect->width_px, rect->height_px));

	if (rc < 0)
		return rc;
	video_planes_for_jpeg(&planes, surface->simd, &piece,
			&surface->frame->layout, tight->class_->jpeg_444,
			tight->room.bytes);
	return video_jpeg_encode_planes(tight->jpeg, &planes,
			tight->class_->jpeg_quality, to, size);
}

static int compress_pixels(struct vnc_tight *tight,
		const struct video_rect *rect, uint8_t *to, size_t *size)
{
	const struct vnc_surface *surface = &tight->surface;
	const uint8_t *pixels = surface->pixels;
	size_t stride = surface->stride_bytes;

	if (surface->is_yuv) {
		const struct video_rect place = on_screen(tight, rect);
		int rc = vnc_room_make(&tight->room, area_px(rect) * 4);

		if (rc < 0)
			return rc;
		stride = (size_t)rect->width_px * 4;
		video_convert_bgrx(surface->frame, &place, tight->room.bytes,
				stride);
		pixels = tight->room.bytes;
	} else {
		pixels += stride * rect->y_px + (size_t)rect->x_px * 4;
	}
	return video_jpeg_encode(tight->jpeg, VIDEO_PIXEL_BGRX, pixels, stride,
			rect->width_px, rect->height_px,
			tight->class_->jpeg_quality,
			subsampling_of(tight->class_), to, size);
}

static int encode_jpeg(struct vnc_tight *tight, const struct video_rect *rect)
{
	const bool even = (rect->x_px | rect->y_px | rect->height_px) % 2 == 0;
	uint8_t *start;
	size_t size;
	int rc = make_space(tight,
			PREFIX_BYTES_MAX +
					video_jpeg_bound(rect->width_px,
							rect->height_px,
							subsampling_of(tight->class_)));

	if (rc < 0)
		return rc;
	put_header(tight, rect);
	put_byte(tight, CONTROL_JPEG);
	start = tight->out + tight->size_bytes;
	/*
	 * Chroma samples of the source are only whole from even pixels on, and
	 * libjpeg reads rows of luma in pairs. Columns always are in pairs.
	 */
	if (tight->surface.is_yuv && even)
		rc = compress_planes(tight, rect, start + LENGTH_BYTES, &size);
	else
		rc = compress_pixels(tight, rect, start + LENGTH_BYTES, &size);
	if (rc < 0)
		return rc;
	put_length(tight, size);
	return 0;
}

/* ---- a job ---- */

static struct video_rect rect_of(
		const struct vnc_tight *tight, const struct vnc_piece *piece)
{
	const struct video_rect *area = &tight->surface.area;
	const uint32_t x = piece->column * VNC_CELL_PX;
	const uint32_t y = piece->row * VNC_CELL_PX;
	const uint32_t width = piece->columns * VNC_CELL_PX;
	const uint32_t height = piece->rows * VNC_CELL_PX;

	return (struct video_rect){area->x_px + x, area->y_px + y,
			width < area->width_px - x ? width : area->width_px - x,
			height < area->height_px - y ? height
						     : area->height_px - y};
}

/* The smallest rectangle that holds both. */
static struct video_rect unite(
		const struct video_rect *a, const struct video_rect *b)
{
	const uint32_t x = core_min_u32(a->x_px, b->x_px);
	const uint32_t y = core_min_u32(a->y_px, b->y_px);

	return (struct video_rect){x, y,
			core_max_u32(a->x_px + a->width_px,
					b->x_px + b->width_px) -
					x,
			core_max_u32(a->y_px + a->height_px,
					b->y_px + b->height_px) -
					y};
}

static void note_jpeg(
		struct vnc_encoded *encoded, const struct video_rect *place)
{
	encoded->blurred = encoded->lossy ? unite(&encoded->blurred, place)
					  : *place;
	encoded->lossy = true;
}

static int encode_pieces(struct vnc_tight *tight, struct vnc_encoded *encoded)
{
	for (size_t i = 0; i < tight->merger.pieces_n; i++) {
		const struct vnc_piece *piece = &tight->merger.pieces[i];
		const struct video_rect rect = rect_of(tight, piece);
		const struct video_rect place = on_screen(tight, &rect);
		int rc = piece->jpeg ? encode_jpeg(tight, &rect)
				     : encode_lossless(tight, piece, &rect);

		if (rc < 0)
			return rc;
		encoded->rects++;
		if (piece->jpeg)
			note_jpeg(encoded, &place);
	}
	return 0;
}

int vnc_tight_encode(struct vnc_tight *tight, const struct video_frame *frame,
		const struct video_rect *rect, const struct vnc_class *class_,
		struct vnc_encoded *encoded)
{
	const bool jpeg_allowed = class_->jpeg_quality > 0;
	int rc;

	*encoded = (struct vnc_encoded){0};
	if (area_px(rect) == 0 || area_px(rect) > VNC_STRIP_AREA_MAX_PX ||
			rect->width_px > VNC_STRIP_WIDTH_MAX_PX)
		return -EINVAL;
	tight->class_ = class_;
	tight->size_bytes = 0;
	rc = vnc_surface_take(&tight->surface, frame, rect);
	if (rc < 0)
		return rc;
	vnc_classify(&tight->surface, &tight->cells, jpeg_allowed);
	vnc_merge(&tight->merger, &tight->cells, jpeg_allowed);
	rc = encode_pieces(tight, encoded);
	if (rc < 0)
		return rc;
	return core_bytes_copy(&encoded->bytes, tight->out, tight->size_bytes);
}
