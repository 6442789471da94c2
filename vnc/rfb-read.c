/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/rfb-read.h"

#include <errno.h>
#include <string.h>

static uint16_t read_u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t read_u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
			(uint32_t)bytes[2] << 8 | bytes[3];
}

static struct vnc_area read_area(const uint8_t *bytes)
{
	return (struct vnc_area){
			.x_px = read_u16(bytes),
			.y_px = read_u16(bytes + 2),
			.width_px = read_u16(bytes + 4),
			.height_px = read_u16(bytes + 6),
	};
}

/* ---- how long a message is, told from its first `head_bytes` ----------------
 */

static ssize_t encodings_length(
		const struct vnc_reader *reader, const uint8_t *bytes)
{
	uint16_t count = read_u16(bytes + 2);

	(void)reader;
	return count > VNC_ENCODINGS_MAX ? -EMSGSIZE : 4 + 4 * (ssize_t)count;
}

static ssize_t pointer_length(
		const struct vnc_reader *reader, const uint8_t *bytes)
{
	return reader->extended_buttons && bytes[1] & 0x80 ? 7 : 6;
}

static ssize_t fence_length(
		const struct vnc_reader *reader, const uint8_t *bytes)
{
	(void)reader;
	return bytes[8] > VNC_FENCE_PAYLOAD_MAX_BYTES ? -EMSGSIZE
						      : 9 + bytes[8];
}

static ssize_t desktop_size_length(
		const struct vnc_reader *reader, const uint8_t *bytes)
{
	(void)reader;
	return 8 + 16 * (ssize_t)bytes[6];
}

/* Of QEMU's messages only the key event is announced. */
static ssize_t qemu_length(
		const struct vnc_reader *reader, const uint8_t *bytes)
{
	(void)reader;
	return bytes[1] == 0 ? 12 : -EPROTO;
}

/* ---- what a message says, given all of it -----------------------------------
 */

static int read_pixel_format(struct vnc_reader *reader, const uint8_t *bytes,
		struct vnc_message *message)
{
	(void)reader;
	message->kind = VNC_MESSAGE_SET_PIXEL_FORMAT;
	return vnc_pixel_format_parse(&message->pixel_format, bytes + 4) < 0
			? -EPROTO
			: 0;
}

static int read_encodings(struct vnc_reader *reader, const uint8_t *bytes,
		struct vnc_message *message)
{
	(void)reader;
	message->kind = VNC_MESSAGE_SET_ENCODINGS;
	message->encodings.count = read_u16(bytes + 2);
	message->encodings.bytes = bytes + 4;
	return 0;
}

static int read_update_request(struct vnc_reader *reader, const uint8_t *bytes,
		struct vnc_message *message)
{
	(void)reader;
	message->kind = VNC_MESSAGE_UPDATE_REQUEST;
	message->update_request.incremental = bytes[1] != 0;
	message->update_request.area = read_area(bytes + 2);
	return 0;
}

static int read_key(struct vnc_reader *reader, const uint8_t *bytes,
		struct vnc_message *message)
{
	(void)reader;
	message->kind = VNC_MESSAGE_KEY;
	message->key.down = bytes[1] != 0;
	message->key.keysym = read_u32(bytes + 4);
	message->key.xt_code = 0;
	return 0;
}

static int read_qemu_key(struct vnc_reader *reader, const uint8_t *bytes,
		struct vnc_message *message)
{
	(void)reader;
	message->kind = VNC_MESSAGE_KEY;
	message->key.down = read_u16(bytes + 2) != 0;
	message->key.keysym = read_u32(bytes + 4);
	message->key.xt_code = read_u32(bytes + 8);
	return 0;
}

static int read_pointer(struct vnc_reader *reader, const uint8_t *bytes,
		struct vnc_message *message)
{
	message->kind = VNC_MESSAGE_POINTER;
	message->pointer.mask = bytes[1];
	message->pointer.x_px = read_u16(bytes + 2);
	message->pointer.y_px = read_u16(bytes + 4);
	message->pointer.extended = pointer_length(reader, bytes) == 7;
	if (message->pointer.extended)
		message->pointer.mask |= (uint16_t)(bytes[6] << 8);
	return 0;
}

/*
 * Signed length: negative is the extended clipboard, which we do not announce
 * but whose size is as plain. Its bytes are no text.
 */
static int read_cut_text(struct vnc_reader *reader, const uint8_t *bytes,
		struct vnc_message *message)
{
	int64_t length = (int32_t)read_u32(bytes + 4);
	bool kept = length >= 0 && length <= VNC_CUT_TEXT_KEPT_BYTES;

	if (length < 0)
		length = -length;
	if (length > VNC_CUT_TEXT_MAX_BYTES)
		return -EMSGSIZE;
	message->kind = VNC_MESSAGE_CUT_TEXT;
	message->cut_text.bytes = kept ? (uint32_t)length : 0;
	reader->skip_bytes = (uint32_t)length;
	return 0;
}

static int read_continuous_updates(struct vnc_reader *reader,
		const uint8_t *bytes, struct vnc_message *message)
{
	(void)reader;
	message->kind = VNC_MESSAGE_CONTINUOUS_UPDATES;
	message->continuous_updates.enable = bytes[1] != 0;
	message->continuous_updates.area = read_area(bytes + 2);
	return 0;
}

static int read_fence(struct vnc_reader *reader, const uint8_t *bytes,
		struct vnc_message *message)
{
	(void)reader;
	message->kind = VNC_MESSAGE_FENCE;
	message->fence.flags = read_u32(bytes + 4);
	message->fence.payload_bytes = bytes[8];
	message->fence.payload = bytes + 9;
	return 0;
}

/* The answer is always no, so the size that was asked for does not matter. */
static int read_desktop_size(struct vnc_reader *reader, const uint8_t *bytes,
		struct vnc_message *message)
{
	(void)reader;
	(void)bytes;
	message->kind = VNC_MESSAGE_SET_DESKTOP_SIZE;
	return 0;
}

/* ---- the table --------------------------------------------------------------
 */

static const struct framing {
	uint8_t type;
	uint8_t head_bytes; /* the whole message if there is no `length` */
	ssize_t (*length)(
			const struct vnc_reader *reader, const uint8_t *bytes);
	int (*read)(struct vnc_reader *reader, const uint8_t *bytes,
			struct vnc_message *message);
} framings[] = {
		{0, 20, NULL, read_pixel_format},
		{2, 4, encodings_length, read_encodings},
		{3, 10, NULL, read_update_request},
		{4, 8, NULL, read_key},
		{5, 6, pointer_length, read_pointer},
		{6, 8, NULL, read_cut_text},
		{150, 10, NULL, read_continuous_updates},
		{248, 9, fence_length, read_fence},
		{251, 8, desktop_size_length, read_desktop_size},
		{255, 2, qemu_length, read_qemu_key},
};

static const struct framing *framing_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof(framings) / sizeof(framings[0]); i++)
		if (framings[i].type == type)
			return &framings[i];
	return NULL;
}

static ssize_t skip(struct vnc_reader *reader, size_t size)
{
	size_t skipped = size < reader->skip_bytes ? size : reader->skip_bytes;

	reader->skip_bytes -= (uint32_t)skipped;
	return (ssize_t)skipped;
}

ssize_t vnc_message_read(struct vnc_reader *reader, const uint8_t *bytes,
		size_t size, struct vnc_message *message, bool *whole)
{
	const struct framing *framing;
	ssize_t length;
	int rc;

	*whole = false;
	if (size == 0)
		return 0;
	if (reader->skip_bytes > 0)
		return skip(reader, size);
	framing = framing_of(bytes[0]);
	if (!framing)
		return -EPROTO;
	if (size < framing->head_bytes)
		return 0;
	length = framing->length ? framing->length(reader, bytes)
				 : framing->head_bytes;
	if (length < 0)
		return length;
	if (size < (size_t)length)
		return 0;
	rc = framing->read(reader, bytes, message);
	if (rc < 0)
		return rc;
	*whole = true;
	return length;
}

int32_t vnc_message_encoding(const struct vnc_message *message, size_t index)
{
	return (int32_t)read_u32(message->encodings.bytes + 4 * index);
}

static int read_digits(const uint8_t *text, unsigned *value)
{
	*value = 0;
	for (size_t i = 0; i < 3; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EPROTO;
		*value = *value * 10 + (unsigned)(text[i] - '0');
	}
	return 0;
}

/*
 * Apple's screen sharing says 003.889, some servers' viewers 004.000 or more:
 * all of them speak 3.8. 003.005 was never published and is spoken as 3.3.
 */
int vnc_version_read(const uint8_t bytes[VNC_VERSION_BYTES], unsigned *minor)
{
	unsigned major;

	if (memcmp(bytes, "RFB ", 4) != 0 || bytes[7] != '.' ||
			bytes[11] != '\n')
		return -EPROTO;
	if (read_digits(bytes + 4, &major) < 0 ||
			read_digits(bytes + 8, minor) < 0)
		return -EPROTO;
	if (major < 3 || (major == 3 && *minor < 3))
		return -EPROTO;
	if (major > 3 || *minor >= 8)
		*minor = 8;
	else if (*minor != 7)
		*minor = 3;
	return 0;
}
