/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/vnc/rig.h"

/*
 * An RFB viewer that does exactly what a test tells it, in the loop's thread:
 * whenever it waits for bytes, the rig's loop runs. It keeps a picture of what
 * it was sent (Raw in our own pixel format, or Tight).
 */
#define CLIENT_RECTS_MAX 256

struct client_rect {
	uint32_t x_px, y_px, width_px, height_px;
	int32_t encoding;
	uint8_t data[264]; /* of a pseudo rectangle: its first bytes */
};

/* Numbers on the wire, written down here once more. */
enum {
	RAW = 0,
	COPY_RECT = 1,
	TIGHT = 7,
	ZRLE = 16,
	QUALITY_6 = -26,
	DESKTOP_SIZE = -223,
	CURSOR = -239,
	QEMU_KEY = -258,
	QEMU_LEDS = -261,
	NAME = -307,
	EXTENDED_SIZE = -308,
	FENCE = -312,
	CONTINUOUS = -313,
	EXTENDED_BUTTONS = -316,
	VMWARE_LEDS = 0x574d5668,
};

/* SetEncodings with the numbers that are given. */
#define CLIENT_SET(client, ...)                                                \
	client_set_encodings(client, (const int32_t[]){__VA_ARGS__},           \
			sizeof((const int32_t[]){__VA_ARGS__}) /               \
					sizeof(int32_t))

enum client_message_type {
	CLIENT_UPDATE = 0,
	CLIENT_COLOUR_MAP = 1,
	CLIENT_END_OF_CONTINUOUS = 150,
	CLIENT_FENCE = 248,
};

struct client_message {
	enum client_message_type type;
	size_t rects_n;
	struct client_rect rects[CLIENT_RECTS_MAX];
	uint32_t fence_flags;
	uint8_t fence_bytes;
	uint8_t fence[64];
};

struct client_tls;

struct client {
	struct rig *rig;
	int fd;
	struct client_tls *tls; /* NULL: in the clear */
	size_t allowance;       /* bytes on the wire that it may still send */
	size_t piece;           /* and at most so many at a time */
	bool cut;               /* it wanted to send more */
	sd_event_source *wake;  /* ends the loop's sleep */
	uint64_t consumed;      /* bytes of whole messages, so far */
	uint8_t *input;
	size_t input_used;
	size_t input_size;
	bool ended; /* by the server */
	uint32_t width_px;
	uint32_t height_px;
	unsigned bytes_per_pixel; /* of Raw */
	uint32_t *canvas;         /* 0xRRGGBB */
	struct tight_decoder *tight;
};

struct client *client_connect(struct rig *rig);

/* To somewhere else; of the rig only its loop is used. `from`: NULL: anywhere.
 */
struct client *client_connect_to(struct rig *rig, const struct core_address *to,
		const struct core_address *from);
void client_close(struct client *client); /* frees it */

void client_send(struct client *client, const void *bytes, size_t size);

/* Of so many bytes for the wire, how many may go now; 0: the client is cut. */
size_t client_allow(struct client *client, size_t size);

/* `size` bytes from the server, which are then gone. Fails if it closes. */
void client_receive(struct client *client, void *bytes, size_t size);
void client_expect(struct client *client, const void *bytes, size_t size);

/* Whatever still comes is thrown away. */
void client_expect_end(struct client *client);

/* Nothing has come and, when all jobs are done, nothing comes. */
void client_expect_silence(struct client *client);

/*
 * TLS from here on, as viewers ask for it. 0, or an error of GnuTLS: the
 * client then goes on in the clear. GNUTLS_E_AGAIN: it was cut.
 */
int client_start_tls(struct client *client, bool anonymous);
void client_finish_tls(struct client *client);

/* As send and recv without waiting; -1 with EAGAIN, 0: an orderly end. */
ssize_t client_tls_send(struct client *client, const void *bytes, size_t size);
ssize_t client_tls_receive(struct client *client, void *bytes, size_t size);

/* The answer to VncAuth's challenge. */
void client_prove(const char *password, const uint8_t challenge[16],
		uint8_t response[16]);

/* From ClientInit on. Learns the size. */
void client_init(struct client *client, bool alone);

/* RFB 3.8, None. */
void client_shake_hands(struct client *client);
struct client *client_join(struct rig *rig);

void client_set_encodings(
		struct client *client, const int32_t *encodings, size_t count);
void client_set_pixel_format(struct client *client, const uint8_t format[16]);
void client_request(struct client *client, bool incremental, uint32_t x_px,
		uint32_t y_px, uint32_t width_px, uint32_t height_px);
void client_request_all(struct client *client, bool incremental);
void client_send_key(struct client *client, uint32_t keysym, bool down);
void client_send_pointer(
		struct client *client, uint8_t mask, uint32_t x, uint32_t y);
void client_send_fence(struct client *client, uint32_t flags,
		const void *payload, uint8_t payload_bytes);
void client_send_continuous(struct client *client, bool enable, uint32_t x_px,
		uint32_t y_px, uint32_t width_px, uint32_t height_px);

/* The server has read all that was sent to it. */
void client_sync(struct client *client);

/* The next message from the server. */
void client_next(struct client *client, struct client_message *message);

/* The next one, which must be an update. */
void client_next_update(struct client *client, struct client_message *message);

/* The rectangle of that encoding, or NULL. */
const struct client_rect *client_find(
		const struct client_message *message, int32_t encoding);

/* The picture is the rig's, bit by bit: so it is, or so it must be. */
bool client_has_picture(const struct client *client);
void client_expect_picture(const struct client *client);
