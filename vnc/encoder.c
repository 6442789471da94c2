/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/encoder.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "core/clock.h"
#include "vnc/cache.h"
#include "vnc/figures.h"
#include "vnc/raw.h"
#include "vnc/strip.h"
#include "vnc/tight.h"
#include "vnc/update.h"

/*
 * So many pieces of work are with the pool at once: one for each thread and
 * some for them to go on with until the loop has seen to those that are done.
 * The rest waits here, where it can still be dropped when nobody wants it.
 * The benches for them are made when so many are needed for the first time.
 */
#define BENCHES_SPARE 2
#define BENCHES_MAX (CORE_WORKERS_MAX + BENCHES_SPARE)

/*
 * What a job needs: codec, input, output. While it is with the pool it
 * belongs to its job, so the encoder may go first: it then sets `encoder`
 * to NULL, and the job's `done` frees the bench.
 */
struct bench {
	struct core_job job; /* first: one address with its bench */
	struct vnc_encoder *encoder;
	struct vnc_tight *tight;
	struct vnc_work *work; /* loop only; NULL while idle */
	/* Of the job: */
	struct video_frame *frame;
	struct video_rect rect;
	struct vnc_class class_;
	struct vnc_encoded encoded;
	uint64_t began_us;
	uint64_t ended_us;
	int rc;
};

enum request_state {
	REQUEST_OPEN,     /* some slots still wait */
	REQUEST_DEFERRED, /* all was there at once; with the pool */
	REQUEST_COMPLETE, /* in the encoder's list, ready comes next */
	REQUEST_READY,
};

struct vnc_request {
	struct vnc_update_base base; /* first */
	struct core_job defer;       /* brings us to the loop without work */
	struct vnc_encoder *encoder;
	enum request_state state;
	bool abandoned; /* destroyed while deferred: `done` frees it */
	int rc;
	uint64_t asked_us;
	size_t open_n; /* slots that wait */
	size_t slots_n;
	TAILQ_ENTRY(vnc_request) in_complete;
	struct vnc_slot slots[];
};

struct vnc_encoder {
	struct core_workers *workers;
	struct video_screen *screen;
	struct vnc_cache cache;
	TAILQ_HEAD(, vnc_request) complete;
	bool announcing;
	uint32_t swept_geometry;   /* the content that stale work was */
	uint32_t swept_generation; /* last looked for in */
	struct vnc_figures *figures;
	enum core_simd simd;
	size_t benches_n;
	struct bench *benches[BENCHES_MAX];
};

/* ---- the bench: one piece of work on a worker ---- */

static void bench_destroy(struct bench *bench)
{
	if (!bench)
		return;
	vnc_tight_destroy(bench->tight);
	free(bench);
}

static int bench_create(struct bench **out, struct vnc_encoder *encoder,
		enum core_simd simd)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	int rc = -ENOMEM;

	*out = NULL;
	if (!bench)
		return rc;
	bench->encoder = encoder;
	rc = vnc_tight_create(&bench->tight, simd);
	if (rc < 0)
		goto fail;
	*out = bench;
	return 0;

fail:
	bench_destroy(bench);
	return rc;
}

static void bench_run(struct core_job *job)
{
	struct bench *bench = (struct bench *)job;

	bench->began_us = clock_now_us();
	if (bench->class_.codec == VNC_CODEC_RAW)
		bench->rc = vnc_raw_encode(bench->frame, &bench->rect,
				&bench->class_.format, &bench->encoded);
	else
		bench->rc = vnc_tight_encode(bench->tight, bench->frame,
				&bench->rect, &bench->class_, &bench->encoded);
	bench->ended_us = clock_now_us();
}

static void bench_done(struct core_job *job);

static void bench_start(struct bench *bench, struct vnc_work *work)
{
	bench->job = (struct core_job){.run = bench_run, .done = bench_done};
	bench->work = work;
	bench->frame = vnc_cache_start(&bench->encoder->cache, work);
	bench->rect = work->key.rect;
	bench->class_ = work->key.class_;
	bench->encoded = (struct vnc_encoded){0};
	bench->rc = -ECANCELED; /* unless it runs */
	core_workers_submit(bench->encoder->workers, &bench->job);
}

static int add_bench(struct vnc_encoder *encoder)
{
	int rc = bench_create(&encoder->benches[encoder->benches_n], encoder,
			encoder->simd);

	if (rc == 0)
		encoder->benches_n++;
	return rc;
}

/* Without memory for another, work waits for those that there are. */
static struct bench *find_idle(struct vnc_encoder *encoder)
{
	const size_t most =
			core_workers_count(encoder->workers) + BENCHES_SPARE;

	for (size_t i = 0; i < encoder->benches_n; i++)
		if (!encoder->benches[i]->work)
			return encoder->benches[i];
	if (encoder->benches_n == most || add_bench(encoder) < 0)
		return NULL;
	return encoder->benches[encoder->benches_n - 1];
}

static void start_waiting(struct vnc_encoder *encoder)
{
	struct vnc_work *work;
	struct bench *bench;

	while ((work = TAILQ_FIRST(&encoder->cache.waiting))) {
		if (LIST_EMPTY(&work->slots)) { /* overtaken */
			vnc_cache_remove(&encoder->cache, work);
			continue;
		}
		bench = find_idle(encoder);
		if (!bench)
			return;
		bench_start(bench, work);
	}
}

/* ---- requests ---- */

static void request_free(struct vnc_request *request)
{
	vnc_update_finish(&request->base, request->slots_n);
	free(request);
}

static void request_destroy(struct vnc_update_base *base)
{
	struct vnc_request *request = (struct vnc_request *)base;

	for (size_t i = 0; i < request->slots_n; i++) {
		if (request->slots[i].work)
			LIST_REMOVE(&request->slots[i], link);
		request->slots[i].work = NULL;
	}
	if (request->state == REQUEST_COMPLETE)
		TAILQ_REMOVE(&request->encoder->complete, request, in_complete);
	if (request->state == REQUEST_DEFERRED)
		request->abandoned = true;
	else
		request_free(request);
}

static void request_announce(struct vnc_request *request)
{
	request->state = REQUEST_READY;
	vnc_update_announce(&request->base, request->slots_n, request->rc);
}

static void fill_slot(struct vnc_slot *slot, const struct vnc_work *work)
{
	struct vnc_update *update = &slot->request->base.update;

	update->pieces[slot->index] = core_bytes_ref(work->encoded.bytes);
	update->rects += work->encoded.rects;
	if (work->encoded.lossy)
		update->lossy[update->lossy_n++] = work->encoded.blurred;
}

/* Hand the outcome of `work` to all that wait for it. */
static void settle(struct vnc_encoder *encoder, struct vnc_work *work, int rc)
{
	struct vnc_slot *slot;

	while ((slot = LIST_FIRST(&work->slots))) {
		struct vnc_request *request = slot->request;

		LIST_REMOVE(slot, link);
		slot->work = NULL;
		if (rc < 0)
			request->rc = rc;
		else
			fill_slot(slot, work);
		if (--request->open_n > 0)
			continue;
		request->state = REQUEST_COMPLETE;
		TAILQ_INSERT_TAIL(&encoder->complete, request, in_complete);
	}
}

/* A callee may destroy or make any request, but not the encoder. */
static void announce_complete(struct vnc_encoder *encoder)
{
	struct vnc_request *request;

	encoder->announcing = true;
	while ((request = TAILQ_FIRST(&encoder->complete))) {
		TAILQ_REMOVE(&encoder->complete, request, in_complete);
		request_announce(request);
	}
	encoder->announcing = false;
}

static bool is_current(const struct vnc_encoder *encoder,
		const struct vnc_work_key *key)
{
	return key->geometry == video_screen_get_geometry(encoder->screen) &&
			key->generation ==
			video_screen_generation(encoder->screen, &key->rect);
}

static void count(struct vnc_figures *figures, const struct bench *bench,
		const struct vnc_work *work)
{
	figures->encodes++;
	core_histogram_add(
			&figures->queue_wait, bench->began_us - work->asked_us);
	core_histogram_add(&figures->encode, bench->ended_us - bench->began_us);
}

static void bench_done(struct core_job *job)
{
	struct bench *bench = (struct bench *)job;
	struct vnc_encoder *encoder = bench->encoder;
	struct vnc_work *work = bench->work;

	video_frame_unref(bench->frame);
	bench->frame = NULL;
	bench->work = NULL;
	if (!encoder) {
		core_bytes_unref(bench->encoded.bytes);
		bench_destroy(bench);
		return;
	}
	if (bench->rc == 0) {
		count(encoder->figures, bench, work);
		vnc_cache_complete(&encoder->cache, work, &bench->encoded);
	}
	settle(encoder, work, bench->rc);
	if (bench->rc < 0 || !is_current(encoder, &work->key))
		vnc_cache_remove(&encoder->cache, work);
	start_waiting(encoder);
	announce_complete(encoder);
}

static void defer_run(struct core_job *job)
{
	(void)job; /* the way there and back is all */
}

static void defer_done(struct core_job *job)
{
	struct vnc_request *request = (struct vnc_request *)((char *)job -
			offsetof(struct vnc_request, defer));

	if (request->abandoned)
		request_free(request);
	else
		request_announce(request);
}

static void defer(struct vnc_request *request)
{
	request->state = REQUEST_DEFERRED;
	request->defer =
			(struct core_job){.run = defer_run, .done = defer_done};
	core_workers_submit(request->encoder->workers, &request->defer);
}

/* ---- from rectangles to slots ---- */

static bool lies_inside(const struct video_rect *rect,
		const struct video_layout *layout)
{
	return rect->width_px > 0 && rect->height_px > 0 &&
			rect->width_px <= layout->width_px &&
			rect->height_px <= layout->height_px &&
			rect->x_px <= layout->width_px - rect->width_px &&
			rect->y_px <= layout->height_px - rect->height_px;
}

/* Once per new content, so that what is overtaken does not fill the cache. */
static void drop_stale(struct vnc_encoder *encoder)
{
	const struct video_screen *screen = encoder->screen;
	const uint32_t geometry = video_screen_get_geometry(screen);
	const uint32_t generation = video_screen_get_generation(screen);
	struct vnc_work *work, *next;

	if (encoder->swept_geometry == geometry &&
			encoder->swept_generation == generation)
		return;
	encoder->swept_geometry = geometry;
	encoder->swept_generation = generation;
	for (work = TAILQ_FIRST(&encoder->cache.done); work; work = next) {
		next = TAILQ_NEXT(work, in_order);
		if (!is_current(encoder, &work->key))
			vnc_cache_remove(&encoder->cache, work);
	}
}

static int add_slot(struct vnc_request *request, const struct vnc_class *class_,
		const struct video_rect *strip)
{
	struct vnc_encoder *encoder = request->encoder;
	struct vnc_slot *slot = &request->slots[request->slots_n];
	struct video_screen *screen = encoder->screen;
	const struct vnc_work_key key = {
			.rect = *strip,
			.geometry = video_screen_get_geometry(screen),
			.generation = video_screen_generation(screen, strip),
			.class_ = *class_,
	};
	struct vnc_work *work = vnc_cache_find(&encoder->cache, &key);
	int rc;

	slot->request = request;
	slot->index = request->slots_n++;
	if (work) {
		encoder->figures->shared++;
	} else {
		rc = vnc_cache_add(&encoder->cache, &key,
				video_screen_get_frame(screen), &work);
		if (rc < 0)
			return rc;
		work->asked_us = request->asked_us;
	}
	if (work->state == VNC_WORK_DONE) {
		fill_slot(slot, work);
		return 0;
	}
	slot->work = work;
	LIST_INSERT_HEAD(&work->slots, slot, link);
	request->open_n++;
	return 0;
}

static int add_slots(struct vnc_request *request,
		const struct vnc_class *class_, const struct video_rect *rects,
		size_t rects_n)
{
	for (size_t i = 0; i < rects_n; i++) {
		const struct vnc_strips strips = vnc_strips_cut(&rects[i]);

		for (size_t j = 0; j < vnc_strips_count(&strips); j++) {
			const struct video_rect strip =
					vnc_strips_get(&strips, j);
			int rc = add_slot(request, class_, &strip);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

/* How many strips the rectangles make; -EINVAL if one leaves the picture. */
static int count_strips(const struct vnc_encoder *encoder,
		const struct video_rect *rects, size_t rects_n, size_t *count)
{
	const struct video_frame *frame =
			video_screen_get_frame(encoder->screen);

	*count = 0;
	for (size_t i = 0; i < rects_n; i++) {
		struct vnc_strips strips;

		if (!frame || !lies_inside(&rects[i], &frame->layout))
			return -EINVAL;
		strips = vnc_strips_cut(&rects[i]);
		*count += vnc_strips_count(&strips);
	}
	return 0;
}

static int request_create(struct vnc_request **out, struct vnc_encoder *encoder,
		size_t slots_max, vnc_update_ready *ready, void *context)
{
	struct vnc_request *request = calloc(1,
			sizeof(*request) +
					slots_max * sizeof(request->slots[0]));
	int rc = -ENOMEM;

	*out = NULL;
	if (!request)
		return rc;
	request->encoder = encoder;
	request->base.destroy = request_destroy;
	rc = vnc_update_init(&request->base, slots_max, ready, context);
	if (rc < 0) {
		request_free(request);
		return rc;
	}
	*out = request;
	return 0;
}

int vnc_encoder_request(struct vnc_encoder *encoder,
		const struct vnc_class *class_, const struct video_rect *rects,
		size_t rects_n, vnc_update_ready *ready, void *context,
		struct vnc_update **out)
{
	struct vnc_request *request;
	size_t slots_max;
	int rc;

	*out = NULL;
	rc = count_strips(encoder, rects, rects_n, &slots_max);
	if (rc < 0)
		return rc;
	rc = request_create(&request, encoder, slots_max, ready, context);
	if (rc < 0)
		return rc;
	request->base.update.kind = vnc_class_kind(class_);
	request->asked_us = clock_now_us();
	drop_stale(encoder);
	rc = add_slots(request, class_, rects, rects_n);
	if (rc < 0) {
		request_destroy(&request->base);
		return rc;
	}
	if (request->open_n == 0)
		defer(request);
	start_waiting(encoder);
	*out = &request->base.update;
	return 0;
}

/* ---- the encoder ---- */

int vnc_encoder_create(struct vnc_encoder **out, struct core_workers *workers,
		struct video_screen *screen, struct vnc_figures *figures,
		enum core_simd simd)
{
	struct vnc_encoder *encoder = calloc(1, sizeof(*encoder));
	int rc;

	*out = NULL;
	if (!encoder)
		return -ENOMEM;
	encoder->workers = workers;
	encoder->screen = screen;
	encoder->figures = figures;
	vnc_cache_init(&encoder->cache);
	TAILQ_INIT(&encoder->complete);
	encoder->simd = simd;
	rc = add_bench(encoder);
	if (rc < 0)
		goto fail;
	*out = encoder;
	return 0;

fail:
	vnc_encoder_destroy(encoder);
	return rc;
}

void vnc_encoder_destroy(struct vnc_encoder *encoder)
{
	if (!encoder)
		return;
	assert(!encoder->announcing && TAILQ_EMPTY(&encoder->complete));
	for (size_t i = 0; i < encoder->benches_n; i++) {
		struct bench *bench = encoder->benches[i];

		if (bench->work)
			bench->encoder = NULL;
		else
			bench_destroy(bench);
	}
	vnc_cache_finish(&encoder->cache);
	free(encoder);
}
