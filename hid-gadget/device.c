/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/device.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"

#define RETRY_MIN_US (50 * CLOCK_US_PER_MS)
#define RETRY_MAX_US CLOCK_US_PER_S
#define OPEN_PATIENCE 4 /* tries, that is after 350 ms */
#define LEDS_PAUSE_US (20 * CLOCK_US_PER_MS)
#define LEDS_READS_MAX 4
#define LEDS_BYTES_MAX 64

struct hid_device {
	char *name;
	enum hid_function function;
	const struct hid_device_handler *handler;
	void *context;
	const struct hid_io *io;
	int fd; /* -1 until open */
	sd_event *event;
	sd_event_source *source; /* of fd */
	sd_event_source *retry;
	sd_event_source *leds_pause;
	uint64_t retry_us;
	bool retrying; /* the retry timer runs */
	bool failing;  /* the last write failed, or might */
	bool want_out;
	bool dispatching_out;
	bool leds_paused;
	int open_rc;
	unsigned open_failures; /* with that result, in a row */
};

const struct hid_io hid_io_system = {.read = read, .write = write};

static void watch(struct hid_device *device)
{
	uint32_t events = 0;

	if (!device->source)
		return;
	if (!device->leds_paused)
		events |= EPOLLIN;
	if (device->want_out)
		events |= EPOLLOUT;
	sd_event_source_set_io_events(device->source, events);
}

static void want_out(struct hid_device *device, bool want)
{
	if (device->want_out == want)
		return;
	device->want_out = want;
	watch(device);
}

static void set_timer(sd_event_source *timer, uint64_t delay_us)
{
	sd_event_source_set_time_relative(timer, delay_us);
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

static void start_retry(struct hid_device *device, uint64_t delay_us)
{
	device->retrying = true;
	set_timer(device->retry, delay_us);
}

static void stop_retry(struct hid_device *device)
{
	device->retry_us = RETRY_MIN_US;
	if (device->retrying)
		sd_event_source_set_enabled(device->retry, SD_EVENT_OFF);
	device->retrying = false;
}

static void close_fd(struct hid_device *device)
{
	device->source = sd_event_source_disable_unref(device->source);
	if (device->fd != -1)
		close(device->fd);
	device->fd = -1;
}

static void fail(struct hid_device *device)
{
	device->failing = true;
	if (!device->retrying)
		start_retry(device, device->retry_us);
	/*
	 * f_hid polls as writable once the host is back. One that polls as
	 * writable and still fails is asked again by the timer only.
	 */
	want_out(device, !device->dispatching_out);
}

static void read_leds(struct hid_device *device)
{
	uint8_t buffer[LEDS_BYTES_MAX];
	ssize_t size = 0;
	int leds = -1;

	for (int i = 0; i < LEDS_READS_MAX; i++) {
		size = device->io->read(device->fd, buffer, sizeof(buffer));
		if (size <= 0)
			break;
		leds = buffer[0];
	}
	/* the rest of a flood waits in the kernel, and then in the host */
	device->leds_paused = true;
	watch(device);
	set_timer(device->leds_pause, LEDS_PAUSE_US);
	if (leds != -1)
		device->handler->leds(device->context, (uint8_t)leds);
}

static int on_leds_pause(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct hid_device *device = userdata;

	(void)source;
	(void)usec;
	device->leds_paused = false;
	watch(device);
	return 0;
}

static int on_io(sd_event_source *source, int fd, uint32_t events,
		void *userdata)
{
	struct hid_device *device = userdata;

	(void)source;
	(void)fd;
	if (events & (EPOLLHUP | EPOLLERR)) {
		close_fd(device);
		fail(device);
		device->handler->lost(
				device->context, device->function, -ENODEV);
		return 0;
	}
	if (events & EPOLLOUT) {
		want_out(device, false);
		device->dispatching_out = true;
		device->handler->ready(
				device->context, device->function, false);
		device->dispatching_out = false;
	}
	if (events & EPOLLIN && device->fd != -1)
		read_leds(device);
	return 0;
}

static int adopt(struct hid_device *device, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	/* a blocking write would hold the loop until the host wakes up */
	assert(flags != -1 && flags & O_NONBLOCK);
	close_fd(device);
	device->fd = fd;
	device->want_out = false;
	device->leds_paused = false;
	return sd_event_add_io(device->event, &device->source, fd, EPOLLIN,
			on_io, device);
}

static bool is_same_node(int fd_a, int fd_b)
{
	struct stat a, b;

	return fd_a != -1 && fstat(fd_a, &a) == 0 && fstat(fd_b, &b) == 0 &&
			a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/*
 * No gadget is a state that others show; no access is a mistake, but not in
 * the first moments, which belong to udev.
 */
static void report_open(struct hid_device *device, int rc)
{
	device->open_failures =
			rc == device->open_rc ? device->open_failures + 1 : 1;
	device->open_rc = rc;
	if (rc != 0 && rc != -ENODEV && device->open_failures == OPEN_PATIENCE)
		log_warning_errno(rc, "%s: %s: cannot open, trying again",
				device->name,
				hid_function_layouts[device->function]
						.instance);
}

/* Is the descriptor still the one of the gadget that is there now? */
static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct hid_device *device = userdata;
	int fd = device->handler->open(device->context, device->function);
	bool fresh = false;

	(void)source;
	(void)usec;
	report_open(device, fd < 0 ? fd : 0);
	start_retry(device, device->retry_us);
	device->retry_us *= 2;
	if (device->retry_us > RETRY_MAX_US)
		device->retry_us = RETRY_MAX_US;

	if (fd < 0) {
		close_fd(device);
		device->failing = true;
		device->handler->lost(device->context, device->function, fd);
		return 0;
	}
	if (is_same_node(device->fd, fd)) {
		close(fd);
	} else {
		if (adopt(device, fd) < 0) {
			close_fd(device);
			return 0;
		}
		fresh = true;
	}
	if (fresh || device->failing)
		device->handler->ready(
				device->context, device->function, fresh);
	return 0;
}

static int add_timer(struct hid_device *device, sd_event_source **timer,
		sd_event_time_handler_t callback)
{
	int rc = sd_event_add_time_relative(device->event, timer,
			CLOCK_MONOTONIC, 0, 1000, callback, device);

	return rc < 0 ? rc : sd_event_source_set_enabled(*timer, SD_EVENT_OFF);
}

int hid_device_create(struct hid_device **out, sd_event *event,
		const char *name, enum hid_function function,
		const struct hid_device_handler *handler, void *context,
		const struct hid_io *io)
{
	struct hid_device *device = calloc(1, sizeof(*device));
	int rc = -ENOMEM;

	*out = NULL;
	if (!device)
		return rc;
	device->fd = -1;
	device->function = function;
	device->handler = handler;
	device->context = context;
	device->io = io;
	device->event = sd_event_ref(event);
	device->retry_us = RETRY_MIN_US;
	device->name = strdup(name);
	if (!device->name)
		goto fail;

	rc = add_timer(device, &device->retry, on_retry);
	if (rc < 0)
		goto fail;
	rc = add_timer(device, &device->leds_pause, on_leds_pause);
	if (rc < 0)
		goto fail;
	start_retry(device, 0);

	*out = device;
	return 0;

fail:
	hid_device_destroy(device);
	return rc;
}

void hid_device_destroy(struct hid_device *device)
{
	if (!device)
		return;
	close_fd(device);
	sd_event_source_disable_unref(device->retry);
	sd_event_source_disable_unref(device->leds_pause);
	sd_event_unref(device->event);
	free(device->name);
	free(device);
}

int hid_device_write(struct hid_device *device, const uint8_t *report)
{
	size_t size = hid_function_layouts[device->function].report_bytes;
	ssize_t written;
	int rc;

	if (device->fd == -1)
		return -ENODEV;
	written = device->io->write(device->fd, report, size);
	rc = written == -1 ? -errno : 0;
	if (rc == -EAGAIN || rc == -EINTR) {
		want_out(device, true);
		if (!device->retrying)
			start_retry(device, RETRY_MAX_US);
		return -EAGAIN;
	}
	if (rc == 0 && (size_t)written != size)
		rc = -EIO; /* a gadget with other reports than ours */
	if (rc < 0) {
		fail(device);
		return rc;
	}
	device->failing = false;
	want_out(device, false);
	stop_retry(device);
	return 0;
}

void hid_device_doubt(struct hid_device *device)
{
	if (device->fd != -1 && !device->failing)
		fail(device);
}

bool hid_device_is_open(const struct hid_device *device)
{
	return device->fd != -1;
}

bool hid_device_is_writable(const struct hid_device *device, int timeout_ms)
{
	struct pollfd poll_fd = {.fd = device->fd, .events = POLLOUT};

	return device->fd != -1 && poll(&poll_fd, 1, timeout_ms) == 1 &&
			poll_fd.revents & POLLOUT;
}
