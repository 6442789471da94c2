/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * In place of the demo computer's USB side (see --wrap of ld): a host that
 * writes each keyboard report that it gets as a line of hexadecimal digits to
 * the file that RACKHAND_REPORTS names.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/demo-usb.h"

#define REPORT_BYTES 8

int __wrap_capture_demo_usb_create(struct capture_demo_usb **out,
		sd_event *event, const struct capture_demo_options *options,
		const struct capture_demo_usb_handler *handler, void *context);
void __wrap_capture_demo_usb_destroy(struct capture_demo_usb *usb);
void __wrap_capture_demo_usb_set_leds(
		struct capture_demo_usb *usb, uint8_t leds);

struct capture_demo_usb {
	FILE *reports;
	sd_event_source *keyboard;
	sd_event_source *pointers[2];
};

static int on_keyboard(sd_event_source *source, int fd, uint32_t events,
		void *userdata)
{
	struct capture_demo_usb *usb = userdata;
	uint8_t report[REPORT_BYTES];
	ssize_t n = read(fd, report, sizeof(report));

	(void)events;
	if (n <= 0 && errno != EAGAIN)
		return sd_event_source_set_enabled(source, SD_EVENT_OFF);
	for (ssize_t i = 0; i < n; i++)
		fprintf(usb->reports, "%02x", report[i]);
	fputs("\n", usb->reports);
	fflush(usb->reports);
	return 0;
}

static int on_pointer(sd_event_source *source, int fd, uint32_t events,
		void *userdata)
{
	uint8_t report[REPORT_BYTES];

	(void)events;
	(void)userdata;
	if (read(fd, report, sizeof(report)) <= 0 && errno != EAGAIN)
		return sd_event_source_set_enabled(source, SD_EVENT_OFF);
	return 0;
}

static void listen_to(sd_event *event, sd_event_source **source, int fd,
		sd_event_io_handler_t handler, struct capture_demo_usb *usb)
{
	if (sd_event_add_io(event, source, fd, EPOLLIN, handler, usb) < 0)
		abort();
	sd_event_source_set_io_fd_own(*source, true);
}

int __wrap_capture_demo_usb_create(struct capture_demo_usb **out,
		sd_event *event, const struct capture_demo_options *options,
		const struct capture_demo_usb_handler *handler, void *context)
{
	const char *path = getenv("RACKHAND_REPORTS");
	struct capture_demo_usb *usb = calloc(1, sizeof(*usb));

	(void)handler;
	(void)context;
	*out = usb;
	if (!usb)
		return -ENOMEM;
	usb->reports = path ? fopen(path, "we") : NULL;
	if (!usb->reports)
		abort();
	listen_to(event, &usb->keyboard, options->keyboard_fd, on_keyboard,
			usb);
	listen_to(event, &usb->pointers[0], options->absolute_fd, on_pointer,
			usb);
	listen_to(event, &usb->pointers[1], options->relative_fd, on_pointer,
			usb);
	return 0;
}

void __wrap_capture_demo_usb_destroy(struct capture_demo_usb *usb)
{
	if (!usb)
		return;
	sd_event_source_disable_unref(usb->keyboard);
	for (int i = 0; i < 2; i++)
		sd_event_source_disable_unref(usb->pointers[i]);
	fclose(usb->reports);
	free(usb);
}

void __wrap_capture_demo_usb_set_leds(
		struct capture_demo_usb *usb, uint8_t leds)
{
	(void)usb;
	(void)leds;
}
