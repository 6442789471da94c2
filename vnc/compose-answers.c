/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/compose-private.h"

/* Answers that a viewer may ask for without reading them. */
#define ANSWERS_MAX_BYTES (64 << 10)

void vnc_composer_queue(
		struct vnc_composer *composer, const struct vnc_writer *writer)
{
	net_stream_write(composer->parts.stream, writer->bytes, writer->used);
}

void vnc_composer_forget_read_answers(struct vnc_composer *composer)
{
	if (net_stream_queued(composer->parts.stream) == 0)
		composer->answers_bytes = 0;
}

/* Whoever makes us answer without reading would fill our memory. */
void vnc_composer_answer(
		struct vnc_composer *composer, const struct vnc_writer *writer)
{
	vnc_composer_forget_read_answers(composer);
	composer->answers_bytes += writer->used;
	if (composer->answers_bytes > ANSWERS_MAX_BYTES) {
		vnc_composer_fail(composer,
				"it asks for answers and does not read them");
		return;
	}
	vnc_composer_queue(composer, writer);
}

void vnc_composer_answer_end_of_continuous(struct vnc_composer *composer)
{
	struct vnc_writer writer = {0};

	vnc_write_end_of_continuous_updates(&writer);
	vnc_composer_answer(composer, &writer);
}

/* What the encoder has begun can be dropped; the fallback's must be sent. */
void vnc_composer_answer_fences(struct vnc_composer *composer)
{
	const struct vnc_writer *answers = vnc_fences_get_due(&composer->fences,
			composer->update && composer->update_in_order);

	if (!answers)
		return;
	vnc_composer_answer(composer, answers);
	vnc_fences_clear(&composer->fences);
}
