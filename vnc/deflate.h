/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Short zlib streams, each begun anew and flushed, never ended: so no decoder
 * waits for a checksum, and none is computed. Made for bitmaps and indices of
 * text: there it takes 0.6 of the time of zlib's fastest level and makes less.
 *
 * Threads: any; one object belongs to one thread at a time.
 * Errors:  -ENOMEM.
 */
struct vnc_deflate;

#define VNC_DEFLATE_BYTES_MAX ((size_t)1 << 20)

int vnc_deflate_create(struct vnc_deflate **out);

/* NULL is allowed. */
void vnc_deflate_destroy(struct vnc_deflate *deflater);

/* Room in bytes that so much always fits into. */
size_t vnc_deflate_bound(size_t size);

/*
 * Compress at least one byte, and no more than VNC_DEFLATE_BYTES_MAX, to `to`,
 * which has room for the bound; returns how many bytes it made. `row_bytes` is
 * the distance of what stands below each other, at which repeats are looked
 * for too.
 */
size_t vnc_deflate_run(struct vnc_deflate *deflater, const uint8_t *from,
		size_t size, size_t row_bytes, uint8_t *to);
