/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/jpeg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

/* Hardware pads the height to whole MCUs, of 16 rows at most. */
#define HEIGHT_PADDING_PX 16

struct video_jpeg {
	tjhandle compressor;
	tjhandle decompressor; /* NULL until there is something to decode */
};

int video_jpeg_create(struct video_jpeg **out)
{
	struct video_jpeg *jpeg = calloc(1, sizeof(*jpeg));

	*out = NULL;
	if (!jpeg)
		return -ENOMEM;
	jpeg->compressor = tjInitCompress();
	if (!jpeg->compressor)
		goto fail;
	*out = jpeg;
	return 0;

fail:
	video_jpeg_destroy(jpeg);
	return -ENOMEM;
}

void video_jpeg_destroy(struct video_jpeg *jpeg)
{
	if (!jpeg)
		return;
	if (jpeg->compressor)
		tjDestroy(jpeg->compressor);
	if (jpeg->decompressor)
		tjDestroy(jpeg->decompressor);
	free(jpeg);
}

static bool encodable(uint32_t width_px, uint32_t height_px, int quality)
{
	return width_px > 0 && width_px <= VIDEO_WIDTH_MAX_PX &&
			height_px > 0 && height_px <= VIDEO_HEIGHT_MAX_PX &&
			quality >= 1 && quality <= 100;
}

/* By layout; the others are no RGB. */
static const struct {
	int format;
	unsigned bytes;
} rgb_formats[] = {
		[VIDEO_PIXEL_BGRX] = {TJPF_BGRX, 4},
		[VIDEO_PIXEL_RGB24] = {TJPF_RGB, 3},
		[VIDEO_PIXEL_BGR24] = {TJPF_BGR, 3},
};

static int sampling_of(enum video_subsampling subsampling)
{
	return subsampling == VIDEO_SUBSAMPLING_444 ? TJSAMP_444 : TJSAMP_420;
}

size_t video_jpeg_bound(uint32_t width_px, uint32_t height_px,
		enum video_subsampling subsampling)
{
	return tjBufSize((int)width_px, (int)height_px,
			sampling_of(subsampling));
}

int video_jpeg_encode(struct video_jpeg *jpeg, enum video_pixel pixel,
		const uint8_t *pixels, size_t stride_bytes, uint32_t width_px,
		uint32_t height_px, int quality,
		enum video_subsampling subsampling, uint8_t *to,
		size_t *size_bytes)
{
	unsigned long size;

	*size_bytes = 0;
	if (!encodable(width_px, height_px, quality) ||
			pixel >= sizeof(rgb_formats) / sizeof(rgb_formats[0]) ||
			stride_bytes > INT32_MAX ||
			stride_bytes < (size_t)width_px *
							rgb_formats[pixel]
									.bytes)
		return -EINVAL;
	size = video_jpeg_bound(width_px, height_px, subsampling);
	/* What fails here after these checks is the library's memory. */
	if (tjCompress2(jpeg->compressor, pixels, (int)width_px,
			    (int)stride_bytes, (int)height_px,
			    rgb_formats[pixel].format, &to, &size,
			    sampling_of(subsampling), quality,
			    TJFLAG_NOREALLOC) < 0)
		return -ENOMEM;
	*size_bytes = size;
	return 0;
}

int video_jpeg_encode_planes(struct video_jpeg *jpeg,
		const struct video_planes *planes, int quality, uint8_t *to,
		size_t *size_bytes)
{
	const uint8_t *plane[3] = {
			planes->plane[0], planes->plane[1], planes->plane[2]};
	const int strides[3] = {(int)planes->stride_bytes[0],
			(int)planes->stride_bytes[1],
			(int)planes->stride_bytes[2]};
	const enum video_subsampling subsampling = planes->halved_x
			? VIDEO_SUBSAMPLING_420
			: VIDEO_SUBSAMPLING_444;
	unsigned long size;

	*size_bytes = 0;
	if (!encodable(planes->width_px, planes->height_px, quality))
		return -EINVAL;
	size = video_jpeg_bound(
			planes->width_px, planes->height_px, subsampling);
	if (tjCompressFromYUVPlanes(jpeg->compressor, plane,
			    (int)planes->width_px, strides,
			    (int)planes->height_px, sampling_of(subsampling),
			    &to, &size, quality, TJFLAG_NOREALLOC) < 0)
		return -ENOMEM;
	*size_bytes = size;
	return 0;
}

/*
 * The marker may be followed by what a driver pads its buffers with. libjpeg
 * finds out whether it is the picture's own end; this only refuses, before
 * anything is decoded, what cannot be whole.
 */
static bool has_end_of_image(const uint8_t *data, size_t size_bytes)
{
	for (size_t i = size_bytes; i >= 2; i--)
		if (data[i - 2] == 0xff && data[i - 1] == 0xd9)
			return true;
	return false;
}

/*
 * Some dongles and cameras put a few bytes too many before a marker, in every
 * picture or on some screens only. Nothing is lost by that, while a picture
 * that was torn runs out of data, of which libjpeg says so first.
 */
static bool is_sound(const struct video_jpeg *jpeg, int result)
{
	return result == 0 ||
			(tjGetErrorCode(jpeg->decompressor) == TJERR_WARNING &&
					strstr(tjGetErrorStr2(jpeg->decompressor),
							"extraneous bytes"));
}

struct header {
	uint32_t rows; /* that it really has */
	int subsampling;
	int colours;
};

/* Of the promised picture, or -EBADMSG. */
static int read_header(struct video_jpeg *jpeg, const uint8_t *data,
		size_t size_bytes, uint32_t width_px, uint32_t height_px,
		struct header *header)
{
	uint32_t most = (height_px + HEIGHT_PADDING_PX - 1) /
			HEIGHT_PADDING_PX * HEIGHT_PADDING_PX;
	int width = 0;
	int height = 0;
	int result = tjDecompressHeader3(jpeg->decompressor, data, size_bytes,
			&width, &height, &header->subsampling,
			&header->colours);

	if (!is_sound(jpeg, result))
		return -EBADMSG;
	if (width != (int)width_px || height < (int)height_px ||
			height > (int)most)
		return -EBADMSG;
	header->rows = (uint32_t)height;
	return 0;
}

static int decode_bgrx(struct video_jpeg *jpeg, const uint8_t *data,
		size_t size_bytes, uint32_t width_px, uint32_t rows,
		struct video_frame **frame)
{
	int rc = video_frame_create(frame, width_px, rows);

	if (rc < 0)
		return rc;
	rc = tjDecompress2(jpeg->decompressor, data, size_bytes,
			video_frame_pixels(*frame), (int)width_px,
			(int)(*frame)->layout.stride_bytes[0], (int)rows,
			TJPF_BGRX, TJFLAG_LIMITSCANS);
	return is_sound(jpeg, rc) ? 0 : -EBADMSG;
}

/* The layout of its planes; false if there is none for it. */
static bool find_layout(const struct header *header, uint32_t width_px,
		uint32_t height_px, struct video_layout *layout)
{
	*layout = (struct video_layout){
			.pixel = header->subsampling == TJSAMP_420
					? VIDEO_PIXEL_YU12
					: VIDEO_PIXEL_YU16,
			.matrix = VIDEO_MATRIX_BT601,
			.full_range = true,
			.width_px = width_px,
			.height_px = height_px,
	};
	video_layout_set_strides(layout);
	if (header->colours != TJCS_YCbCr ||
			(header->subsampling != TJSAMP_420 &&
					header->subsampling != TJSAMP_422) ||
			video_layout_check(layout) < 0)
		return false;
	layout->height_px = header->rows;
	return video_layout_check(layout) == 0;
}

static int decode_planes(struct video_jpeg *jpeg, const uint8_t *data,
		size_t size_bytes, const struct video_layout *layout,
		struct video_frame **frame)
{
	unsigned char *planes[VIDEO_PLANES_MAX];
	int strides[VIDEO_PLANES_MAX];
	int rc = video_frame_create_raw(frame, layout);

	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < VIDEO_PLANES_MAX; i++) {
		planes[i] = video_frame_plane(*frame, i);
		strides[i] = (int)layout->stride_bytes[i];
	}
	rc = tjDecompressToYUVPlanes(jpeg->decompressor, data, size_bytes,
			planes, (int)layout->width_px, strides,
			(int)layout->height_px, TJFLAG_LIMITSCANS);
	return is_sound(jpeg, rc) ? 0 : -EBADMSG;
}

static int decompress(struct video_jpeg *jpeg, const uint8_t *data,
		size_t size_bytes, uint32_t width_px, uint32_t height_px,
		bool planar, struct video_frame **out)
{
	struct video_layout layout;
	struct video_frame *frame = NULL;
	struct header header;
	int rc = read_header(
			jpeg, data, size_bytes, width_px, height_px, &header);

	if (rc < 0)
		return rc;
	if (planar && find_layout(&header, width_px, height_px, &layout))
		rc = decode_planes(jpeg, data, size_bytes, &layout, &frame);
	else
		rc = decode_bgrx(jpeg, data, size_bytes, width_px, header.rows,
				&frame);
	if (rc < 0) {
		video_frame_unref(frame);
		return rc;
	}
	frame->layout.height_px = height_px;
	*out = frame;
	return 0;
}

static int decode(struct video_jpeg *jpeg, const uint8_t *data,
		size_t size_bytes, uint32_t width_px, uint32_t height_px,
		bool planar, struct video_frame **out)
{
	int rc;

	*out = NULL;
	if (width_px == 0 || width_px > VIDEO_WIDTH_MAX_PX || height_px == 0 ||
			height_px > VIDEO_HEIGHT_MAX_PX)
		return -EINVAL;
	if (!has_end_of_image(data, size_bytes))
		return -EBADMSG;
	if (!jpeg->decompressor)
		jpeg->decompressor = tjInitDecompress();
	if (!jpeg->decompressor)
		return -ENOMEM;
	rc = decompress(jpeg, data, size_bytes, width_px, height_px, planar,
			out);
	if (rc == -EBADMSG) {
		/*
		 * libjpeg-turbo 2.1 goes on inside a header that it could not
		 * read, and so refuses every sound picture after it.
		 */
		tjDestroy(jpeg->decompressor);
		jpeg->decompressor = NULL;
	}
	return rc;
}

int video_jpeg_decode(struct video_jpeg *jpeg, const uint8_t *data,
		size_t size_bytes, uint32_t width_px, uint32_t height_px,
		struct video_frame **out)
{
	return decode(jpeg, data, size_bytes, width_px, height_px, false, out);
}

int video_jpeg_decode_planes(struct video_jpeg *jpeg, const uint8_t *data,
		size_t size_bytes, uint32_t width_px, uint32_t height_px,
		struct video_frame **out)
{
	return decode(jpeg, data, size_bytes, width_px, height_px, true, out);
}
