/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/library.h"

#include <errno.h>
#include <rfb/rfb.h>
#include <rfb/rfbregion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/log.h"
#include "core/min-max.h"
#include "video/convert.h"

/*
 * Raw is the most that any encoding makes of a block, apart from a few bytes
 * for each of its rectangles. Linux counts more than the bytes against the
 * socket's buffer, the smaller the writes the more; three times is enough.
 */
#define BLOCK_BYTES_MAX 65536
#define BLOCK_EDGE_PX 64 /* ZRLE's tiles */
#define BLOCK_AREA_MAX_PX (BLOCK_BYTES_MAX)
#define SEND_BUFFER_BYTES (4 * BLOCK_BYTES_MAX)
#define SEND_BUFFER_MIN_BYTES (3 * BLOCK_BYTES_MAX)

#define SOURCE_PIXEL_BYTES 4
#define UPDATE_HEADER_BYTES 4
#define ENCODINGS_MAX 64

/* The library's patience, should our arithmetic be wrong, in ms. */
#define LIBRARY_WAIT_MS 5000

struct vnc_library {
	rfbScreenInfoPtr screen;
	rfbClientPtr client;
	int fd; /* our end; -1 until open */
	uint8_t pixels[BLOCK_AREA_MAX_PX * SOURCE_PIXEL_BYTES];
};

/* ---- the wire ---- */

static int write_all(const struct vnc_library *library, const uint8_t *bytes,
		size_t size)
{
	const ssize_t written = send(library->fd, bytes, size, MSG_NOSIGNAL);

	if (written == -1)
		return -errno;
	return (size_t)written == size ? 0 : -EPROTO;
}

/* All that the library has written so far. */
static int read_all(const struct vnc_library *library, struct core_bytes **out)
{
	ssize_t got;
	int size = 0;
	int rc;

	*out = NULL;
	if (ioctl(library->fd, FIONREAD, &size) == -1)
		return -errno;
	rc = core_bytes_create(out, (size_t)size);
	if (rc < 0 || size == 0)
		return rc;
	got = recv(library->fd, (*out)->data, (size_t)size, MSG_DONTWAIT);
	if (got == size)
		return 0;
	core_bytes_unref(*out);
	*out = NULL;
	return -EPROTO;
}

/* Write a message and let the library read it. */
static int tell(const struct vnc_library *library, const uint8_t *message,
		size_t size)
{
	int rc = write_all(library, message, size);

	if (rc < 0)
		return rc;
	rfbProcessClientMessage(library->client);
	return library->client->sock == RFB_INVALID_SOCKET ? -EPROTO : 0;
}

/* ---- set-up ---- */

static void __attribute__((format(printf, 1, 2)))
log_line(const char *format, ...)
{
	char line[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	line[strcspn(line, "\n")] = '\0';
	log_debug("libvncserver: %s", line);
}

static int open_screen(struct vnc_library *library, const char *desktop_name)
{
	rfbScreenInfoPtr screen;

	/* One thread calls the library, so its globals may be set here. */
	rfbLog = log_line;
	rfbErr = log_line;
	screen = rfbGetScreen(NULL, NULL, VIDEO_WIDTH_MAX_PX,
			VIDEO_HEIGHT_MAX_PX, 8, 3, SOURCE_PIXEL_BYTES);
	if (!screen)
		return -ENOMEM;
	library->screen = screen;
	screen->desktopName = desktop_name;
	screen->port = 0;
	screen->ipv6port = 0;
	screen->httpDir = NULL;
	screen->cursor = NULL;
	screen->alwaysShared = TRUE;
	screen->maxClientWait = LIBRARY_WAIT_MS;
	screen->serverFormat.bigEndian = FALSE; /* B G R x in memory */
	screen->serverFormat.redShift = 16;
	screen->serverFormat.greenShift = 8;
	screen->serverFormat.blueShift = 0;
	screen->frameBuffer = (char *)library->pixels;
	return 0;
}

/* The library's end comes first and so gets the lower number. */
static int open_pair(struct vnc_library *library, int *library_fd)
{
	const int wanted = SEND_BUFFER_BYTES;
	socklen_t length = sizeof(int);
	int fds[2], granted;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1)
		return -errno;
	*library_fd = fds[0];
	library->fd = fds[1];
	if (fds[0] >= FD_SETSIZE)
		return -EMFILE;
	setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &wanted, sizeof(wanted));
	if (getsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &granted, &length) == -1)
		return -errno;
	return granted < SEND_BUFFER_MIN_BYTES ? -ENOBUFS : 0;
}

/*
 * RFB 3.3 is the shortest handshake. The version is there before the library
 * looks, so that it does not wait to see whether a web browser calls. What it
 * answers is of no interest: the viewer has heard it from us.
 */
static int shake_hands(struct vnc_library *library, int library_fd)
{
	static const uint8_t version[] = "RFB 003.003\n";
	static const uint8_t client_init[] = {1};
	struct core_bytes *answers;
	int rc = write_all(library, version, sizeof(version) - 1);

	if (rc < 0) {
		close(library_fd);
		return rc;
	}
	library->client = rfbNewClient(library->screen, library_fd);
	if (!library->client)
		return -ENOMEM;
	rfbProcessClientMessage(library->client);
	if (library->client->sock == RFB_INVALID_SOCKET)
		return -EPROTO;
	rc = tell(library, client_init, sizeof(client_init));
	if (rc < 0)
		return rc;
	rc = read_all(library, &answers);
	core_bytes_unref(answers);
	return rc;
}

int vnc_library_create(struct vnc_library **out, const char *desktop_name)
{
	struct vnc_library *library = calloc(1, sizeof(*library));
	int library_fd = -1;
	int rc = -ENOMEM;

	*out = NULL;
	if (!library)
		return rc;
	library->fd = -1;
	rc = open_screen(library, desktop_name);
	if (rc < 0)
		goto fail;
	rc = open_pair(library, &library_fd);
	if (rc < 0) {
		if (library_fd != -1)
			close(library_fd);
		goto fail;
	}
	rc = shake_hands(library, library_fd); /* takes library_fd */
	if (rc < 0)
		goto fail;
	*out = library;
	return 0;

fail:
	vnc_library_destroy(library);
	return rc;
}

void vnc_library_destroy(struct vnc_library *library)
{
	if (!library)
		return;
	if (library->client) {
		rfbCloseClient(library->client);
		rfbClientConnectionGone(library->client);
	}
	if (library->screen)
		rfbScreenCleanup(library->screen);
	if (library->fd != -1)
		close(library->fd);
	free(library);
}

/* ---- what the viewer wants ---- */

static unsigned bits_of(uint16_t max)
{
	unsigned bits = 0;

	while (max >> bits != 0)
		bits++;
	return bits;
}

static bool colour_fits(const struct vnc_pixel_format *format, uint16_t max,
		uint8_t shift)
{
	return max > 0 && bits_of(max) + shift <= format->bits_per_pixel;
}

int vnc_library_check_pixel_format(const struct vnc_pixel_format *format)
{
	const unsigned bits = format->bits_per_pixel;

	if (bits != 8 && bits != 16 && bits != 32)
		return -EINVAL;
	if (!format->true_colour)
		return bits == 8 ? 0 : -EINVAL;
	if (!colour_fits(format, format->red_max, format->red_shift) ||
			!colour_fits(format, format->green_max,
					format->green_shift) ||
			!colour_fits(format, format->blue_max,
					format->blue_shift))
		return -EINVAL;
	return 0;
}

static int set_pixel_format(struct vnc_library *library,
		const struct vnc_pixel_format *format)
{
	uint8_t message[sz_rfbSetPixelFormatMsg] = {rfbSetPixelFormat};
	int rc = vnc_library_check_pixel_format(format);

	if (rc < 0)
		return rc;
	vnc_pixel_format_write(format, message + 4);
	return tell(library, message, sizeof(message));
}

/*
 * libvncserver's ZRLE writes half of a raw tile of 15 bit pixels, cuts a wrong
 * byte off pixels whose colours reach the highest of 32 bits, and cuts one off
 * whatever the depth, which has viewers disagree when it is more than 24.
 */
static bool zrle_is_sound(const struct vnc_pixel_format *format)
{
	if (format->bits_per_pixel == 16)
		return format->green_max > 31;
	if (format->depth > 24)
		return false;
	return bits_of(format->red_max) + format->red_shift < 32 &&
			bits_of(format->green_max) + format->green_shift < 32 &&
			bits_of(format->blue_max) + format->blue_shift < 32;
}

/*
 * Never Tight: our own rectangles would break its streams. Never anything that
 * makes the library say more than rectangles.
 */
static bool may_use(int32_t encoding, const struct vnc_pixel_format *format)
{
	static const int32_t allowed[] = {rfbEncodingRaw, rfbEncodingRRE,
			rfbEncodingCoRRE, rfbEncodingHextile, rfbEncodingZlib,
			rfbEncodingZRLE};
	const uint32_t number = (uint32_t)encoding;

	if (encoding == rfbEncodingZRLE && !zrle_is_sound(format))
		return false;
	if (number >= rfbEncodingCompressLevel0 &&
			number <= rfbEncodingCompressLevel9)
		return true;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (encoding == allowed[i])
			return true;
	}
	return false;
}

static void put_encoding(uint8_t *bytes, int32_t encoding)
{
	const uint32_t number = htobe32((uint32_t)encoding);

	memcpy(bytes, &number, sizeof(number));
}

static int set_encodings(struct vnc_library *library,
		const struct vnc_pixel_format *format, const int32_t *encodings,
		size_t encodings_n)
{
	uint8_t message[4 + 4 * (ENCODINGS_MAX + 1)] = {rfbSetEncodings};
	uint8_t *end = message + 4;
	unsigned count = 1;

	for (size_t i = 0; i < encodings_n && count <= ENCODINGS_MAX; i++) {
		if (!may_use(encodings[i], format))
			continue;
		put_encoding(end, encodings[i]);
		end += 4;
		count++;
	}
	put_encoding(end, rfbEncodingRaw);
	end += 4;
	message[2] = (uint8_t)(count >> 8);
	message[3] = (uint8_t)count;
	return tell(library, message, (size_t)(end - message));
}

int vnc_library_configure(struct vnc_library *library,
		const struct vnc_pixel_format *format, const int32_t *encodings,
		size_t encodings_n)
{
	int rc = set_pixel_format(library, format);

	if (rc < 0)
		return rc;
	return set_encodings(library, format, encodings, encodings_n);
}

int vnc_library_take_messages(
		struct vnc_library *library, struct core_bytes **out)
{
	return read_all(library, out);
}

/* ---- blocks ---- */

struct vnc_blocks vnc_library_cut(
		const struct video_rect *rect, uint8_t bits_per_pixel)
{
	const uint32_t bytes = bits_per_pixel > 16 ? 4
			: bits_per_pixel > 8       ? 2
						   : 1;
	struct vnc_blocks blocks = {.rect = *rect};

	blocks.height_px = BLOCK_EDGE_PX;
	blocks.width_px = BLOCK_BYTES_MAX / BLOCK_EDGE_PX / bytes;
	blocks.columns = (rect->width_px + blocks.width_px - 1) /
			blocks.width_px;
	blocks.rows = (rect->height_px + blocks.height_px - 1) /
			blocks.height_px;
	return blocks;
}

struct video_rect vnc_blocks_get(const struct vnc_blocks *blocks, size_t index)
{
	const uint32_t x =
			(uint32_t)(index % blocks->columns) * blocks->width_px;
	const uint32_t y =
			(uint32_t)(index / blocks->columns) * blocks->height_px;

	return (struct video_rect){
			.x_px = blocks->rect.x_px + x,
			.y_px = blocks->rect.y_px + y,
			.width_px = core_min_u32(blocks->width_px,
					blocks->rect.width_px - x),
			.height_px = core_min_u32(blocks->height_px,
					blocks->rect.height_px - y),
	};
}

/*
 * Only the block is in memory. The library is told of a frame buffer that
 * begins so far before it that the block lies where the library will look;
 * it touches nothing outside the region that it encodes.
 */
static void show_block(struct vnc_library *library,
		const struct video_frame *frame, const struct video_rect *block)
{
	const size_t stride = (size_t)block->width_px * SOURCE_PIXEL_BYTES;
	const size_t before = block->y_px * stride +
			(size_t)block->x_px * SOURCE_PIXEL_BYTES;

	video_convert_bgrx(frame, block, library->pixels, stride);
	library->screen->paddedWidthInBytes = (int)stride;
	library->screen->frameBuffer =
			(char *)((uintptr_t)library->pixels - before);
}

static int send_block(
		struct vnc_library *library, const struct video_rect *block)
{
	sraRegionPtr region = sraRgnCreateRect((int)block->x_px,
			(int)block->y_px, (int)(block->x_px + block->width_px),
			(int)(block->y_px + block->height_px));
	rfbBool sent;

	if (!region)
		return -ENOMEM;
	sraRgnOr(library->client->requestedRegion, region);
	sent = rfbSendFramebufferUpdate(library->client, region);
	sraRgnDestroy(region);
	if (!sent || library->client->sock == RFB_INVALID_SOCKET)
		return -EPROTO;
	return 0;
}

/* The rectangles alone: the viewer gets one header for many blocks. */
static int strip_header(struct core_bytes *message, struct core_bytes **out,
		uint32_t *rects)
{
	const uint8_t *data = message->data;

	if (message->size < UPDATE_HEADER_BYTES ||
			data[0] != rfbFramebufferUpdate)
		return -EPROTO;
	*rects = (uint32_t)data[2] << 8 | data[3];
	return core_bytes_copy(out, data + UPDATE_HEADER_BYTES,
			message->size - UPDATE_HEADER_BYTES);
}

int vnc_library_encode(struct vnc_library *library,
		const struct video_frame *frame, const struct video_rect *block,
		struct core_bytes **out, uint32_t *rects)
{
	struct core_bytes *message;
	int rc;

	*out = NULL;
	*rects = 0;
	show_block(library, frame, block);
	rc = send_block(library, block);
	if (rc < 0)
		return rc;
	rc = read_all(library, &message);
	if (rc < 0)
		return rc;
	rc = strip_header(message, out, rects);
	core_bytes_unref(message);
	return rc;
}
