/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * A shared, unchanging run of bytes: encoded once, queued to many viewers.
 * Whoever creates it owns one reference; the last unref frees it. The data is
 * filled in by the creator before anybody else gets a reference.
 *
 * Threads: create anywhere; ref and unref on the loop thread only.
 * Errors:  -ENOMEM.
 */
struct core_bytes {
	unsigned refs;
	size_t size;
	uint8_t data[];
};

/* `size` bytes with undefined content; at most CORE_BYTES_MAX. */
#define CORE_BYTES_MAX ((size_t)64 << 20)
int core_bytes_create(struct core_bytes **out, size_t size);

/* A copy of `size` bytes at `data`. */
int core_bytes_copy(struct core_bytes **out, const void *data, size_t size);

struct core_bytes *core_bytes_ref(struct core_bytes *bytes);

/* NULL is allowed. */
void core_bytes_unref(struct core_bytes *bytes);
