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
#include "core/log.h"

#define MEMORY_BYTES (FAKE_BUFFERS_MAX * VIDEO_PLANES_MAX * FAKE_BUFFER_BYTES)

static uint32_t planes_of(uint32_t fourcc)
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

static uint32_t fourcc_of(const struct fake *fake)
{
	return fake->multiplanar ? fake->format.fmt.pix_mp.pixelformat
				 : fake->format.fmt.pix.pixelformat;
}

/* ---- calls that ask
 * ----------------------------------------------------------- */

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

/* ---- calls that set
 * ------------------------------------------------------------- */

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
		mp->num_planes = (uint8_t)planes_of(fourcc);
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

/* ---- streaming
 * --------------------------------------------------------------------- */

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
	uint32_t planes = planes_of(fourcc_of(fake));

	if (buffer->index >= fake->buffers)
		return -EINVAL;
	buffer->length = FAKE_BUFFER_BYTES;
	buffer->m.offset = buffer->index * VIDEO_PLANES_MAX * FAKE_BUFFER_BYTES;
	return planes == 1 ? 0 : -EINVAL;
}

static int query_planes(struct fake *fake, struct v4l2_buffer *buffer)
{
	if (buffer->index >= fake->buffers ||
			buffer->length < planes_of(fourcc_of(fake)))
		return -EINVAL;
	for (uint32_t i = 0; i < planes_of(fourcc_of(fake)); i++) {
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

/* ---- the table
 * --------------------------------------------------------------------- */

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
		return take_event(fake, argument);
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

static int fake_control(
		void *context, int fd, unsigned long request, void *argument)
{
	struct fake *fake = context;
	int rc;

	(void)fd;
	if (!fake->present)
		return -ENODEV;
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

/* ---- what the source says
 * ------------------------------------------------------------ */

static void on_frame(void *context, struct video_frame *frame)
{
	struct fake *fake = context;
	struct video_frame *old = fake->frame;

	fake->frames++;
	fake->frame = video_frame_ref(frame);
	video_frame_unref(old);
}

static void on_status(void *context, const struct capture_status *status)
{
	struct fake *fake = context;

	fake->statuses++;
	fake->status = *status;
	fake->seen[status->state] = true;
}

static const struct capture_handler handler = {
		.frame = on_frame,
		.status = on_status,
};

/* ---- for tests
 * ---------------------------------------------------------------------- */

static void make_node(struct fake *fake, const char *node)
{
	int fd;

	snprintf(fake->path, sizeof(fake->path), "%s/%s", fake->folder, node);
	fd = open(fake->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	fake->present = true;
}

void fake_init(struct fake *fake)
{
	*fake = (struct fake){
			.card = "HDMI",
			.bus_info = "usb-1.2",
			.offers = {{.fourcc = V4L2_PIX_FMT_YUYV}},
			.field = V4L2_FIELD_NONE,
			.colorspace = V4L2_COLORSPACE_SRGB,
			.buffers_max = FAKE_BUFFERS_MAX,
			.io = {fake, fake_open, fake_close, fake_control,
					fake_map, fake_unmap},
			.world.times =
					{
							.requery_us = 20000,
							.settle_us = 4000,
							.settle_max_us = 20000,
							.stall_us = 5000000,
							.retry_min_us = 1000,
							.retry_max_us = 8000,
							.missing_max_us = 4000,
					},
	};
	log_set_level(getenv("RACKHAND_TEST_LOG") ? LOG_LEVEL_DEBUG
						  : (enum log_level) - 1);
	snprintf(fake->folder, sizeof(fake->folder),
			"/tmp/rackhand-test-XXXXXX");
	assert_non_null(mkdtemp(fake->folder));
	make_node(fake, "video0");
	fake->options.name = "test";
	fake->options.device = strdup(fake->path);
	fake->world.io = &fake->io;
	fake->world.folder = fake->folder;
	fake->memory = memfd_create("fake-device", MFD_CLOEXEC);
	assert_int_equal(ftruncate(fake->memory, MEMORY_BYTES), 0);
	fake->ready = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
	assert_true(sd_event_new(&fake->event) >= 0);
	assert_int_equal(
			core_workers_create(&fake->workers, fake->event, 1), 0);
	fake_set_mode(fake, 64, 48);
}

void fake_start(struct fake *fake)
{
	assert_int_equal(capture_v4l2_create_in(&fake->source, fake->event,
					 fake->workers, &fake->options,
					 &handler, fake, &fake->world),
			0);
}

void fake_watch(struct fake *fake)
{
	if (!fake->source)
		fake_start(fake);
	capture_source_set_watched(fake->source, true);
	fake_run_until(fake, fake->streaming);
}

void fake_finish(struct fake *fake)
{
	capture_source_destroy(fake->source);
	video_frame_unref(fake->frame);
	core_workers_destroy(fake->workers);
	sd_event_unref(fake->event);
	assert_int_equal(fake->fds, 0);
	assert_int_equal(fake_count_mappings(fake), 0);
	close(fake->memory);
	close(fake->ready);
	unlink(fake->path);
	rmdir(fake->folder);
	free((char *)(uintptr_t)fake->options.device);
}

void fake_unplug(struct fake *fake)
{
	fake->present = false;
	unlink(fake->path);
	fake_send_event(fake);
}

void fake_plug(struct fake *fake, const char *node)
{
	make_node(fake, node);
}

void fake_set_mode(struct fake *fake, uint32_t width_px, uint32_t height_px)
{
	fake->timings = (struct v4l2_dv_timings){.type = V4L2_DV_BT_656_1120};
	fake->timings.bt.width = width_px;
	fake->timings.bt.height = height_px;
	fake->timings.bt.hsync = 40;
	fake->timings.bt.vsync = 8;
	fake->timings.bt.pixelclock =
			(uint64_t)(width_px + 40) * (height_px + 8) * 60;
}

void fake_send_event(struct fake *fake)
{
	struct capture_v4l2 *source = (struct capture_v4l2 *)fake->source;

	if (fake->eats_events)
		return;
	fake->events++;
	if (source->device.fd != -1)
		capture_v4l2_on_video(NULL, -1, EPOLLPRI, source);
}

void fake_fail(struct fake *fake, unsigned long request, int rc, unsigned times)
{
	for (size_t i = 0; i < FAKE_FAULTS_MAX; i++)
		if (fake->faults[i].times == 0) {
			fake->faults[i] =
					(struct fake_fault){request, rc, times};
			return;
		}
	fail_msg("too many faults at once");
}

bool fake_fill_as(struct fake *fake, const void *data, uint32_t bytes,
		uint32_t flags)
{
	uint32_t planes = planes_of(fourcc_of(fake));
	const uint64_t one = 1;

	for (uint32_t i = 0; i < fake->buffers; i++) {
		if (!fake->queued[i])
			continue;
		for (uint32_t p = 0; p < planes && data; p++)
			assert_int_equal(
					pwrite(fake->memory, data, bytes,
							(off_t)(i * VIDEO_PLANES_MAX +
									p) *
									FAKE_BUFFER_BYTES),
					bytes);
		fake->queued[i] = false;
		fake->filled[fake->filled_n++] = i;
		fake->filled_bytes[i] = bytes;
		fake->filled_flags[i] = flags;
		assert_int_equal(write(fake->ready, &one, sizeof(one)),
				sizeof(one));
		return true;
	}
	return false;
}

bool fake_fill(struct fake *fake, uint8_t value)
{
	uint32_t bytes = fake->timings.bt.width * fake->timings.bt.height * 2;
	uint8_t data[FAKE_BUFFER_BYTES];

	assert_true(bytes <= sizeof(data));
	memset(data, value, bytes);
	return fake_fill_as(fake, data, bytes, 0);
}

unsigned fake_count_mappings(const struct fake *fake)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	unsigned n = 0;

	(void)fake;
	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		n += strstr(line, "fake-device") != NULL;
	fclose(maps);
	return n;
}

uint64_t fake_now_us(void)
{
	return clock_now_us();
}

void fake_run_once(struct fake *fake)
{
	assert_true(sd_event_run(fake->event, 5000) >= 0);
}

void fake_run_for(struct fake *fake, uint64_t us)
{
	uint64_t end_us = clock_now_us() + us;

	while (clock_now_us() < end_us)
		assert_true(sd_event_run(fake->event, 1000) >= 0);
}
