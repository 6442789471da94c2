/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

/*
 * What the host of `rackhandd-watched` knows of its keyboard and pointers, in
 * a file that others can look at while it runs. That program is rackhandd, but
 * for the demo computer's USB host, which only keeps the newest reports.
 *
 * Threads: any; each byte is whole, not all of them together.
 */
#define WATCHED_VARIABLE "RACKHAND_WATCHED" /* names the file */

enum { WATCHED_KEYBOARD, WATCHED_ABSOLUTE, WATCHED_RELATIVE, WATCHED_N };
#define WATCHED_REPORT_BYTES 8

struct watched {
	_Atomic uint32_t reports;
	_Atomic uint32_t
			pressed; /* reports of a key that was not held before */
	_Atomic uint8_t newest[WATCHED_N][WATCHED_REPORT_BYTES];
};
