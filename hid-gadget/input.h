/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/histogram.h"
#include "hid-gadget/report.h"

/*
 * The keyboard and pointers of one target, as state: callers say what is held
 * and where the pointer is, and this brings the host to that state as fast as
 * the host reads. Motion is coalesced, press and release edges keep their
 * order, releases are never lost, and what a host did not read for
 * HID_STALE_US is dropped except for releases. After any gap (descriptor
 * reopened, host back) the first report says what is held now; nothing is
 * replayed.
 *
 * Order holds within one function. Between functions it does as far as the
 * host reads: each edge is written at once unless an older one of the same
 * function waits, so a Ctrl that is pressed before a click is also in the
 * kernel before it; which endpoint the host polls first is up to the host.
 *
 * Threads: loop thread only. No call blocks.
 * Errors:  0 or -errno at creation; later failures are states.
 */
struct hid_input;

#define HID_STALE_US UINT64_C(500000)

enum hid_state {
	HID_STATE_ABSENT,   /* no gadget or its UDC is unbound */
	HID_STATE_OFF,      /* the host is off or no cable: ESHUTDOWN */
	HID_STATE_SLEEPING, /* reports wait: the host does not read */
	HID_STATE_READY,
	HID_STATES
};

struct hid_input_handler {
	/*
	 * A non-blocking descriptor for one function (taken), or -errno;
	 * called again with back-off while it fails.
	 */
	int (*open)(void *context, enum hid_function function);
	void (*state)(void *context, enum hid_state state);
	void (*leds)(void *context, uint8_t leds); /* HID_LED_ bits */
	/*
	 * The host was told everything that the keyboard's keys did. Called
	 * from within other calls: do no more than take a note of it. NULL:
	 * nobody wants to know.
	 */
	void (*told)(void *context);
};

struct hid_input_stats {
	uint64_t reports;   /* written */
	uint64_t coalesced; /* motions that a newer one replaced */
	uint64_t dropped;   /* presses that the host did not read in time */
	uint64_t retries;   /* writes that had to wait */
};

int hid_input_create(struct hid_input **out, sd_event *event, const char *name,
		const struct hid_input_handler *handler, void *context);

/* Writes all-up first, as far as the host takes it. NULL is allowed. */
void hid_input_destroy(struct hid_input *input);

/*
 * Press or release a usage of the keyboard page (0x04 to 0xe7); modifiers are
 * 0xe0 to 0xe7. A seventh key at once replaces the oldest. A press is ignored
 * while the state is absent or off, and until the host has taken a first
 * report. -EINVAL for another usage. `event_us`: when the event came from who
 * types; 0: now.
 */
int hid_input_key(struct hid_input *input, uint8_t usage, bool down,
		uint64_t event_us);

/*
 * Absolute pointer: x, y from 0 to HID_ABSOLUTE_MAX, buttons as in report.h,
 * wheel steps since the last call.
 */
void hid_input_point(struct hid_input *input, uint16_t x, uint16_t y,
		uint8_t buttons, int wheel, int horizontal_wheel);

/* Relative pointer: motion since the last call, any size, split as needed. */
void hid_input_move(struct hid_input *input, int dx, int dy, uint8_t buttons,
		int wheel);

/* Every key and button up. */
void hid_input_release_all(struct hid_input *input);

/* Presses and releases of keys that the host was not told yet. */
size_t hid_input_get_waiting(const struct hid_input *input);

enum hid_state hid_input_get_state(const struct hid_input *input);
uint8_t hid_input_get_leds(const struct hid_input *input);
struct hid_input_stats hid_input_get_stats(const struct hid_input *input);

/*
 * From a key's event to the write of the report that tells of it; borrowed.
 * Releases that no event asked for are not in it, nor what waited for a host
 * that reads nothing.
 */
const struct core_histogram *hid_input_get_latency(
		const struct hid_input *input);

/* "absent", "off", "sleeping", "ready" for programs; and for people. */
const char *hid_state_name(enum hid_state state);
const char *hid_state_text(enum hid_state state);
