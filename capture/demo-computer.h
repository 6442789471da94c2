/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "capture/demo-console.h"
#include "capture/demo-layout.h"

/*
 * The demo computer itself, without its plugs: keys and pointer motion go in,
 * a text screen, a pointer and LEDs come out. It knows no time but what the
 * last tick said: monotonic, and since 1970 as people count it.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM at creation; nothing else can fail.
 */
struct capture_computer;

struct capture_mode {
	const char *name; /* as it is typed: "1280x720" */
	uint32_t width_px;
	uint32_t height_px;
};

#define CAPTURE_MODES 5
extern const struct capture_mode capture_modes[CAPTURE_MODES];

#define CAPTURE_POINTER_MAX 32767 /* of an absolute report */

struct capture_pointer {
	uint32_t x_px;
	uint32_t y_px;
};

/* It boots at once. `name` is copied, and cut if it is very long. */
int capture_computer_create(struct capture_computer **out, const char *name,
		uint64_t now_us, uint64_t wall_us);

/* NULL is allowed. */
void capture_computer_destroy(struct capture_computer *computer);

/* What time it is; to be called no later than capture_computer_next_us(). */
void capture_computer_tick(struct capture_computer *computer, uint64_t now_us,
		uint64_t wall_us);
uint64_t capture_computer_next_us(const struct capture_computer *computer);

/*
 * A key goes down, or repeats while it is held; `modifiers` are those of the
 * report. A modifier is a key too, with its own usage.
 */
void capture_computer_press(struct capture_computer *computer, uint8_t usage,
		uint8_t modifiers, bool repeated);

/* x and y from 0 to CAPTURE_POINTER_MAX, more counts as that. */
void capture_computer_point(struct capture_computer *computer, uint16_t x,
		uint16_t y, uint8_t buttons, int wheel, int horizontal_wheel);
void capture_computer_move(struct capture_computer *computer, int dx, int dy,
		uint8_t buttons, int wheel);

/* CAPTURE_LED_ bits. */
uint8_t capture_computer_get_leds(const struct capture_computer *computer);

/* False while the cable is out or the computer restarts. */
bool capture_computer_has_picture(const struct capture_computer *computer);
const struct capture_mode *capture_computer_get_mode(
		const struct capture_computer *computer);
struct capture_pointer capture_computer_get_pointer(
		const struct capture_computer *computer);

/* Borrowed; stays until the computer is destroyed. */
struct capture_console *capture_computer_get_console(
		struct capture_computer *computer);

/* Changes whenever anything that can be seen did. */
uint64_t capture_computer_get_revision(const struct capture_computer *computer);

/* For its commands (demo-commands.h). */
uint64_t capture_computer_get_uptime_us(
		const struct capture_computer *computer);
uint64_t capture_computer_get_wall_us(const struct capture_computer *computer);
void capture_computer_set_mode(struct capture_computer *computer,
		const struct capture_mode *mode);
/* Another keyboard is plugged in; "us" to begin with. */
void capture_computer_set_layout(struct capture_computer *computer,
		const struct capture_layout *layout);
void capture_computer_unplug(
		struct capture_computer *computer, uint64_t duration_us);
void capture_computer_restart(struct capture_computer *computer);
