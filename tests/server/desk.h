/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <systemd/sd-event.h>

#include "hid-gadget/report.h"
#include "server/typist.h"

/*
 * A typist with a host at the other end of its keyboard and pointers, for
 * tests. One at a time; the clock stands unless it is moved.
 *
 * Threads: main only.
 * Errors:  fail the test.
 */
#define ALICE 1
#define BOB 2

#define XT_LEFT_SHIFT 0x2a
#define XT_A 0x1e
#define XT_B 0x30
#define XT_RIGHT_CTRL 0x9d
#define XT_SCROLL_LOCK 0x46

#define KEYSYM_SHIFT_L 0xffe1
#define KEYSYM_SCROLL_LOCK 0xff14

struct desk {
	sd_event *event;
	struct hid_input *input;
	struct server_turn *turn;
	struct server_typist *typist;
	int host[HID_FUNCTIONS]; /* the target's end of each function */
	int gadget[HID_FUNCTIONS];
};

/* For cmocka: *state is the desk. */
int desk_set_up(void **state);
int desk_set_up_relative(void **state);
int desk_set_up_seize(void **state);
int desk_set_up_with(void **state, void (*interrupted)(void *context),
		void (*pasted)(void *context, vnc_viewer_id viewer),
		void *context);
int desk_tear_down(void **state);

/* Its clock. */
void desk_wait(uint64_t us);

/* Let everything that is on its way arrive. */
void desk_settle(struct desk *desk);

void desk_key(struct desk *desk, vnc_viewer_id viewer, uint32_t keysym,
		uint32_t xt_code, bool down);

/* The newest report of a function; zeros if there was none; how many. */
size_t desk_read_newest(struct desk *desk, enum hid_function function,
		uint8_t report[16]);

/* The next one of the keyboard, of those that have arrived; false: none. */
bool desk_read_keyboard(
		struct desk *desk, uint8_t report[HID_KEYBOARD_REPORT_BYTES]);

/* Each keyboard report since the last call: "modifiers:keys modifiers:..." */
void desk_assert_keys(struct desk *desk, const char *expected);
