/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "hid-gadget/device.h"
#include "hid-gadget/input.h"

/*
 * A host with a gadget for unit tests: one end of a socketpair per function
 * in place of /dev/hidgN. A descriptor polls as writable while its socket has
 * room, as f_hid's does while its place for a report is free; what write(2)
 * answers is set by the test.
 *
 * There is one at a time, since the system calls carry no context.
 *
 * Threads: one. Errors: asserted.
 */
struct fake_function {
	int gadget_fd; /* a copy is given to the device */
	int host_fd;
	int open_rc;     /* 0, or what open answers */
	int write_errno; /* 0, or what write answers */
	bool asleep;     /* not writable: EAGAIN */
	unsigned opens;
	unsigned writes; /* tries */
};

#define FAKE_REBUILDS_MAX 8

struct fake_report {
	enum hid_function function;
	size_t size;
	uint8_t bytes[8];
};

#define FAKE_REPORTS_MAX 4096

struct fake_host {
	sd_event *event;
	struct hid_input *input;
	struct fake_function functions[HID_FUNCTIONS];
	struct fake_report reports[FAKE_REPORTS_MAX]; /* in order of arrival */
	size_t reports_n;
	size_t reports_read; /* by the test */
	int dead_fds[FAKE_REBUILDS_MAX * HID_FUNCTIONS];
	size_t dead_fds_n;
	unsigned states;
	enum hid_state state;
	unsigned leds_n;
	uint8_t leds;
};

/* cmocka set-up and tear-down: *state is the host, its input is created. */
int fake_host_setup(void **state);
int fake_host_teardown(void **state);

/* As setup without running the loop, so that nothing is open yet. */
int fake_host_setup_closed(void **state);

/* Replace the nodes by new ones, as a gadget that is built anew does. */
void fake_host_rebuild(struct fake_host *host);

void fake_host_sleep(struct fake_host *host, bool asleep);
void fake_host_sleep_function(struct fake_host *host,
		enum hid_function function, bool asleep);
void fake_host_fail(struct fake_host *host, int write_errno);
void fake_host_remove(struct fake_host *host, int open_rc);

/* Run the loop until `value` is `wanted`, or fail. */
void fake_host_run_until_state(struct fake_host *host, enum hid_state wanted);
void fake_host_run_until_leds(struct fake_host *host, uint8_t wanted);
void fake_host_run_until_reports(struct fake_host *host, size_t wanted);

/* Run what is ready now, and what gets ready within ms. */
void fake_host_run(struct fake_host *host, unsigned ms);

/* The next report that the test did not look at yet must be this one. */
void fake_host_expect(struct fake_host *host, enum hid_function function,
		const uint8_t *bytes, size_t size);
#define fake_host_expects(host, function, ...)                                 \
	fake_host_expect(host, function, (const uint8_t[]){__VA_ARGS__},       \
			sizeof((const uint8_t[]){__VA_ARGS__}))
void fake_host_expect_nothing(const struct fake_host *host);
void fake_host_forget(struct fake_host *host);
