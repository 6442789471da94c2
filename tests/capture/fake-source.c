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

/* ---- what the source says ---- */

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

/* ---- for tests ---- */

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
	fake_device_connect(fake);
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

int fake_set_up(void **state)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	assert_non_null(fake);
	fake_init(fake);
	*state = fake;
	return 0;
}

int fake_tear_down(void **state)
{
	fake_finish(*state);
	free(*state);
	return 0;
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
	uint32_t planes = fake_planes_of(fake_fourcc(fake));
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

void fake_show(struct fake *fake, uint8_t value)
{
	unsigned frames = fake->frames;

	assert_true(fake_fill(fake, value));
	fake_run_until(fake, fake->frames == frames + 1);
	assert_int_equal(fake->frame->plane[0][0], value);
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
