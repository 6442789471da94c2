/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/flood/watched.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/demo-usb.h"

/* In place of what is declared in capture/demo-usb.h: see --wrap of ld. */
int __wrap_capture_demo_usb_create(struct capture_demo_usb **out,
		sd_event *event, const struct capture_demo_options *options,
		const struct capture_demo_usb_handler *handler, void *context);
void __wrap_capture_demo_usb_destroy(struct capture_demo_usb *usb);
void __wrap_capture_demo_usb_set_leds(
		struct capture_demo_usb *usb, uint8_t leds);

struct plug {
	sd_event_source *io; /* owns its descriptor */
	struct watched *watched;
	int which;
};

struct capture_demo_usb {
	struct watched *watched;
	struct plug plugs[WATCHED_N];
};

static struct watched *open_watched(void)
{
	const char *path = getenv(WATCHED_VARIABLE);
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	void *at = MAP_FAILED;

	if (fd != -1 && ftruncate(fd, sizeof(struct watched)) == 0)
		at = mmap(NULL, sizeof(struct watched), PROT_READ | PROT_WRITE,
				MAP_SHARED, fd, 0);
	if (fd != -1)
		close(fd);
	return at == MAP_FAILED ? NULL : at;
}

static void keep(struct plug *plug, const uint8_t report[WATCHED_REPORT_BYTES])
{
	_Atomic uint8_t *newest = plug->watched->newest[plug->which];
	bool pressed = false;

	for (size_t i = 0; i < WATCHED_REPORT_BYTES; i++) {
		pressed = pressed || (report[i] && !newest[i]);
		newest[i] = report[i];
	}
	plug->watched->reports++;
	if (pressed && plug->which == WATCHED_KEYBOARD)
		plug->watched->pressed++;
}

static int on_report(sd_event_source *source, int fd, uint32_t events,
		void *userdata)
{
	uint8_t report[WATCHED_REPORT_BYTES] = {0};
	ssize_t n = read(fd, report, sizeof(report));

	(void)events;
	if (n > 0)
		keep(userdata, report);
	else if (n == 0 || errno != EAGAIN)
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
	return 0;
}

int __wrap_capture_demo_usb_create(struct capture_demo_usb **out,
		sd_event *event, const struct capture_demo_options *options,
		const struct capture_demo_usb_handler *handler, void *context)
{
	const int fds[WATCHED_N] = {options->keyboard_fd, options->absolute_fd,
			options->relative_fd};
	struct capture_demo_usb *usb = calloc(1, sizeof(*usb));

	(void)handler;
	(void)context;
	*out = usb;
	if (!usb)
		return -ENOMEM;
	usb->watched = open_watched();
	if (!usb->watched)
		abort();
	for (int i = 0; i < WATCHED_N; i++) {
		usb->plugs[i].watched = usb->watched;
		usb->plugs[i].which = i;
		if (sd_event_add_io(event, &usb->plugs[i].io, fds[i], EPOLLIN,
				    on_report, &usb->plugs[i]) < 0)
			abort();
		sd_event_source_set_io_fd_own(usb->plugs[i].io, true);
	}
	return 0;
}

void __wrap_capture_demo_usb_destroy(struct capture_demo_usb *usb)
{
	if (!usb)
		return;
	for (int i = 0; i < WATCHED_N; i++)
		sd_event_source_disable_unref(usb->plugs[i].io);
	munmap(usb->watched, sizeof(*usb->watched));
	free(usb);
}

void __wrap_capture_demo_usb_set_leds(
		struct capture_demo_usb *usb, uint8_t leds)
{
	(void)usb;
	(void)leds;
}
