/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-decode.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libv4l-plugin.h>
#include <libv4lconvert.h>

#include "video/jpeg.h"

struct input {
	struct capture_format format;
	struct video_frame *coded; /* NULL: none */
	size_t bytes;
};

struct capture_decoder {
	struct core_job job; /* first: a job's address is its decoder's */
	struct core_workers *workers;
	capture_decoded *decoded; /* NULL: destroyed while the job ran */
	void *context;
	struct video_jpeg *jpeg;
	struct v4lconvert_data *convert;
	struct input current; /* the job's while it runs */
	struct input waiting;
	struct input known; /* decoded last, kept while nothing runs */
	struct video_frame *known_frame;
	bool running;
	bool cancelled;            /* the running job's result is not wanted */
	int rc;                    /* the job's */
	struct video_frame *frame; /* the job's */
};

/*
 * libv4l wants a device, to ask whether its pictures need improving. Here it
 * converts bytes and nothing else, so its device has an empty name and one
 * format that needs nothing: no shared memory, no white balance.
 */
static void *absent_init(int fd)
{
	(void)fd;
	return NULL;
}

static void absent_close(void *context)
{
	(void)context;
}

static int absent_ioctl(
		void *context, int fd, unsigned long request, void *argument)
{
	(void)context;
	(void)fd;
	if (request == VIDIOC_QUERYCAP) {
		memset(argument, 0, sizeof(struct v4l2_capability));
		return 0;
	}
	if (request == VIDIOC_ENUM_FMT) {
		struct v4l2_fmtdesc *entry = argument;

		entry->pixelformat = V4L2_PIX_FMT_RGB24;
		errno = EINVAL;
		return entry->index == 0 ? 0 : -1;
	}
	errno = ENOTTY;
	return -1;
}

static ssize_t absent_read(void *context, int fd, void *buffer, size_t n)
{
	(void)context;
	(void)fd;
	(void)buffer;
	(void)n;
	errno = ENOTTY;
	return -1;
}

static ssize_t absent_write(void *context, int fd, const void *buffer, size_t n)
{
	(void)context;
	(void)fd;
	(void)buffer;
	(void)n;
	errno = ENOTTY;
	return -1;
}

static const struct libv4l_dev_ops absent_device = {
		.init = absent_init,
		.close = absent_close,
		.ioctl = absent_ioctl,
		.read = absent_read,
		.write = absent_write,
};

static size_t layout_bytes(const struct video_layout *layout)
{
	size_t bytes = 0;

	for (uint32_t i = 0; i < video_layout_planes(layout->pixel); i++)
		bytes += video_layout_plane_bytes(layout, i);
	return bytes;
}

/* libv4l's interface is single-planar; one memory plane means the same. */
static void describe(const struct capture_format *format,
		struct v4l2_format *source, struct v4l2_format *result)
{
	const struct v4l2_pix_format_mplane *mp = &format->raw.fmt.pix_mp;
	struct v4l2_pix_format *pix;

	*source = format->raw;
	if (V4L2_TYPE_IS_MULTIPLANAR(format->raw.type)) {
		memset(source, 0, sizeof(*source));
		pix = &source->fmt.pix;
		pix->width = mp->width;
		pix->height = mp->height;
		pix->pixelformat = mp->pixelformat;
		pix->field = mp->field;
		pix->colorspace = mp->colorspace;
	}
	pix = &source->fmt.pix;
	pix->bytesperline = format->other_stride_bytes;
	pix->sizeimage = (uint32_t)format->other_bytes;
	source->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	*result = *source;
	pix = &result->fmt.pix;
	pix->pixelformat = format->layout.pixel == VIDEO_PIXEL_YU12
			? V4L2_PIX_FMT_YUV420
			: V4L2_PIX_FMT_BGR24;
	pix->bytesperline = format->layout.stride_bytes[0];
	pix->sizeimage = (uint32_t)layout_bytes(&format->layout);
}

static int convert(struct v4lconvert_data *convert, const struct input *input,
		struct video_frame **out)
{
	struct video_frame *frame;
	struct v4l2_format source, result;
	size_t bytes = layout_bytes(&input->format.layout);
	int rc;

	*out = NULL;
	if (input->bytes > INT_MAX || bytes > INT_MAX)
		return -EINVAL;
	/* A whole picture or none: on that libv4l may rely. */
	if (input->bytes < input->format.other_bytes)
		return -EBADMSG;
	rc = video_frame_create_raw(&frame, &input->format.layout);
	if (rc < 0)
		return rc;
	describe(&input->format, &source, &result);
	/* libv4l takes its source as writable but only reads plain pixels. */
	if (v4lconvert_convert(convert, &source, &result,
			    (unsigned char *)(uintptr_t)input->coded->plane[0],
			    (int)input->bytes, video_frame_plane(frame, 0),
			    (int)bytes) < 0) {
		video_frame_unref(frame);
		return -EBADMSG;
	}
	*out = frame;
	return 0;
}

static void run(struct core_job *job)
{
	struct capture_decoder *decoder = (struct capture_decoder *)job;
	const struct input *input = &decoder->current;
	const struct video_layout *layout = &input->format.layout;

	if (input->format.coding == CAPTURE_CODING_JPEG)
		decoder->rc = video_jpeg_decode_planes(decoder->jpeg,
				input->coded->plane[0], input->bytes,
				layout->width_px, layout->height_px,
				&decoder->frame);
	else
		decoder->rc = convert(decoder->convert, input, &decoder->frame);
}

static void input_drop(struct input *input)
{
	video_frame_unref(input->coded);
	input->coded = NULL;
}

static bool input_equals(const struct input *input,
		const struct video_frame *coded, size_t bytes)
{
	return input->coded && input->bytes == bytes &&
			memcmp(input->coded->plane[0], coded->plane[0],
					bytes) == 0;
}

/* What it holds is the driver's, which needs its buffers while one decodes. */
static void known_drop(struct capture_decoder *decoder)
{
	input_drop(&decoder->known);
	video_frame_unref(decoder->known_frame);
	decoder->known_frame = NULL;
}

static void decoder_free(struct capture_decoder *decoder)
{
	if (decoder->convert)
		v4lconvert_destroy(decoder->convert);
	video_jpeg_destroy(decoder->jpeg);
	free(decoder);
}

static void start_waiting(struct capture_decoder *decoder)
{
	if (decoder->running || !decoder->waiting.coded)
		return;
	known_drop(decoder);
	decoder->current = decoder->waiting;
	decoder->waiting.coded = NULL;
	decoder->running = true;
	decoder->cancelled = false;
	decoder->rc = -ECANCELED;
	decoder->frame = NULL;
	core_workers_submit(decoder->workers, &decoder->job);
}

static void done(struct core_job *job)
{
	struct capture_decoder *decoder = (struct capture_decoder *)job;
	struct video_frame *frame = decoder->frame;
	bool wanted = decoder->decoded && !decoder->cancelled;
	int rc = decoder->rc;

	decoder->running = false;
	decoder->frame = NULL;
	if (frame)
		frame->captured_us = decoder->current.coded->captured_us;
	if (frame && wanted) {
		decoder->known = decoder->current;
		decoder->known_frame = video_frame_ref(frame);
		decoder->current.coded = NULL;
	}
	input_drop(&decoder->current);
	if (!wanted)
		video_frame_unref(frame);
	if (!decoder->decoded) {
		decoder_free(decoder);
		return;
	}
	start_waiting(decoder);
	if (wanted)
		decoder->decoded(decoder->context, rc, frame);
}

int capture_decoder_create(struct capture_decoder **out,
		struct core_workers *workers, capture_decoded *decoded,
		void *context)
{
	struct capture_decoder *decoder = calloc(1, sizeof(*decoder));
	int rc;

	*out = NULL;
	if (!decoder)
		return -ENOMEM;
	decoder->job.run = run;
	decoder->job.done = done;
	decoder->workers = workers;
	decoder->decoded = decoded;
	decoder->context = context;
	rc = video_jpeg_create(&decoder->jpeg);
	if (rc < 0)
		goto fail;
	decoder->convert = v4lconvert_create_with_dev_ops(
			-1, NULL, &absent_device);
	if (!decoder->convert) {
		rc = -ENOTSUP;
		goto fail;
	}
	*out = decoder;
	return 0;

fail:
	decoder_free(decoder);
	return rc;
}

void capture_decoder_cancel(struct capture_decoder *decoder)
{
	input_drop(&decoder->waiting);
	known_drop(decoder);
	decoder->cancelled = true;
}

void capture_decoder_destroy(struct capture_decoder *decoder)
{
	if (!decoder)
		return;
	capture_decoder_cancel(decoder);
	decoder->decoded = NULL;
	if (!decoder->running)
		decoder_free(decoder);
}

struct video_frame *capture_decoder_recall(struct capture_decoder *decoder,
		const struct video_frame *coded, size_t bytes)
{
	if (!input_equals(&decoder->known, coded, bytes))
		return NULL;
	decoder->known_frame->captured_us = coded->captured_us;
	return video_frame_ref(decoder->known_frame);
}

unsigned capture_decoder_submit(struct capture_decoder *decoder,
		const struct capture_format *format, struct video_frame *coded,
		size_t bytes)
{
	unsigned dropped = decoder->waiting.coded ? 1 : 0;

	input_drop(&decoder->waiting);
	if (decoder->running && !decoder->cancelled &&
			input_equals(&decoder->current, coded, bytes)) {
		video_frame_unref(coded);
		return dropped + 1;
	}
	decoder->waiting.format = *format;
	decoder->waiting.coded = coded;
	decoder->waiting.bytes = bytes;
	start_waiting(decoder);
	return dropped;
}
