/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/compose.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "vnc/compose-private.h"

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

void vnc_composer_title_changed(struct vnc_composer *composer)
{
	vnc_pseudo_name_changed(
			&composer->pseudo, &composer->maker.capabilities);
	vnc_composer_update(composer);
}

void vnc_composer_fail(struct vnc_composer *composer, const char *why)
{
	if (composer->failed)
		return;
	composer->failed = true;
	composer->parts.failed(composer->parts.context, why);
}

void vnc_composer_fail_errno(
		struct vnc_composer *composer, const char *what, int rc)
{
	char why[128];

	snprintf(why, sizeof(why), "%s: %s", what, strerrordesc_np(-rc));
	vnc_composer_fail(composer, why);
}

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
			parts->screen, parts->figures, parts->name);
	vnc_pseudo_init(&composer->pseudo, parts->title);
	vnc_flow_init(&composer->flow);
	composer->greeted_us = clock_now_us();
	vnc_steps_init(&composer->steps);
	vnc_refine_init(&composer->refine);
	vnc_latency_init(&composer->latency, &parts->figures->frame_to_sent,
			parts->screen);
	vnc_composer_learn_size(composer);
	rc = vnc_seen_create(&composer->seen, parts->screen);
	if (rc < 0)
		goto fail;
	rc = vnc_composer_create_tick(composer);
	if (rc < 0)
		goto fail;
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
	vnc_maker_describe(&composer->maker, text);
}
