/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/clock.h"
#include "vnc/area.h"
#include "vnc/compose-private.h"

/* Of one update; what is beyond them comes with the next. */
#define RECTS_MAX 128

static bool may_send(const struct vnc_composer *composer)
{
	if (composer->failed || composer->held || composer->update ||
			!net_stream_is_clear(composer->parts.stream))
		return false;
	return composer->wishes.requested ||
			(composer->continuous &&
					vnc_flow_is_open(&composer->flow));
}

void vnc_composer_drop_update(struct vnc_composer *composer)
{
	if (!composer->update || composer->update_in_order)
		return;
	vnc_update_destroy(composer->update);
	composer->update = NULL;
	vnc_seen_drop(composer->seen);
	vnc_wishes_add(&composer->wishes, &composer->update_wishes);
	vnc_composer_note_refinement_dropped(composer);
	vnc_composer_start_ticking(composer); /* some of it was settled */
}

static void write_moves(
		struct vnc_writer *writer, const struct vnc_moves *moves)
{
	for (size_t i = 0; i < moves->n; i++) {
		const struct video_rect *to = &moves->list[i].to;

		vnc_write_rect_head(writer, to->x_px, to->y_px, to->width_px,
				to->height_px, VNC_ENCODING_COPY_RECT);
		vnc_write_u16(writer, to->x_px);
		vnc_write_u16(writer, moves->list[i].from_y_px);
	}
}

/*
 * One FramebufferUpdate: what is to be told beside pictures, what is to be
 * moved, then `pieces`.
 */
static void send_update(struct vnc_composer *composer, uint32_t rects,
		struct core_bytes **pieces, size_t pieces_n,
		enum vnc_flow_cargo cargo)
{
	const struct vnc_moves *moves = vnc_seen_get_moves(composer->seen);
	struct vnc_writer head = {0}, pseudo = {0};
	uint32_t pseudo_rects = vnc_pseudo_write(&composer->pseudo,
			&composer->maker.capabilities, &pseudo);

	rects += pseudo_rects + (uint32_t)moves->n;
	if (rects == 0)
		return;
	vnc_composer_ping_before(composer);
	vnc_write_update_head(&head, rects);
	vnc_write_bytes(&head, pseudo.bytes, pseudo.used);
	write_moves(&head, moves);
	vnc_composer_queue(composer, &head);
	for (size_t i = 0; i < pieces_n; i++)
		net_stream_queue(composer->parts.stream, pieces[i]);
	vnc_composer_ping_after(composer, cargo);
	net_stream_flush(composer->parts.stream);
	composer->updates++;
	composer->parts.figures->updates++;
	composer->parts.figures->copy_rects += moves->n;
}

static enum vnc_flow_cargo cargo_of(const struct vnc_composer *composer,
		const struct vnc_update *update)
{
	if (composer->update_exact)
		return VNC_FLOW_REFINEMENT;
	return update->lossy_n > 0 ? VNC_FLOW_LOSSY : VNC_FLOW_PLAIN;
}

static void on_ready(void *context, struct vnc_update *update)
{
	struct vnc_composer *composer = context;
	struct core_bytes **pieces = update->pieces;
	size_t pieces_n = update->pieces_n;

	composer->update = NULL;
	if (update->rc < 0) {
		vnc_composer_fail_errno(composer, "cannot encode", update->rc);
		vnc_update_destroy(update);
		return;
	}
	vnc_figures_add_update(composer->parts.figures, update);
	composer->parts.figures->refinements += composer->update_exact;
	if (composer->update_in_order && pieces_n > 0) {
		net_stream_queue(composer->parts.stream, *pieces++);
		pieces_n--;
	}
	send_update(composer, update->rects, pieces, pieces_n,
			cargo_of(composer, update));
	vnc_latency_queued(&composer->latency, composer->parts.stream);
	vnc_composer_note_refined(composer, update);
	vnc_seen_done(composer->seen, update->lossy, update->lossy_n);
	if (update->lossy_n > 0)
		vnc_composer_start_ticking(composer);
	vnc_update_destroy(update);
	if (composer->end_of_continuous)
		vnc_composer_answer_end_of_continuous(composer);
	composer->end_of_continuous = false;
	vnc_composer_answer_fences(composer);
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
	composer->update_exact = exact;
	composer->update_wishes = composer->wishes;
	composer->wishes = (struct vnc_wishes){0};
	rc = vnc_maker_request(&composer->maker, exact, rects, rects_n,
			on_ready, composer, &composer->update_in_order,
			&composer->update);
	if (rc < 0)
		vnc_composer_fail_errno(composer, "cannot encode", rc);
}

/* Where the viewer wants to know what changes. */
static struct video_rect watched_area(const struct vnc_composer *composer,
		const struct vnc_wishes *wishes)
{
	if (!composer->continuous)
		return wishes->wanted;
	return vnc_area_union(&wishes->wanted, &composer->continuous_area);
}

/* What the viewer has is all that it needs. */
static void send_moves(struct vnc_composer *composer)
{
	vnc_latency_begin(&composer->latency, composer->parts.screen);
	vnc_seen_begin(composer->seen, NULL, 0);
	composer->wishes = (struct vnc_wishes){0};
	send_update(composer, 0, NULL, 0, VNC_FLOW_PLAIN);
	vnc_latency_queued(&composer->latency, composer->parts.stream);
	vnc_seen_done(composer->seen, NULL, 0);
}

static bool send_picture(struct vnc_composer *composer)
{
	struct vnc_wishes *wishes = &composer->wishes;
	struct video_rect rects[RECTS_MAX];
	struct video_rect area = watched_area(composer, wishes);
	size_t rects_n = 0;

	vnc_seen_limit_moves(composer->seen, &area);
	if (!vnc_area_is_empty(&wishes->refresh)) {
		rects[rects_n++] = wishes->refresh;
		vnc_seen_begin(composer->seen, rects, rects_n);
	}
	if (!vnc_area_is_empty(&area))
		rects_n += vnc_seen_list_missing(composer->seen, &area,
				rects + rects_n, RECTS_MAX - rects_n);
	if (rects_n > 0)
		start_update(composer, rects, rects_n, false);
	else if (vnc_seen_has_moves(composer->seen))
		send_moves(composer);
	else
		return false;
	return true;
}

/*
 * What stands still after it was sent with loss is sent as it is, when the
 * path is empty.
 */
static bool send_sharper(struct vnc_composer *composer)
{
	struct video_rect area = watched_area(composer, &composer->wishes);
	struct video_rect rects[RECTS_MAX];
	size_t rects_n;

	if (composer->continuous && !vnc_flow_is_idle(&composer->flow))
		return false;
	rects_n = vnc_composer_list_refinement(
			composer, &area, rects, RECTS_MAX);
	if (rects_n == 0)
		return false;
	start_update(composer, rects, rects_n, true);
	return true;
}

/* Something new goes before what only becomes sharper. */
static void give_way(struct vnc_composer *composer)
{
	struct vnc_wishes wishes = composer->wishes;
	struct video_rect area, rect;

	if (!composer->update || composer->refining_px == 0)
		return;
	vnc_wishes_add(&wishes, &composer->update_wishes);
	area = watched_area(composer, &wishes);
	if (!vnc_area_is_empty(&wishes.refresh) ||
			vnc_seen_list_missing(composer->seen, &area, &rect, 1) >
					0)
		vnc_composer_drop_update(composer);
}

void vnc_composer_update(struct vnc_composer *composer)
{
	if (vnc_seen_follow(composer->seen))
		vnc_composer_start_ticking(composer);
	vnc_latency_sent(&composer->latency, composer->parts.stream);
	vnc_composer_forget_read_answers(composer);
	if (!vnc_composer_size_is_told(composer))
		vnc_composer_drop_update(composer); /* of the old one */
	give_way(composer);
	if (!may_send(composer))
		return;
	if (!vnc_composer_size_is_told(composer))
		vnc_composer_follow_size(composer);
	if (!may_send(composer))
		return;
	vnc_composer_send_size_answers(composer);
	if (!may_send(composer))
		return;
	if (!send_picture(composer) && !send_sharper(composer))
		send_update(composer, 0, NULL, 0, VNC_FLOW_PLAIN);
}
