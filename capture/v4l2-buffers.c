/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-buffers.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/clock.h"

/*
 * The reference of the screen, the one that is being encoded and a new one are
 * out at the same time; two more keep the driver from waiting. 1080p of YUYV
 * takes 4 MB for each.
 */
#define BUFFERS_WANTED 5
#define BUFFERS_MIN 3
#define BUFFERS_MAX 16

enum buffer_place {
	PLACE_FREE,   /* ours, nobody reads it */
	PLACE_QUEUED, /* the driver's */
	PLACE_HELD,   /* somebody's frame */
};

struct buffer {
	struct video_frame frame; /* first: a frame's address is its buffer's */
	struct capture_buffers *owner;
	uint32_t index;
	enum buffer_place place;
	void *address[VIDEO_PLANES_MAX];
	size_t length[VIDEO_PLANES_MAX];
	size_t bytes; /* of the first memory plane, as of the last take */
	uint64_t stamped_us; /* see struct capture_take */
};

struct capture_buffers {
	const struct capture_device *device; /* NULL: abandoned */
	struct capture_format format;
	bool streaming;
	unsigned n;
	unsigned held;
	struct buffer buffer[BUFFERS_MAX];
};

/* One v4l2_buffer with room for its planes. */
struct request {
	struct v4l2_buffer buffer;
	struct v4l2_plane planes[VIDEO_PLANES_MAX];
};

static void request_init(struct request *request,
		const struct capture_buffers *buffers, uint32_t index)
{
	memset(request, 0, sizeof(*request));
	request->buffer.index = index;
	request->buffer.type = buffers->device->buffer_type;
	request->buffer.memory = V4L2_MEMORY_MMAP;
	if (capture_device_is_multiplanar(buffers->device)) {
		request->buffer.m.planes = request->planes;
		request->buffer.length = buffers->format.memories;
	}
}

static int request_buffers(const struct capture_device *device, uint32_t wanted)
{
	struct v4l2_requestbuffers request = {
			.count = wanted,
			.type = device->buffer_type,
			.memory = V4L2_MEMORY_MMAP,
	};
	int rc = capture_device_control(device, VIDIOC_REQBUFS, &request);

	return rc < 0 ? rc : (int)(request.count & INT32_MAX);
}

static int map_buffer(struct capture_buffers *buffers, uint32_t index,
		const char **step)
{
	const struct capture_io *io = buffers->device->io;
	struct buffer *buffer = &buffers->buffer[index];
	bool multiplanar = capture_device_is_multiplanar(buffers->device);
	struct request request;
	int rc;

	request_init(&request, buffers, index);
	*step = "cannot query a buffer";
	rc = capture_device_control(
			buffers->device, VIDIOC_QUERYBUF, &request.buffer);
	if (rc < 0)
		return rc;
	*step = "cannot map a buffer";
	for (uint32_t i = 0; i < buffers->format.memories; i++) {
		size_t length = multiplanar ? request.planes[i].length
					    : request.buffer.length;
		int64_t offset = multiplanar ? request.planes[i].m.mem_offset
					     : request.buffer.m.offset;

		if (length == 0)
			return -EINVAL;
		rc = io->map(io->context, buffers->device->fd, length, offset,
				&buffer->address[i]);
		if (rc < 0)
			return rc;
		buffer->length[i] = length;
	}
	return 0;
}

static void unmap_buffer(
		const struct capture_device *device, struct buffer *buffer)
{
	for (uint32_t i = 0; i < VIDEO_PLANES_MAX; i++) {
		if (!buffer->address[i])
			continue;
		device->io->unmap(device->io->context, buffer->address[i],
				buffer->length[i]);
		buffer->address[i] = NULL;
	}
}

static int queue(struct buffer *buffer)
{
	struct capture_buffers *buffers = buffer->owner;
	struct request request;
	int rc;

	request_init(&request, buffers, buffer->index);
	rc = capture_device_control(
			buffers->device, VIDIOC_QBUF, &request.buffer);
	buffer->place = rc == 0 ? PLACE_QUEUED : PLACE_FREE;
	return rc;
}

/* What a refused queueing has left over gets another chance at each take. */
static int queue_free(struct capture_buffers *buffers)
{
	int rc = 0;

	for (unsigned i = 0; i < buffers->n; i++)
		if (buffers->buffer[i].place == PLACE_FREE) {
			int queued = queue(&buffers->buffer[i]);

			rc = rc < 0 ? rc : queued;
		}
	return rc;
}

static void free_detached(struct buffer *buffer)
{
	struct capture_buffers *buffers = buffer->owner;

	for (uint32_t i = 0; i < VIDEO_PLANES_MAX; i++)
		if (buffer->address[i])
			munmap(buffer->address[i], buffer->length[i]);
	if (buffers->held == 0)
		free(buffers);
}

static void release(struct video_frame *frame)
{
	struct buffer *buffer = (struct buffer *)frame;
	struct capture_buffers *buffers = buffer->owner;

	assert(buffer->place == PLACE_HELD);
	buffer->place = PLACE_FREE;
	buffers->held--;
	if (!buffers->device)
		free_detached(buffer);
	else if (buffers->streaming)
		queue(buffer);
}

int capture_buffers_create(struct capture_buffers **out,
		const struct capture_device *device,
		const struct capture_format *format, const char **step)
{
	struct capture_buffers *buffers = calloc(1, sizeof(*buffers));
	int rc;

	*out = NULL;
	*step = "cannot get buffers";
	if (!buffers)
		return -ENOMEM;
	buffers->device = device;
	buffers->format = *format;
	rc = request_buffers(device, BUFFERS_WANTED);
	if (rc < 0)
		goto fail;
	if (rc < BUFFERS_MIN) {
		*step = "the device has too few buffers";
		rc = -ENOBUFS;
		goto fail;
	}
	buffers->n = rc < BUFFERS_MAX ? (unsigned)rc : BUFFERS_MAX;
	for (uint32_t i = 0; i < buffers->n; i++) {
		struct buffer *buffer = &buffers->buffer[i];

		buffer->owner = buffers;
		buffer->index = i;
		buffer->frame.release = release;
		rc = map_buffer(buffers, i, step);
		if (rc < 0)
			goto fail;
	}
	*out = buffers;
	return 0;

fail:
	capture_buffers_abandon(buffers);
	return rc;
}

int capture_buffers_start(struct capture_buffers *buffers, const char **step)
{
	int type = (int)buffers->device->buffer_type;
	int rc;

	*step = "cannot queue a buffer";
	rc = queue_free(buffers);
	if (rc < 0)
		return rc;
	*step = "cannot start the stream";
	rc = capture_device_control(buffers->device, VIDIOC_STREAMON, &type);
	buffers->streaming = rc == 0;
	return rc;
}

void capture_buffers_stop(struct capture_buffers *buffers)
{
	int type = (int)buffers->device->buffer_type;

	capture_device_control(buffers->device, VIDIOC_STREAMOFF, &type);
	buffers->streaming = false;
	for (unsigned i = 0; i < buffers->n; i++)
		if (buffers->buffer[i].place == PLACE_QUEUED)
			buffers->buffer[i].place = PLACE_FREE;
}

/* Where the planes of a picture lie; false if the driver wrote too little. */
static bool fill_frame(struct buffer *buffer, const struct request *request)
{
	const struct capture_format *format = &buffer->owner->format;
	bool multiplanar = capture_device_is_multiplanar(buffer->owner->device);
	size_t start[VIDEO_PLANES_MAX] = {0};
	size_t end[VIDEO_PLANES_MAX] = {0};
	uint32_t planes = video_layout_planes(format->layout.pixel);

	for (uint32_t i = 0; i < format->memories; i++) {
		start[i] = multiplanar ? request->planes[i].data_offset : 0;
		end[i] = multiplanar ? request->planes[i].bytesused
				     : request->buffer.bytesused;
		if (end[i] > buffer->length[i] || start[i] >= end[i])
			return false;
	}
	buffer->frame.layout = format->layout;
	buffer->bytes = end[0] - start[0];
	buffer->frame.plane[0] = (const uint8_t *)buffer->address[0] + start[0];
	if (format->coding != CAPTURE_CODING_NATIVE)
		return true;

	for (uint32_t i = 0; i < planes; i++) {
		uint32_t memory = format->part[i].memory;
		size_t offset = start[memory] + format->part[i].offset_bytes;

		if (offset + video_layout_plane_bytes(&format->layout, i) >
				end[memory])
			return false;
		buffer->frame.plane[i] =
				(const uint8_t *)buffer->address[memory] +
				offset;
	}
	return true;
}

static uint64_t stamp_of(const struct v4l2_buffer *buffer)
{
	if ((buffer->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) !=
			V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
		return 0;
	return (uint64_t)buffer->timestamp.tv_sec * CLOCK_US_PER_S +
			(uint64_t)buffer->timestamp.tv_usec;
}

/* -EAGAIN: nothing is ready. *good is NULL for a buffer that is no picture. */
static int dequeue(struct capture_buffers *buffers, struct buffer **good)
{
	struct buffer *buffer;
	struct request request;
	int rc;

	*good = NULL;
	request_init(&request, buffers, 0);
	rc = capture_device_control(
			buffers->device, VIDIOC_DQBUF, &request.buffer);
	if (rc < 0)
		return rc;
	if (request.buffer.index >= buffers->n)
		return -EPROTO;
	buffer = &buffers->buffer[request.buffer.index];
	if (buffer->place != PLACE_QUEUED)
		return -EPROTO;
	buffer->place = PLACE_FREE;
	buffer->stamped_us = stamp_of(&request.buffer);
	if (!(request.buffer.flags & V4L2_BUF_FLAG_ERROR) &&
			fill_frame(buffer, &request))
		*good = buffer;
	else
		queue(buffer);
	return 0;
}

int capture_buffers_take(
		struct capture_buffers *buffers, struct capture_take *take)
{
	struct buffer *newest = NULL;
	int rc = 0;

	*take = (struct capture_take){0};
	queue_free(buffers);
	/* A driver that drops at once must not hold the loop. */
	while (take->arrived < buffers->n) {
		struct buffer *buffer;

		rc = dequeue(buffers, &buffer);
		if (rc < 0)
			break;
		take->arrived++;
		if (!buffer) {
			take->bad++;
			continue;
		}
		if (newest) {
			take->stale++;
			queue(newest);
		}
		newest = buffer;
	}
	if (newest) {
		newest->place = PLACE_HELD;
		newest->frame.refs = 1;
		newest->frame.captured_us = clock_now_us();
		buffers->held++;
		take->newest = &newest->frame;
		take->stamped_us = newest->stamped_us;
	}
	return rc == -EAGAIN ? 0 : rc;
}

unsigned capture_buffers_queued(const struct capture_buffers *buffers)
{
	unsigned queued = 0;

	for (unsigned i = 0; i < buffers->n; i++)
		queued += buffers->buffer[i].place == PLACE_QUEUED;
	return queued;
}

bool capture_buffers_are_short(const struct capture_buffers *buffers)
{
	unsigned wanted = buffers->n > BUFFERS_MIN ? 2 : 1;

	return capture_buffers_queued(buffers) < wanted;
}

size_t capture_buffers_frame_bytes(const struct video_frame *frame)
{
	return ((const struct buffer *)frame)->bytes;
}

/*
 * Put a copy of the same pixels at the same address, while workers may read
 * there. Without memory for it the driver's mapping stays, which only delays
 * the return of a device that was lost.
 */
static void detach(void *address, size_t length)
{
	void *copy = mmap(NULL, length, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return;
	memcpy(copy, address, length);
	mprotect(copy, length, PROT_READ);
	if (mremap(copy, length, length, MREMAP_MAYMOVE | MREMAP_FIXED,
			    address) == MAP_FAILED)
		munmap(copy, length);
}

void capture_buffers_abandon(struct capture_buffers *buffers)
{
	const struct capture_device *device;

	if (!buffers)
		return;
	device = buffers->device;
	capture_buffers_stop(buffers);
	for (unsigned i = 0; i < buffers->n; i++) {
		struct buffer *buffer = &buffers->buffer[i];

		if (buffer->place != PLACE_HELD) {
			unmap_buffer(device, buffer);
			continue;
		}
		for (uint32_t p = 0; p < VIDEO_PLANES_MAX; p++)
			if (buffer->address[p])
				detach(buffer->address[p], buffer->length[p]);
	}
	request_buffers(device, 0);
	buffers->device = NULL;
	if (buffers->held == 0)
		free(buffers);
}
