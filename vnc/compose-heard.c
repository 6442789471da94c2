/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "vnc/area.h"
#include "vnc/compose-private.h"

void vnc_composer_take_pixel_format(struct vnc_composer *composer,
		const struct vnc_pixel_format *format)
{
	vnc_composer_drop_update(composer);
	vnc_maker_set_format(&composer->maker, format);
	vnc_seen_allow_moves(
			composer->seen, vnc_maker_may_copy(&composer->maker));
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
		vnc_composer_answer(composer, &writer);
}

void vnc_composer_take_encodings(struct vnc_composer *composer,
		const struct vnc_message *message)
{
	vnc_composer_drop_update(composer);
	vnc_maker_set_encodings(&composer->maker, message);
	vnc_seen_allow_moves(
			composer->seen, vnc_maker_may_copy(&composer->maker));
	vnc_pseudo_note_capabilities(
			&composer->pseudo, &composer->maker.capabilities);
	vnc_composer_limit_steps(composer);
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

	vnc_composer_take_request_as_echo(composer);
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
			vnc_flow_start(&composer->flow,
					vnc_composer_total_bytes(composer));
		composer->continuous = true;
		composer->continuous_area = area_on_screen(
				composer, &message->continuous_updates.area);
		return;
	}
	if (message->continuous_updates.enable)
		return;
	/* Nothing that was not asked for comes after the end. */
	if (!composer->update_wishes.requested)
		vnc_composer_drop_update(composer);
	if (composer->continuous)
		vnc_flow_start(&composer->flow,
				vnc_composer_total_bytes(composer));
	composer->continuous = false;
	if (composer->update)
		composer->end_of_continuous = true;
	else
		vnc_composer_answer_end_of_continuous(composer);
}

void vnc_composer_take_fence(struct vnc_composer *composer,
		const struct vnc_message *message)
{
	uint32_t id;

	if (message->fence.flags & VNC_FENCE_REQUEST) {
		if (vnc_fences_take(&composer->fences, message) < 0)
			vnc_composer_fail(composer,
					"it asks for too many fences at once");
		return;
	}
	if (message->fence.payload_bytes != sizeof(id))
		return;
	memcpy(&id, message->fence.payload, sizeof(id));
	vnc_composer_take_echo(composer, id);
}

void vnc_composer_take_desktop_size(struct vnc_composer *composer)
{
	composer->refuse_size = true;
}

void vnc_composer_end_message(struct vnc_composer *composer)
{
	vnc_composer_take_first_message(composer);
	vnc_fences_end_message(&composer->fences);
	vnc_composer_answer_fences(composer);
}
