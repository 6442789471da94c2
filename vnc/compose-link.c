/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/clock.h"
#include "vnc/compose-private.h"

/* The kernel may take ahead what the link carries in a 16th of a second. */
#define AHEAD_PER_S 16
#define AHEAD_MIN_BYTES (4 << 10)
#define AHEAD_MAX_BYTES (64 << 10)

/* Below a megabit a second, packets are sent evenly. */
#define PACED_MAX (128 << 10) /* bytes a second */
#define PACED_MAX_S 2

uint64_t vnc_composer_total_bytes(const struct vnc_composer *composer)
{
	return net_stream_sent(composer->parts.stream) +
			net_stream_queued(composer->parts.stream);
}

static void queue_fence(struct vnc_composer *composer, uint32_t id)
{
	struct vnc_writer writer = {0};

	vnc_write_fence(&writer, VNC_FENCE_REQUEST | VNC_FENCE_BLOCK_BEFORE,
			&id, sizeof(id));
	vnc_composer_queue(composer, &writer);
}

static bool echoes_fences(const struct vnc_composer *composer)
{
	return composer->continuous && composer->maker.capabilities.fence;
}

/*
 * Only what is thin for sure; a little more than it carries, so that more can
 * be found, and at once if this were to last long.
 */
static void limit_pace(struct vnc_composer *composer)
{
	uint64_t pace = composer->flow.rate_most * 5 / 4;

	if (pace > PACED_MAX ||
			net_stream_queued(composer->parts.stream) >
					pace * PACED_MAX_S)
		pace = 0;
	net_stream_set_pace(composer->parts.stream, pace);
}

void vnc_composer_ping_before(struct vnc_composer *composer)
{
	uint64_t now_us = clock_now_us();

	if (!echoes_fences(composer) ||
			!vnc_flow_wants_round_trip(&composer->flow, now_us))
		return;
	queue_fence(composer,
			vnc_flow_ping(&composer->flow, VNC_FLOW_NOTHING,
					vnc_composer_total_bytes(composer),
					now_us));
	net_stream_flush(composer->parts.stream); /* in a packet of its own */
}

void vnc_composer_ping_after(
		struct vnc_composer *composer, enum vnc_flow_cargo cargo)
{
	uint32_t id;

	limit_pace(composer);
	if (composer->continuous && !echoes_fences(composer))
		return;
	id = vnc_flow_ping(&composer->flow, cargo,
			vnc_composer_total_bytes(composer), clock_now_us());
	if (id != 0 && composer->continuous)
		queue_fence(composer, id);
}

static void limit_ahead(struct vnc_composer *composer)
{
	size_t bytes = AHEAD_MIN_BYTES;

	if (composer->flow.rate == 0)
		return;
	while (bytes < AHEAD_MAX_BYTES &&
			bytes < composer->flow.rate / AHEAD_PER_S)
		bytes *= 2;
	net_stream_set_ahead(composer->parts.stream, bytes);
}

static void take_sample(struct vnc_composer *composer,
		const struct vnc_flow_sample *sample)
{
	limit_ahead(composer);
	if (sample->cargo == VNC_FLOW_REFINEMENT)
		vnc_refine_note_read(&composer->refine, sample->wire_us);
	if (sample->cargo != VNC_FLOW_LOSSY)
		return;
	vnc_steps_note(&composer->steps, sample->wire_us, clock_now_us());
	composer->maker.steps_down = composer->steps.down;
}

void vnc_composer_take_echo(struct vnc_composer *composer, uint32_t id)
{
	struct vnc_flow_sample sample;

	if (vnc_flow_pong(&composer->flow, id, clock_now_us(), &sample))
		take_sample(composer, &sample);
}

void vnc_composer_take_request_as_echo(struct vnc_composer *composer)
{
	struct vnc_flow_sample sample;

	if (!composer->continuous &&
			vnc_flow_pong_oldest(&composer->flow, clock_now_us(),
					&sample))
		take_sample(composer, &sample);
}

/* Its first message answers our ServerInit. */
void vnc_composer_take_first_message(struct vnc_composer *composer)
{
	uint64_t now_us = clock_now_us();

	if (composer->greeted_us != 0)
		vnc_flow_note_round_trip(&composer->flow,
				now_us - composer->greeted_us, now_us);
	composer->greeted_us = 0;
}

void vnc_composer_limit_steps(struct vnc_composer *composer)
{
	vnc_steps_limit(&composer->steps,
			vnc_class_coarser_n(composer->maker.capabilities
							    .quality_level));
	composer->maker.steps_down = composer->steps.down;
}
