/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peer-libvncserver FILE RATE PORT all|ideal STAMPS: what a server costs that
 * is written on libvncserver the way that its examples do: one loop round
 * rfbProcessEvents, each frame copied to the framebuffer and marked.
 */
#include <rfb/rfb.h>

#include "tests/bench/peer.h"

/* Short, or an update that waits for its time waits for the next frame. */
#define SLICE_US 2000

static rfbScreenInfoPtr open_screen(const struct peer *peer)
{
	rfbScreenInfoPtr screen = rfbGetScreen(
			NULL, NULL, PEER_WIDTH, PEER_HEIGHT, 8, 3, 4);

	if (!screen)
		bench_die("libvncserver gives no screen");
	screen->serverFormat.redShift = 16;
	screen->serverFormat.greenShift = 8;
	screen->serverFormat.blueShift = 0;
	screen->frameBuffer = calloc(PEER_HEIGHT, PEER_ROW_BYTES);
	screen->desktopName = "peer";
	screen->alwaysShared = TRUE;
	screen->autoPort = FALSE;
	screen->port = peer->port;
	screen->ipv6port = 0;
	screen->listenInterface = htonl(INADDR_LOOPBACK);
	screen->cursor = NULL;
	rfbInitServer(screen);
	return screen;
}

static void show(struct peer *peer, rfbScreenInfoPtr screen)
{
	const struct peer_frame *frame =
			peer_take(peer, (uint8_t *)screen->frameBuffer);

	for (size_t i = 0; i < frame->changed_n; i++) {
		const struct peer_rect *rect = &frame->changed[i];

		rfbMarkRectAsModified(screen, rect->x, rect->y,
				rect->x + rect->width, rect->y + rect->height);
	}
	peer_stamp(peer, frame);
}

int main(int argc, char **argv)
{
	rfbScreenInfoPtr screen;
	struct peer peer;

	peer_open(&peer, argc, argv);
	rfbLogEnable(FALSE);
	screen = open_screen(&peer);
	while (rfbIsActive(screen)) {
		uint64_t wait_us = peer_wait_us(&peer);

		if (wait_us == 0) {
			show(&peer, screen);
			continue;
		}
		rfbProcessEvents(screen,
				wait_us < SLICE_US ? (long)wait_us : SLICE_US);
	}
	return 0;
}
