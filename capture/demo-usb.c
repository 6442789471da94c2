/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-usb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/demo-keys.h"
#include "core/clock.h"
#include "core/log.h"

#define REPORT_MAX_BYTES 64
#define REPORTS_PER_TURN 16
#define KEYS_FIRST 2 /* after the modifiers and a reserved byte */
#define KEYS (CAPTURE_KEYBOARD_REPORT_BYTES - KEYS_FIRST)
#define USAGE_FIRST 4 /* below are "none" and error codes */
#define USAGE_ROLL_OVER 1
#define USAGE_MODIFIERS 0xe0
#define REPEAT_DELAY_US (500 * CLOCK_US_PER_MS)
#define REPEAT_PERIOD_US (CLOCK_US_PER_S / 30)

enum function { KEYBOARD, ABSOLUTE, RELATIVE, FUNCTIONS };

struct capture_demo_usb {
	const struct capture_demo_usb_handler *handler;
	void *context;
	int fds[FUNCTIONS]; /* -1: not plugged in */
	sd_event_source *sources[FUNCTIONS];
	sd_event_source *repeat;
	uint8_t held[CAPTURE_KEYBOARD_REPORT_BYTES]; /* the last report */
	uint8_t repeating;                           /* usage; 0: none */
	uint16_t x; /* of the last absolute report */
	uint16_t y;
	uint8_t leds;
	bool leds_written;
};

static bool has_key(const uint8_t report[CAPTURE_KEYBOARD_REPORT_BYTES],
		uint8_t usage)
{
	return memchr(report + KEYS_FIRST, usage, KEYS);
}

static bool repeats(uint8_t usage)
{
	return usage != CAPTURE_USAGE_CAPS_LOCK &&
			usage != CAPTURE_USAGE_NUM_LOCK &&
			usage != CAPTURE_USAGE_SCROLL_LOCK;
}

static void start_repeat(struct capture_demo_usb *usb, uint8_t usage)
{
	usb->repeating = repeats(usage) ? usage : 0;
	if (!usb->repeating) {
		sd_event_source_set_enabled(usb->repeat, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time_relative(usb->repeat, REPEAT_DELAY_US);
	sd_event_source_set_enabled(usb->repeat, SD_EVENT_ONESHOT);
}

static void stop_repeat(struct capture_demo_usb *usb)
{
	usb->repeating = 0;
	sd_event_source_set_enabled(usb->repeat, SD_EVENT_OFF);
}

static int on_repeat(sd_event_source *source, uint64_t due_us, void *userdata)
{
	struct capture_demo_usb *usb = userdata;

	(void)due_us; /* a slow turn of the loop delays, and never piles up */
	sd_event_source_set_time_relative(source, REPEAT_PERIOD_US);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	usb->handler->press(usb->context, usb->repeating, usb->held[0], true);
	return 0;
}

static void take_modifiers(struct capture_demo_usb *usb, uint8_t modifiers)
{
	for (uint8_t i = 0; i < 8; i++)
		if (modifiers & ~usb->held[0] & (1 << i))
			usb->handler->press(usb->context,
					(uint8_t)(USAGE_MODIFIERS + i),
					modifiers, false);
}

static void take_keyboard(struct capture_demo_usb *usb, const uint8_t *report)
{
	uint8_t before[CAPTURE_KEYBOARD_REPORT_BYTES];

	if (has_key(report, USAGE_ROLL_OVER))
		return; /* too many at once: what is held is not known */
	take_modifiers(usb, report[0]);
	memcpy(before, usb->held, sizeof(before));
	memcpy(usb->held, report, sizeof(usb->held));
	if (usb->repeating && !has_key(report, usb->repeating))
		stop_repeat(usb);
	for (int i = KEYS_FIRST; i < CAPTURE_KEYBOARD_REPORT_BYTES; i++) {
		if (report[i] < USAGE_FIRST || has_key(before, report[i]))
			continue;
		start_repeat(usb, report[i]);
		usb->handler->press(usb->context, report[i], report[0], false);
	}
}

static void take_absolute(struct capture_demo_usb *usb, const uint8_t *report)
{
	usb->x = (uint16_t)(report[1] | report[2] << 8);
	usb->y = (uint16_t)(report[3] | report[4] << 8);
	usb->handler->point(usb->context, usb->x, usb->y, report[0],
			(int8_t)report[5], (int8_t)report[6]);
}

static void take_relative(struct capture_demo_usb *usb, const uint8_t *report)
{
	usb->handler->move(usb->context, (int8_t)report[1], (int8_t)report[2],
			report[0], (int8_t)report[3]);
}

static const struct {
	ssize_t bytes;
	void (*take)(struct capture_demo_usb *usb, const uint8_t *report);
} layouts[FUNCTIONS] = {
		[KEYBOARD] = {CAPTURE_KEYBOARD_REPORT_BYTES, take_keyboard},
		[ABSOLUTE] = {CAPTURE_ABSOLUTE_REPORT_BYTES, take_absolute},
		[RELATIVE] = {CAPTURE_RELATIVE_REPORT_BYTES, take_relative},
};

/* The device is gone; whatever it held is up. */
static void unplug(struct capture_demo_usb *usb, enum function function)
{
	static const uint8_t nothing[CAPTURE_KEYBOARD_REPORT_BYTES];

	usb->sources[function] =
			sd_event_source_disable_unref(usb->sources[function]);
	close(usb->fds[function]);
	usb->fds[function] = -1;
	if (function == KEYBOARD)
		take_keyboard(usb, nothing);
	if (function == ABSOLUTE)
		usb->handler->point(usb->context, usb->x, usb->y, 0, 0, 0);
	if (function == RELATIVE)
		take_relative(usb, nothing);
}

static int on_report(sd_event_source *source, int fd, uint32_t events,
		void *userdata)
{
	struct capture_demo_usb *usb = userdata;
	enum function function = source == usb->sources[KEYBOARD] ? KEYBOARD
			: source == usb->sources[ABSOLUTE]        ? ABSOLUTE
								  : RELATIVE;

	(void)events;
	for (int i = 0; i < REPORTS_PER_TURN; i++) {
		uint8_t report[REPORT_MAX_BYTES];
		ssize_t got = read(fd, report, sizeof(report));

		if (got == -1 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (got <= 0) {
			unplug(usb, function);
			return 0;
		}
		if (got == layouts[function].bytes)
			layouts[function].take(usb, report);
	}
	return 0;
}

int capture_demo_usb_create(struct capture_demo_usb **out, sd_event *event,
		const struct capture_demo_options *options,
		const struct capture_demo_usb_handler *handler, void *context)
{
	const int fds[FUNCTIONS] = {
			[KEYBOARD] = options->keyboard_fd,
			[ABSOLUTE] = options->absolute_fd,
			[RELATIVE] = options->relative_fd,
	};
	struct capture_demo_usb *usb = calloc(1, sizeof(*usb));
	int rc = 0;

	*out = NULL;
	if (!usb) {
		for (int i = 0; i < FUNCTIONS; i++)
			if (fds[i] != -1)
				close(fds[i]);
		return -ENOMEM;
	}
	memcpy(usb->fds, fds, sizeof(fds));
	usb->handler = handler;
	usb->context = context;
	rc = sd_event_add_time_relative(event, &usb->repeat, CLOCK_MONOTONIC,
			REPEAT_DELAY_US, 1, on_repeat, usb);
	if (rc < 0)
		goto fail;
	stop_repeat(usb);
	for (int i = 0; i < FUNCTIONS; i++) {
		if (fds[i] == -1)
			continue;
		rc = sd_event_add_io(event, &usb->sources[i], fds[i], EPOLLIN,
				on_report, usb);
		if (rc < 0)
			goto fail;
	}
	*out = usb;
	return 0;

fail:
	log_error_errno(rc, "%s: cannot watch the demo computer's USB",
			options->name);
	capture_demo_usb_destroy(usb);
	return rc;
}

void capture_demo_usb_destroy(struct capture_demo_usb *usb)
{
	if (!usb)
		return;
	sd_event_source_disable_unref(usb->repeat);
	for (int i = 0; i < FUNCTIONS; i++) {
		sd_event_source_disable_unref(usb->sources[i]);
		if (usb->fds[i] != -1)
			close(usb->fds[i]);
	}
	free(usb);
}

void capture_demo_usb_set_leds(struct capture_demo_usb *usb, uint8_t leds)
{
	ssize_t written;

	if (usb->leds_written && usb->leds == leds)
		return;
	usb->leds = leds;
	usb->leds_written = true;
	if (usb->fds[KEYBOARD] == -1)
		return;
	/* Nobody reads LED reports so slowly that this one waits. */
	written = send(usb->fds[KEYBOARD], &leds, sizeof(leds),
			MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)written;
}
