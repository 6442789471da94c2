/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "video/frame.h"
#include "video/rect.h"
#include "vnc/encoder.h"
#include "vnc/tight.h"

/*
 * The encoder's table of work: what waits, what runs and what was made, each
 * named by rectangle, content and class. What was made is kept while it is
 * recently used, within bounds of count and bytes; the rest stays until its
 * owner, the encoder, says otherwise.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM.
 */
#define VNC_CACHE_ENTRIES_MAX 512
#define VNC_CACHE_BYTES_MAX ((size_t)16 << 20)

struct vnc_work_key {
	struct video_rect rect;
	uint32_t geometry;
	uint32_t generation;
	struct vnc_class class_;
};

enum vnc_work_state {
	VNC_WORK_WAITING, /* holds its frame */
	VNC_WORK_RUNNING, /* its job holds the frame */
	VNC_WORK_DONE,    /* holds the bytes */
};

/* A place in an update that waits for a piece of work. */
struct vnc_slot {
	LIST_ENTRY(vnc_slot) link; /* vnc_work.slots, while work is set */
	struct vnc_work *work;
	struct vnc_request *request;
	size_t index; /* of the piece */
};

struct vnc_work {
	struct vnc_work_key key;
	enum vnc_work_state state;
	struct video_frame *frame;
	struct vnc_encoded encoded;
	uint64_t asked_us; /* when it was wanted first */
	LIST_HEAD(, vnc_slot) slots;
	LIST_ENTRY(vnc_work) in_bucket;
	TAILQ_ENTRY(vnc_work) in_order; /* of the list of its state */
};

TAILQ_HEAD(vnc_work_list, vnc_work);

#define VNC_CACHE_BUCKETS 256

struct vnc_cache {
	LIST_HEAD(, vnc_work) buckets[VNC_CACHE_BUCKETS];
	struct vnc_work_list waiting; /* first in, first out */
	struct vnc_work_list running;
	struct vnc_work_list done; /* least recently used first */
	size_t done_n;
	size_t done_bytes;
};

void vnc_cache_init(struct vnc_cache *cache);
void vnc_cache_finish(struct vnc_cache *cache);

/* NULL if there is none. What is done counts as used. */
struct vnc_work *vnc_cache_find(
		struct vnc_cache *cache, const struct vnc_work_key *key);

/* New waiting work with a reference on `frame`. */
int vnc_cache_add(struct vnc_cache *cache, const struct vnc_work_key *key,
		struct video_frame *frame, struct vnc_work **out);

/* From waiting to running; the caller takes its frame over. */
struct video_frame *vnc_cache_start(
		struct vnc_cache *cache, struct vnc_work *work);

/* From running to done; takes encoded->bytes and drops what is too much. */
void vnc_cache_complete(struct vnc_cache *cache, struct vnc_work *work,
		const struct vnc_encoded *encoded);

/* Nobody may wait for it. */
void vnc_cache_remove(struct vnc_cache *cache, struct vnc_work *work);
