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
} tight_classes[] = {
		{-1, 0, false},
		{3, 50, false},
		{7, 80, false},
		{9, 92, true},
};

struct vnc_class vnc_class_for_tight(int quality_level)
{
	struct vnc_class class_ = {.codec = VNC_CODEC_TIGHT};
	size_t i = 0;

	while (i + 1 < sizeof(tight_classes) / sizeof(tight_classes[0]) &&
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
