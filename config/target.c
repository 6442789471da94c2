/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/target.h"

#include <stdlib.h>
#include <string.h>

#include "config/keyboard.h"

void config_target_finish(struct config_target *target)
{
	free(target->name);
	free(target->capture.device);
	free(target->capture.subdevice);
	free(target->capture.format);
	free(target->capture.edid);
	free(target->capture.file);
	free(target->capture.colour);
	free(target->usb.udc);
	free(target->vnc.password_file);
	free(target->keyboard.layout);
	free(target->keyboard.variant);
	config_macros_finish(&target->macros);
}

/* Both absent, or the same. */
static bool text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool capture_equal(
		const struct config_capture *a, const struct config_capture *b)
{
	return a->source == b->source && text_equal(a->device, b->device) &&
			text_equal(a->subdevice, b->subdevice) &&
			text_equal(a->format, b->format) &&
			text_equal(a->edid, b->edid) &&
			text_equal(a->file, b->file) &&
			a->width_px == b->width_px &&
			a->height_px == b->height_px &&
			text_equal(a->colour, b->colour) &&
			a->rate == b->rate &&
			a->damage_threshold == b->damage_threshold;
}

static bool vnc_equal(const struct config_vnc *a, const struct config_vnc *b)
{
	return a->listen.length == b->listen.length &&
			memcmp(&a->listen.storage, &b->listen.storage,
					a->listen.length) == 0 &&
			a->security == b->security &&
			text_equal(a->password_file, b->password_file) &&
			a->password_role == b->password_role &&
			a->viewers_max == b->viewers_max &&
			a->shared == b->shared && a->control == b->control &&
			a->banner == b->banner &&
			a->login_limit_s == b->login_limit_s &&
			a->idle_limit_s == b->idle_limit_s &&
			a->session_limit_s == b->session_limit_s;
}

bool config_target_equal(
		const struct config_target *a, const struct config_target *b)
{
	return text_equal(a->name, b->name) &&
			capture_equal(&a->capture, &b->capture) &&
			a->usb.enabled == b->usb.enabled &&
			text_equal(a->usb.udc, b->usb.udc) &&
			a->usb.pointer == b->usb.pointer &&
			vnc_equal(&a->vnc, &b->vnc);
}
