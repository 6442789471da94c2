/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * camera.so: a capture device for programs that take their pictures from V4L2
 * and nowhere else, on machines that have none. For LD_PRELOAD:
 *
 *   CAMERA_DEVICE  the device: a file that is there, whatever is in it
 *   CAMERA_FILE    1920x1080 frames of YUYV, played over and over
 *   CAMERA_RATE    frames a second
 *   CAMERA_STAMPS  see tests/bench/tool.h
 *
 * The device is then the end of a pipe, so that poll, select and epoll work as
 * they are; at the other end a process of its own, which costs the program
 * nothing, fills buffers. Either sends a buffer's number as one byte: it is
 * the other's now.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "tests/bench/tool.h"

#define WIDTH 1920
#define HEIGHT 1080
#define FRAME_BYTES (2u * WIDTH * HEIGHT)
#define BUFFERS_MAX 8

struct shared {
	struct {
		uint64_t filled_us;
		uint32_t sequence;
	} buffers[BUFFERS_MAX];
	uint8_t pictures[BUFFERS_MAX][FRAME_BYTES];
};

/* A library that stands before libc has nobody who could hold this for it. */
static struct {
	int ready[2]; /* pipe of full buffers; where it is read is the device */
	int empty[2]; /* pipe of those that may be filled */
	struct shared *shared;
	uint32_t buffers_n;
	pid_t child;
} camera;

/* ---- the process that fills buffers ---- */

struct filler {
	struct bench_frames frames;
	struct bench_stamps *stamps;
	uint64_t period_us, due_us;
	uint8_t waiting[BUFFERS_MAX]; /* empty buffers, the oldest first */
	size_t waiting_n;
	uint32_t sequence;
};

/* A frame for which there is no buffer is lost, as with drivers. */
static void fill(struct filler *filler)
{
	uint8_t i = filler->waiting[0];
	uint32_t sequence = filler->sequence++;

	filler->due_us += filler->period_us;
	if (filler->waiting_n == 0)
		return;
	memmove(filler->waiting, filler->waiting + 1, --filler->waiting_n);
	memcpy(camera.shared->pictures[i],
			bench_frames_at(&filler->frames, sequence),
			FRAME_BYTES);
	camera.shared->buffers[i].sequence = sequence;
	camera.shared->buffers[i].filled_us = clock_now_us();
	if (filler->stamps && bench_frames_differ(&filler->frames, sequence))
		bench_stamps_add(filler->stamps,
				camera.shared->buffers[i].filled_us);
	if (write(camera.ready[1], &i, 1) != 1)
		_exit(0);
}

_Noreturn static void run_filler(struct filler *filler)
{
	struct pollfd far = {.fd = camera.empty[0], .events = POLLIN};

	filler->due_us = clock_now_us() + filler->period_us;
	for (;;) {
		uint64_t now_us = clock_now_us();
		struct timespec wait = {0};

		if (now_us >= filler->due_us) {
			fill(filler);
			continue;
		}
		wait.tv_nsec = (long)(filler->due_us - now_us) * 1000;
		if (ppoll(&far, 1, &wait, NULL) <= 0)
			continue;
		if (read(camera.empty[0], &filler->waiting[filler->waiting_n],
				    1) != 1)
			_exit(0); /* the program is gone */
		filler->waiting_n++;
	}
}

static void start_filler(void)
{
	const char *rate = getenv("CAMERA_RATE");
	const char *stamps = getenv("CAMERA_STAMPS");
	struct filler filler = {.period_us = CLOCK_US_PER_S /
					(rate ? strtoull(rate, NULL, 10) : 30)};

	bench_frames_open(&filler.frames, getenv("CAMERA_FILE"), FRAME_BYTES);
	if (stamps)
		filler.stamps = bench_stamps_open(stamps);
	camera.child = fork();
	if (camera.child != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	syscall(SYS_close, camera.ready[0]);
	syscall(SYS_close, camera.empty[1]);
	run_filler(&filler);
}

/* ---- what the program asks the device ---- */

static int do_capabilities(void *argument)
{
	struct v4l2_capability *capability = argument;

	*capability = (struct v4l2_capability){
			.driver = "camera",
			.card = "frames from a file",
			.bus_info = "platform:camera",
			.capabilities = V4L2_CAP_VIDEO_CAPTURE |
					V4L2_CAP_STREAMING |
					V4L2_CAP_DEVICE_CAPS,
			.device_caps = V4L2_CAP_VIDEO_CAPTURE |
					V4L2_CAP_STREAMING,
	};
	return 0;
}

static int do_enumerate_format(void *argument)
{
	struct v4l2_fmtdesc *format = argument;

	if (format->index != 0)
		return EINVAL;
	format->pixelformat = V4L2_PIX_FMT_YUYV;
	return 0;
}

/* There is one format, whatever is asked for. */
static int do_format(void *argument)
{
	struct v4l2_format *format = argument;

	format->fmt.pix = (struct v4l2_pix_format){
			.width = WIDTH,
			.height = HEIGHT,
			.pixelformat = V4L2_PIX_FMT_YUYV,
			.field = V4L2_FIELD_NONE,
			.bytesperline = 2 * WIDTH,
			.sizeimage = FRAME_BYTES,
			.colorspace = V4L2_COLORSPACE_SRGB,
			.priv = V4L2_PIX_FMT_PRIV_MAGIC,
			.ycbcr_enc = V4L2_YCBCR_ENC_601,
			.quantization = V4L2_QUANTIZATION_FULL_RANGE,
	};
	return 0;
}

static int do_request_buffers(void *argument)
{
	struct v4l2_requestbuffers *request = argument;

	if (request->memory != V4L2_MEMORY_MMAP)
		return EINVAL;
	if (request->count > BUFFERS_MAX)
		request->count = BUFFERS_MAX;
	camera.buffers_n = request->count;
	request->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
	return 0;
}

static int describe_buffer(struct v4l2_buffer *buffer)
{
	uint64_t us;

	if (buffer->index >= camera.buffers_n)
		return EINVAL;
	us = camera.shared->buffers[buffer->index].filled_us;
	buffer->flags = V4L2_BUF_FLAG_MAPPED |
			V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	buffer->field = V4L2_FIELD_NONE;
	buffer->length = FRAME_BYTES;
	buffer->bytesused = FRAME_BYTES;
	buffer->m.offset = buffer->index * FRAME_BYTES;
	buffer->sequence = camera.shared->buffers[buffer->index].sequence;
	buffer->timestamp.tv_sec = (time_t)(us / CLOCK_US_PER_S);
	buffer->timestamp.tv_usec = (suseconds_t)(us % CLOCK_US_PER_S);
	return 0;
}

static int do_query_buffer(void *argument)
{
	return describe_buffer(argument);
}

static int do_queue(void *argument)
{
	struct v4l2_buffer *buffer = argument;
	uint8_t i = (uint8_t)buffer->index;

	if (buffer->index >= camera.buffers_n)
		return EINVAL;
	buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_QUEUED;
	return write(camera.empty[1], &i, 1) == 1 ? 0 : EIO;
}

static int do_dequeue(void *argument)
{
	struct v4l2_buffer *buffer = argument;
	uint8_t i;

	if (read(camera.ready[0], &i, 1) != 1)
		return errno == EAGAIN ? EAGAIN : EIO;
	buffer->index = i;
	return describe_buffer(buffer);
}

static int do_stream_on(void *argument)
{
	(void)argument;
	if (camera.child == 0)
		start_filler();
	return 0;
}

static void drain(int fd)
{
	struct pollfd pipe = {.fd = fd, .events = POLLIN};
	uint8_t bytes[BUFFERS_MAX];

	while (poll(&pipe, 1, 0) > 0 && read(fd, bytes, sizeof(bytes)) > 0)
		;
}

/* All buffers are the program's again. */
static int do_stream_off(void *argument)
{
	(void)argument;
	if (camera.child > 0)
		kill(camera.child, SIGKILL);
	camera.child = 0;
	drain(camera.ready[0]);
	drain(camera.empty[0]);
	return 0;
}

static int do_nothing(void *argument)
{
	(void)argument;
	return 0;
}

static const struct {
	unsigned long request;
	int (*answer)(void *argument); /* 0 or what errno is to be */
} requests[] = {
		{VIDIOC_QUERYCAP, do_capabilities},
		{VIDIOC_ENUM_FMT, do_enumerate_format},
		{VIDIOC_G_FMT, do_format},
		{VIDIOC_S_FMT, do_format},
		{VIDIOC_TRY_FMT, do_format},
		{VIDIOC_S_INPUT, do_nothing},
		{VIDIOC_REQBUFS, do_request_buffers},
		{VIDIOC_QUERYBUF, do_query_buffer},
		{VIDIOC_QBUF, do_queue},
		{VIDIOC_DQBUF, do_dequeue},
		{VIDIOC_STREAMON, do_stream_on},
		{VIDIOC_STREAMOFF, do_stream_off},
};

/* ---- in place of libc ---- */

#define EXPORTED __attribute__((visibility("default")))

static bool is_camera(int fd)
{
	return fd > 0 && fd == camera.ready[0];
}

static int open_camera(int flags)
{
	if (pipe2(camera.ready, O_CLOEXEC) == -1 ||
			pipe2(camera.empty, O_CLOEXEC) == -1)
		return -1;
	if (flags & O_NONBLOCK)
		fcntl(camera.ready[0], F_SETFL, O_NONBLOCK);
	if (!camera.shared)
		camera.shared = mmap(NULL, sizeof(*camera.shared),
				PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return camera.ready[0];
}

EXPORTED int open(const char *path, int flags, ...)
{
	const char *device = getenv("CAMERA_DEVICE");
	unsigned mode;
	va_list arguments;

	if (device && strcmp(path, device) == 0)
		return open_camera(flags);
	va_start(arguments, flags);
	mode = va_arg(arguments, unsigned);
	va_end(arguments);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

EXPORTED int open64(const char *path, int flags, ...)
		__attribute__((alias("open")));

EXPORTED int ioctl(int fd, unsigned long request, ...)
{
	void *argument;
	va_list arguments;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (!is_camera(fd))
		return (int)syscall(SYS_ioctl, fd, request, argument);
	errno = ENOTTY;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (requests[i].request == (request & 0xffffffff))
			errno = requests[i].answer(argument);
	return errno ? -1 : 0;
}

EXPORTED void *mmap(void *address, size_t length, int protection, int flags,
		int fd, off_t offset)
{
	if (is_camera(fd))
		return (uint8_t *)camera.shared->pictures + offset;
	return (void *)syscall(SYS_mmap, address, length, protection, flags, fd,
			offset);
}

EXPORTED void *mmap64(void *address, size_t length, int protection, int flags,
		int fd, off_t offset) __attribute__((alias("mmap")));

/* The buffers stay: they are one piece with what belongs to nobody. */
EXPORTED int munmap(void *address, size_t length)
{
	uint8_t *begin = (uint8_t *)camera.shared;

	if (begin && (uint8_t *)address >= begin &&
			(uint8_t *)address < begin + sizeof(*camera.shared))
		return 0;
	return (int)syscall(SYS_munmap, address, length);
}

EXPORTED int close(int fd)
{
	if (is_camera(fd)) {
		do_stream_off(NULL);
		syscall(SYS_close, camera.ready[1]);
		syscall(SYS_close, camera.empty[0]);
		syscall(SYS_close, camera.empty[1]);
		camera.ready[0] = 0;
	}
	return (int)syscall(SYS_close, fd);
}
