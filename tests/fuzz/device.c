/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/device.h"

#include <errno.h>
#include <fcntl.h>
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "video/frame.h"

#define BUFFERS_USUAL 5
#define REFRESH_HZ 60

static const unsigned long requests[FUZZ_REQUESTS] = {
		VIDIOC_QUERYCAP,
		VIDIOC_G_INPUT,
		VIDIOC_ENUMINPUT,
		VIDIOC_QUERY_DV_TIMINGS,
		VIDIOC_S_DV_TIMINGS,
		VIDIOC_SUBSCRIBE_EVENT,
		VIDIOC_DQEVENT,
		VIDIOC_ENUM_FMT,
		VIDIOC_ENUM_FRAMESIZES,
		VIDIOC_ENUM_FRAMEINTERVALS,
		VIDIOC_G_FMT,
		VIDIOC_S_FMT,
		VIDIOC_S_PARM,
		VIDIOC_REQBUFS,
		VIDIOC_QUERYBUF,
		VIDIOC_QBUF,
		VIDIOC_DQBUF,
		VIDIOC_STREAMON,
		VIDIOC_STREAMOFF,
		VIDIOC_G_EDID,
		VIDIOC_S_EDID,
};

static size_t find_request(unsigned long request)
{
	size_t i = 0;

	while (i < FUZZ_REQUESTS && requests[i] != request)
		i++;
	FUZZ_CHECK(i < FUZZ_REQUESTS);
	return i;
}

/* ---- an honest device -------------------------------------------------------
 */

static int answer_capability(const struct fuzz_device *device,
		struct v4l2_capability *answer)
{
	snprintf((char *)answer->driver, sizeof(answer->driver), "fuzz");
	snprintf((char *)answer->card, sizeof(answer->card), "HDMI");
	snprintf((char *)answer->bus_info, sizeof(answer->bus_info), "usb-1");
	answer->device_caps = V4L2_CAP_STREAMING |
			(device->multiplanar ? V4L2_CAP_VIDEO_CAPTURE_MPLANE
					     : V4L2_CAP_VIDEO_CAPTURE);
	answer->capabilities = answer->device_caps | V4L2_CAP_DEVICE_CAPS;
	return 0;
}

static int answer_timings(const struct fuzz_device *device,
		struct v4l2_dv_timings *answer)
{
	if (!device->timed)
		return -ENOTTY;
	*answer = (struct v4l2_dv_timings){.type = V4L2_DV_BT_656_1120};
	answer->bt.width = device->width_px;
	answer->bt.height = device->height_px;
	answer->bt.hsync = 40;
	answer->bt.vsync = 8;
	answer->bt.pixelclock = (uint64_t)(device->width_px + 40) *
			(device->height_px + 8) * REFRESH_HZ;
	return 0;
}

static int answer_offer(
		const struct fuzz_device *device, struct v4l2_fmtdesc *answer)
{
	if (answer->index >= 4 || device->offers[answer->index] == 0)
		return -EINVAL;
	answer->pixelformat = device->offers[answer->index];
	return 0;
}

static int answer_size(const struct fuzz_device *device,
		struct v4l2_frmsizeenum *answer)
{
	if (answer->index > 0)
		return -EINVAL;
	answer->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	answer->discrete.width = device->width_px;
	answer->discrete.height = device->height_px;
	return 0;
}

static int answer_interval(struct v4l2_frmivalenum *answer)
{
	if (answer->index > 0)
		return -EINVAL;
	answer->type = V4L2_FRMIVAL_TYPE_DISCRETE;
	answer->discrete.numerator = 1;
	answer->discrete.denominator = REFRESH_HZ;
	return 0;
}

static uint32_t memories_of(uint32_t fourcc)
{
	if (fourcc == V4L2_PIX_FMT_NV12M || fourcc == V4L2_PIX_FMT_NV16M)
		return 2;
	return fourcc == V4L2_PIX_FMT_YUV420M || fourcc == V4L2_PIX_FMT_YUV422M
			? 3
			: 1;
}

static int answer_format(
		const struct fuzz_device *device, struct v4l2_format *answer)
{
	struct v4l2_pix_format_mplane *mp = &answer->fmt.pix_mp;
	struct v4l2_pix_format *pix = &answer->fmt.pix;

	memset(&answer->fmt, 0, sizeof(answer->fmt));
	if (device->multiplanar) {
		mp->pixelformat = device->fourcc;
		mp->width = device->width_px;
		mp->height = device->height_px;
		mp->field = V4L2_FIELD_NONE;
		mp->num_planes = (uint8_t)memories_of(device->fourcc);
	} else {
		pix->pixelformat = device->fourcc;
		pix->width = device->width_px;
		pix->height = device->height_px;
		pix->field = V4L2_FIELD_NONE;
	}
	return 0;
}

static int set_format(struct fuzz_device *device, struct v4l2_format *format)
{
	if (device->buffers > 0 || device->streaming)
		return -EBUSY;
	device->fourcc = device->multiplanar ? format->fmt.pix_mp.pixelformat
					     : format->fmt.pix.pixelformat;
	return answer_format(device, format);
}

/* Room for the widest of all formats. */
static uint32_t buffer_bytes(const struct fuzz_device *device)
{
	return device->width_px * device->height_px * 4;
}

/* As the caller says, who may have been told another kind of device. */
static bool has_planes(const struct v4l2_buffer *buffer)
{
	return V4L2_TYPE_IS_MULTIPLANAR(buffer->type);
}

static int answer_buffer(
		const struct fuzz_device *device, struct v4l2_buffer *answer)
{
	if (answer->index >= device->buffers)
		return -EINVAL;
	if (!has_planes(answer)) {
		answer->length = buffer_bytes(device);
		return 0;
	}
	for (uint32_t i = 0; i < answer->length; i++)
		answer->m.planes[i].length = buffer_bytes(device);
	return 0;
}

static int queue(struct fuzz_device *device, const struct v4l2_buffer *buffer)
{
	if (buffer->index >= FUZZ_BUFFERS || device->queued[buffer->index])
		return -EINVAL;
	device->queued[buffer->index] = true;
	return 0;
}

static int dequeue(struct fuzz_device *device, struct v4l2_buffer *answer)
{
	uint32_t index = device->index % FUZZ_BUFFERS;

	if (!device->streaming || device->ready == 0)
		return -EAGAIN;
	for (uint32_t i = 0; i < FUZZ_BUFFERS && !device->queued[index]; i++)
		index = (index + 1) % FUZZ_BUFFERS;
	if (!device->queued[index])
		return -EAGAIN;
	device->queued[index] = false;
	device->ready--;
	answer->index = index;
	answer->flags = device->flags;
	answer->bytesused = device->bytes;
	for (uint32_t i = 0; has_planes(answer) && i < answer->length; i++) {
		answer->m.planes[i].bytesused = device->bytes;
		answer->m.planes[i].data_offset = device->data_offset;
	}
	return 0;
}

static int stream(struct fuzz_device *device, bool on)
{
	device->streaming = on;
	if (!on) {
		memset(device->queued, 0, sizeof(device->queued));
		device->ready = 0;
	}
	return 0;
}

static int request_buffers(
		struct fuzz_device *device, struct v4l2_requestbuffers *request)
{
	if (request->count > BUFFERS_USUAL)
		request->count = BUFFERS_USUAL;
	device->buffers = request->count;
	return 0;
}

static int take_event(struct fuzz_device *device, struct v4l2_event *event)
{
	if (device->events == 0)
		return -ENOENT;
	device->events--;
	event->type = V4L2_EVENT_SOURCE_CHANGE;
	return 0;
}

static int answer_honestly(struct fuzz_device *device, unsigned long request,
		void *argument)
{
	switch (request) {
	case VIDIOC_QUERYCAP:
		return answer_capability(device, argument);
	case VIDIOC_QUERY_DV_TIMINGS:
		return answer_timings(device, argument);
	case VIDIOC_DQEVENT:
		return take_event(device, argument);
	case VIDIOC_ENUM_FMT:
		return answer_offer(device, argument);
	case VIDIOC_ENUM_FRAMESIZES:
		return answer_size(device, argument);
	case VIDIOC_ENUM_FRAMEINTERVALS:
		return answer_interval(argument);
	case VIDIOC_G_FMT:
		return answer_format(device, argument);
	case VIDIOC_S_FMT:
		return set_format(device, argument);
	case VIDIOC_REQBUFS:
		return request_buffers(device, argument);
	case VIDIOC_QUERYBUF:
		return answer_buffer(device, argument);
	case VIDIOC_QBUF:
		return queue(device, argument);
	case VIDIOC_DQBUF:
		return dequeue(device, argument);
	case VIDIOC_STREAMON:
		return stream(device, true);
	case VIDIOC_STREAMOFF:
		return stream(device, false);
	case VIDIOC_G_EDID:
		return -ENODATA;
	default:
		return 0;
	}
}

/* ---- and what the input makes of it -----------------------------------------
 */

void fuzz_device_overwrite(struct fuzz_device *device, struct fuzz_input *input)
{
	struct fuzz_over *over =
			&device->over[fuzz_take_u8(input) % FUZZ_REQUESTS];

	over->at = fuzz_take_u8(input);
	over->size = fuzz_take_u8(input) % (FUZZ_OVER_BYTES + 1);
	fuzz_take_over(input, over->bytes, over->size);
}

void fuzz_device_fail(struct fuzz_device *device, struct fuzz_input *input)
{
	size_t i = fuzz_take_u8(input) % FUZZ_REQUESTS;

	device->rc[i] = -(1 + fuzz_take_u8(input) % 130);
	device->times[i] = fuzz_take_u8(input) % 64;
}

/*
 * Of a buffer with several planes, what is overwritten are those: where they
 * stand is the caller's own, and no driver's to say. An EDID's address, too.
 */
static void overwrite(
		const struct fuzz_device *device, size_t i, void *argument)
{
	const struct fuzz_over *over = &device->over[i];
	size_t size = _IOC_SIZE(requests[i]);
	uint8_t *answer = argument;

	if (requests[i] == VIDIOC_G_EDID || requests[i] == VIDIOC_S_EDID)
		return;
	if ((requests[i] == VIDIOC_QUERYBUF || requests[i] == VIDIOC_DQBUF) &&
			has_planes(argument)) {
		answer = (uint8_t *)((struct v4l2_buffer *)argument)->m.planes;
		size = VIDEO_PLANES_MAX * sizeof(struct v4l2_plane);
	}
	for (size_t j = 0; j < over->size && over->at + j < size; j++)
		answer[over->at + j] = over->bytes[j];
}

/* What is still mapped when buffers are given back is not the device's. */
static void note_buffers(struct fuzz_device *device,
		const struct v4l2_requestbuffers *request)
{
	for (size_t i = 0; i < device->maps_n && request->count == 0; i++) {
		struct fuzz_map *each = &device->maps[i];

		if (each->mapped && !each->abandoned)
			ASAN_UNPOISON_MEMORY_REGION(each->address, each->whole);
		each->abandoned = true;
	}
}

static int control(void *context, int fd, unsigned long request, void *argument)
{
	struct fuzz_device *device = context;
	size_t i = find_request(request);
	int rc;

	FUZZ_CHECK(fd >= 0);
	if (request == VIDIOC_REQBUFS)
		note_buffers(device, argument);
	if (!device->present)
		return -ENODEV;
	if (device->times[i] > 0) {
		device->times[i]--;
		return device->rc[i];
	}
	rc = answer_honestly(device, request, argument);
	if (rc == 0 && _IOC_DIR(request) & _IOC_READ)
		overwrite(device, i, argument);
	if (rc == 0 && request == VIDIOC_REQBUFS)
		device->buffers =
				((struct v4l2_requestbuffers *)argument)->count;
	return rc;
}

static int open_device(void *context, const char *path)
{
	struct fuzz_device *device = context;
	int fd;

	(void)path;
	if (!device->present)
		return -ENOENT;
	fd = fcntl(device->end, F_DUPFD_CLOEXEC, 0);
	FUZZ_CHECK(fd >= 0);
	device->fds++;
	return fd;
}

static void close_device(void *context, int fd)
{
	struct fuzz_device *device = context;

	close(fd);
	FUZZ_CHECK(device->fds > 0);
	device->fds--;
	device->buffers = 0;
	stream(device, false);
}

/* ---- memory -----------------------------------------------------------------
 */

static int map(void *context, int fd, size_t length, int64_t offset, void **out)
{
	struct fuzz_device *device = context;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t pages = (length + page - 1) / page * page;
	struct fuzz_map *new;

	(void)fd;
	(void)offset;
	*out = NULL;
	FUZZ_CHECK(length > 0);
	if (length > FUZZ_MAP_MAX_BYTES || device->maps_n == FUZZ_MAPS)
		return -ENOMEM;
	new = &device->maps[device->maps_n++];
	new->length = length;
	new->whole = pages + page;
	new->mapped = true;
	new->abandoned = false;
	new->address = mmap(NULL, new->whole, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	FUZZ_CHECK(new->address != MAP_FAILED);
	FUZZ_CHECK(mprotect(new->address + pages, page, PROT_NONE) == 0);
	ASAN_POISON_MEMORY_REGION(new->address + length, pages - length);
	*out = new->address;
	return 0;
}

static void unmap(void *context, void *address, size_t length)
{
	struct fuzz_device *device = context;
	struct fuzz_map *old = NULL;

	for (size_t i = 0; i < device->maps_n; i++)
		if (device->maps[i].mapped &&
				device->maps[i].address == address)
			old = &device->maps[i];
	FUZZ_CHECK(old && old->length == length);
	old->mapped = false;
	ASAN_UNPOISON_MEMORY_REGION(old->address, old->whole);
	munmap(old->address, old->whole);
}

static bool is_live(const struct fuzz_map *each)
{
	return each->mapped && !each->abandoned;
}

void fuzz_device_fill(struct fuzz_device *device, struct fuzz_input *input)
{
	size_t size = fuzz_take_u16(input);
	const uint8_t *bytes = fuzz_take(input, &size);

	for (size_t i = 0; i < device->maps_n && size > 0; i++) {
		const struct fuzz_map *each = &device->maps[i];

		for (size_t at = 0; is_live(each) && at < each->length;
				at += size)
			memcpy(each->address + at, bytes,
					size < each->length - at
							? size
							: each->length - at);
	}
}

void fuzz_device_init(struct fuzz_device *device)
{
	device->end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	FUZZ_CHECK(device->end != -1);
	device->present = true;
	device->io = (struct capture_io){
			.context = device,
			.open = open_device,
			.close = close_device,
			.control = control,
			.map = map,
			.unmap = unmap,
	};
}

void fuzz_device_finish(struct fuzz_device *device)
{
	FUZZ_CHECK(device->fds == 0);
	for (size_t i = 0; i < device->maps_n; i++) {
		struct fuzz_map *each = &device->maps[i];
		size_t page = (size_t)sysconf(_SC_PAGESIZE);

		if (!each->mapped)
			continue; /* else abandoned, and let go since */
		munmap(each->address + each->whole - page, page);
	}
	close(device->end);
}
