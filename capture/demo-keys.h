/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * What the keys of a US keyboard mean to the demo computer, by their usage of
 * the HID keyboard page. Data only.
 *
 * Threads: any.
 * Errors:  NULL for a usage that has no key.
 */
#define CAPTURE_USAGE_C 0x06
#define CAPTURE_USAGE_L 0x0f
#define CAPTURE_USAGE_ENTER 0x28
#define CAPTURE_USAGE_BACKSPACE 0x2a
#define CAPTURE_USAGE_TAB 0x2b
#define CAPTURE_USAGE_CAPS_LOCK 0x39
#define CAPTURE_USAGE_SCROLL_LOCK 0x47
#define CAPTURE_USAGE_HOME 0x4a
#define CAPTURE_USAGE_DELETE 0x4c
#define CAPTURE_USAGE_END 0x4d
#define CAPTURE_USAGE_RIGHT 0x4f
#define CAPTURE_USAGE_LEFT 0x50
#define CAPTURE_USAGE_DOWN 0x51
#define CAPTURE_USAGE_UP 0x52
#define CAPTURE_USAGE_NUM_LOCK 0x53

/* Bits of the keyboard report's first byte, left and right together. */
#define CAPTURE_MODIFIERS_CTRL 0x11
#define CAPTURE_MODIFIERS_SHIFT 0x22
#define CAPTURE_MODIFIERS_ALT 0x44
#define CAPTURE_MODIFIERS_GUI 0x88
#define CAPTURE_MODIFIER_RIGHT_ALT 0x40

/* Bits of the LED report. */
#define CAPTURE_LED_NUM_LOCK 0x01
#define CAPTURE_LED_CAPS_LOCK 0x02
#define CAPTURE_LED_SCROLL_LOCK 0x04

struct capture_key {
	const char *name; /* short, for the status line */
	char plain;       /* 0: not printable */
	char shifted;
	char num_lock;     /* printable only while Num Lock is on */
	uint8_t otherwise; /* the usage that a keypad key is without Num Lock */
};

const struct capture_key *capture_key_find(uint8_t usage);
