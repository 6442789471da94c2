/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/file-usb.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define PLUGS 3
#define REPORT_MAX_BYTES 64

struct capture_file_usb {
	sd_event_source *io[PLUGS]; /* each owns its descriptor */
};

static int on_report(sd_event_source *source, int fd, uint32_t events,
		void *userdata)
{
	char report[REPORT_MAX_BYTES];
	ssize_t n = read(fd, report, sizeof(report));

	(void)events;
	(void)userdata;
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
	return 0;
}

int capture_file_usb_create(struct capture_file_usb **out, sd_event *event,
		const struct capture_file_options *options)
{
	const int fds[PLUGS] = {options->keyboard_fd, options->absolute_fd,
			options->relative_fd};
	struct capture_file_usb *usb = calloc(1, sizeof(*usb));
	int rc = usb ? 0 : -ENOMEM;

	*out = NULL;
	for (int i = 0; i < PLUGS; i++) {
		if (fds[i] == -1)
			continue;
		if (rc >= 0)
			rc = sd_event_add_io(event, &usb->io[i], fds[i],
					EPOLLIN, on_report, NULL);
		if (rc >= 0)
			sd_event_source_set_io_fd_own(usb->io[i], 1);
		else
			close(fds[i]);
	}
	if (rc < 0) {
		capture_file_usb_destroy(usb);
		return rc;
	}
	*out = usb;
	return 0;
}

void capture_file_usb_destroy(struct capture_file_usb *usb)
{
	if (!usb)
		return;
	for (int i = 0; i < PLUGS; i++)
		sd_event_source_disable_unref(usb->io[i]);
	free(usb);
}
