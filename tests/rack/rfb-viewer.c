/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/rack/rfb-viewer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <turbojpeg.h>

#include "tests/rack/agent.h"

#define ENCODING_QEMU_LEDS (-261)
#define ENCODING_EXTENDED_MOUSE (-316)

/* libvncclient's callbacks find the probe by this address. */
static char client_tag;

static struct probe *probe_of(rfbClient *client)
{
	return rfbClientGetClientData(client, &client_tag);
}

/* ---- what libvncclient calls -----------------------------------------------
 */

static rfbBool on_size(rfbClient *client)
{
	struct probe *probe = probe_of(client);
	size_t bytes = (size_t)client->width * (size_t)client->height * 4;

	free(client->frameBuffer);
	client->frameBuffer = calloc(1, bytes);
	client->updateRect.x = client->updateRect.y = 0;
	client->updateRect.w = client->width;
	client->updateRect.h = client->height;
	probe->resize_us = agent_now_us();
	probe->resizes++;
	return client->frameBuffer != NULL;
}

static void on_picture(rfbClient *client, int x, int y, int w, int h)
{
	(void)x;
	(void)y;
	(void)w;
	(void)h;
	probe_of(client)->pictured = true;
}

static void on_update(rfbClient *client)
{
	struct probe *probe = probe_of(client);

	probe->updates++;
	probe->pictures += probe->pictured;
	probe->pictured = false;
	probe->update_us = agent_now_us();
	probe->jpegs_open = false;
}

static void forget_jpegs(struct probe *probe)
{
	for (unsigned i = 0; i < probe->jpegs_n; i++)
		free(probe->jpegs[i].data);
	probe->jpegs_n = 0;
}

static void keep_jpeg(struct probe *probe, const uint8_t *data, size_t bytes,
		int x, int y, int w, int h)
{
	struct probe_jpeg *jpeg;

	if (!probe->jpegs_open)
		forget_jpegs(probe);
	probe->jpegs_open = true;
	probe->jpegs_total++;
	if (probe->jpegs_n == PROBE_JPEGS_MAX)
		return;
	jpeg = &probe->jpegs[probe->jpegs_n];
	jpeg->data = malloc(bytes);
	if (!jpeg->data)
		return;
	memcpy(jpeg->data, data, bytes);
	jpeg->bytes = bytes;
	jpeg->x_px = (uint32_t)x;
	jpeg->y_px = (uint32_t)y;
	jpeg->width_px = (uint32_t)w;
	jpeg->height_px = (uint32_t)h;
	probe->jpegs_n++;
}

static rfbBool on_jpeg(rfbClient *client, const uint8_t *data, int length,
		int x, int y, int w, int h)
{
	tjhandle handle = tjInitDecompress();
	int rc = -1;

	keep_jpeg(probe_of(client), data, (size_t)length, x, y, w, h);
	if (handle && x + w <= client->width && y + h <= client->height)
		rc = tjDecompress2(handle, data, (unsigned long)length,
				client->frameBuffer +
						(y * client->width + x) * 4,
				w, client->width * 4, h, TJPF_RGBX,
				TJFLAG_ACCURATEDCT);
	if (handle)
		tjDestroy(handle);
	return rc == 0;
}

static rfbBool on_rectangle(
		rfbClient *client, rfbFramebufferUpdateRectHeader *rectangle)
{
	struct probe *probe = probe_of(client);
	uint8_t leds;

	if ((int32_t)rectangle->encoding == ENCODING_EXTENDED_MOUSE) {
		probe->mouse_extended = true;
		return TRUE;
	}
	if ((int32_t)rectangle->encoding != ENCODING_QEMU_LEDS)
		return FALSE;
	if (!ReadFromRFBServer(client, (char *)&leds, 1))
		return FALSE;
	probe->leds = leds;
	probe->leds_us = agent_now_us();
	return TRUE;
}

/* Why it was refused, for who wants to know. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list args;

	if (!getenv("RFB_SAY"))
		return;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
}

/* ---- connection ------------------------------------------------------------
 */

void probe_disconnect(struct probe *probe)
{
	if (probe->client) {
		free(probe->client->frameBuffer);
		probe->client->frameBuffer = NULL;
		rfbClientCleanup(probe->client);
	}
	probe->client = NULL;
	forget_jpegs(probe);
}

static char *get_password(rfbClient *client)
{
	const char *password = getenv("RFB_PASSWORD");

	(void)client;
	return strdup(password ? password : "");
}

/* Of the environment; X509Plain is what the library takes where both are. */
static rfbCredential *get_credential(rfbClient *client, int type)
{
	rfbCredential *credential = calloc(1, sizeof(*credential));
	const char *user = getenv("RFB_USER");
	const char *authority = getenv("RFB_AUTHORITY");

	if (!credential)
		return NULL;
	if (type == rfbCredentialTypeUser) {
		credential->userCredential.username = strdup(user ? user : "");
		credential->userCredential.password = get_password(client);
	} else if (authority) {
		credential->x509Credential.x509CACertFile = strdup(authority);
	}
	return credential;
}

/*
 * Connect from the address of RFB_SOURCE, as the library cannot; it then takes
 * the socket for one that called back.
 */
static int connect_from_source(rfbClient *client)
{
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct sockaddr_in to = {.sin_family = AF_INET,
			.sin_port = htons((uint16_t)client->serverPort)};
	const char *source = getenv("RFB_SOURCE");

	if (!source)
		return 0;
	inet_pton(AF_INET, source, &from.sin_addr);
	inet_pton(AF_INET, client->serverHost, &to.sin_addr);
	client->listenSpecified = TRUE;
	client->sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(client->sock, (struct sockaddr *)&from, sizeof(from)) == -1 ||
			connect(client->sock, (struct sockaddr *)&to,
					sizeof(to)) == -1)
		return -errno;
	return 0;
}

static void ask_for_quality(rfbClient *client, int quality)
{
	client->appData.enableJPEG = quality >= 0;
	client->appData.qualityLevel = quality;
}

static rfbClient *make_client(struct probe *probe, const char *encodings,
		int quality, const char *host, int port)
{
	rfbClient *client = rfbGetClient(8, 3, 4);

	if (!client)
		return NULL;
	rfbClientSetClientData(client, &client_tag, probe);
	client->MallocFrameBuffer = on_size;
	client->GotFrameBufferUpdate = on_picture;
	client->FinishedFrameBufferUpdate = on_update;
	client->GotJpeg = on_jpeg;
	client->GetPassword = get_password;
	client->GetCredential = get_credential;
	client->canHandleNewFBSize = TRUE;
	client->appData.shareDesktop = TRUE;
	client->appData.encodingsString = encodings;
	client->appData.compressLevel = 1;
	ask_for_quality(client, quality);
	client->appData.useRemoteCursor = FALSE;
	client->connectTimeout = 10;
	client->readTimeout = 20;
	free(client->serverHost);
	client->serverHost = strdup(host);
	client->serverPort = port;
	return client;
}

int probe_connect(struct probe *probe, int port, int quality,
		const char *encodings)
{
	const int one = 1;
	rfbClient *client;

	probe_disconnect(probe);
	*probe = (struct probe){.leds = -1};
	client = make_client(probe, encodings, quality, "127.0.0.1", port);
	if (!client)
		return -ENOMEM;
	if (connect_from_source(client) < 0) {
		rfbClientCleanup(client);
		return -ECONNREFUSED;
	}
	/* On failure the library frees the client. */
	if (!rfbInitClient(client, NULL, NULL))
		return -ECONNREFUSED;
	/* As viewers do: a key does not wait for what was sent before it. */
	setsockopt(client->sock, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	probe->client = client;
	return 0;
}

int probe_set_quality(struct probe *probe, int quality)
{
	if (!probe->client)
		return -ENOTCONN;
	ask_for_quality(probe->client, quality);
	return SetFormatAndEncodings(probe->client) ? 0 : -ECONNRESET;
}

int probe_pump(struct probe *probe, unsigned timeout_ms)
{
	int rc;

	if (!probe->client)
		return -ENOTCONN;
	/* What the library has read already, select(2) cannot see. */
	rc = probe->client->buffered > 0
			? 1
			: WaitForMessage(probe->client, timeout_ms * 1000);
	if (rc > 0 && !HandleRFBServerMessage(probe->client))
		rc = -1;
	if (rc < 0) {
		probe_disconnect(probe);
		return -ECONNRESET;
	}
	return rc;
}

int probe_pump_until(struct probe *probe, unsigned timeout_ms,
		int (*is_done)(struct probe *probe, void *argument),
		void *argument)
{
	uint64_t end_us = agent_patience_until_us(timeout_ms);

	for (;;) {
		uint64_t now_us;
		int rc = is_done(probe, argument);

		if (rc != 0)
			return rc < 0 ? rc : 0;
		now_us = agent_now_us();
		if (now_us >= end_us)
			return -ETIMEDOUT;
		rc = probe_pump(probe,
				(unsigned)((end_us - now_us) / 1000) + 1);
		if (rc < 0)
			return rc;
	}
}

void probe_register_extensions(void)
{
	static int encodings[] = {
			ENCODING_QEMU_LEDS, ENCODING_EXTENDED_MOUSE, 0};
	static rfbClientProtocolExtension extension = {
			.encodings = encodings, .handleEncoding = on_rectangle};

	rfbClientLog = say;
	rfbClientErr = say;
	rfbClientRegisterExtension(&extension);
}
