/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/fences.h"

#include <errno.h>

#define KNOWN_FLAGS                                                            \
	(VNC_FENCE_BLOCK_BEFORE | VNC_FENCE_BLOCK_AFTER | VNC_FENCE_SYNC_NEXT)
#define ANSWER_MAX_BYTES (9 + VNC_FENCE_PAYLOAD_MAX_BYTES)

int vnc_fences_take(
		struct vnc_fences *fences, const struct vnc_message *message)
{
	if (sizeof(fences->answers.bytes) - fences->answers.used <
			ANSWER_MAX_BYTES)
		return -ENOBUFS;
	/* All before it has been dealt with: messages are in order. */
	vnc_write_fence(&fences->answers, message->fence.flags & KNOWN_FLAGS,
			message->fence.payload, message->fence.payload_bytes);
	if (message->fence.flags & VNC_FENCE_SYNC_NEXT) {
		fences->messages = 2;
		fences->in_order = true;
	}
	return 0;
}

void vnc_fences_end_message(struct vnc_fences *fences)
{
	if (fences->messages > 0)
		fences->messages--;
}

const struct vnc_writer *vnc_fences_get_due(
		const struct vnc_fences *fences, bool under_way)
{
	if (fences->answers.used == 0 || fences->messages > 0 ||
			(fences->in_order && under_way))
		return NULL;
	return &fences->answers;
}

void vnc_fences_clear(struct vnc_fences *fences)
{
	fences->answers.used = 0;
	fences->in_order = false;
}
