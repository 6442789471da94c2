/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hid-gadget/report.h"

/*
 * What the host of one function still has to be told: edges in their order,
 * with motion coalesced between them. Two views of the same keys and buttons:
 * `held` is what the callers hold now, `shown` is what the last report that
 * the host took said. Each report is made from `shown` and one edge, so an
 * edge that is dropped can never leave anything pressed: the release of what
 * was never shown changes nothing, and the release of what was shown stays.
 *
 * Stale: presses, wheel steps and relative motion that wait while the host
 * reads nothing for HID_STALE_US. A host that reads slowly loses nothing.
 *
 * Gap: while `connected` is false (no host, or a host that knows nothing yet)
 * presses are ignored and releases only update `held`; the first report is
 * `held` in full, and hid_queue_written() connects.
 *
 * The caller owns the struct; it holds no resources. Plain data and a clock
 * that is passed in. Only hid-gadget/ uses it.
 *
 * Threads: one at a time. Errors: none.
 */

#define HID_QUEUE_ENTRIES 512
#define HID_REPORT_BYTES_MAX 8

struct hid_keys {
	uint8_t modifiers;
	uint8_t count;
	uint8_t usages[HID_KEYBOARD_KEYS]; /* oldest first */
};

struct hid_edge {
	uint64_t time_us;
	uint8_t usage; /* keyboard: pressed if `down`, else released */
	bool down;
	bool timed; /* somebody's key event, and not stale: see written */
	uint8_t modifiers; /* keyboard: held at this time */
	uint8_t pressed;   /* pointers: buttons */
	uint8_t released;
	uint16_t x, y;  /* absolute */
	int32_t dx, dy; /* relative */
	int32_t wheel, pan;
};

/* One report's share of an edge: a report has 8 bits for each of these. */
struct hid_step {
	int8_t dx, dy;
	int8_t wheel, pan;
	bool last; /* the edge is done with it */
};

struct hid_view {
	struct hid_keys keys;
	uint8_t buttons;
	uint16_t x, y;
};

struct hid_queue {
	enum hid_function function;
	bool connected;
	struct hid_view held;
	struct hid_view shown;
	struct hid_view next; /* shown, once the report is written */
	struct hid_step step; /* of the first edge, in that report */
	uint64_t progress_us; /* last time the host took a report */
	uint64_t coalesced;
	uint64_t dropped; /* presses and wheel turns */
	size_t first;
	size_t count;
	struct hid_edge edges[HID_QUEUE_ENTRIES];
};

void hid_queue_init(struct hid_queue *queue, enum hid_function function);

/* The host is gone or new: forget what waits and what it was shown. */
void hid_queue_gap(struct hid_queue *queue);

/* `event_us`: when somebody pressed or released it. */
void hid_queue_key(struct hid_queue *queue, uint8_t usage, bool down,
		uint64_t event_us);
void hid_queue_point(struct hid_queue *queue, uint16_t x, uint16_t y,
		uint8_t buttons, int wheel, int pan, uint64_t now_us);
void hid_queue_move(struct hid_queue *queue, int dx, int dy, uint8_t buttons,
		int wheel, uint64_t now_us);
void hid_queue_release_all(struct hid_queue *queue, uint64_t now_us);

/*
 * The next report that the host should get, of the function's exact length;
 * false if it knows everything. Asking again gives the same one, or a newer.
 */
bool hid_queue_next(struct hid_queue *queue, uint64_t now_us,
		uint8_t report[HID_REPORT_BYTES_MAX]);

/*
 * The host took the report that hid_queue_next gave last. Returns when the key
 * event was that it told of; 0: none, or one that waited for a sleeping host.
 */
uint64_t hid_queue_written(struct hid_queue *queue, uint64_t now_us);

/* The host was shown a key or a button that is down. */
bool hid_queue_is_holding(const struct hid_queue *queue);

/* What the host was shown last, for saying it again. */
void hid_queue_repeat(const struct hid_queue *queue,
		uint8_t report[HID_REPORT_BYTES_MAX]);

/* Everything up, as the last report ever; false if the host knows that. */
bool hid_queue_farewell(const struct hid_queue *queue,
		uint8_t report[HID_REPORT_BYTES_MAX]);
