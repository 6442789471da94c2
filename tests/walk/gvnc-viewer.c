/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gvnc-viewer PORT: a viewer on gtk-vnc's library, without a window. Commands
 * on stdin, each answered by a line: "class N" asks for JPEG of that quality
 * level (-1: none), "dump FILE.ppm" writes what it shows.
 */
#include <gvnc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rack/picture.h"

struct viewer {
	GMainLoop *loop;
	VncConnection *connection;
	guint8 *pixels; /* B G R x */
	int width;
	int height;
	int level; /* asked for; sent when there is a connection */
};

static void set_class(struct viewer *viewer, int level)
{
	gint32 encodings[] = {
			VNC_CONNECTION_ENCODING_TIGHT,
			VNC_CONNECTION_ENCODING_COPY_RECT,
			VNC_CONNECTION_ENCODING_DESKTOP_RESIZE,
			VNC_CONNECTION_ENCODING_EXTENDED_DESKTOP_RESIZE,
			VNC_CONNECTION_ENCODING_TIGHT_JPEG0 + level,
	};

	viewer->level = level;
	if (!vnc_connection_is_initialized(viewer->connection))
		return;
	vnc_connection_set_encodings(
			viewer->connection, level < 0 ? 4 : 5, encodings);
}

static void request(struct viewer *viewer, gboolean incremental)
{
	vnc_connection_framebuffer_update_request(viewer->connection,
			incremental, 0, 0, (guint16)viewer->width,
			(guint16)viewer->height);
}

static void set_size(struct viewer *viewer, int width, int height)
{
	const VncPixelFormat format = {
			.bits_per_pixel = 32,
			.depth = 24,
			.byte_order = G_LITTLE_ENDIAN,
			.true_color_flag = 1,
			.red_max = 255,
			.green_max = 255,
			.blue_max = 255,
			.red_shift = 16,
			.green_shift = 8,
			.blue_shift = 0,
	};
	VncBaseFramebuffer *framebuffer;
	guint8 *pixels = g_malloc0((gsize)width * (gsize)height * 4);

	framebuffer = vnc_base_framebuffer_new(pixels, (guint16)width,
			(guint16)height, width * 4, &format,
			vnc_connection_get_pixel_format(viewer->connection));
	vnc_connection_set_framebuffer(
			viewer->connection, VNC_FRAMEBUFFER(framebuffer));
	g_object_unref(framebuffer);
	g_free(viewer->pixels);
	viewer->pixels = pixels;
	viewer->width = width;
	viewer->height = height;
}

static void on_auth(
		VncConnection *connection, GValueArray *types, gpointer context)
{
	(void)types;
	(void)context;
	vnc_connection_set_auth_type(connection, VNC_CONNECTION_AUTH_NONE);
}

static void on_initialized(VncConnection *connection, gpointer context)
{
	struct viewer *viewer = context;
	VncPixelFormat format = *vnc_connection_get_pixel_format(connection);

	format.byte_order = G_LITTLE_ENDIAN;
	vnc_connection_set_pixel_format(connection, &format);
	set_class(viewer, viewer->level);
	set_size(viewer, vnc_connection_get_width(connection),
			vnc_connection_get_height(connection));
	request(viewer, FALSE);
	puts("connected");
}

static void on_resize(VncConnection *connection, int width, int height,
		gpointer context)
{
	(void)connection;
	set_size(context, width, height);
	request(context, FALSE);
}

static void on_update(VncConnection *connection, int x, int y, int width,
		int height, gpointer context)
{
	(void)connection;
	(void)x;
	(void)y;
	(void)width;
	(void)height;
	request(context, TRUE);
}

static void on_gone(VncConnection *connection, gpointer context)
{
	struct viewer *viewer = context;

	(void)connection;
	puts("error: disconnected");
	g_main_loop_quit(viewer->loop);
}

static int save(const struct viewer *viewer, const char *path)
{
	struct picture *picture;
	int rc = picture_create(&picture, (uint32_t)viewer->width,
			(uint32_t)viewer->height);

	if (rc < 0)
		return rc;
	for (gsize i = 0; i < (gsize)viewer->width * (gsize)viewer->height; i++)
		for (gsize j = 0; j < 3; j++)
			picture->rgb[i * 3 + j] = viewer->pixels[i * 4 + 2 - j];
	rc = picture_save(picture, path);
	picture_destroy(picture);
	return rc;
}

static gboolean on_command(
		GIOChannel *channel, GIOCondition condition, gpointer context)
{
	struct viewer *viewer = context;
	char *line = NULL;

	(void)condition;
	if (g_io_channel_read_line(channel, &line, NULL, NULL, NULL) !=
			G_IO_STATUS_NORMAL) {
		g_main_loop_quit(viewer->loop);
		return FALSE;
	}
	g_strchomp(line);
	if (g_str_has_prefix(line, "class "))
		set_class(viewer, atoi(line + 6));
	puts(!g_str_has_prefix(line, "dump ") || save(viewer, line + 5) == 0
					? "ok"
					: "error");
	g_free(line);
	return TRUE;
}

int main(int argc, char **argv)
{
	struct viewer viewer = {.level = -1};
	GIOChannel *channel = g_io_channel_unix_new(0);

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2)
		return 2;
	viewer.loop = g_main_loop_new(NULL, FALSE);
	viewer.connection = vnc_connection_new();
	g_signal_connect(viewer.connection, "vnc-auth-choose-type",
			G_CALLBACK(on_auth), &viewer);
	g_signal_connect(viewer.connection, "vnc-initialized",
			G_CALLBACK(on_initialized), &viewer);
	g_signal_connect(viewer.connection, "vnc-desktop-resize",
			G_CALLBACK(on_resize), &viewer);
	g_signal_connect(viewer.connection, "vnc-framebuffer-update",
			G_CALLBACK(on_update), &viewer);
	g_signal_connect(viewer.connection, "vnc-disconnected",
			G_CALLBACK(on_gone), &viewer);
	g_io_add_watch(channel, G_IO_IN | G_IO_HUP, on_command, &viewer);
	vnc_connection_set_shared(viewer.connection, TRUE);
	vnc_connection_open_host(viewer.connection, "127.0.0.1", argv[1]);
	g_main_loop_run(viewer.loop);
	g_object_unref(viewer.connection);
	g_io_channel_unref(channel);
	g_main_loop_unref(viewer.loop);
	g_free(viewer.pixels);
	return 0;
}
