/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/utf8.h"

#define CONTINUED 0x80U
#define CONTINUED_BITS 6
#define CHARACTER_LAST 0x10ffffU

static const struct {
	uint8_t head; /* fixed bits of the first byte */
	uint8_t mask; /* which those are */
	uint32_t least;
} forms[] = {
		{0x00, 0x80, 0x0},
		{0xc0, 0xe0, 0x80},
		{0xe0, 0xf0, 0x800},
		{0xf0, 0xf8, 0x10000},
};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

size_t core_utf8_read(const char *text, size_t size, uint32_t *character)
{
	const uint8_t *bytes = (const uint8_t *)text;
	uint32_t value;
	size_t more = 0;

	if (size == 0)
		return 0;
	while (more < FORMS &&
			(bytes[0] & forms[more].mask) != forms[more].head)
		more++;
	if (more == FORMS || more + 1 > size)
		return 0;
	value = bytes[0] & (uint8_t)~forms[more].mask;
	for (size_t i = 1; i <= more; i++) {
		if ((bytes[i] & 0xc0) != CONTINUED)
			return 0;
		value = value << CONTINUED_BITS | (bytes[i] & 0x3f);
	}
	if (value < forms[more].least || value > CHARACTER_LAST ||
			(value >= 0xd800 && value <= 0xdfff))
		return 0;
	*character = value;
	return more + 1;
}

size_t core_utf8_write(uint32_t character, char bytes[4])
{
	size_t more = 0;

	while (more + 1 < FORMS && character >= forms[more + 1].least)
		more++;
	for (size_t i = more; i > 0; i--) {
		bytes[i] = (char)(CONTINUED | (character & 0x3f));
		character >>= CONTINUED_BITS;
	}
	bytes[0] = (char)(forms[more].head | character);
	return more + 1;
}
