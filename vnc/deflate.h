/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Short zlib streams, each begun anew and flushed, never ended: so no decoder
 * waits for a checksum, and none is computed.
 *
 * Threads: any; one object belongs to one thread at a time.
 * Errors:  -ENOMEM, -EOVERFLOW when it does not fit.
 */
struct vnc_deflate;

int vnc_deflate_create(struct vnc_deflate **out);

/* NULL is allowed. */
void vnc_deflate_destroy(struct vnc_deflate *deflater);

/* Room in bytes that is enough for so much. */
size_t vnc_deflate_bound(size_t size);

/* *written bytes at `to`, which has room for `room` bytes. */
int vnc_deflate_run(struct vnc_deflate *deflater, const uint8_t *from,
		size_t size, uint8_t *to, size_t room, size_t *written);
