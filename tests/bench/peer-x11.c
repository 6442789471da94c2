/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peer-x11 FILE RATE PORT all|ideal STAMPS: show the frames on the X display
 * $DISPLAY, which is a VNC server's. PORT is of no use here.
 */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include "tests/bench/peer.h"

struct view {
	Display *display;
	Window window;
	GC gc;
	XShmSegmentInfo segment;
	XImage *image;
};

static void open_image(struct view *view)
{
	int screen = DefaultScreen(view->display);

	view->image = XShmCreateImage(view->display,
			DefaultVisual(view->display, screen),
			(unsigned)DefaultDepth(view->display, screen), ZPixmap,
			NULL, &view->segment, PEER_WIDTH, PEER_HEIGHT);
	if (!view->image || view->image->bits_per_pixel != 32)
		bench_die("the display has no 32 bits a pixel");
	view->segment.shmid = shmget(IPC_PRIVATE, PEER_HEIGHT * PEER_ROW_BYTES,
			IPC_CREAT | 0600);
	if (view->segment.shmid == -1)
		bench_die("shmget");
	view->segment.shmaddr = shmat(view->segment.shmid, NULL, 0);
	view->image->data = view->segment.shmaddr;
	XShmAttach(view->display, &view->segment);
	XSync(view->display, False);
	shmctl(view->segment.shmid, IPC_RMID, NULL); /* once all have left */
}

static void open_view(struct view *view)
{
	XSetWindowAttributes attributes = {.override_redirect = True};

	view->display = XOpenDisplay(NULL);
	if (!view->display)
		bench_die("no display");
	view->window = XCreateWindow(view->display,
			DefaultRootWindow(view->display), 0, 0, PEER_WIDTH,
			PEER_HEIGHT, 0, CopyFromParent, InputOutput,
			CopyFromParent, CWOverrideRedirect, &attributes);
	XMapRaised(view->display, view->window);
	view->gc = XCreateGC(view->display, view->window, 0, NULL);
	open_image(view);
}

static void show(struct peer *peer, struct view *view)
{
	const struct peer_frame *frame =
			peer_take(peer, (uint8_t *)view->segment.shmaddr);

	peer_stamp(peer, frame);
	for (size_t i = 0; i < frame->changed_n; i++) {
		const struct peer_rect *rect = &frame->changed[i];

		XShmPutImage(view->display, view->window, view->gc, view->image,
				rect->x, rect->y, rect->x, rect->y,
				(unsigned)rect->width, (unsigned)rect->height,
				False);
	}
	XSync(view->display, False); /* the server has read it */
}

int main(int argc, char **argv)
{
	struct peer peer;
	struct view view = {0};

	peer_open(&peer, argc, argv);
	open_view(&view);
	for (;;) {
		usleep((useconds_t)peer_wait_us(&peer));
		show(&peer, &view);
	}
}
