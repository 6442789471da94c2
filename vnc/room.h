/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Memory that is used again: it grows to the most that was ever wanted, and
 * what was in it is lost when it does. Zero-initialised is empty.
 *
 * Threads: any; one belongs to one thread at a time.
 * Errors:  -ENOMEM.
 */
struct vnc_room {
	uint8_t *bytes;
	size_t size;
};

int vnc_room_make(struct vnc_room *room, size_t size);
void vnc_room_finish(struct vnc_room *room);
