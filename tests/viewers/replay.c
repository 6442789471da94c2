/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay               lists the viewers: NAME, DB, ENCODING, RFB
 * replay NAME PORT OUT with the password, if any, in RFB_PASSWORD
 *
 * Says what a viewer that cannot be had here says: its version of RFB, pixel
 * format and list of encodings. libvncclient decodes what it is sent; the
 * picture goes to OUT, and the connection stays until the process is ended.
 *
 * Lists from source: libvncclient 0.9.14, Remmina, KRDC, Guacamole. From a
 * server's log: RealVNC. Not sure: macOS, TightVNC 2.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <rfb/rfbclient.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/rack/picture.h"

#define LIST_MAX 24
#define WAIT_US 20000000
#define BANNER_BYTES 12

#define RGB888                                                                 \
	{                                                                      \
		.bitsPerPixel = 32, .depth = 24, .trueColour = 1,              \
		.redMax = 255, .greenMax = 255, .blueMax = 255,                \
		.redShift = 16, .greenShift = 8                                \
	}
#define BGR888                                                                 \
	{                                                                      \
		.bitsPerPixel = 32, .depth = 24, .trueColour = 1,              \
		.redMax = 255, .greenMax = 255, .blueMax = 255,                \
		.greenShift = 8, .blueShift = 16                               \
	}
#define RGB565                                                                 \
	{                                                                      \
		.bitsPerPixel = 16, .depth = 16, .trueColour = 1,              \
		.redMax = 31, .greenMax = 63, .blueMax = 31, .redShift = 11,   \
		.greenShift = 5                                                \
	}
#define RGB555                                                                 \
	{                                                                      \
		.bitsPerPixel = 16, .depth = 15, .trueColour = 1,              \
		.redMax = 31, .greenMax = 31, .blueMax = 31, .redShift = 10,   \
		.greenShift = 5                                                \
	}
#define BGR233                                                                 \
	{                                                                      \
		.bitsPerPixel = 8, .depth = 8, .trueColour = 1, .redMax = 7,   \
		.greenMax = 7, .blueMax = 3, .greenShift = 3, .blueShift = 6   \
	}
#define RGB222                                                                 \
	{                                                                      \
		.bitsPerPixel = 8, .depth = 6, .trueColour = 1, .redMax = 3,   \
		.greenMax = 3, .blueMax = 3, .redShift = 4, .greenShift = 2    \
	}

#define ALL "tight zrle ultra copyrect hextile zlib corre rre raw"
#define GUACAMOLE "zrle ultra copyrect hextile zlib corre rre raw"
#define KRDC "copyrect tight zrle ultra zlib hextile corre rre raw"
#define BEST "copyrect zlib hextile raw"

static const struct viewer {
	const char *name;
	const char *encodings; /* as libvncclient reads it */
	int compress;
	int quality;
	bool no_jpeg;
	rfbPixelFormat format;
	int32_t list[LIST_MAX]; /* sent in place of it; 0 (Raw) ends it */
	const char *db;         /* how like the picture must be */
	const char *wants;      /* what the daemon says it sends */
	const char *rfb;
} viewers[] = {
		{"libvncclient", ALL, 3, 5, false, RGB888, {0}, "25",
				"tight q5", "3.8"},
		{"Remmina, poor", ALL, 9, 1, false, BGR233, {0}, "40",
				"zrle 8 bit", "3.8"},
		{"Remmina, medium", ALL, 3, 5, false, RGB888, {0}, "25",
				"tight q5", "3.8"},
		{"Remmina, good", ALL, 2, 7, false, RGB888, {0}, "30",
				"tight q7", "3.8"},
		{"Remmina, best", BEST, 1, 9, false, RGB888, {0}, "99", "zlib",
				"3.8"},
		{"Remmina, 15 bits", ALL, 2, 7, false, RGB555, {0}, "40",
				"zrle 16 bit", "3.8"},
		{"Remmina, 16 bits", ALL, 2, 7, false, RGB565, {0}, "40",
				"zrle 16 bit", "3.8"},
		{"Guacamole", GUACAMOLE, 3, 5, false, RGB888, {0}, "99", "zrle",
				"3.8"},
		{"Guacamole, red and blue swapped", GUACAMOLE, 3, 5, false,
				BGR888, {0}, "99", "zrle", "3.8"},
		{"Guacamole, 16 bits", GUACAMOLE, 3, 5, false, RGB565, {0},
				"40", "zrle 16 bit", "3.8"},
		{"Guacamole, 8 bits", GUACAMOLE, 3, 5, false, BGR233, {0}, "40",
				"zrle 8 bit", "3.8"},
		{"KRDC, high", BEST, 0, 9, false, RGB888, {0}, "99", "zlib",
				"3.8"},
		{"KRDC, medium", KRDC, 5, 7, false, RGB888, {0}, "30",
				"tight q7", "3.8"},
		{"KRDC, low", KRDC, 9, 1, false, RGB888, {0}, "20", "tight q1",
				"3.8"},
		{"RealVNC", "raw", 0, 0, true, RGB888,
				{24, 16, 22, 21, 15, 6, -314, -239, -223}, "99",
				"zrle", "3.8"},
		{"RealVNC, low quality", "raw", 0, 0, true, RGB222,
				{24, 16, 22, 21, 15, 6, -314, -239, -223}, "40",
				"zrle 8 bit", "3.8"},
		{"RealVNC, Hextile", "raw", 0, 0, true, RGB888,
				{5, 1, -239, -223}, "99", "hextile", "3.8"},
		{"TightVNC 2", "raw", 0, 0, true, BGR888,
				{1, 7, 5, 16, 2, 4, -250, -26, -232, -239, -240,
						-224, -223},
				"25", "tight q6", "3.8"},
		{"macOS Screen Sharing", "raw", 0, 0, true, RGB888,
				{16, 6, 1011, 1002, 1105, 1104, 1103, 1101,
						1100, -239, -223},
				"99", "zrle", "3.3"},
};

#define VIEWERS (sizeof(viewers) / sizeof(viewers[0]))

static int complain(const char *what)
{
	fprintf(stderr, "replay: %s\n", what);
	return EXIT_FAILURE;
}

/* ---- a viewer that knows an older RFB --------------------------------------
 */

struct relay {
	int viewer; /* our ends */
	int server;
	const char *version; /* in place of the server's; "3.3" */
};

static bool pass_on(int from, int to)
{
	char bytes[65536];
	ssize_t got = read(from, bytes, sizeof(bytes));

	for (ssize_t at = 0, sent; at < got; at += sent) {
		sent = send(to, bytes + at, (size_t)(got - at), MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
	}
	return got > 0;
}

/* libvncclient answers in the version that it is greeted with. */
static void *run_relay(void *argument)
{
	struct relay *relay = argument;
	struct pollfd ends[] = {{.fd = relay->viewer, .events = POLLIN},
			{.fd = relay->server, .events = POLLIN}};
	char banner[BANNER_BYTES];
	bool open = recv(relay->server, banner, sizeof(banner), MSG_WAITALL) ==
			BANNER_BYTES;

	banner[6] = relay->version[0];
	banner[10] = relay->version[2];
	open = open && send(relay->viewer, banner, sizeof(banner), 0) > 0;
	while (open && poll(ends, 2, -1) > 0) {
		if (ends[0].revents)
			open = pass_on(relay->viewer, relay->server);
		if (ends[1].revents)
			open = open && pass_on(relay->server, relay->viewer);
	}
	shutdown(relay->viewer, SHUT_RDWR);
	return NULL;
}

static int connect_through_relay(
		const char *version, int port, struct relay *relay)
{
	pthread_t thread;
	int ends[2];

	relay->version = version;
	relay->server = ConnectClientToTcpAddr(htonl(INADDR_LOOPBACK), port);
	if (relay->server < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return -1;
	relay->viewer = ends[1];
	if (pthread_create(&thread, NULL, run_relay, relay) != 0)
		return -1;
	pthread_detach(thread);
	return ends[0];
}

/* ---- libvncclient -----------------------------------------------------------
 */

/* How much has come; the first picture comes as a whole, in many pieces. */
static void on_rectangle(rfbClient *client, int x, int y, int width, int height)
{
	size_t *pixels_n = rfbClientGetClientData(client, NULL);

	(void)x;
	(void)y;
	*pixels_n += (size_t)width * (size_t)height;
}

static char *password(rfbClient *client)
{
	const char *text = getenv("RFB_PASSWORD");

	(void)client;
	return strdup(text ? text : "");
}

static bool send_list(rfbClient *client, const int32_t list[LIST_MAX])
{
	uint8_t message[4 + 4 * (LIST_MAX + 1)] = {2};
	size_t count = 0;

	for (;;) {
		uint32_t number = htonl((uint32_t)list[count]);

		memcpy(message + 4 + 4 * count, &number, sizeof(number));
		if (list[count++] == 0)
			break;
	}
	message[3] = (uint8_t)count;
	return WriteToRFBServer(
			client, (char *)message, (unsigned)(4 + 4 * count));
}

static rfbClient *prepare(const struct viewer *viewer)
{
	rfbClient *client = rfbGetClient(8, 3, 4);

	client->format = viewer->format;
	client->appData.encodingsString = viewer->encodings;
	client->appData.compressLevel = viewer->compress;
	client->appData.qualityLevel = viewer->quality;
	client->appData.enableJPEG = !viewer->no_jpeg;
	client->appData.useRemoteCursor = TRUE;
	client->canHandleNewFBSize = TRUE;
	client->GetPassword = password;
	client->GotFrameBufferUpdate = on_rectangle;
	return client;
}

/* What rfbInitClient does once it is connected. */
static bool shake_hands(rfbClient *client, const struct viewer *viewer)
{
	if (!InitialiseRFBConnection(client))
		return false;
	client->width = client->si.framebufferWidth;
	client->height = client->si.framebufferHeight;
	if (!client->MallocFrameBuffer(client) ||
			!SetFormatAndEncodings(client))
		return false;
	if (viewer->list[0] != 0 && !send_list(client, viewer->list))
		return false;
	return SendFramebufferUpdateRequest(
			client, 0, 0, client->width, client->height, FALSE);
}

static bool wait_for_picture(rfbClient *client)
{
	size_t pixels_n = 0;

	rfbClientSetClientData(client, NULL, &pixels_n);
	while (pixels_n < (size_t)client->width * (size_t)client->height)
		if ((client->buffered == 0 &&
				    WaitForMessage(client, WAIT_US) <= 0) ||
				!HandleRFBServerMessage(client))
			return false;
	return true;
}

static uint8_t channel(uint32_t pixel, unsigned max, unsigned shift)
{
	return (uint8_t)(((pixel >> shift & max) * 255 + max / 2) / max);
}

static int save(const rfbClient *client, const char *path)
{
	const rfbPixelFormat *format = &client->format;
	size_t bytes = format->bitsPerPixel / 8;
	size_t pixels_n = (size_t)client->width * (size_t)client->height;
	struct picture *picture;
	int rc = picture_create(&picture, (uint32_t)client->width,
			(uint32_t)client->height);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < pixels_n; i++) {
		uint32_t pixel = 0;
		uint8_t *rgb = picture->rgb + i * 3;

		memcpy(&pixel, client->frameBuffer + i * bytes, bytes);
		rgb[0] = channel(pixel, format->redMax, format->redShift);
		rgb[1] = channel(pixel, format->greenMax, format->greenShift);
		rgb[2] = channel(pixel, format->blueMax, format->blueShift);
	}
	rc = picture_save(picture, path);
	picture_destroy(picture);
	return rc;
}

static int replay(const struct viewer *viewer, int port, const char *path)
{
	rfbClient *client = prepare(viewer);
	struct relay relay;

	client->sock = connect_through_relay(viewer->rfb, port, &relay);
	if (client->sock < 0 || !shake_hands(client, viewer))
		return complain("not let in");
	if (!wait_for_picture(client))
		return complain("no picture");
	if (save(client, path) < 0)
		return complain("cannot save the picture");
	pause();
	return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	if (argc == 1) {
		for (size_t i = 0; i < VIEWERS; i++)
			printf("%s\t%s\t%s\t%s\n", viewers[i].name,
					viewers[i].db, viewers[i].wants,
					viewers[i].rfb);
		return EXIT_SUCCESS;
	}
	for (size_t i = 0; argc == 4 && i < VIEWERS; i++)
		if (strcmp(viewers[i].name, argv[1]) == 0)
			return replay(&viewers[i], atoi(argv[2]), argv[3]);
	return complain("NAME PORT OUT; without them, it lists the names");
}
