/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * From what viewers send to usages of the HID keyboard page. Tables only.
 *
 * Threads: any. Errors: usage 0 means "no such key".
 */

/* XT set 1 code as QEMU's extended key event carries it (E0 prefix as bit 7).
 */
uint8_t hid_keymap_from_xt(uint32_t code);

/* The kernel's KEY_ codes, of which xkeyboard-config's key codes are made. */
uint8_t hid_keymap_from_evdev(uint32_t code);

struct hid_keymap_entry {
	uint8_t usage;  /* 0: the layout has no such key */
	bool shift;     /* needs Shift held */
	bool any_shift; /* the same with and without Shift: leave Shift alone */
};

/* X keysym, for a target whose layout is US. */
struct hid_keymap_entry hid_keymap_from_keysym(uint32_t keysym);
