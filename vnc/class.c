/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/encoder.h"

/*
 * Ten levels of the viewers become three classes, so that viewers share. Low
 * is for thin links. At high, chroma is whole: coloured text stays crisp.
 */
static const struct {
	int level_max;
	int jpeg_quality;
	bool jpeg_444;
	enum vnc_kind kind;
} tight_classes[] = {
		{-1, 0, false, VNC_KIND_LOSSLESS},
		{3, 50, false, VNC_KIND_Q50},
		{7, 80, false, VNC_KIND_Q80},
		{9, 92, true, VNC_KIND_Q92},
};
#define TIGHT_CLASSES (sizeof(tight_classes) / sizeof(tight_classes[0]))

struct vnc_class vnc_class_for_tight(int quality_level)
{
	struct vnc_class class_ = {.codec = VNC_CODEC_TIGHT};
	size_t i = 0;

	while (i + 1 < TIGHT_CLASSES &&
			quality_level > tight_classes[i].level_max)
		i++;
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
