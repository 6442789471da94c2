/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/capabilities.h"

#include <stdio.h>
#include <string.h>

#include "vnc/rfb-write.h"

#define ENCODING_RAW 0
#define ENCODING_TIGHT 7
#define QUALITY_LEVEL_0 (-32)
#define QUALITY_LEVEL_9 (-23)
#define COMPRESS_LEVEL_0 (-256)
#define COMPRESS_LEVEL_9 (-247)

/* What the fallback encodes. */
static const struct {
	int32_t number;
	const char *name;
} fallbacks[] = {
		{ENCODING_RAW, "raw"},
		{2, "rre"},
		{4, "corre"},
		{5, "hextile"},
		{6, "zlib"},
		{16, "zrle"},
};

/* Numbers that switch one thing on. */
static const struct {
	int32_t number;
	size_t offset; /* of a bool in struct vnc_capabilities */
} switches[] = {
#define SWITCH(number, field)                                                  \
	{                                                                      \
		number, offsetof(struct vnc_capabilities, field)               \
	}
		SWITCH(ENCODING_TIGHT, tight),
		SWITCH(VNC_ENCODING_COPY_RECT, copy_rect),
		SWITCH(VNC_PSEUDO_DESKTOP_SIZE, desktop_size),
		SWITCH(VNC_PSEUDO_EXTENDED_DESKTOP_SIZE, extended_desktop_size),
		SWITCH(VNC_PSEUDO_DESKTOP_NAME, desktop_name),
		SWITCH(VNC_PSEUDO_CURSOR, cursor),
		SWITCH(VNC_PSEUDO_QEMU_KEY, qemu_key),
		SWITCH(VNC_PSEUDO_QEMU_LEDS, qemu_leds),
		SWITCH(VNC_PSEUDO_VMWARE_LEDS, vmware_leds),
		SWITCH(VNC_PSEUDO_EXTENDED_BUTTONS, extended_buttons),
		SWITCH(VNC_PSEUDO_FENCE, fence),
		SWITCH(VNC_PSEUDO_CONTINUOUS_UPDATES, continuous_updates),
#undef SWITCH
};

static const char *fallback_name(int32_t number)
{
	for (size_t i = 0; i < sizeof(fallbacks) / sizeof(fallbacks[0]); i++)
		if (fallbacks[i].number == number)
			return fallbacks[i].name;
	return NULL;
}

void vnc_capabilities_init(struct vnc_capabilities *capabilities)
{
	memset(capabilities, 0, sizeof(*capabilities));
	capabilities->quality_level = -1;
	capabilities->preferred = ENCODING_RAW;
}

static void switch_on(struct vnc_capabilities *capabilities, int32_t number)
{
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (switches[i].number == number)
			*(bool *)((char *)capabilities + switches[i].offset) =
					true;
}

static void note_fallback(struct vnc_capabilities *capabilities, int32_t number)
{
	if (capabilities->fallback_n < VNC_FALLBACK_ENCODINGS_MAX)
		capabilities->fallback[capabilities->fallback_n++] = number;
}

void vnc_capabilities_read(struct vnc_capabilities *capabilities,
		const struct vnc_message *message)
{
	bool preferred_known = false;

	vnc_capabilities_init(capabilities);
	for (size_t i = 0; i < message->encodings.count; i++) {
		int32_t number = vnc_message_encoding(message, i);

		switch_on(capabilities, number);
		if (number >= QUALITY_LEVEL_0 && number <= QUALITY_LEVEL_9) {
			capabilities->quality_level = number - QUALITY_LEVEL_0;
			note_fallback(capabilities, number);
		} else if (number >= COMPRESS_LEVEL_0 &&
				number <= COMPRESS_LEVEL_9) {
			note_fallback(capabilities, number);
		} else if (fallback_name(number)) {
			note_fallback(capabilities, number);
			if (!preferred_known)
				capabilities->preferred = number;
			preferred_known = true;
		}
	}
}

/*
 * Tight's pixels of 8-8-8 formats are the same bytes for all of them, so every
 * such viewer is served from the same pieces. Raw is ours only if nothing
 * smaller was wished for.
 */
enum vnc_way vnc_capabilities_choose(
		const struct vnc_capabilities *capabilities,
		const struct vnc_pixel_format *format, struct vnc_class *class_)
{
	if (!vnc_pixel_format_is_888(format))
		return VNC_WAY_FALLBACK;
	if (capabilities->tight)
		*class_ = vnc_class_for_tight(capabilities->quality_level);
	else if (capabilities->preferred == ENCODING_RAW)
		*class_ = vnc_class_for_raw(format);
	else
		return VNC_WAY_FALLBACK;
	return VNC_WAY_ENCODER;
}

void vnc_capabilities_describe(const struct vnc_capabilities *capabilities,
		const struct vnc_pixel_format *format,
		char text[VNC_ENCODING_TEXT_BYTES])
{
	bool is_888 = vnc_pixel_format_is_888(format);

	if (is_888 && capabilities->tight && capabilities->quality_level >= 0)
		snprintf(text, VNC_ENCODING_TEXT_BYTES, "tight q%d",
				capabilities->quality_level);
	else if (is_888 && capabilities->tight)
		snprintf(text, VNC_ENCODING_TEXT_BYTES, "tight lossless");
	else if (is_888)
		snprintf(text, VNC_ENCODING_TEXT_BYTES, "%s",
				fallback_name(capabilities->preferred));
	else
		snprintf(text, VNC_ENCODING_TEXT_BYTES, "%s %d bit",
				fallback_name(capabilities->preferred),
				format->bits_per_pixel);
}
