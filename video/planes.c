/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/planes.h"

#include <assert.h>
#include <string.h>

#include "video/planes-kernels.h"
#include "video/recolour.h"

/* ---- taking apart ---- */

bool video_planes_can(const struct video_layout *layout)
{
	return layout->pixel >= VIDEO_PIXEL_YUYV;
}

static const uint8_t *plane_address(const struct video_frame *frame,
		uint32_t plane, const struct video_rect *rect)
{
	const struct video_layout *layout = &frame->layout;

	return frame->plane[plane] +
			(size_t)layout->stride_bytes[plane] *
			video_layout_rows(layout->pixel, plane, rect->y_px) +
			video_layout_row_bytes(
					layout->pixel, plane, rect->x_px);
}

/* Takes a plane's worth of the room; returns where the plane begins. */
static uint8_t *add_plane(struct video_planes *planes, unsigned index,
		uint8_t **room, uint32_t width, uint32_t height)
{
	uint8_t *start = *room;

	planes->plane[index] = start;
	planes->stride_bytes[index] = width;
	*room += (size_t)width * height;
	return start;
}

static void unpack_packed(struct video_planes *planes,
		const struct video_plane_kernels *kernels,
		const struct video_frame *frame, const struct video_rect *rect,
		uint8_t *room)
{
	const bool luma_first = frame->layout.pixel == VIDEO_PIXEL_YUYV;
	const uint32_t width = rect->width_px;
	const uint32_t rows = rect->height_px;
	const uint8_t *from = plane_address(frame, 0, rect);
	uint8_t *y = add_plane(planes, 0, &room, width, rows);
	uint8_t *u = add_plane(planes, 1, &room, width / 2, rows);
	uint8_t *v = add_plane(planes, 2, &room, width / 2, rows);

	for (uint32_t row = 0; row < rows; row++) {
		if (luma_first)
			kernels->unpack_yuyv(from, y, u, v, width / 2);
		else
			kernels->unpack_uyvy(from, y, u, v, width / 2);
		from += frame->layout.stride_bytes[0];
		y += width;
		u += width / 2;
		v += width / 2;
	}
}

static void unpack_chroma(struct video_planes *planes,
		const struct video_plane_kernels *kernels,
		const struct video_frame *frame, const struct video_rect *rect,
		uint8_t *room)
{
	const uint32_t width = rect->width_px / 2;
	const uint32_t rows = video_planes_chroma_height(planes);
	const uint8_t *from = plane_address(frame, 1, rect);
	uint8_t *u = add_plane(planes, 1, &room, width, rows);
	uint8_t *v = add_plane(planes, 2, &room, width, rows);

	for (uint32_t row = 0; row < rows; row++) {
		kernels->split(from, u, v, width);
		from += frame->layout.stride_bytes[1];
		u += width;
		v += width;
	}
}

static void borrow_plane(struct video_planes *planes, unsigned index,
		const struct video_frame *frame, const struct video_rect *rect)
{
	planes->plane[index] = plane_address(frame, index, rect);
	planes->stride_bytes[index] = frame->layout.stride_bytes[index];
}

void video_planes_unpack(struct video_planes *planes, enum core_simd level,
		const struct video_frame *frame, const struct video_rect *rect,
		uint8_t *room)
{
	const struct video_plane_kernels *kernels =
			video_plane_kernels_get(level);
	const enum video_pixel pixel = frame->layout.pixel;

	assert(video_planes_can(&frame->layout));
	*planes = (struct video_planes){
			.width_px = rect->width_px,
			.height_px = rect->height_px,
			.halved_x = 1,
			.halved_y = pixel == VIDEO_PIXEL_NV12 ||
					pixel == VIDEO_PIXEL_YU12,
	};
	assert((rect->x_px | rect->width_px) % 2 == 0);
	assert(!planes->halved_y || (rect->y_px | rect->height_px) % 2 == 0);
	if (pixel == VIDEO_PIXEL_YUYV || pixel == VIDEO_PIXEL_UYVY) {
		unpack_packed(planes, kernels, frame, rect, room);
		return;
	}
	borrow_plane(planes, 0, frame, rect);
	if (video_layout_planes(pixel) == 3) {
		borrow_plane(planes, 1, frame, rect);
		borrow_plane(planes, 2, frame, rect);
		return;
	}
	unpack_chroma(planes, kernels, frame, rect, room);
}

struct video_planes video_planes_crop(const struct video_planes *planes,
		const struct video_rect *rect)
{
	struct video_planes piece = *planes;

	piece.width_px = rect->width_px;
	piece.height_px = rect->height_px;
	piece.plane[0] += (size_t)rect->y_px * planes->stride_bytes[0] +
			rect->x_px;
	for (unsigned i = 1; i < 3; i++)
		piece.plane[i] += (size_t)(rect->y_px >> planes->halved_y) *
						planes->stride_bytes[i] +
				(rect->x_px >> planes->halved_x);
	return piece;
}

/* ---- for JPEG ---- */

#define LUMA_SCALE (1 << 14)
#define CHROMA_SCALE (1 << 13)
#define FIXED(real, scale)                                                     \
	((int16_t)((real) * (scale) + ((real) < 0 ? -0.5 : 0.5)))

/* What Cb and Cr add to R, G and B under a matrix. */
#define CR_RED(kr) (2 * (1 - (kr)))
#define CB_BLUE(kb) (2 * (1 - (kb)))
#define CB_GREEN(kr, kb) (-(kb)*CB_BLUE(kb) / (1 - (kr) - (kb)))
#define CR_GREEN(kr, kb) (-(kr)*CR_RED(kr) / (1 - (kr) - (kb)))

/* What they thereby add to Y' of BT.601. */
#define CB_LUMA(kr, kb) (0.114 * CB_BLUE(kb) + 0.587 * CB_GREEN(kr, kb))
#define CR_LUMA(kr, kb) (0.299 * CR_RED(kr) + 0.587 * CR_GREEN(kr, kb))

#define CHROMA(real, gain) FIXED((real) * (gain), CHROMA_SCALE)
#define RECOLOUR(kr, kb, offset, luma_gain, gain)                              \
	{                                                                      \
		.luma_offset = (offset), .luma = FIXED(luma_gain, LUMA_SCALE), \
		.cb_luma = CHROMA(CB_LUMA(kr, kb), gain),                      \
		.cr_luma = CHROMA(CR_LUMA(kr, kb), gain),                      \
		.cb_cb = CHROMA((CB_BLUE(kb) - CB_LUMA(kr, kb)) / 1.772,       \
				gain),                                         \
		.cr_cb = CHROMA(-CR_LUMA(kr, kb) / 1.772, gain),               \
		.cb_cr = CHROMA(-CB_LUMA(kr, kb) / 1.402, gain),               \
		.cr_cr = CHROMA((CR_RED(kr) - CR_LUMA(kr, kb)) / 1.402, gain), \
	}
#define BOTH_RANGES(kr, kb)                                                    \
	{                                                                      \
		RECOLOUR(kr, kb, 16, 255 / 219.0, 255 / 224.0),                \
				RECOLOUR(kr, kb, 0, 1.0, 1.0),                 \
	}

/* By matrix, then limited or full range. */
static const struct video_recolour recolours[][2] = {
		[VIDEO_MATRIX_BT601] = BOTH_RANGES(0.299, 0.114),
		[VIDEO_MATRIX_BT709] = BOTH_RANGES(0.2126, 0.0722),
		[VIDEO_MATRIX_BT2020] = BOTH_RANGES(0.2627, 0.0593),
};
static_assert(sizeof(recolours) / sizeof(recolours[0]) == VIDEO_MATRICES,
		"a conversion for every matrix");

#undef FIXED
#undef CR_RED
#undef CB_BLUE
#undef CB_GREEN
#undef CR_GREEN
#undef CB_LUMA
#undef CR_LUMA
#undef CHROMA
#undef RECOLOUR
#undef BOTH_RANGES

static const uint8_t *row_of(
		const struct video_planes *planes, unsigned index, uint32_t row)
{
	return planes->plane[index] + (size_t)planes->stride_bytes[index] * row;
}

/* What the steps towards JPEG share. */
struct jpeg_job {
	const struct video_plane_kernels *kernels;
	const struct video_recolour_kernels *recolours;
	const struct video_recolour *recolour; /* NULL: it is right already */
	const struct video_planes *from;
	uint8_t *spare_u; /* a row of chroma each */
	uint8_t *spare_v;
};

/* Luma needs the chroma of its own pixels, before that is averaged. */
static void make_luma(const struct jpeg_job *job, struct video_planes *out,
		uint8_t **room)
{
	const struct video_planes *from = job->from;
	const uint32_t pairs = video_planes_chroma_width(from);
	uint8_t *to = add_plane(out, 0, room, 2 * pairs, from->height_px);

	for (uint32_t row = 0; row < from->height_px; row++) {
		const uint32_t chroma_row = row >> from->halved_y;

		job->recolours->luma(job->recolour, row_of(from, 0, row),
				row_of(from, 1, chroma_row),
				row_of(from, 2, chroma_row), to, pairs);
		to += 2 * pairs;
	}
}

/* A row of chroma for two rows of pixels. */
static void halve_row(const struct jpeg_job *job, uint32_t row, uint8_t *to_u,
		uint8_t *to_v)
{
	const struct video_planes *from = job->from;
	const uint32_t width = video_planes_chroma_width(from);
	const uint32_t upper = row << (1 - from->halved_y);
	const bool two = upper + 1 < video_planes_chroma_height(from);
	const uint8_t *u = row_of(from, 1, upper);
	const uint8_t *v = row_of(from, 2, upper);

	if (!from->halved_y) {
		uint8_t *mean_u = job->recolour ? job->spare_u : to_u;
		uint8_t *mean_v = job->recolour ? job->spare_v : to_v;

		job->kernels->average(
				u, row_of(from, 1, upper + two), mean_u, width);
		job->kernels->average(
				v, row_of(from, 2, upper + two), mean_v, width);
		u = mean_u;
		v = mean_v;
	}
	if (job->recolour)
		job->recolours->chroma(job->recolour, u, v, to_u, to_v, width);
}

/* A row of chroma with a sample for each pixel. */
static void repeat_row(const struct jpeg_job *job, uint32_t row, uint8_t *to_u,
		uint8_t *to_v)
{
	const struct video_planes *from = job->from;
	const uint32_t width = video_planes_chroma_width(from);
	const uint8_t *u = row_of(from, 1, row >> from->halved_y);
	const uint8_t *v = row_of(from, 2, row >> from->halved_y);

	if (job->recolour) {
		job->recolours->chroma(job->recolour, u, v, job->spare_u,
				job->spare_v, width);
		u = job->spare_u;
		v = job->spare_v;
	}
	job->kernels->repeat(u, to_u, width);
	job->kernels->repeat(v, to_v, width);
}

static void make_chroma(const struct jpeg_job *job, struct video_planes *out,
		bool whole, uint8_t **room)
{
	const uint32_t pairs = video_planes_chroma_width(job->from);
	const uint32_t width = whole ? 2 * pairs : pairs;
	const uint32_t rows = video_planes_chroma_height(out);
	uint8_t *u = add_plane(out, 1, room, width, rows);
	uint8_t *v = add_plane(out, 2, room, width, rows);

	for (uint32_t row = 0; row < rows; row++) {
		if (whole)
			repeat_row(job, row, u, v);
		else
			halve_row(job, row, u, v);
		u += width;
		v += width;
	}
}

void video_planes_for_jpeg(struct video_planes *out, enum core_simd level,
		const struct video_planes *planes,
		const struct video_layout *layout, bool whole_chroma,
		uint8_t *room)
{
	const bool right = layout->matrix == VIDEO_MATRIX_BT601 &&
			layout->full_range;
	const struct jpeg_job job = {
			.kernels = video_plane_kernels_get(level),
			.recolours = video_recolour_kernels_get(level),
			.recolour = right ? NULL
					  : &recolours[layout->matrix]
						      [layout->full_range],
			.from = planes,
			.spare_u = room,
			.spare_v = room + video_planes_chroma_width(planes),
	};

	assert(planes->halved_x == 1);
	room += 2 * (size_t)video_planes_chroma_width(planes);
	*out = *planes;
	out->halved_x = out->halved_y = whole_chroma ? 0 : 1;
	if (!right)
		make_luma(&job, out, &room);
	if (!right || whole_chroma || !planes->halved_y)
		make_chroma(&job, out, whole_chroma, &room);
}
