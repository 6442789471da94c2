/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/hid-gadget/fake-host.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "hid-gadget/input-internal.h"

#define PATIENCE_US (20 * CLOCK_US_PER_S)
#define IDLE_AFTER_EVENTS 1000

static struct fake_host *current;

static bool same_file(int a, int b)
{
	struct stat status_a, status_b;

	return fstat(a, &status_a) == 0 && fstat(b, &status_b) == 0 &&
			status_a.st_ino == status_b.st_ino;
}

static ssize_t fake_write(int fd, const void *buffer, size_t size)
{
	for (int f = 0; f < HID_FUNCTIONS; f++) {
		struct fake_function *it = &current->functions[f];
		struct fake_report *report;

		if (it->gadget_fd == -1 || !same_file(fd, it->gadget_fd))
			continue;
		it->writes++;
		errno = it->write_errno ? it->write_errno : EAGAIN;
		if (it->write_errno || it->asleep)
			return -1;
		assert_true(current->reports_n < FAKE_REPORTS_MAX);
		report = &current->reports[current->reports_n++];
		report->function = (enum hid_function)f;
		report->size = size;
		assert_true(size <= sizeof(report->bytes));
		memcpy(report->bytes, buffer, size);
		return (ssize_t)size;
	}
	errno = ESHUTDOWN; /* the node of a gadget that was removed */
	return -1;
}

static const struct hid_io fake_io = {.read = read, .write = fake_write};

static int on_open(void *context, enum hid_function function)
{
	struct fake_host *host = context;
	struct fake_function *it = &host->functions[function];
	int fd;

	it->opens++;
	if (it->open_rc)
		return it->open_rc;
	fd = fcntl(it->gadget_fd, F_DUPFD_CLOEXEC, 0);
	assert_true(fd >= 0);
	return fd;
}

static void on_state(void *context, enum hid_state state)
{
	struct fake_host *host = context;

	assert_int_not_equal(host->state, state); /* only changes are told */
	host->state = state;
	host->states++;
}

static void on_leds(void *context, uint8_t leds)
{
	struct fake_host *host = context;

	host->leds = leds;
	host->leds_n++;
}

static const struct hid_input_handler handler = {
		.open = on_open,
		.state = on_state,
		.leds = on_leds,
};

static void make_node(struct fake_function *it)
{
	int fds[2];
	int size = 1;

	assert_int_equal(socketpair(AF_UNIX,
					 SOCK_SEQPACKET | SOCK_NONBLOCK |
							 SOCK_CLOEXEC,
					 0, fds),
			0);
	assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size,
					 sizeof(size)),
			0);
	it->gadget_fd = fds[0];
	it->host_fd = fds[1];
}

static void close_node(struct fake_function *it)
{
	close(it->gadget_fd);
	close(it->host_fd);
	it->gadget_fd = it->host_fd = -1;
}

int fake_host_setup_closed(void **state)
{
	struct fake_host *host = calloc(1, sizeof(*host));

	assert_non_null(host);
	current = host;
	host->state = HID_STATE_ABSENT;
	assert_true(sd_event_new(&host->event) >= 0);
	for (int f = 0; f < HID_FUNCTIONS; f++)
		make_node(&host->functions[f]);
	assert_int_equal(hid_input_create_with(&host->input, host->event,
					 "test", &handler, host, &fake_io),
			0);
	*state = host;
	return 0;
}

int fake_host_setup(void **state)
{
	struct fake_host *host;

	fake_host_setup_closed(state);
	host = *state;
	fake_host_run_until_reports(host, HID_FUNCTIONS);
	fake_host_run_until_state(host, HID_STATE_READY);
	fake_host_forget(host);
	return 0;
}

int fake_host_teardown(void **state)
{
	struct fake_host *host = *state;

	hid_input_destroy(host->input);
	for (int f = 0; f < HID_FUNCTIONS; f++)
		close_node(&host->functions[f]);
	for (size_t i = 0; i < host->dead_fds_n; i++)
		close(host->dead_fds[i]);
	sd_event_unref(host->event);
	free(host);
	current = NULL;
	return 0;
}

void fake_host_rebuild(struct fake_host *host)
{
	for (int f = 0; f < HID_FUNCTIONS; f++) {
		struct fake_function *it = &host->functions[f];
		int old_gadget = it->gadget_fd;
		int old_host = it->host_fd;

		make_node(it); /* first, so that the inode is another one */
		close(old_gadget);
		/* f_hid hangs up nobody: it stays open until the end */
		assert_true(host->dead_fds_n <
				FAKE_REBUILDS_MAX * HID_FUNCTIONS);
		host->dead_fds[host->dead_fds_n++] = old_host;
		it->open_rc = 0;
		it->asleep = false;
		it->write_errno = 0;
	}
}

void fake_host_sleep_function(
		struct fake_host *host, enum hid_function function, bool asleep)
{
	struct fake_function *it = &host->functions[function];
	uint8_t junk[16] = {0};

	it->asleep = asleep;
	if (asleep)
		while (send(it->gadget_fd, junk, sizeof(junk), 0) > 0)
			continue;
	else
		while (recv(it->host_fd, junk, sizeof(junk), 0) > 0)
			continue;
}

void fake_host_sleep(struct fake_host *host, bool asleep)
{
	for (int f = 0; f < HID_FUNCTIONS; f++)
		fake_host_sleep_function(host, (enum hid_function)f, asleep);
}

/* As f_hid while its host is off: the error, and it polls as not writable. */
void fake_host_fail(struct fake_host *host, int write_errno)
{
	fake_host_sleep(host, write_errno != 0);
	for (int f = 0; f < HID_FUNCTIONS; f++)
		host->functions[f].write_errno = write_errno;
}

void fake_host_remove(struct fake_host *host, int open_rc)
{
	for (int f = 0; f < HID_FUNCTIONS; f++)
		host->functions[f].open_rc = open_rc;
}

static void run_once(struct fake_host *host, uint64_t deadline_us)
{
	assert_true(sd_event_run(host->event, 100 * CLOCK_US_PER_MS) >= 0);
	assert_true(clock_now_us() < deadline_us);
}

void fake_host_run_until_state(struct fake_host *host, enum hid_state wanted)
{
	uint64_t deadline_us = clock_now_us() + PATIENCE_US;

	while (host->state != wanted)
		run_once(host, deadline_us);
	assert_int_equal(hid_input_get_state(host->input), wanted);
}

void fake_host_run_until_leds(struct fake_host *host, uint8_t wanted)
{
	uint64_t deadline_us = clock_now_us() + PATIENCE_US;

	while (host->leds != wanted)
		run_once(host, deadline_us);
}

void fake_host_run_until_reports(struct fake_host *host, size_t wanted)
{
	uint64_t deadline_us = clock_now_us() + PATIENCE_US;

	while (host->reports_n < wanted)
		run_once(host, deadline_us);
}

void fake_host_run(struct fake_host *host, unsigned ms)
{
	uint64_t end_us = clock_now_us() + ms * CLOCK_US_PER_MS;
	uint64_t now_us;

	/* a loop that is never idle spins on something */
	for (int i = 0; sd_event_run(host->event, 0) > 0; i++)
		assert_in_range(i, 0, IDLE_AFTER_EVENTS);
	while ((now_us = clock_now_us()) < end_us)
		assert_true(sd_event_run(host->event, end_us - now_us) >= 0);
}

void fake_host_expect(struct fake_host *host, enum hid_function function,
		const uint8_t *bytes, size_t size)
{
	const struct fake_report *report;

	fake_host_run_until_reports(host, host->reports_read + 1);
	report = &host->reports[host->reports_read++];
	assert_int_equal(report->function, function);
	assert_int_equal(report->size,
			hid_function_layouts[function].report_bytes);
	assert_memory_equal(report->bytes, bytes, size);
}

void fake_host_expect_nothing(const struct fake_host *host)
{
	assert_int_equal(host->reports_n, host->reports_read);
}

void fake_host_forget(struct fake_host *host)
{
	host->reports_n = host->reports_read = 0;
}
