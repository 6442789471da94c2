/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/clock.h"
#include "vnc/area.h"
#include "vnc/compose-private.h"

/* So what has stood still for 300 ms is found within another 150. */
#define TICK_US (300 * CLOCK_US_PER_MS / VNC_SEEN_STILL_TICKS)
#define TICK_ACCURACY_US (10 * CLOCK_US_PER_MS)

void vnc_composer_start_ticking(struct vnc_composer *composer)
{
	int enabled = SD_EVENT_OFF;

	sd_event_source_get_enabled(composer->tick, &enabled);
	if (enabled != SD_EVENT_OFF)
		return;
	sd_event_source_set_time_relative(composer->tick, TICK_US);
	sd_event_source_set_enabled(composer->tick, SD_EVENT_ONESHOT);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct vnc_composer *composer = userdata;

	(void)source;
	(void)usec;
	if (vnc_seen_tick(composer->seen))
		vnc_composer_start_ticking(composer);
	composer->sharpen = true;
	vnc_composer_update(composer);
	return 0;
}

int vnc_composer_create_tick(struct vnc_composer *composer)
{
	int rc = sd_event_add_time_relative(composer->parts.event,
			&composer->tick, CLOCK_MONOTONIC, 0, TICK_ACCURACY_US,
			on_tick, composer);

	if (rc < 0)
		return rc;
	return sd_event_source_set_enabled(composer->tick, SD_EVENT_OFF);
}

static uint64_t count_pixels(const struct video_rect *rects, size_t rects_n)
{
	uint64_t pixels = 0;

	for (size_t i = 0; i < rects_n; i++)
		pixels += (uint64_t)rects[i].width_px * rects[i].height_px;
	return pixels;
}

size_t vnc_composer_list_refinement(struct vnc_composer *composer,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n)
{
	if (!composer->sharpen || vnc_area_is_empty(area))
		return 0;
	rects_n = vnc_seen_list_blurred(composer->seen, area, rects, rects_n);
	rects_n = vnc_area_limit(rects, rects_n,
			vnc_refine_next_px(&composer->refine,
					composer->flow.rate));
	composer->sharpen = rects_n > 0;
	composer->refining_px = count_pixels(rects, rects_n);
	return rects_n;
}

void vnc_composer_note_refined(
		struct vnc_composer *composer, const struct vnc_update *update)
{
	uint64_t bytes = 0;

	if (composer->refining_px == 0)
		return;
	for (size_t i = 0; i < update->pieces_n; i++)
		bytes += update->pieces[i]->size;
	vnc_refine_note_sent(&composer->refine, composer->refining_px, bytes);
	composer->refining_px = 0;
}

void vnc_composer_note_refinement_dropped(struct vnc_composer *composer)
{
	if (composer->refining_px == 0)
		return;
	vnc_refine_note_dropped(&composer->refine);
	composer->refining_px = 0;
}
