/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "vnc/rfb-read.h"

/*
 * What a viewer says after the handshake, as a stream of bytes. It says the
 * same however it was cut into pieces, and no message needs more bytes at once
 * than VNC_MESSAGE_MAX_BYTES. The first byte: bit 0, extended buttons are
 * told; the rest, the size of pieces.
 */
struct account {
	uint64_t sum; /* of all that was understood */
	size_t messages;
	ssize_t end; /* bytes that are left over, or the -errno */
};

static void add(struct account *account, uint64_t value)
{
	account->sum = (account->sum ^ value) * UINT64_C(0x100000001b3);
}

static void add_area(struct account *account, const struct vnc_area *area)
{
	add(account, area->x_px);
	add(account, area->y_px);
	add(account, area->width_px);
	add(account, area->height_px);
}

static void add_message(
		struct account *account, const struct vnc_message *message)
{
	account->messages++;
	FUZZ_CHECK(message->kind < VNC_MESSAGE_KINDS);
	add(account, message->kind);
	switch (message->kind) {
	case VNC_MESSAGE_SET_PIXEL_FORMAT:
		add(account, message->pixel_format.bits_per_pixel);
		add(account, message->pixel_format.red_max);
		break;
	case VNC_MESSAGE_SET_ENCODINGS:
		FUZZ_CHECK(message->encodings.count <= VNC_ENCODINGS_MAX);
		for (size_t i = 0; i < message->encodings.count; i++)
			add(account,
					(uint32_t)vnc_message_encoding(
							message, i));
		break;
	case VNC_MESSAGE_UPDATE_REQUEST:
		add(account, message->update_request.incremental);
		add_area(account, &message->update_request.area);
		break;
	case VNC_MESSAGE_KEY:
		add(account, message->key.keysym);
		add(account, message->key.xt_code);
		add(account, message->key.down);
		break;
	case VNC_MESSAGE_POINTER:
		FUZZ_CHECK(message->pointer.extended ||
				message->pointer.mask <= 0xff);
		add(account, message->pointer.mask);
		add(account, message->pointer.x_px);
		add(account, message->pointer.y_px);
		break;
	case VNC_MESSAGE_CONTINUOUS_UPDATES:
		add(account, message->continuous_updates.enable);
		add_area(account, &message->continuous_updates.area);
		break;
	case VNC_MESSAGE_FENCE:
		FUZZ_CHECK(message->fence.payload_bytes <=
				VNC_FENCE_PAYLOAD_MAX_BYTES);
		add(account, message->fence.flags);
		for (size_t i = 0; i < message->fence.payload_bytes; i++)
			add(account, message->fence.payload[i]);
		break;
	default:
		break;
	}
}

/* Bytes come `piece` at a time, and wait until they are done with. */
static struct account read_all(
		const struct fuzz_input *input, bool extended, size_t piece)
{
	struct vnc_reader reader = {.extended_buttons = extended};
	struct account account = {0};
	struct vnc_message message;
	size_t here = 0; /* bytes that have come */
	size_t done = 0;
	ssize_t used;
	bool whole;

	do {
		here += input->size - here < piece ? input->size - here : piece;
		do {
			used = vnc_message_read(&reader, input->bytes + done,
					here - done, &message, &whole);
			FUZZ_CHECK(used <= (ssize_t)(here - done));
			FUZZ_CHECK(used > 0 || !whole);
			if (used > 0)
				done += (size_t)used;
			if (whole)
				add_message(&account, &message);
		} while (used > 0);
		FUZZ_CHECK(used < 0 || here - done < VNC_MESSAGE_MAX_BYTES);
	} while (used == 0 && here < input->size);
	account.end = used < 0 ? used : (ssize_t)(here - done);
	return account;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint8_t first = fuzz_take_u8(&input);
	struct account at_once = read_all(&input, first & 1, SIZE_MAX);
	struct account in_pieces = read_all(&input, first & 1, 1 + first / 2);

	FUZZ_CHECK(at_once.sum == in_pieces.sum);
	FUZZ_CHECK(at_once.messages == in_pieces.messages);
	FUZZ_CHECK(at_once.end == in_pieces.end);
	return 0;
}
