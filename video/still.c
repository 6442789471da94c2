/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/still.h"

#include <errno.h>
#include <stdlib.h>

#include "video/jpeg.h"
#include "video/png.h"
#include "video/scale.h"

#define JPEG_QUALITY 85

struct pixels {
	uint8_t *bgrx;
	size_t stride_bytes;
	uint32_t width_px;
	uint32_t height_px;
};

const char *video_still_type(enum video_still still)
{
	return still == VIDEO_STILL_PNG ? "image/png" : "image/jpeg";
}

static int encode_jpeg(struct core_bytes **out, const struct pixels *pixels)
{
	size_t room = video_jpeg_bound(pixels->width_px, pixels->height_px,
			VIDEO_SUBSAMPLING_420);
	uint8_t *data = malloc(room);
	struct video_jpeg *jpeg = NULL;
	size_t size;
	int rc = data ? video_jpeg_create(&jpeg) : -ENOMEM;

	if (rc == 0)
		rc = video_jpeg_encode(jpeg, VIDEO_PIXEL_BGRX, pixels->bgrx,
				pixels->stride_bytes, pixels->width_px,
				pixels->height_px, JPEG_QUALITY,
				VIDEO_SUBSAMPLING_420, data, &size);
	if (rc == 0)
		rc = core_bytes_copy(out, data, size);
	video_jpeg_destroy(jpeg);
	free(data);
	return rc;
}

int video_still_encode(struct core_bytes **out, const struct video_frame *frame,
		enum video_still still, uint32_t width_px)
{
	const struct video_layout *layout = &frame->layout;
	struct pixels pixels = {.width_px = width_px};
	int rc;

	*out = NULL;
	if (width_px == 0 || width_px > layout->width_px)
		pixels.width_px = layout->width_px;
	pixels.height_px = video_scale_height(layout, pixels.width_px);
	pixels.stride_bytes = (size_t)pixels.width_px * 4;
	pixels.bgrx = malloc(pixels.stride_bytes * pixels.height_px);
	if (!pixels.bgrx)
		return -ENOMEM;
	rc = video_scale_bgrx(frame, pixels.width_px, pixels.height_px,
			pixels.bgrx, pixels.stride_bytes);
	if (rc == 0 && still == VIDEO_STILL_PNG)
		rc = video_png_encode(out, pixels.bgrx, pixels.stride_bytes,
				pixels.width_px, pixels.height_px);
	else if (rc == 0)
		rc = encode_jpeg(out, &pixels);
	free(pixels.bgrx);
	return rc;
}
