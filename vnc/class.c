/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/encoder.h"

/*
 * Ten levels of the viewers become three classes, so that viewers share. Low
 * is for thin links. At high, chroma is whole: coloured text stays crisp.
 */
static const struct {
	int level_max;
	int level; /* that stands for all of the class */
	int jpeg_quality;
	bool jpeg_444;
	enum vnc_kind kind;
} tight_classes[] = {
		{-1, -1, 0, false, VNC_KIND_LOSSLESS},
		{3, 2, 50, false, VNC_KIND_Q50},
		{7, 6, 80, false, VNC_KIND_Q80},
		{9, 9, 92, true, VNC_KIND_Q92},
};
#define TIGHT_CLASSES (sizeof(tight_classes) / sizeof(tight_classes[0]))

static unsigned find_tight(int quality_level)
{
	unsigned i = 0;

	while (i + 1 < TIGHT_CLASSES &&
			quality_level > tight_classes[i].level_max)
		i++;
	return i;
}

unsigned vnc_class_coarser_n(int quality_level)
{
	unsigned i = find_tight(quality_level);

	return i > 0 ? i - 1 : 0;
}

int vnc_class_coarser_level(int quality_level, unsigned steps)
{
	unsigned coarser_n = vnc_class_coarser_n(quality_level);

	if (steps > coarser_n)
		steps = coarser_n;
	if (steps == 0)
		return quality_level;
	return tight_classes[find_tight(quality_level) - steps].level;
}

struct vnc_class vnc_class_for_tight(int quality_level)
{
	struct vnc_class class_ = {.codec = VNC_CODEC_TIGHT};
	unsigned i = find_tight(quality_level);

	class_.jpeg_quality = tight_classes[i].jpeg_quality;
	class_.jpeg_444 = tight_classes[i].jpeg_444;
	return class_;
}

struct vnc_class vnc_class_for_raw(const struct vnc_pixel_format *format)
{
	return (struct vnc_class){.codec = VNC_CODEC_RAW, .format = *format};
}

enum vnc_kind vnc_class_kind(const struct vnc_class *class_)
{
	size_t i = 0;

	if (class_->codec == VNC_CODEC_RAW)
		return VNC_KIND_RAW;
	while (i + 1 < TIGHT_CLASSES &&
			class_->jpeg_quality > tight_classes[i].jpeg_quality)
		i++;
	return tight_classes[i].kind;
}
