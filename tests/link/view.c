/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * view FROM ADDRESS:PORT fences|requests SECONDS
 *
 * A viewer of what `serve` shows, from the local address FROM: with fences and
 * continuous updates, or one that asks for each. It types ten keys a second,
 * from the keysym on that its local address ends with, times 4096.
 * On stdout: "key KEYSYM TIME" when one is sent, and for each new picture that
 * is complete "picture AGE BYTES", the age in microseconds, the bytes of its
 * update.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/link/stamp.h"
#include "tests/vnc/client.h"

#define KEY_US (CLOCK_US_PER_S / 10)

struct view {
	struct rig rig; /* its loop alone */
	struct client *client;
	bool fences;
	bool continuous;
	uint32_t first_keysym;
	uint32_t keys;
	uint64_t end_us;
	uint32_t shown_ms; /* the newest picture's stamp */
	uint64_t received; /* when it was complete */
};

static int on_key(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct view *view = userdata;
	uint32_t keysym = view->first_keysym + view->keys++;

	printf("key %" PRIu32 " %" PRIu64 "\n", keysym, clock_now_us());
	client_send_key(view->client, keysym, true);
	client_send_key(view->client, keysym, false);
	sd_event_source_set_time(source, usec + KEY_US);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static void enable_continuous(struct view *view)
{
	struct client *client = view->client;

	if (!view->continuous)
		client_send_continuous(client, true, 0, 0, client->width_px,
				client->height_px);
	view->continuous = true;
}

static void take_update(struct view *view)
{
	struct client *client = view->client;
	uint32_t stamp_ms = stamp_read(client->canvas, client->width_px);
	uint32_t now_ms = (uint32_t)(clock_now_us() / CLOCK_US_PER_MS);

	if (!view->continuous)
		client_request_all(client, true);
	if (stamp_ms != view->shown_ms)
		printf("picture %" PRIu64 " %" PRIu64 "\n",
				(now_ms - stamp_ms) * CLOCK_US_PER_MS,
				client->consumed - view->received);
	view->shown_ms = stamp_ms;
	view->received = client->consumed;
}

static void take(struct view *view, const struct client_message *message)
{
	switch (message->type) {
	case CLIENT_UPDATE:
		take_update(view);
		break;
	case CLIENT_FENCE:
		if (message->fence_flags & 0x80000000)
			client_send_fence(view->client,
					message->fence_flags & 7,
					message->fence, message->fence_bytes);
		break;
	case CLIENT_END_OF_CONTINUOUS:
		enable_continuous(view);
		break;
	default:
		break;
	}
}

static void look(struct view *view)
{
	struct client *client = view->client;

	client_shake_hands(client);
	if (view->fences)
		CLIENT_SET(client, TIGHT, QUALITY_6, FENCE, CONTINUOUS);
	else
		CLIENT_SET(client, TIGHT, QUALITY_6);
	client_request_all(client, false);
	assert_true(sd_event_add_time(view->rig.event, NULL, CLOCK_MONOTONIC,
				    clock_now_us(), 1, on_key, view) >= 0);
	while (clock_now_us() < view->end_us) {
		struct client_message message;

		client_next(client, &message);
		take(view, &message);
	}
}

int main(int argc, char **argv)
{
	struct core_address from = {.length = sizeof(struct sockaddr_in)}, to;
	struct sockaddr_in *in = (struct sockaddr_in *)&from.storage;
	struct view view = {0};

	if (argc != 5 || inet_pton(AF_INET, argv[1], &in->sin_addr) != 1 ||
			core_address_parse(&to, argv[2]) < 0) {
		fprintf(stderr,
				"usage: view FROM ADDRESS:PORT "
				"fences|requests SECONDS\n");
		return 2;
	}
	in->sin_family = AF_INET;
	view.first_keysym = (ntohl(in->sin_addr.s_addr) & 0xff) << 12;
	setvbuf(stdout, NULL, _IOLBF, 0);
	view.fences = strcmp(argv[3], "fences") == 0;
	view.end_us = clock_now_us() +
			strtoull(argv[4], NULL, 10) * CLOCK_US_PER_S;
	if (sd_event_new(&view.rig.event) < 0)
		return 1;
	view.client = client_connect_to(&view.rig, &to, &from);
	look(&view);
	client_close(view.client);
	sd_event_unref(view.rig.event);
	return 0;
}
