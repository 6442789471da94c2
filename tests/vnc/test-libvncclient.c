/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <rfb/rfbclient.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/log.h"
#include "tests/vnc/desk.h"
#include "tests/vnc/picture.h"

/*
 * libvncclient, which Remmina and many others are made of, comes in by each
 * security type that it has, over TLS of its own making.
 */
#define USER "anna"
#define SECRET "correct horse battery staple"

/* On a thread of its own, since it waits for every byte. */
struct viewer {
	pthread_t thread;
	const char *authority; /* the file that vouches for the server */
	const char *password;
	uint16_t port;
	bool in;
	bool has_pixels;
	bool has_picture; /* an update with pixels has ended */
	uint32_t scheme;  /* which it took, within VeNCrypt */
	uint32_t width_px, height_px;
	uint32_t *pixels;
	int finished[2]; /* a pipe: written when it ends */
};

static char *get_password(rfbClient *client)
{
	const struct viewer *viewer = rfbClientGetClientData(client, NULL);

	return strdup(viewer->password);
}

static rfbCredential *get_credential(rfbClient *client, int type)
{
	const struct viewer *viewer = rfbClientGetClientData(client, NULL);
	rfbCredential *credential = calloc(1, sizeof(*credential));

	if (type == rfbCredentialTypeUser) {
		credential->userCredential.username = strdup(USER);
		credential->userCredential.password = strdup(viewer->password);
	} else {
		credential->x509Credential.x509CACertFile =
				strdup(viewer->authority);
	}
	return credential;
}

static void note_pixels(rfbClient *client, int x, int y, int width, int height)
{
	struct viewer *viewer = rfbClientGetClientData(client, NULL);

	(void)x;
	(void)y;
	(void)width;
	(void)height;
	viewer->has_pixels = true;
}

/* Some updates only tell of the screen's size. */
static void note_update(rfbClient *client)
{
	struct viewer *viewer = rfbClientGetClientData(client, NULL);

	viewer->has_picture = viewer->has_pixels;
}

static void say_nothing(const char *format, ...)
{
	(void)format;
}

static rfbClient *new_client(struct viewer *viewer)
{
	rfbClient *client = rfbGetClient(8, 3, 4);

	rfbClientLog = rfbClientErr = getenv("VNC_SAY") ? rfbClientLog
							: say_nothing;
	rfbClientSetClientData(client, NULL, viewer);
	free(client->serverHost);
	client->serverHost = strdup("127.0.0.1");
	client->serverPort = viewer->port;
	client->GetPassword = get_password;
	client->GetCredential = get_credential;
	client->GotFrameBufferUpdate = note_pixels;
	client->FinishedFrameBufferUpdate = note_update;
	client->format.redShift = 16;
	client->format.greenShift = 8;
	client->format.blueShift = 0;
	client->appData.encodingsString = "raw";
	client->canHandleNewFBSize = FALSE;
	return client;
}

static void look(struct viewer *viewer, rfbClient *client)
{
	viewer->in = true;
	viewer->scheme = client->subAuthScheme;
	while (!viewer->has_picture)
		if (WaitForMessage(client, 1000000) < 0 ||
				!HandleRFBServerMessage(client))
			return;
	viewer->width_px = (uint32_t)client->width;
	viewer->height_px = (uint32_t)client->height;
	viewer->pixels = (uint32_t *)(void *)client->frameBuffer;
	client->frameBuffer = NULL;
}

/* LeakSanitizer's, where it is: for this thread, as the library leaks. */
void __lsan_disable(void) __attribute__((weak));

static void *view(void *argument)
{
	struct viewer *viewer = argument;
	rfbClient *client;

	if (__lsan_disable)
		__lsan_disable();
	client = new_client(viewer);
	if (rfbInitClient(client, NULL,
			    NULL)) { /* which frees it if it fails */
		look(viewer, client);
		rfbClientCleanup(client);
	}
	assert_int_equal(write(viewer->finished[1], "", 1), 1);
	return NULL;
}

static bool has_finished(void *context)
{
	struct viewer *viewer = context;
	struct pollfd finished = {viewer->finished[0], POLLIN, 0};

	return poll(&finished, 1, 0) == 1;
}

static void finish(struct viewer *viewer)
{
	close(viewer->finished[0]);
	close(viewer->finished[1]);
	free(viewer->pixels);
}

/* Until it has its picture or gives up. */
static void come(struct rig *rig, struct viewer *viewer)
{
	struct core_address address;

	vnc_server_get_address(rig->server, &address);
	viewer->port = ntohs(
			((struct sockaddr_in *)&address.storage)->sin_port);
	assert_int_equal(pipe2(viewer->finished, O_CLOEXEC), 0);
	assert_int_equal(
			pthread_create(&viewer->thread, NULL, view, viewer), 0);
	rig_run_until(rig, has_finished, viewer);
	pthread_join(viewer->thread, NULL);
}

static void expect_picture(const struct rig *rig, const struct viewer *viewer)
{
	assert_true(viewer->has_picture);
	assert_int_equal(viewer->width_px, RIG_WIDTH_PX);
	assert_int_equal(viewer->height_px, RIG_HEIGHT_PX);
	for (uint32_t y = 0; y < viewer->height_px; y++)
		for (uint32_t x = 0; x < viewer->width_px; x++)
			assert_int_equal(viewer->pixels[y * viewer->width_px +
							 x] &
							0xffffff,
					picture_pixel(rig->frame, x, y));
}

static const struct {
	unsigned security;
	const char *name;
	uint32_t scheme;
	bool user;
} ways[] = {
		{VNC_SECURITY_X509PLAIN, "x509plain", 262, true},
		{VNC_SECURITY_X509VNC, "x509vnc", 261, false},
		{VNC_SECURITY_TLSPLAIN, "tlsplain", 259, true},
		{VNC_SECURITY_TLSVNC, "tlsvnc", 258, false},
		{VNC_SECURITY_VNCAUTH, "vncauth", 0, false},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void certificate_path(const struct rig *rig, char path[64])
{
	snprintf(path, 64, "%s/certificate.pem", rig->directory);
}

static void it_comes_in_by_every_type(void **state)
{
	struct rig *rig = *state;
	char authority[64];

	rig_make_tls(rig);
	certificate_path(rig, authority);
	for (size_t i = 0; i < WAYS; i++) {
		struct desk *desk = desk_open(rig, ways[i].security);
		struct viewer viewer = {.authority = authority,
				.password = ways[i].user ? SECRET
							 : DESK_PASSWORD};

		desk->at_once = true;
		come(rig, &viewer);
		assert_true(viewer.in);
		assert_int_equal(viewer.scheme, ways[i].scheme);
		assert_string_equal(desk->security, ways[i].name);
		assert_string_equal(desk->user, ways[i].user ? USER : "-");
		assert_string_equal(desk->secret, ways[i].user ? SECRET : "-");
		assert_int_equal(desk->proved, !ways[i].user);
		expect_picture(rig, &viewer);
		finish(&viewer);
	}
}

/* Of all that is offered it takes our first, which is the safest. */
static void it_takes_the_safest(void **state)
{
	struct rig *rig = *state;
	struct viewer viewer = {.password = SECRET};
	struct desk *desk;
	char authority[64];

	rig_make_tls(rig);
	certificate_path(rig, authority);
	viewer.authority = authority;
	desk = desk_open(rig, VNC_SECURITY_NONE - 1);
	desk->at_once = true;
	come(rig, &viewer);
	assert_int_equal(viewer.scheme, 262);
	expect_picture(rig, &viewer);
	finish(&viewer);
}

static void it_is_refused_by_every_type(void **state)
{
	struct rig *rig = *state;
	char authority[64];

	rig_make_tls(rig);
	certificate_path(rig, authority);
	for (size_t i = 0; i < WAYS; i++) {
		struct desk *desk = desk_open(rig, ways[i].security);
		struct viewer viewer = {
				.authority = authority, .password = "wrong"};

		desk->at_once = true;
		desk->refusal = "Not today";
		come(rig, &viewer);
		assert_false(viewer.in);
		assert_int_equal(desk->logins, 1);
		assert_int_equal(desk->joins, 0);
		finish(&viewer);
	}
}

/* Another's certificate vouches for nothing: it goes before it says a name. */
static void it_goes_when_nobody_vouches_for_us(void **state)
{
	struct rig *rig = *state;
	struct viewer viewer = {.password = SECRET, .authority = "/dev/null"};
	struct desk *desk;

	rig_make_tls(rig);
	desk = desk_open(rig, VNC_SECURITY_X509PLAIN);
	log_set_level((enum log_level) - 1);
	come(rig, &viewer);
	assert_false(viewer.in);
	assert_int_equal(desk->logins, 0);
	finish(&viewer);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, rig_set_up, desk_close)
	const struct CMUnitTest tests[] = {
			test(it_comes_in_by_every_type),
			test(it_takes_the_safest),
			test(it_is_refused_by_every_type),
			test(it_goes_when_nobody_vouches_for_us),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
