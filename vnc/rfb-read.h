/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vnc/message-kind.h"
#include "vnc/pixel-format.h"

/*
 * The one parser for bytes from a viewer: the messages of RFC 6143, section
 * 7.5, and those of the extensions that we announce. It never waits: with too
 * few bytes it says so and is called again with more.
 *
 * Threads: any.
 * Errors:  -EPROTO for bytes that no honest viewer sends; -EMSGSIZE for a
 *          message beyond the maxima below. Either ends the connection.
 */

#define VNC_ENCODINGS_MAX 1024
#define VNC_CUT_TEXT_MAX_BYTES (256 << 10)
#define VNC_CUT_TEXT_KEPT_BYTES (64 << 10) /* longer ones are skipped */
#define VNC_FENCE_PAYLOAD_MAX_BYTES 64

/* No message needs more than this in one piece. */
#define VNC_MESSAGE_MAX_BYTES (4 + 4 * VNC_ENCODINGS_MAX)

struct vnc_area {
	uint16_t x_px;
	uint16_t y_px;
	uint16_t width_px;
	uint16_t height_px;
};

struct vnc_message {
	enum vnc_message_kind kind;
	union {
		struct vnc_pixel_format pixel_format;
		struct {
			const uint8_t *bytes; /* the viewer's, borrowed */
			size_t count;
		} encodings; /* see vnc_message_encoding */
		struct {
			bool incremental;
			struct vnc_area area;
		} update_request;
		struct {
			uint32_t keysym;
			uint32_t xt_code; /* 0: not told */
			bool down;
		} key;
		struct {
			uint16_t mask; /* bit 7 as read; see `extended` */
			bool extended; /* bits 8 on are of the second byte */
			uint16_t x_px;
			uint16_t y_px;
		} pointer;
		struct {
			/* Latin-1, follows in pieces; 0: not to be kept */
			uint32_t bytes;
		} cut_text;
		struct {
			bool enable;
			struct vnc_area area;
		} continuous_updates;
		struct {
			uint32_t flags;
			uint8_t payload_bytes;
			const uint8_t *payload; /* borrowed */
		} fence;
	};
};

/* What decides how the next bytes are to be read. Zeros to begin with. */
struct vnc_reader {
	bool extended_buttons; /* the viewer was told that we take them */
	uint32_t skip_bytes;   /* the rest of a cut text */
};

/*
 * Read one message from the start of `bytes`. Returns how many bytes are done
 * with; 0: more are needed. *whole says whether *message was filled in: bytes
 * of a skipped text are done with, too.
 */
ssize_t vnc_message_read(struct vnc_reader *reader, const uint8_t *bytes,
		size_t size, struct vnc_message *message, bool *whole);

int32_t vnc_message_encoding(const struct vnc_message *message, size_t index);

/*
 * ProtocolVersion, 12 bytes: the minor version that we speak with who sends
 * it: 3, 7 or 8.
 */
#define VNC_VERSION_BYTES 12
int vnc_version_read(const uint8_t bytes[VNC_VERSION_BYTES], unsigned *minor);
