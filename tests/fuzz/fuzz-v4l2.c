/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "capture/v4l2-source.h"
#include "core/clock.h"
#include "core/log.h"
#include "tests/bench/inline-workers.h"
#include "tests/fuzz/device.h"
#include "video/screen.h"

/*
 * A whole source on a device that says of its signal, its formats and its
 * buffers what the input makes it say. The first bytes choose the device; then
 * come the commands below, each a letter with what belongs to it. Each frame is
 * read to its last byte and shown on a screen, and some are held for longer.
 */
enum command {
	OVERWRITE = 'o', /* see fuzz_device_overwrite */
	FAIL = 'f',      /* see fuzz_device_fail */
	FILL = 'm',      /* memory: a length of two bytes, and as many */
	FRAME = 'b', /* which buffer and how many more, bytes, offset, flags */
	EVENT = 'e', /* the signal has changed */
	ERROR = 'E', /* poll says so */
	TIME = 't',  /* so many times 20 ms */
	WATCH = 'w',
	MEMORY = 'a', /* of the next command, that allocation fails */
	HOLD = 'h',   /* the next frames are held (1), or all let go (0) */
	MODE = 'r',   /* another size: two bytes each */
	PLUG = 'p',
	SIGNAL = 's', /* the answer about timings: 0, or an errno */
};

#define HELD_MAX 8
#define TURNS_MAX 10000
#define SIDE_MAX_PX 400

static const uint32_t fourccs[] = {V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_UYVY,
		V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV16, V4L2_PIX_FMT_YUV420,
		V4L2_PIX_FMT_YUV422P, V4L2_PIX_FMT_BGR24, V4L2_PIX_FMT_RGB24,
		V4L2_PIX_FMT_XBGR32, V4L2_PIX_FMT_MJPEG, V4L2_PIX_FMT_NV12M,
		V4L2_PIX_FMT_NV16M, V4L2_PIX_FMT_YUV420M, V4L2_PIX_FMT_YUV422M,
		V4L2_PIX_FMT_RGB565, V4L2_PIX_FMT_YVYU};
#define FOURCCS (sizeof(fourccs) / sizeof(fourccs[0]))

struct play {
	struct fuzz_device device;
	sd_event *event;
	struct core_workers *workers;
	struct video_screen *screen;
	struct capture_source *source;
	uint8_t nth; /* allocation of the next command that fails */
	bool hold;
	size_t held_n;
	struct video_frame *held[HELD_MAX];
};

static void touch(const struct video_frame *frame)
{
	for (uint32_t i = 0; i < video_layout_planes(frame->layout.pixel); i++)
		fuzz_touch(frame->plane[i],
				video_layout_plane_bytes(&frame->layout, i));
}

static void on_frame(void *context, struct video_frame *frame)
{
	struct play *play = context;
	bool changed;

	FUZZ_CHECK(video_layout_check(&frame->layout) == 0);
	touch(frame);
	FUZZ_CHECK(video_screen_show(play->screen, frame, &changed) == 0 ||
			fuzz_memory_failed());
	if (play->hold && play->held_n < HELD_MAX)
		play->held[play->held_n++] = video_frame_ref(frame);
}

static void on_status(void *context, const struct capture_status *status)
{
	(void)context;
	FUZZ_CHECK(status->state < CAPTURE_STATES);
	FUZZ_CHECK(memchr(status->detail, 0, sizeof(status->detail)));
	FUZZ_CHECK(memchr(status->format, 0, sizeof(status->format)));
}

static const struct capture_handler handler = {
		.frame = on_frame,
		.status = on_status,
};

static void run(struct play *play)
{
	unsigned turns = 0;
	bool busy;

	do {
		busy = sd_event_run(play->event, 0) > 0;
		busy |= inline_workers_turn(play->workers);
		FUZZ_CHECK(turns++ < TURNS_MAX);
	} while (busy);
}

/* As the loop would: the descriptor itself never says anything. */
static void poll_says(struct play *play, uint32_t events)
{
	struct capture_v4l2 *source = (struct capture_v4l2 *)play->source;

	if (source->device.fd != -1)
		capture_v4l2_on_video(NULL, source->device.fd, events, source);
	if (source->device.subdevice_fd != -1 && events != EPOLLIN)
		capture_v4l2_on_receiver(NULL, source->device.subdevice_fd,
				events, source);
}

static void let_go(struct play *play)
{
	while (play->held_n > 0) {
		play->held_n--;
		touch(play->held[play->held_n]);
		video_frame_unref(play->held[play->held_n]);
	}
}

static uint32_t take_side(struct fuzz_input *input)
{
	return 1 + fuzz_take_u16(input) % SIDE_MAX_PX;
}

static void show_buffer(struct play *play, struct fuzz_input *input)
{
	struct fuzz_device *device = &play->device;

	device->index = fuzz_take_u8(input);
	device->bytes = fuzz_take_u32(input);
	device->data_offset = fuzz_take_u32(input);
	device->flags = fuzz_take_u8(input) & 1
			? V4L2_BUF_FLAG_ERROR
			: V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	device->ready = 1 + (device->index >> 4 & 3);
	poll_says(play, EPOLLIN);
}

static void say_of_signal(struct fuzz_device *device, struct fuzz_input *input)
{
	/* The answer to VIDIOC_QUERY_DV_TIMINGS, for a while. */
	device->rc[3] = -fuzz_take_u8(input);
	device->times[3] = device->rc[3] == 0 ? 0 : 8;
}

static void obey(struct play *play, uint8_t command, struct fuzz_input *input)
{
	struct fuzz_device *device = &play->device;

	switch ((enum command)command) {
	case OVERWRITE:
		fuzz_device_overwrite(device, input);
		break;
	case FAIL:
		fuzz_device_fail(device, input);
		break;
	case FILL:
		fuzz_device_fill(device, input);
		break;
	case FRAME:
		show_buffer(play, input);
		if (device->index & 0x80)
			return; /* the loop has not turned yet */
		break;
	case EVENT:
		device->events = fuzz_take_u8(input);
		poll_says(play, EPOLLPRI);
		break;
	case ERROR:
		poll_says(play, EPOLLERR);
		break;
	case TIME:
		fuzz_clock_pass(fuzz_take_u8(input) * 20 * CLOCK_US_PER_MS);
		break;
	case WATCH:
		capture_source_set_watched(
				play->source, fuzz_take_u8(input) & 1);
		break;
	case HOLD:
		play->hold = fuzz_take_u8(input) & 1;
		if (!play->hold)
			let_go(play);
		break;
	case MODE:
		device->width_px = take_side(input);
		device->height_px = take_side(input);
		break;
	case PLUG:
		device->present = fuzz_take_u8(input) & 1;
		break;
	case SIGNAL:
		say_of_signal(device, input);
		break;
	case MEMORY:
		break;
	}
	run(play);
}

static void take_command(struct play *play, struct fuzz_input *input)
{
	uint8_t command = fuzz_take_u8(input);

	if (command == MEMORY) {
		play->nth = fuzz_take_u8(input);
		return;
	}
	fuzz_memory_fail(play->nth, false);
	play->nth = 0;
	obey(play, command, input);
	fuzz_memory_fail(0, false);
}

static void open_play(struct play *play, struct fuzz_input *input)
{
	struct fuzz_device *device = &play->device;
	uint8_t kind = fuzz_take_u8(input);
	const struct capture_v4l2_world world = {
			.io = &device->io,
			.folder = "/proc/self/nothing",
			.times = {20000, 20000, 100000, 20000, 2000000, 20000,
					320000, 40000},
	};
	const struct capture_v4l2_options options = {
			.name = "fuzz",
			.device = "/proc/self/nothing/video0",
			.subdevice = kind & 4 ? "/proc/self/nothing/sub" : NULL,
			.format = kind & 8 ? "YUYV" : NULL,
			.edid = kind & 16 ? "720p60" : NULL,
	};

	log_set_level((enum log_level) - 1);
	fuzz_clock_reset();
	fuzz_device_init(device);
	device->multiplanar = kind & 1;
	device->timed = !(kind & 2);
	device->offers[0] = fourccs[fuzz_take_u8(input) % FOURCCS];
	device->offers[1] = fourccs[fuzz_take_u8(input) % FOURCCS];
	device->width_px = take_side(input);
	device->height_px = take_side(input);
	FUZZ_CHECK(sd_event_new(&play->event) >= 0);
	FUZZ_CHECK(core_workers_create(&play->workers, play->event, 1) == 0);
	FUZZ_CHECK(video_screen_create(&play->screen, core_simd_best()) == 0);
	fuzz_memory_fail(kind & 32 ? fuzz_take_u8(input) : 0, false);
	if (capture_v4l2_create_in(&play->source, play->event, play->workers,
			    &options, &handler, play, &world) == 0)
		capture_source_set_watched(play->source, true);
	else
		FUZZ_CHECK(!play->source && fuzz_memory_failed());
	fuzz_memory_fail(0, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	struct play play = {.hold = false};

	open_play(&play, &input);
	run(&play);
	while (play.source && input.size > 0)
		take_command(&play, &input);
	capture_source_destroy(play.source);
	run(&play);
	let_go(&play);
	video_screen_destroy(play.screen);
	core_workers_destroy(play.workers);
	sd_event_unref(play.event);
	fuzz_device_finish(&play.device);
	return 0;
}
