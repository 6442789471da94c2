/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/capture/fake-device.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"

uint32_t fake_planes_of(uint32_t fourcc)
{
	if (fourcc == V4L2_PIX_FMT_NV12M || fourcc == V4L2_PIX_FMT_NV16M)
		return 2;
	return fourcc == V4L2_PIX_FMT_YUV420M ? 3 : 1;
}

static uint32_t buffer_type(const struct fake *fake)
{
	return fake->multiplanar ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
				 : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

uint32_t fake_fourcc(const struct fake *fake)
{
	return fake->multiplanar ? fake->format.fmt.pix_mp.pixelformat
				 : fake->format.fmt.pix.pixelformat;
}

/* ---- calls that ask ---- */

static int query_capability(
		struct fake *fake, struct v4l2_capability *capability)
{
	uint32_t planar = fake->multiplanar ? V4L2_CAP_VIDEO_CAPTURE_MPLANE
					    : V4L2_CAP_VIDEO_CAPTURE;

	snprintf((char *)capability->driver, sizeof(capability->driver),
			"fake");
	snprintf((char *)capability->card, sizeof(capability->card), "%s",
			fake->card);
	snprintf((char *)capability->bus_info, sizeof(capability->bus_info),
			"%s", fake->bus_info);
	capability->device_caps = fake->abilities ? fake->abilities
						  : V4L2_CAP_STREAMING | planar;
	capability->capabilities = capability->device_caps |
			V4L2_CAP_DEVICE_CAPS;
	return 0;
}

static int query_timings(struct fake *fake, struct v4l2_dv_timings *timings)
{
	*timings = fake->timings;
	return fake->timings_rc;
}

static int enumerate_input(struct fake *fake, struct v4l2_input *input)
{
	if (input->index != 0)
		return -EINVAL;
	input->status = fake->input_status;
	return 0;
}

static int enumerate_format(struct fake *fake, struct v4l2_fmtdesc *entry)
{
	if (entry->index >= FAKE_FORMATS_MAX ||
			fake->offers[entry->index].fourcc == 0)
		return -EINVAL;
	entry->pixelformat = fake->offers[entry->index].fourcc;
	return 0;
}

static const struct fake_offer *find_offer(
		const struct fake *fake, uint32_t fourcc)
{
	for (size_t i = 0; i < FAKE_FORMATS_MAX; i++)
		if (fake->offers[i].fourcc == fourcc)
			return &fake->offers[i];
	return NULL;
}

static int enumerate_size(struct fake *fake, struct v4l2_frmsizeenum *entry)
{
	const struct fake_offer *offer = find_offer(fake, entry->pixel_format);

	if (!offer || offer->width_px == 0 || entry->index > 1)
		return -EINVAL;
	entry->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	entry->discrete.width = offer->width_px / (1 + entry->index);
	entry->discrete.height = offer->height_px / (1 + entry->index);
	return 0;
}

static int enumerate_interval(struct fake *fake, struct v4l2_frmivalenum *entry)
{
	const struct fake_offer *offer = find_offer(fake, entry->pixel_format);

	if (!offer || offer->rate_hz == 0 || entry->index > 0)
		return -EINVAL;
	entry->type = V4L2_FRMIVAL_TYPE_DISCRETE;
	entry->discrete.numerator = 1;
	entry->discrete.denominator = offer->rate_hz;
	return 0;
}

/* ---- calls that set ---- */

static int set_timings(struct fake *fake)
{
	if (fake->streaming || fake->buffers > 0)
		return -EBUSY;
	fake->timings_set++;
	return 0;
}

static void fill_format(struct fake *fake, uint32_t fourcc, uint32_t width_px,
		uint32_t height_px)
{
	struct v4l2_pix_format_mplane *mp = &fake->format.fmt.pix_mp;
	struct v4l2_pix_format *pix = &fake->format.fmt.pix;

	memset(&fake->format, 0, sizeof(fake->format));
	fake->format.type = buffer_type(fake);
	if (fake->multiplanar) {
		mp->pixelformat = fourcc;
		mp->width = width_px;
		mp->height = height_px;
		mp->field = (uint8_t)fake->field;
		mp->colorspace = fake->colorspace;
		mp->num_planes = (uint8_t)fake_planes_of(fourcc);
	} else {
		pix->pixelformat = fourcc;
		pix->width = width_px;
		pix->height = height_px;
		pix->field = fake->field;
		pix->colorspace = fake->colorspace;
	}
}

static int set_format(struct fake *fake, struct v4l2_format *format)
{
	const struct v4l2_pix_format *pix = &format->fmt.pix;
	const struct v4l2_pix_format_mplane *mp = &format->fmt.pix_mp;
	bool timed = fake->timings_rc != -ENOTTY;
	uint32_t width_px = fake->multiplanar ? mp->width : pix->width;
	uint32_t height_px = fake->multiplanar ? mp->height : pix->height;

	if (fake->streaming || fake->buffers > 0)
		return -EBUSY;
	fill_format(fake,
			fake->multiplanar ? mp->pixelformat : pix->pixelformat,
			timed ? fake->timings.bt.width : width_px,
			timed ? fake->timings.bt.height : height_px);
	*format = fake->format;
	fake->formats_set++;
	return 0;
}

static int get_format(struct fake *fake, struct v4l2_format *format)
{
	if (fake->multiplanar)
		fake->format.fmt.pix_mp.colorspace = fake->colorspace;
	else
		fake->format.fmt.pix.colorspace = fake->colorspace;
	*format = fake->format;
	return 0;
}

static int get_edid(struct fake *fake, struct v4l2_edid *edid)
{
	if (fake->edid_blocks == 0)
		return -ENODATA;
	if (edid->blocks > fake->edid_blocks)
		edid->blocks = fake->edid_blocks;
	memcpy(edid->edid, fake->edid, (size_t)edid->blocks * 128);
	return 0;
}

static int set_edid(struct fake *fake, const struct v4l2_edid *edid)
{
	memcpy(fake->edid, edid->edid, (size_t)edid->blocks * 128);
	fake->edid_blocks = edid->blocks;
	fake->edids_written++;
	return 0;
}

static int take_event(struct fake *fake, struct v4l2_event *event)
{
	if (fake->events == 0)
		return -ENOENT;
	fake->events--;
	event->type = V4L2_EVENT_SOURCE_CHANGE;
	return 0;
}

/* ---- streaming ---- */

static void forget_filled(struct fake *fake)
{
	uint64_t count;

	while (read(fake->ready, &count, sizeof(count)) > 0)
		continue;
	fake->filled_n = 0;
	memset(fake->queued, 0, sizeof(fake->queued));
}

static int request_buffers(
		struct fake *fake, struct v4l2_requestbuffers *request)
{
	if (request->count > fake->buffers_max)
		request->count = fake->buffers_max;
	fake->buffers = request->count;
	forget_filled(fake);
	return 0;
}

static int query_buffer(struct fake *fake, struct v4l2_buffer *buffer)
{
	uint32_t planes = fake_planes_of(fake_fourcc(fake));

	if (buffer->index >= fake->buffers)
		return -EINVAL;
	buffer->length = FAKE_BUFFER_BYTES;
	buffer->m.offset = buffer->index * VIDEO_PLANES_MAX * FAKE_BUFFER_BYTES;
	return planes == 1 ? 0 : -EINVAL;
}

static int query_planes(struct fake *fake, struct v4l2_buffer *buffer)
{
	if (buffer->index >= fake->buffers ||
			buffer->length < fake_planes_of(fake_fourcc(fake)))
		return -EINVAL;
	for (uint32_t i = 0; i < fake_planes_of(fake_fourcc(fake)); i++) {
		buffer->m.planes[i].length = FAKE_BUFFER_BYTES;
		buffer->m.planes[i].m.mem_offset =
				(buffer->index * VIDEO_PLANES_MAX + i) *
				FAKE_BUFFER_BYTES;
	}
	return 0;
}

static int queue(struct fake *fake, const struct v4l2_buffer *buffer)
{
	if (buffer->index >= fake->buffers || fake->queued[buffer->index])
		return -EINVAL;
	fake->queued[buffer->index] = true;
	return 0;
}

static int dequeue(struct fake *fake, struct v4l2_buffer *buffer)
{
	uint64_t one;
	uint32_t index, bytes;

	if (!fake->streaming)
		return -EINVAL;
	if (fake->filled_n == 0)
		return -EAGAIN;
	if (read(fake->ready, &one, sizeof(one)) != sizeof(one))
		return -EAGAIN;
	index = fake->filled[0];
	bytes = fake->filled_bytes[index];
	fake->filled_n--;
	memmove(fake->filled, fake->filled + 1,
			fake->filled_n * sizeof(fake->filled[0]));
	buffer->index = index;
	buffer->flags = fake->filled_flags[index];
	buffer->bytesused = bytes;
	buffer->timestamp.tv_sec = (time_t)(fake->stamp_us / CLOCK_US_PER_S);
	buffer->timestamp.tv_usec =
			(suseconds_t)(fake->stamp_us % CLOCK_US_PER_S);
	for (uint32_t i = 0; fake->multiplanar && i < buffer->length; i++)
		buffer->m.planes[i].bytesused = bytes;
	return 0;
}

static int stream(struct fake *fake, bool on)
{
	if (!on)
		forget_filled(fake);
	else
		fake->streams++;
	fake->streaming = on;
	return 0;
}

/* ---- the table ---- */

static int injected(struct fake *fake, unsigned long request)
{
	for (size_t i = 0; i < FAKE_FAULTS_MAX; i++) {
		struct fake_fault *fault = &fake->faults[i];

		if (fault->request != request || fault->times == 0)
			continue;
		fault->times--;
		return fault->rc;
	}
	return 0;
}

static int answer(struct fake *fake, unsigned long request, void *argument)
{
	switch (request) {
	case VIDIOC_QUERYCAP:
		return query_capability(fake, argument);
	case VIDIOC_ENUMINPUT:
		return enumerate_input(fake, argument);
	case VIDIOC_QUERY_DV_TIMINGS:
		return query_timings(fake, argument);
	case VIDIOC_S_DV_TIMINGS:
		return set_timings(fake);
	case VIDIOC_SUBSCRIBE_EVENT:
		return fake->without_events ? -ENOTTY : 0;
	case VIDIOC_DQEVENT:
		return fake->without_events ? -ENOTTY
					    : take_event(fake, argument);
	case VIDIOC_ENUM_FMT:
		return enumerate_format(fake, argument);
	case VIDIOC_ENUM_FRAMESIZES:
		return enumerate_size(fake, argument);
	case VIDIOC_ENUM_FRAMEINTERVALS:
		return enumerate_interval(fake, argument);
	case VIDIOC_G_FMT:
		return get_format(fake, argument);
	case VIDIOC_S_FMT:
		return set_format(fake, argument);
	case VIDIOC_S_PARM:
		return 0;
	case VIDIOC_REQBUFS:
		return request_buffers(fake, argument);
	case VIDIOC_QUERYBUF:
		return fake->multiplanar ? query_planes(fake, argument)
					 : query_buffer(fake, argument);
	case VIDIOC_QBUF:
		return queue(fake, argument);
	case VIDIOC_DQBUF:
		return dequeue(fake, argument);
	case VIDIOC_STREAMON:
		return stream(fake, true);
	case VIDIOC_STREAMOFF:
		return stream(fake, false);
	case VIDIOC_G_EDID:
		return get_edid(fake, argument);
	case VIDIOC_S_EDID:
		return set_edid(fake, argument);
	default:
		return -ENOTTY;
	}
}

static bool is_receivers(unsigned long request)
{
	return request == VIDIOC_QUERY_DV_TIMINGS ||
			request == VIDIOC_S_DV_TIMINGS ||
			request == VIDIOC_G_EDID || request == VIDIOC_S_EDID ||
			request == VIDIOC_SUBSCRIBE_EVENT ||
			request == VIDIOC_DQEVENT;
}

static int fake_control(
		void *context, int fd, unsigned long request, void *argument)
{
	struct fake *fake = context;
	int rc;

	if (!fake->present)
		return -ENODEV;
	if (fake->subdevice &&
			is_receivers(request) != (fd == fake->subdevice_fd))
		return -ENOTTY;
	rc = injected(fake, request);
	return rc < 0 ? rc : answer(fake, request, argument);
}

static int fake_open(void *context, const char *path)
{
	struct fake *fake = context;
	int fd;

	if (access(path, F_OK) == -1)
		return -errno;
	if (!fake->present)
		return -ENODEV;
	fd = fcntl(fake->ready, F_DUPFD_CLOEXEC, 0);
	assert_true(fd >= 0);
	if (fake->subdevice && strcmp(path, fake->subdevice) == 0)
		fake->subdevice_fd = fd;
	fake->opens++;
	fake->fds++;
	return fd;
}

static void fake_close(void *context, int fd)
{
	struct fake *fake = context;

	close(fd);
	fake->fds--;
	fake->buffers = 0;
	fake->streaming = false;
}

static int fake_map(void *context, int fd, size_t length, int64_t offset,
		void **out)
{
	struct fake *fake = context;

	(void)fd;
	*out = mmap(NULL, length, PROT_READ, MAP_SHARED, fake->memory, offset);
	assert_ptr_not_equal(*out, MAP_FAILED);
	fake->maps++;
	return 0;
}

static void fake_unmap(void *context, void *address, size_t length)
{
	struct fake *fake = context;

	assert_int_equal(munmap(address, length), 0);
	fake->maps--;
}

void fake_device_connect(struct fake *fake)
{
	fake->io = (struct capture_io){
			.context = fake,
			.open = fake_open,
			.close = fake_close,
			.control = fake_control,
			.map = fake_map,
			.unmap = fake_unmap,
	};
}
