/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/cache.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

void vnc_cache_init(struct vnc_cache *cache)
{
	for (size_t i = 0; i < VNC_CACHE_BUCKETS; i++)
		LIST_INIT(&cache->buckets[i]);
	TAILQ_INIT(&cache->waiting);
	TAILQ_INIT(&cache->running);
	TAILQ_INIT(&cache->done);
	cache->done_n = 0;
	cache->done_bytes = 0;
}

static struct vnc_work_list *list_of(
		struct vnc_cache *cache, enum vnc_work_state state)
{
	switch (state) {
	case VNC_WORK_WAITING:
		return &cache->waiting;
	case VNC_WORK_RUNNING:
		return &cache->running;
	default:
		return &cache->done;
	}
}

void vnc_cache_finish(struct vnc_cache *cache)
{
	static const enum vnc_work_state states[] = {
			VNC_WORK_WAITING, VNC_WORK_RUNNING, VNC_WORK_DONE};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct vnc_work_list *list = list_of(cache, states[i]);

		while (!TAILQ_EMPTY(list))
			vnc_cache_remove(cache, TAILQ_FIRST(list));
	}
}

static size_t bucket_of(const struct vnc_work_key *key)
{
	uint32_t hash = key->rect.y_px / 16 * 128 + key->rect.x_px / 16;

	hash = hash * 31 + key->rect.width_px;
	hash = hash * 31 + key->rect.height_px;
	hash = hash * 31 + (uint32_t)key->class_.jpeg_quality;
	return hash * UINT32_C(2654435761) >> 24;
}

static bool same_format(const struct vnc_pixel_format *a,
		const struct vnc_pixel_format *b)
{
	return a->bits_per_pixel == b->bits_per_pixel && a->depth == b->depth &&
			a->big_endian == b->big_endian &&
			a->true_colour == b->true_colour &&
			a->red_max == b->red_max &&
			a->green_max == b->green_max &&
			a->blue_max == b->blue_max &&
			a->red_shift == b->red_shift &&
			a->green_shift == b->green_shift &&
			a->blue_shift == b->blue_shift;
}

static bool same_class(const struct vnc_class *a, const struct vnc_class *b)
{
	return a->codec == b->codec && a->jpeg_quality == b->jpeg_quality &&
			a->jpeg_444 == b->jpeg_444 &&
			same_format(&a->format, &b->format);
}

static bool same_key(const struct vnc_work_key *a, const struct vnc_work_key *b)
{
	return a->rect.x_px == b->rect.x_px && a->rect.y_px == b->rect.y_px &&
			a->rect.width_px == b->rect.width_px &&
			a->rect.height_px == b->rect.height_px &&
			a->geometry == b->geometry &&
			a->generation == b->generation &&
			same_class(&a->class_, &b->class_);
}

struct vnc_work *vnc_cache_find(
		struct vnc_cache *cache, const struct vnc_work_key *key)
{
	struct vnc_work *work;

	LIST_FOREACH(work, &cache->buckets[bucket_of(key)], in_bucket)
	{
		if (same_key(&work->key, key))
			break;
	}
	if (work && work->state == VNC_WORK_DONE) {
		TAILQ_REMOVE(&cache->done, work, in_order);
		TAILQ_INSERT_TAIL(&cache->done, work, in_order);
	}
	return work;
}

int vnc_cache_add(struct vnc_cache *cache, const struct vnc_work_key *key,
		struct video_frame *frame, struct vnc_work **out)
{
	struct vnc_work *work = calloc(1, sizeof(*work));

	*out = work;
	if (!work)
		return -ENOMEM;
	work->key = *key;
	work->state = VNC_WORK_WAITING;
	work->frame = video_frame_ref(frame);
	LIST_INIT(&work->slots);
	LIST_INSERT_HEAD(&cache->buckets[bucket_of(key)], work, in_bucket);
	TAILQ_INSERT_TAIL(&cache->waiting, work, in_order);
	return 0;
}

struct video_frame *vnc_cache_start(
		struct vnc_cache *cache, struct vnc_work *work)
{
	struct video_frame *frame = work->frame;

	TAILQ_REMOVE(&cache->waiting, work, in_order);
	TAILQ_INSERT_TAIL(&cache->running, work, in_order);
	work->state = VNC_WORK_RUNNING;
	work->frame = NULL;
	return frame;
}

void vnc_cache_complete(struct vnc_cache *cache, struct vnc_work *work,
		const struct vnc_encoded *encoded)
{
	TAILQ_REMOVE(&cache->running, work, in_order);
	TAILQ_INSERT_TAIL(&cache->done, work, in_order);
	work->state = VNC_WORK_DONE;
	work->encoded = *encoded;
	cache->done_n++;
	cache->done_bytes += encoded->bytes->size;

	/* The newest stays whatever its size: it is about to be used. */
	while (cache->done_n > VNC_CACHE_ENTRIES_MAX ||
			(cache->done_n > 1 &&
					cache->done_bytes >
							VNC_CACHE_BYTES_MAX))
		vnc_cache_remove(cache, TAILQ_FIRST(&cache->done));
}

void vnc_cache_remove(struct vnc_cache *cache, struct vnc_work *work)
{
	assert(LIST_EMPTY(&work->slots));
	if (work->state == VNC_WORK_DONE) {
		cache->done_n--;
		cache->done_bytes -= work->encoded.bytes->size;
	}
	LIST_REMOVE(work, in_bucket);
	TAILQ_REMOVE(list_of(cache, work->state), work, in_order);
	video_frame_unref(work->frame);
	core_bytes_unref(work->encoded.bytes);
	free(work);
}
