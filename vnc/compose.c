/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/compose.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "vnc/area.h"
#include "vnc/fences.h"
#include "vnc/flow.h"
#include "vnc/latency.h"
#include "vnc/maker.h"
#include "vnc/pseudo.h"
#include "vnc/rfb-write.h"
#include "vnc/seen.h"
#include "vnc/wishes.h"

/* Of one update; what is beyond them comes with the next. */
#define RECTS_MAX 128

/* Made exact in one step, so that something new need not wait for long. */
#define SHARPEN_PX (256 << 10)
#define TICK_US (1 * CLOCK_US_PER_S)

/* Answers that a viewer may ask for without reading them. */
#define ANSWERS_MAX_BYTES (64 << 10)

struct vnc_composer {
	struct vnc_composer_parts parts;
	struct vnc_maker maker;
	struct vnc_pseudo pseudo;
	struct vnc_seen *seen;
	struct vnc_flow flow;
	struct vnc_fences fences;
	struct vnc_latency latency;
	sd_event_source *tick; /* on while something was sent with loss */
	bool sharpen;          /* since the last tick there may be work */
	bool failed;
	bool held; /* what the screen shows is known to be old */

	uint32_t geometry; /* that the viewer was told */
	uint32_t width_px;
	uint32_t height_px;

	struct vnc_wishes wishes;
	bool refuse_size;
	bool continuous;
	struct video_rect continuous_area;
	bool told_fence;
	bool told_continuous;
	bool end_of_continuous; /* due when `update` has been sent */

	/* Being encoded; NULL: nothing is. */
	struct vnc_update *update;
	bool update_in_order; /* the fallback's: its bytes must be sent */
	struct vnc_wishes update_wishes;

	size_t answers_bytes; /* in the queue */
	uint64_t updates;
};

static void fail(struct vnc_composer *composer, const char *why)
{
	if (composer->failed)
		return;
	composer->failed = true;
	composer->parts.failed(composer->parts.context, why);
}

static void fail_errno(struct vnc_composer *composer, const char *what, int rc)
{
	char why[128];

	snprintf(why, sizeof(why), "%s: %s", what, strerrordesc_np(-rc));
	fail(composer, why);
}

/* ---- small messages ---------------------------------------------------------
 */

static void queue_writer(
		struct vnc_composer *composer, const struct vnc_writer *writer)
{
	net_stream_write(composer->parts.stream, writer->bytes, writer->used);
}

static void forget_read_answers(struct vnc_composer *composer)
{
	if (net_stream_queued(composer->parts.stream) == 0)
		composer->answers_bytes = 0;
}

/* Whoever makes us answer without reading would fill our memory. */
static void answer(
		struct vnc_composer *composer, const struct vnc_writer *writer)
{
	forget_read_answers(composer);
	composer->answers_bytes += writer->used;
	if (composer->answers_bytes > ANSWERS_MAX_BYTES) {
		fail(composer, "it asks for answers and does not read them");
		return;
	}
	queue_writer(composer, writer);
}

static void answer_end_of_continuous(struct vnc_composer *composer)
{
	struct vnc_writer writer = {0};

	vnc_write_end_of_continuous_updates(&writer);
	answer(composer, &writer);
}

/* What the encoder has begun can be dropped; the fallback's must be sent. */
static void answer_fences(struct vnc_composer *composer)
{
	const struct vnc_writer *answers = vnc_fences_get_due(&composer->fences,
			composer->update && composer->update_in_order);

	if (!answers)
		return;
	answer(composer, answers);
	vnc_fences_clear(&composer->fences);
}

/* ---- updates ----------------------------------------------------------------
 */

static bool may_send(const struct vnc_composer *composer)
{
	if (composer->failed || composer->held || composer->update ||
			net_stream_queued(composer->parts.stream) > 0)
		return false;
	return composer->wishes.requested ||
			(composer->continuous &&
					vnc_flow_is_open(&composer->flow));
}

static bool size_is_told(const struct vnc_composer *composer)
{
	return composer->geometry ==
			video_screen_get_geometry(composer->parts.screen);
}

/* As if it had not been begun; the fallback's cannot be taken back. */
static void drop_update(struct vnc_composer *composer)
{
	if (!composer->update || composer->update_in_order)
		return;
	vnc_update_destroy(composer->update);
	composer->update = NULL;
	vnc_seen_drop(composer->seen);
	vnc_wishes_add(&composer->wishes, &composer->update_wishes);
}

/* That were ever queued. */
static uint64_t total_bytes(const struct vnc_composer *composer)
{
	return net_stream_sent(composer->parts.stream) +
			net_stream_queued(composer->parts.stream);
}

static void ping(struct vnc_composer *composer)
{
	struct vnc_writer writer = {0};
	uint32_t id;

	if (!composer->continuous || !composer->maker.capabilities.fence)
		return;
	id = vnc_flow_ping(
			&composer->flow, total_bytes(composer), clock_now_us());
	if (id == 0)
		return;
	vnc_write_fence(&writer, VNC_FENCE_REQUEST | VNC_FENCE_BLOCK_BEFORE,
			&id, sizeof(id));
	queue_writer(composer, &writer);
}

/* One FramebufferUpdate: what is to be told beside pictures, then `pieces`. */
static void send_update(struct vnc_composer *composer, uint32_t rects,
		struct core_bytes **pieces, size_t pieces_n)
{
	struct vnc_writer head = {0}, pseudo = {0};
	uint32_t pseudo_rects = vnc_pseudo_write(&composer->pseudo,
			&composer->maker.capabilities, &pseudo);

	if (pseudo_rects + rects == 0)
		return;
	vnc_write_update_head(&head, pseudo_rects + rects);
	queue_writer(composer, &head);
	queue_writer(composer, &pseudo);
	for (size_t i = 0; i < pieces_n; i++)
		net_stream_queue(composer->parts.stream, pieces[i]);
	ping(composer);
	net_stream_flush(composer->parts.stream);
	composer->updates++;
}

static void start_ticking(struct vnc_composer *composer)
{
	int enabled = SD_EVENT_OFF;

	sd_event_source_get_enabled(composer->tick, &enabled);
	if (enabled != SD_EVENT_OFF)
		return;
	sd_event_source_set_time_relative(composer->tick, TICK_US);
	sd_event_source_set_enabled(composer->tick, SD_EVENT_ONESHOT);
}

static void on_ready(void *context, struct vnc_update *update)
{
	struct vnc_composer *composer = context;
	struct core_bytes **pieces = update->pieces;
	size_t pieces_n = update->pieces_n;

	composer->update = NULL;
	if (update->rc < 0) {
		fail_errno(composer, "cannot encode", update->rc);
		vnc_update_destroy(update);
		return;
	}
	if (composer->update_in_order && pieces_n > 0) {
		net_stream_queue(composer->parts.stream, *pieces++);
		pieces_n--;
	}
	send_update(composer, update->rects, pieces, pieces_n);
	vnc_latency_queued(&composer->latency, composer->parts.stream);
	vnc_seen_done(composer->seen, update->lossy);
	if (update->lossy)
		start_ticking(composer);
	vnc_update_destroy(update);
	if (composer->end_of_continuous)
		answer_end_of_continuous(composer);
	composer->end_of_continuous = false;
	answer_fences(composer);
	net_stream_flush(composer->parts.stream);
	vnc_composer_update(composer);
}

/* The viewer's wishes are granted by this update, or open again if dropped. */
static void start_update(struct vnc_composer *composer,
		const struct video_rect *rects, size_t rects_n, bool exact)
{
	int rc;

	vnc_latency_begin(&composer->latency, composer->parts.screen);
	vnc_seen_begin(composer->seen, rects, rects_n);
	composer->update_wishes = composer->wishes;
	composer->wishes = (struct vnc_wishes){0};
	rc = vnc_maker_request(&composer->maker, exact, rects, rects_n,
			on_ready, composer, &composer->update_in_order,
			&composer->update);
	if (rc < 0)
		fail_errno(composer, "cannot encode", rc);
}

/* Where the viewer wants to know what changes. */
static struct video_rect watched_area(const struct vnc_composer *composer)
{
	if (!composer->continuous)
		return composer->wishes.wanted;
	return vnc_area_union(
			&composer->wishes.wanted, &composer->continuous_area);
}

static bool send_picture(struct vnc_composer *composer)
{
	struct vnc_wishes *wishes = &composer->wishes;
	struct video_rect rects[RECTS_MAX];
	struct video_rect area = watched_area(composer);
	size_t rects_n = 0;

	if (!vnc_area_is_empty(&wishes->refresh)) {
		rects[rects_n++] = wishes->refresh;
		vnc_seen_blur(composer->seen);
		vnc_seen_begin(composer->seen, rects, rects_n);
	}
	if (!vnc_area_is_empty(&area))
		rects_n += vnc_seen_list_missing(composer->seen, &area,
				rects + rects_n, RECTS_MAX - rects_n);
	if (rects_n == 0)
		return false;
	start_update(composer, rects, rects_n, false);
	return true;
}

/* What stands still after it was sent with loss is sent as it is. */
static bool send_sharper(struct vnc_composer *composer)
{
	struct video_rect area = watched_area(composer);
	struct video_rect rects[RECTS_MAX];
	size_t rects_n;

	if (!composer->sharpen || vnc_area_is_empty(&area))
		return false;
	rects_n = vnc_seen_list_blurred(
			composer->seen, &area, rects, RECTS_MAX);
	rects_n = vnc_area_limit(rects, rects_n, SHARPEN_PX);
	composer->sharpen = rects_n > 0;
	if (rects_n == 0)
		return false;
	start_update(composer, rects, rects_n, true);
	return true;
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct vnc_composer *composer = userdata;

	(void)source;
	(void)usec;
	if (!vnc_seen_tick(composer->seen))
		return 0; /* all is exact */
	start_ticking(composer);
	composer->sharpen = true;
	vnc_composer_update(composer);
	return 0;
}

/* ---- sizes ------------------------------------------------------------------
 */

static void send_size(struct vnc_composer *composer,
		enum vnc_size_reason reason, enum vnc_size_status status)
{
	struct vnc_writer writer = {0};

	vnc_write_update_head(&writer, 1);
	if (composer->maker.capabilities.extended_desktop_size)
		vnc_write_extended_size_rect(&writer, reason, status,
				composer->width_px, composer->height_px);
	else
		vnc_write_rect_head(&writer, 0, 0, composer->width_px,
				composer->height_px, VNC_PSEUDO_DESKTOP_SIZE);
	queue_writer(composer, &writer);
	net_stream_flush(composer->parts.stream);
}

static void learn_size(struct vnc_composer *composer)
{
	const struct video_screen *screen = composer->parts.screen;

	composer->geometry = video_screen_get_geometry(screen);
	video_screen_get_size(
			screen, &composer->width_px, &composer->height_px);
}

/*
 * The new size, alone. Who asked has its answer with that: what it asked for
 * was a part of the old picture, and it asks again.
 */
static void follow_size(struct vnc_composer *composer)
{
	int rc;

	if (!composer->maker.capabilities.desktop_size &&
			!composer->maker.capabilities.extended_desktop_size) {
		fail(composer, "it cannot follow the screen's new size");
		return;
	}
	rc = vnc_seen_reset(composer->seen);
	if (rc < 0) {
		fail_errno(composer, "cannot follow the new size", rc);
		return;
	}
	learn_size(composer);
	composer->wishes = (struct vnc_wishes){0};
	composer->sharpen = false;
	send_size(composer, VNC_SIZE_BY_SERVER, VNC_SIZE_OK);
}

/* An answer to a viewer that wants to hear of sizes; pictures still follow. */
static void send_size_answers(struct vnc_composer *composer)
{
	bool listens = composer->maker.capabilities.extended_desktop_size;

	if (listens && composer->refuse_size)
		send_size(composer, VNC_SIZE_ASKED, VNC_SIZE_PROHIBITED);
	if (listens && composer->wishes.answer_size)
		send_size(composer, VNC_SIZE_BY_SERVER, VNC_SIZE_OK);
	composer->refuse_size = false;
	composer->wishes.answer_size = false;
}

void vnc_composer_update(struct vnc_composer *composer)
{
	vnc_latency_sent(&composer->latency, composer->parts.stream);
	forget_read_answers(composer);
	if (!size_is_told(composer))
		drop_update(composer); /* of a picture that is gone */
	if (!may_send(composer))
		return;
	if (!size_is_told(composer))
		follow_size(composer);
	if (!may_send(composer))
		return;
	send_size_answers(composer);
	if (!may_send(composer))
		return;
	if (!send_picture(composer) && !send_sharper(composer))
		send_update(composer, 0, NULL, 0);
}

/* ---- what the viewer said ---------------------------------------------------
 */

void vnc_composer_take_pixel_format(struct vnc_composer *composer,
		const struct vnc_pixel_format *format)
{
	drop_update(composer);
	vnc_maker_set_format(&composer->maker, format);
}

/* Say once what we understand, where that takes a message of its own. */
static void announce_extensions(struct vnc_composer *composer)
{
	struct vnc_writer writer = {0};

	if (!composer->maker.capabilities.fence)
		return;
	if (!composer->told_fence)
		vnc_write_fence(&writer, VNC_FENCE_REQUEST, NULL, 0);
	composer->told_fence = true;
	/* Without fences we could not tell how far behind it is. */
	if (composer->maker.capabilities.continuous_updates &&
			!composer->told_continuous) {
		vnc_write_end_of_continuous_updates(&writer);
		composer->told_continuous = true;
	}
	if (writer.used > 0)
		answer(composer, &writer);
}

void vnc_composer_take_encodings(struct vnc_composer *composer,
		const struct vnc_message *message)
{
	drop_update(composer);
	vnc_maker_set_encodings(&composer->maker, message);
	vnc_pseudo_note_capabilities(
			&composer->pseudo, &composer->maker.capabilities);
	announce_extensions(composer);
}

static struct video_rect area_on_screen(const struct vnc_composer *composer,
		const struct vnc_area *area)
{
	return vnc_area_from_wire(
			area, composer->width_px, composer->height_px);
}

void vnc_composer_take_request(struct vnc_composer *composer,
		const struct vnc_message *message)
{
	struct video_rect area =
			area_on_screen(composer, &message->update_request.area);
	struct vnc_wishes more = {.requested = true, .wanted = area};

	if (message->update_request.incremental && composer->continuous)
		return;
	if (!message->update_request.incremental) {
		more.refresh = area;
		more.answer_size = true;
	}
	vnc_wishes_add(&composer->wishes, &more);
}

void vnc_composer_take_continuous_updates(struct vnc_composer *composer,
		const struct vnc_message *message)
{
	if (message->continuous_updates.enable && composer->told_continuous) {
		if (!composer->continuous)
			vnc_flow_start(&composer->flow, total_bytes(composer));
		composer->continuous = true;
		composer->continuous_area = area_on_screen(
				composer, &message->continuous_updates.area);
		return;
	}
	if (message->continuous_updates.enable)
		return;
	/* Nothing that was not asked for comes after the end. */
	if (!composer->update_wishes.requested)
		drop_update(composer);
	composer->continuous = false;
	if (composer->update)
		composer->end_of_continuous = true;
	else
		answer_end_of_continuous(composer);
}

void vnc_composer_take_fence(struct vnc_composer *composer,
		const struct vnc_message *message)
{
	uint32_t id;

	if (message->fence.flags & VNC_FENCE_REQUEST) {
		if (vnc_fences_take(&composer->fences, message) < 0)
			fail(composer, "it asks for too many fences at once");
		return;
	}
	if (message->fence.payload_bytes != sizeof(id))
		return;
	memcpy(&id, message->fence.payload, sizeof(id));
	vnc_flow_pong(&composer->flow, id, clock_now_us());
}

void vnc_composer_take_desktop_size(struct vnc_composer *composer)
{
	composer->refuse_size = true;
}

void vnc_composer_end_message(struct vnc_composer *composer)
{
	vnc_fences_end_message(&composer->fences);
	answer_fences(composer);
}

void vnc_composer_set_held(struct vnc_composer *composer, bool held)
{
	composer->held = held;
	vnc_composer_update(composer);
}

void vnc_composer_set_leds(struct vnc_composer *composer, uint8_t hid_leds)
{
	vnc_pseudo_set_leds(&composer->pseudo, &composer->maker.capabilities,
			hid_leds);
	vnc_composer_update(composer);
}

/* ---- life -------------------------------------------------------------------
 */

int vnc_composer_create(struct vnc_composer **out,
		const struct vnc_composer_parts *parts)
{
	struct vnc_composer *composer = calloc(1, sizeof(*composer));
	int rc;

	*out = NULL;
	if (!composer)
		return -ENOMEM;
	composer->parts = *parts;
	vnc_maker_init(&composer->maker, parts->encoder, parts->library,
			parts->screen, parts->name);
	vnc_pseudo_init(&composer->pseudo, parts->name);
	vnc_flow_init(&composer->flow);
	vnc_latency_init(&composer->latency, parts->latency, parts->screen);
	learn_size(composer);
	rc = vnc_seen_create(&composer->seen, parts->screen);
	if (rc < 0)
		goto fail;
	rc = sd_event_add_time_relative(parts->event, &composer->tick,
			CLOCK_MONOTONIC, 0, 0, on_tick, composer);
	if (rc < 0)
		goto fail;
	sd_event_source_set_enabled(composer->tick, SD_EVENT_OFF);
	*out = composer;
	return 0;

fail:
	vnc_composer_destroy(composer);
	return rc;
}

void vnc_composer_destroy(struct vnc_composer *composer)
{
	if (!composer)
		return;
	sd_event_source_disable_unref(composer->tick);
	vnc_update_destroy(composer->update);
	vnc_maker_finish(&composer->maker);
	vnc_seen_destroy(composer->seen);
	free(composer);
}

void vnc_composer_get_size(const struct vnc_composer *composer,
		uint32_t *width_px, uint32_t *height_px)
{
	*width_px = composer->width_px;
	*height_px = composer->height_px;
}

bool vnc_composer_told_extended_buttons(const struct vnc_composer *composer)
{
	return vnc_pseudo_told_extended_buttons(&composer->pseudo);
}

uint64_t vnc_composer_get_updates(const struct vnc_composer *composer)
{
	return composer->updates;
}

void vnc_composer_describe(const struct vnc_composer *composer,
		char text[VNC_ENCODING_TEXT_BYTES])
{
	vnc_capabilities_describe(&composer->maker.capabilities,
			&composer->maker.format, text);
}
