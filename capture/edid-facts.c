/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/edid-facts.h"

#include <string.h>

#define DESCRIPTORS 54 /* where they begin: four, of 18 bytes each */
#define DESCRIPTOR_BYTES 18
#define DESCRIPTORS_N 4
#define NAME_TAG 0xfc

/* Three letters of five bits each, 1 is A. */
static void read_maker(const uint8_t *data, char maker[4])
{
	unsigned packed = (unsigned)data[8] << 8 | data[9];

	for (unsigned i = 0; i < 3; i++) {
		unsigned letter = packed >> (10 - 5 * i) & 31;

		maker[i] = letter >= 1 && letter <= 26
				? (char)('A' + letter - 1)
				: '?';
	}
	maker[3] = '\0';
}

static void read_name(
		const uint8_t *descriptor, char name[CAPTURE_EDID_NAME_BYTES])
{
	size_t used = 0;

	while (used < CAPTURE_EDID_NAME_BYTES - 1 &&
			descriptor[5 + used] != '\n') {
		uint8_t byte = descriptor[5 + used];

		name[used++] = byte >= ' ' && byte <= '~' ? (char)byte : '?';
	}
	name[used] = '\0';
}

static void read_mode(
		const uint8_t *descriptor, struct capture_edid_facts *facts)
{
	uint64_t clock_hz = (uint64_t)((unsigned)descriptor[1] << 8 |
					    descriptor[0]) *
			10000;
	uint32_t width_px = ((uint32_t)descriptor[4] >> 4) << 8 | descriptor[2];
	uint32_t height_px = ((uint32_t)descriptor[7] >> 4) << 8 |
			descriptor[5];
	uint32_t h_blank = ((uint32_t)descriptor[4] & 15) << 8 | descriptor[3];
	uint32_t v_blank = ((uint32_t)descriptor[7] & 15) << 8 | descriptor[6];
	uint64_t pixels =
			(uint64_t)(width_px + h_blank) * (height_px + v_blank);

	if (clock_hz == 0 || pixels == 0)
		return; /* a descriptor of another kind */
	facts->width_px = width_px;
	facts->height_px = height_px;
	facts->refresh_millihz = (uint32_t)(clock_hz * 1000 / pixels);
}

void capture_edid_get_facts(const struct capture_edid *edid,
		struct capture_edid_facts *facts)
{
	const uint8_t *data = edid->data;

	*facts = (struct capture_edid_facts){
			.product = (uint16_t)(data[11] << 8 | data[10]),
	};
	read_maker(data, facts->maker);
	read_mode(data + DESCRIPTORS, facts);
	for (unsigned i = 0; i < DESCRIPTORS_N; i++) {
		const uint8_t *descriptor =
				data + DESCRIPTORS + i * DESCRIPTOR_BYTES;

		if (descriptor[0] == 0 && descriptor[1] == 0 &&
				descriptor[3] == NAME_TAG)
			read_name(descriptor, facts->name);
	}
}

const char *capture_edid_find_preset(const struct capture_edid *edid)
{
	const char *name;
	const char *why;

	for (size_t i = 0; (name = capture_edid_preset_name(i)); i++) {
		struct capture_edid preset;

		if (capture_edid_load(&preset, name, &why) == 0 &&
				preset.size == edid->size &&
				memcmp(preset.data, edid->data, edid->size) ==
						0)
			return name;
	}
	return NULL;
}
