/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/maker.h"

#include <stdio.h>
#include <string.h>

void vnc_maker_init(struct vnc_maker *maker, struct vnc_encoder *encoder,
		struct core_workers *library, struct video_screen *screen,
		struct vnc_figures *figures, const char *name)
{
	memset(maker, 0, sizeof(*maker));
	maker->encoder = encoder;
	maker->library = library;
	maker->screen = screen;
	maker->figures = figures;
	maker->name = name;
	maker->format = vnc_pixel_format_native;
	vnc_capabilities_init(&maker->capabilities);
}

void vnc_maker_finish(struct vnc_maker *maker)
{
	vnc_fallback_destroy(maker->fallback);
}

void vnc_maker_set_format(
		struct vnc_maker *maker, const struct vnc_pixel_format *format)
{
	maker->format = *format;
	if (maker->fallback)
		vnc_fallback_set_pixel_format(maker->fallback, format);
}

void vnc_maker_set_encodings(
		struct vnc_maker *maker, const struct vnc_message *message)
{
	vnc_capabilities_read(&maker->capabilities, message);
	if (maker->fallback)
		vnc_fallback_set_encodings(maker->fallback,
				maker->capabilities.fallback,
				maker->capabilities.fallback_n);
}

static int make_fallback(struct vnc_maker *maker)
{
	int rc;

	if (maker->fallback)
		return 0;
	rc = vnc_fallback_create(&maker->fallback, maker->library, maker->name,
			maker->figures);
	if (rc < 0)
		return rc;
	vnc_fallback_set_pixel_format(maker->fallback, &maker->format);
	vnc_fallback_set_encodings(maker->fallback,
			maker->capabilities.fallback,
			maker->capabilities.fallback_n);
	return 0;
}

/* *class_ is filled in for VNC_WAY_ENCODER. */
static enum vnc_way choose(const struct vnc_maker *maker, bool exact,
		struct vnc_class *class_)
{
	const struct vnc_capabilities *capabilities = &maker->capabilities;
	enum vnc_way way = vnc_capabilities_choose(
			capabilities, &maker->format, class_);
	int level = vnc_class_coarser_level(
			capabilities->quality_level, maker->steps_down);

	if (way == VNC_WAY_ENCODER && class_->codec == VNC_CODEC_TIGHT)
		*class_ = vnc_class_for_tight(exact ? -1 : level);
	return way;
}

void vnc_maker_describe(const struct vnc_maker *maker,
		char text[VNC_ENCODING_TEXT_BYTES])
{
	int level = maker->capabilities.quality_level;
	int coarser = vnc_class_coarser_level(level, maker->steps_down);
	struct vnc_class class_;
	size_t used;

	vnc_capabilities_describe(&maker->capabilities, &maker->format, text);
	if (coarser == level ||
			choose(maker, false, &class_) == VNC_WAY_FALLBACK ||
			class_.codec != VNC_CODEC_TIGHT)
		return;
	used = strlen(text);
	snprintf(text + used, VNC_ENCODING_TEXT_BYTES - used,
			" (slow link: q%d)", coarser);
}

bool vnc_maker_may_copy(const struct vnc_maker *maker)
{
	struct vnc_class class_;

	return maker->capabilities.copy_rect &&
			choose(maker, false, &class_) == VNC_WAY_ENCODER;
}

int vnc_maker_request(struct vnc_maker *maker, bool exact,
		const struct video_rect *rects, size_t rects_n,
		vnc_update_ready *ready, void *context, bool *in_order,
		struct vnc_update **out)
{
	struct vnc_class class_;
	int rc;

	*in_order = choose(maker, exact, &class_) == VNC_WAY_FALLBACK;
	if (!*in_order)
		return vnc_encoder_request(maker->encoder, &class_, rects,
				rects_n, ready, context, out);
	rc = make_fallback(maker);
	if (rc < 0)
		return rc;
	return vnc_fallback_request(maker->fallback,
			video_screen_get_frame(maker->screen), rects, rects_n,
			ready, context, out);
}
