/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "vnc/compose.h"
#include "vnc/fences.h"
#include "vnc/flow.h"
#include "vnc/latency.h"
#include "vnc/maker.h"
#include "vnc/pseudo.h"
#include "vnc/refine.h"
#include "vnc/rfb-write.h"
#include "vnc/seen.h"
#include "vnc/steps.h"
#include "vnc/wishes.h"

/*
 * What the files of the composer share, and nobody else includes:
 *   compose.c          its life
 *   compose-heard.c    what the viewer said
 *   compose-answers.c  small messages, and the bound on them
 *   compose-sizes.c    the size that the viewer was told
 *   compose-link.c     how quick the way to the viewer is
 *   compose-updates.c  which pictures are sent, and when
 *   compose-refine.c   what was sent with loss is sent again without
 */
struct vnc_composer {
	struct vnc_composer_parts parts;
	struct vnc_maker maker;
	struct vnc_pseudo pseudo;
	struct vnc_seen *seen;
	struct vnc_flow flow;
	uint64_t greeted_us; /* with ServerInit; 0: it has answered */
	struct vnc_steps steps;
	struct vnc_fences fences;
	struct vnc_latency latency;
	struct vnc_refine refine;
	sd_event_source *tick; /* on while something blurred may settle */
	bool sharpen;          /* since the last tick there may be work */
	uint64_t refining_px;  /* in `update`; 0: it is no refinement */
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
	bool update_exact;    /* of what the viewer has with loss */
	bool update_in_order; /* the fallback's: its bytes must be sent */
	struct vnc_wishes update_wishes;

	size_t answers_bytes; /* in the queue */
	uint64_t updates;
};

/* ---- life: compose.c --------------------------------------------------------
 */

/* The first reason is told to `failed`; after that nothing more is sent. */
void vnc_composer_fail(struct vnc_composer *composer, const char *why);
void vnc_composer_fail_errno(
		struct vnc_composer *composer, const char *what, int rc);

/* ---- answers: compose-answers.c ---------------------------------------------
 */

/* Without a bound: for what is not an answer. */
void vnc_composer_queue(
		struct vnc_composer *composer, const struct vnc_writer *writer);
void vnc_composer_answer(
		struct vnc_composer *composer, const struct vnc_writer *writer);
void vnc_composer_answer_end_of_continuous(struct vnc_composer *composer);

/* Those of the viewer's fences that are due. */
void vnc_composer_answer_fences(struct vnc_composer *composer);

/* If the queue is empty, all answers have been read. */
void vnc_composer_forget_read_answers(struct vnc_composer *composer);

/* ---- sizes: compose-sizes.c -------------------------------------------------
 */

void vnc_composer_learn_size(struct vnc_composer *composer);
bool vnc_composer_size_is_told(const struct vnc_composer *composer);
void vnc_composer_follow_size(struct vnc_composer *composer);
void vnc_composer_send_size_answers(struct vnc_composer *composer);

/* ---- the link: compose-link.c -----------------------------------------------
 */

/* That were ever queued. */
uint64_t vnc_composer_total_bytes(const struct vnc_composer *composer);

/* Around each update that is queued. */
void vnc_composer_ping_before(struct vnc_composer *composer);
void vnc_composer_ping_after(
		struct vnc_composer *composer, enum vnc_flow_cargo cargo);

/* What tells that the viewer has read so far. */
void vnc_composer_take_echo(struct vnc_composer *composer, uint32_t id);
void vnc_composer_take_request_as_echo(struct vnc_composer *composer);
void vnc_composer_take_first_message(struct vnc_composer *composer);

/* It listed another quality level. */
void vnc_composer_limit_steps(struct vnc_composer *composer);

/* ---- updates: compose-updates.c ---------------------------------------------
 */

/* As if it had not been begun; the fallback's cannot be taken back. */
void vnc_composer_drop_update(struct vnc_composer *composer);

/* ---- refinement: compose-refine.c -------------------------------------------
 */

int vnc_composer_create_tick(struct vnc_composer *composer);

/* Something was sent with loss. */
void vnc_composer_start_ticking(struct vnc_composer *composer);

/* The next step inside `area`, if there is one, which is to be begun. */
size_t vnc_composer_list_refinement(struct vnc_composer *composer,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n);

/* Without effect on updates that are no refinement. */
void vnc_composer_note_refined(
		struct vnc_composer *composer, const struct vnc_update *update);
void vnc_composer_note_refinement_dropped(struct vnc_composer *composer);
