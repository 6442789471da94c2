/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/fallback.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "vnc/figures.h"
#include "vnc/library.h"
#include "vnc/update.h"

struct settings {
	struct vnc_pixel_format format;
	int32_t encodings[VNC_FALLBACK_ENCODINGS_MAX];
	size_t encodings_n;
	bool changed; /* since the last request */
};

/*
 * One request is its own job, with all that the job needs; `library` alone is
 * lent by the fallback, which waits for it before it goes.
 */
struct request {
	struct vnc_update_base base; /* first */
	struct core_job job;
	struct vnc_fallback *fallback;
	struct settings settings;
	struct video_frame *frame;
	bool with_pool;
	_Atomic bool abandoned; /* while with the pool: `done` frees it */
	int rc;
	uint64_t asked_us;
	uint64_t began_us;
	uint64_t ended_us;
	size_t pieces_n;
	size_t rects_n;
	struct video_rect rects[];
};

struct vnc_fallback {
	struct core_workers *pool;
	char *desktop_name;
	struct vnc_figures *figures;
	struct vnc_library *library; /* the job's while one is under way */
	struct settings wanted;
	struct request *busy;
	bool ended; /* destroyed while busy */
	int rc;     /* of the first failure; the streams are broken then */
	struct core_job end;
};

/* ---- on the library's thread ---- */

static int encode_rect(struct request *request, struct vnc_library *library,
		const struct video_rect *rect, size_t *piece)
{
	struct vnc_update *update = &request->base.update;
	const struct vnc_blocks blocks = vnc_library_cut(
			rect, request->settings.format.bits_per_pixel);
	const size_t blocks_n = (size_t)blocks.columns * blocks.rows;

	for (size_t i = 0; i < blocks_n; i++) {
		const struct video_rect block = vnc_blocks_get(&blocks, i);
		uint32_t rects;
		int rc;

		if (request->abandoned) /* and so is the stream */
			return -ECANCELED;
		rc = vnc_library_encode(library, request->frame, &block,
				&update->pieces[(*piece)++], &rects);
		if (rc < 0)
			return rc;
		update->rects += rects;
	}
	return 0;
}

static int encode(struct request *request)
{
	struct vnc_fallback *fallback = request->fallback;
	const struct settings *settings = &request->settings;
	size_t piece = 1;
	int rc = 0;

	if (request->abandoned)
		return -ECANCELED;
	if (!fallback->library)
		rc = vnc_library_create(
				&fallback->library, fallback->desktop_name);
	if (rc < 0)
		return rc;
	if (settings->changed)
		rc = vnc_library_configure(fallback->library, &settings->format,
				settings->encodings, settings->encodings_n);
	if (rc < 0)
		return rc;
	rc = vnc_library_take_messages(
			fallback->library, &request->base.update.pieces[0]);
	for (size_t i = 0; i < request->rects_n && rc == 0; i++)
		rc = encode_rect(request, fallback->library, &request->rects[i],
				&piece);
	return rc;
}

static struct request *request_of(struct core_job *job)
{
	return (struct request *)((char *)job - offsetof(struct request, job));
}

static void request_run(struct core_job *job)
{
	struct request *request = request_of(job);

	request->began_us = clock_now_us();
	request->rc = encode(request);
	request->ended_us = clock_now_us();
}

static struct vnc_fallback *fallback_of(struct core_job *job)
{
	return (struct vnc_fallback *)((char *)job -
			offsetof(struct vnc_fallback, end));
}

static void end_run(struct core_job *job)
{
	struct vnc_fallback *fallback = fallback_of(job);

	vnc_library_destroy(fallback->library);
	fallback->library = NULL;
}

/* ---- on the loop ---- */

static void end_done(struct core_job *job)
{
	struct vnc_fallback *fallback = fallback_of(job);

	/* Left over only if the pool ended first, and its thread with it. */
	end_run(job);
	free(fallback->desktop_name);
	free(fallback);
}

static void end(struct vnc_fallback *fallback)
{
	fallback->end = (struct core_job){.run = end_run, .done = end_done};
	if (fallback->library)
		core_workers_submit(fallback->pool, &fallback->end);
	else
		end_done(&fallback->end);
}

static void request_free(struct request *request)
{
	video_frame_unref(request->frame);
	vnc_update_finish(&request->base, request->pieces_n);
	free(request);
}

static void request_destroy(struct vnc_update_base *base)
{
	struct request *request = (struct request *)base;

	if (request->with_pool)
		request->abandoned = true;
	else
		request_free(request);
}

/* Whoever lent the figures may be gone when the fallback has ended. */
static void count(const struct request *request)
{
	struct vnc_figures *figures = request->fallback->figures;

	if (request->rc < 0 || request->fallback->ended)
		return;
	figures->encodes++;
	core_histogram_add(&figures->queue_wait,
			request->began_us - request->asked_us);
	core_histogram_add(&figures->encode,
			request->ended_us - request->began_us);
}

static void request_done(struct core_job *job)
{
	struct request *request = request_of(job);
	struct vnc_fallback *fallback = request->fallback;

	video_frame_unref(request->frame);
	request->frame = NULL;
	request->with_pool = false;
	fallback->busy = NULL;
	count(request);
	if (fallback->rc == 0)
		fallback->rc = request->rc;
	if (fallback->ended)
		end(fallback);
	if (request->abandoned)
		request_free(request);
	else
		vnc_update_announce(
				&request->base, request->pieces_n, request->rc);
}

int vnc_fallback_create(struct vnc_fallback **out, struct core_workers *library,
		const char *desktop_name, struct vnc_figures *figures)
{
	struct vnc_fallback *fallback = calloc(1, sizeof(*fallback));

	*out = NULL;
	if (!fallback)
		return -ENOMEM;
	fallback->pool = library;
	fallback->figures = figures;
	fallback->wanted.format = vnc_pixel_format_native;
	fallback->wanted.changed = true;
	fallback->desktop_name = strdup(desktop_name);
	if (!fallback->desktop_name)
		goto fail;
	*out = fallback;
	return 0;

fail:
	vnc_fallback_destroy(fallback);
	return -ENOMEM;
}

void vnc_fallback_destroy(struct vnc_fallback *fallback)
{
	if (!fallback)
		return;
	if (fallback->busy)
		fallback->ended = true;
	else
		end(fallback);
}

void vnc_fallback_set_pixel_format(struct vnc_fallback *fallback,
		const struct vnc_pixel_format *format)
{
	fallback->wanted.format = *format;
	fallback->wanted.changed = true;
}

void vnc_fallback_set_encodings(struct vnc_fallback *fallback,
		const int32_t *encodings, size_t encodings_n)
{
	struct settings *wanted = &fallback->wanted;

	if (encodings_n > VNC_FALLBACK_ENCODINGS_MAX)
		encodings_n = VNC_FALLBACK_ENCODINGS_MAX;
	for (size_t i = 0; i < encodings_n; i++)
		wanted->encodings[i] = encodings[i];
	wanted->encodings_n = encodings_n;
	wanted->changed = true;
}

static size_t count_pieces(const struct settings *settings,
		const struct video_rect *rects, size_t rects_n)
{
	size_t pieces_n = 1;

	for (size_t i = 0; i < rects_n; i++) {
		const struct vnc_blocks blocks = vnc_library_cut(
				&rects[i], settings->format.bits_per_pixel);

		pieces_n += (size_t)blocks.columns * blocks.rows;
	}
	return pieces_n;
}

static int request_create(struct request **out, struct vnc_fallback *fallback,
		struct video_frame *frame, const struct video_rect *rects,
		size_t rects_n, vnc_update_ready *ready, void *context)
{
	struct request *request = calloc(
			1, sizeof(*request) + rects_n * sizeof(rects[0]));
	int rc;

	*out = NULL;
	if (!request)
		return -ENOMEM;
	request->base.destroy = request_destroy;
	request->base.update.kind = VNC_KIND_FALLBACK;
	request->asked_us = clock_now_us();
	request->job = (struct core_job){
			.run = request_run, .done = request_done};
	request->fallback = fallback;
	request->settings = fallback->wanted;
	request->rc = -ECANCELED; /* unless it runs */
	request->rects_n = rects_n;
	for (size_t i = 0; i < rects_n; i++)
		request->rects[i] = rects[i];
	request->pieces_n = count_pieces(&fallback->wanted, rects, rects_n);
	rc = vnc_update_init(&request->base, request->pieces_n, ready, context);
	if (rc < 0) {
		request_free(request);
		return rc;
	}
	request->frame = video_frame_ref(frame);
	*out = request;
	return 0;
}

int vnc_fallback_request(struct vnc_fallback *fallback,
		struct video_frame *frame, const struct video_rect *rects,
		size_t rects_n, vnc_update_ready *ready, void *context,
		struct vnc_update **out)
{
	struct request *request;
	int rc;

	*out = NULL;
	if (fallback->busy)
		return -EBUSY;
	if (fallback->rc < 0)
		return fallback->rc;
	rc = request_create(&request, fallback, frame, rects, rects_n, ready,
			context);
	if (rc < 0)
		return rc;
	fallback->wanted.changed = false;
	fallback->busy = request;
	request->with_pool = true;
	core_workers_submit(fallback->pool, &request->job);
	*out = &request->base.update;
	return 0;
}

int vnc_fallback_check_link_order(void)
{
	const void *function = dlsym(RTLD_DEFAULT, "tjInitCompress");
	Dl_info info;

	if (!function || dladdr(function, &info) == 0)
		return -ENOENT;
	return strstr(info.dli_fname, "libvncserver") ? -ELIBBAD : 0;
}
