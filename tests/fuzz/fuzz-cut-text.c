/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "vnc/rfb-read.h"

/*
 * A cut text of the length that the input says, in pieces of the sizes that
 * follow, then a key. Exactly the text is passed over, whatever it contains,
 * and the key is heard; a text that is too long ends the connection at once.
 */
#define PIECE_MAX_BYTES 4096

static bool read_head(struct vnc_reader *reader, uint32_t length)
{
	const uint8_t head[8] = {6, 0, 0, 0, (uint8_t)(length >> 24),
			(uint8_t)(length >> 16), (uint8_t)(length >> 8),
			(uint8_t)length};
	int64_t bytes = (int32_t)length;
	struct vnc_message message;
	ssize_t used;
	bool whole;

	if (bytes < 0)
		bytes = -bytes;
	used = vnc_message_read(reader, head, sizeof(head), &message, &whole);
	if (bytes > VNC_CUT_TEXT_MAX_BYTES) {
		FUZZ_CHECK(used < 0 && !whole);
		return false;
	}
	FUZZ_CHECK(used == sizeof(head) && whole);
	FUZZ_CHECK(message.kind == VNC_MESSAGE_CUT_TEXT);
	FUZZ_CHECK(reader->skip_bytes == bytes);
	return true;
}

static void expect_key(struct vnc_reader *reader)
{
	static const uint8_t key[8] = {4, 1, 0, 0, 0, 0, 0, 'a'};
	struct vnc_message message;
	bool whole;

	FUZZ_CHECK(vnc_message_read(reader, key, sizeof(key), &message,
				   &whole) == sizeof(key));
	FUZZ_CHECK(whole && message.kind == VNC_MESSAGE_KEY);
	FUZZ_CHECK(message.key.keysym == 'a');
}

/* Pieces of the input's own bytes; false: it was over before the text. */
static bool skip_text(struct vnc_reader *reader, struct fuzz_input *input)
{
	while (reader->skip_bytes > 0 && input->size > 0) {
		size_t size = fuzz_take_u16(input) % PIECE_MAX_BYTES;
		const uint8_t *piece = fuzz_take(input, &size);
		uint32_t left = reader->skip_bytes;
		struct vnc_message message;
		ssize_t used;
		bool whole;

		if (size > left)
			size = left;
		used = vnc_message_read(reader, piece, size, &message, &whole);
		FUZZ_CHECK(used == (ssize_t)size && !whole);
		FUZZ_CHECK(reader->skip_bytes == left - size);
	}
	return reader->skip_bytes == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	struct vnc_reader reader = {0};

	do {
		if (!read_head(&reader, fuzz_take_u32(&input)))
			return 0;
		if (!skip_text(&reader, &input))
			return 0;
		expect_key(&reader);
	} while (input.size > 0);
	return 0;
}
