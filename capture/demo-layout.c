/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-layout.h"

#include <string.h>

#include "capture/demo-keys.h"

#define DEAD 0x100
#define ACUTE 0xb4
#define DIAERESIS 0xa8

/* Plain, with Shift, with AltGr; DEAD: a dead key. */
struct layout_key {
	uint8_t usage;
	uint16_t characters[3];
};

#define KEYS_MAX 56

struct capture_layout {
	const char *name;
	bool altgr;
	struct layout_key keys[KEYS_MAX]; /* where it is not as in the US */
};

/* From DIN 2137 T1, the AZERTY as Linux has it in France, JIS X 6002. */
static const struct capture_layout layouts[] = {
		{"us", false, {{0}}},
		{"de", true,
				{{0x1c, {'z', 'Z', 0}}, {0x1d, {'y', 'Y', 0}},
						{0x1f, {'2', '"', 0xb2}},
						{0x20, {'3', 0xa7, 0xb3}},
						{0x23, {'6', '&', 0}},
						{0x24, {'7', '/', '{'}},
						{0x25, {'8', '(', '['}},
						{0x26, {'9', ')', ']'}},
						{0x27, {'0', '=', '}'}},
						{0x2d, {0xdf, '?', '\\'}},
						{0x2e, {DEAD | ACUTE, DEAD | '`', 0}},
						{0x2f, {0xfc, 0xdc, 0}},
						{0x30, {'+', '*', '~'}},
						{0x31, {'#', '\'', 0}},
						{0x32, {'#', '\'', 0}},
						{0x33, {0xf6, 0xd6, 0}},
						{0x34, {0xe4, 0xc4, 0}},
						{0x35, {DEAD | '^', 0xb0, 0}},
						{0x36, {',', ';', 0}},
						{0x37, {'.', ':', 0}},
						{0x38, {'-', '_', 0}},
						{0x64, {'<', '>', '|'}},
						{0x14, {'q', 'Q', '@'}},
						{0x08, {'e', 'E', CAPTURE_EURO}},
						{0x10, {'m', 'M', 0xb5}}}},
		{"fr", true,
				{{0x14, {'a', 'A', 0}}, {0x1a, {'z', 'Z', 0}},
						{0x04, {'q', 'Q', 0}},
						{0x1d, {'w', 'W', 0}},
						{0x33, {'m', 'M', 0}},
						{0x1e, {'&', '1', 0}},
						{0x1f, {0xe9, '2', '~'}},
						{0x20, {'"', '3', '#'}},
						{0x21, {'\'', '4', '{'}},
						{0x22, {'(', '5', '['}},
						{0x23, {'-', '6', '|'}},
						{0x24, {0xe8, '7', '`'}},
						{0x25, {'_', '8', '\\'}},
						{0x26, {0xe7, '9', '^'}},
						{0x27, {0xe0, '0', '@'}},
						{0x2d, {')', 0xb0, ']'}},
						{0x2e, {'=', '+', '}'}},
						{0x2f,
								{DEAD | '^', DEAD | DIAERESIS,
										0}},
						{0x30, {'$', 0xa3, 0}},
						{0x34, {0xf9, '%', 0}},
						{0x31, {'*', 0xb5, 0}},
						{0x32, {'*', 0xb5, 0}},
						{0x35, {0xb2, '~', 0}},
						{0x10, {',', '?', 0}},
						{0x36, {';', '.', 0}},
						{0x37, {':', '/', 0}},
						{0x38, {'!', 0xa7, 0}},
						{0x64, {'<', '>', 0}},
						{0x08, {'e', 'E', CAPTURE_EURO}}}},
		{"jp", false,
				{{0x1f, {'2', '"', 0}}, {0x23, {'6', '&', 0}},
						{0x24, {'7', '\'', 0}},
						{0x25, {'8', '(', 0}},
						{0x26, {'9', ')', 0}},
						{0x27, {'0', '~', 0}},
						{0x2d, {'-', '=', 0}},
						{0x2e, {'^', '~', 0}},
						{0x2f, {'@', '`', 0}},
						{0x30, {'[', '{', 0}},
						{0x31, {']', '}', 0}},
						{0x32, {']', '}', 0}},
						{0x33, {';', '+', 0}},
						{0x34, {':', '*', 0}},
						{0x35, {0, 0, 0}},
						{0x64, {0, 0, 0}},
						{0x87, {'\\', '_', 0}},
						{0x89, {0xa5, '|', 0}}}},
};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

/* Pairs of a letter and what it becomes. */
static const struct {
	uint8_t dead;
	const char *pairs;
} compositions[] = {
		{'^',
				"a\xe2"
				"e\xea"
				"i\xeeo\xf4u\xfb"
				"A\xc2"
				"E\xcaI\xceO\xd4U\xdb"},
		{'`',
				"a\xe0"
				"e\xe8i\xeco\xf2u\xf9"
				"A\xc0"
				"E\xc8I\xccO\xd2U\xd9"},
		{ACUTE,
				"a\xe1"
				"e\xe9i\xedo\xf3u\xfay\xfd"
				"A\xc1"
				"E\xc9I\xcdO\xd3U\xdaY\xdd"},
		{DIAERESIS,
				"a\xe4"
				"e\xebi\xefo\xf6u\xfcy\xff"
				"A\xc4"
				"E\xcbI\xcfO\xd6U\xdc"},
};

const struct capture_layout *capture_layout_find(const char *name)
{
	for (size_t i = 0; i < LAYOUTS; i++)
		if (strcmp(layouts[i].name, name) == 0)
			return &layouts[i];
	return NULL;
}

const char *capture_layout_name(size_t index)
{
	return index < LAYOUTS ? layouts[index].name : NULL;
}

bool capture_layout_has_altgr(const struct capture_layout *layout)
{
	return layout->altgr;
}

/* The 0 at the end of the keys is no usage. */
static const struct layout_key *find_key(
		const struct capture_layout *layout, uint8_t usage)
{
	for (size_t i = 0; i < KEYS_MAX && layout->keys[i].usage; i++)
		if (layout->keys[i].usage == usage)
			return &layout->keys[i];
	return NULL;
}

/* Latin-1 has its capitals 0x20 below, as ASCII has. */
static bool is_letter(uint16_t plain, uint16_t shifted)
{
	bool lower = (plain >= 'a' && plain <= 'z') ||
			(plain >= 0xe0 && plain <= 0xfe && plain != 0xf7);

	return lower && shifted == plain - 0x20;
}

struct capture_character capture_layout_get(const struct capture_layout *layout,
		uint8_t usage, bool shift, bool altgr, bool caps)
{
	const struct layout_key *special = find_key(layout, usage);
	const struct capture_key *us = capture_key_find(usage);
	uint16_t characters[3] = {0};
	uint16_t found;

	if (special)
		memcpy(characters, special->characters, sizeof(characters));
	else if (us) {
		characters[0] = (uint8_t)us->plain;
		characters[1] = (uint8_t)us->shifted;
	}
	if (caps && is_letter(characters[0], characters[1]))
		shift = !shift;
	found = characters[altgr ? 2 : shift ? 1 : 0];
	return (struct capture_character){(uint8_t)found, found & DEAD};
}

uint8_t capture_layout_compose(uint8_t dead, uint8_t character)
{
	if (character == ' ' || character == dead)
		return dead;
	for (size_t i = 0; i < sizeof(compositions) / sizeof(compositions[0]);
			i++) {
		const char *pairs = compositions[i].pairs;

		if (compositions[i].dead != dead)
			continue;
		for (; *pairs; pairs += 2)
			if ((uint8_t)pairs[0] == character)
				return (uint8_t)pairs[1];
	}
	return 0;
}
