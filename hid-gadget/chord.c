/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/chord.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/utf8.h"
#include "hid-gadget/keymap.h"

#define USAGE_LEFT_ALT 0xe2
#define USAGE_PRINT 0x46
#define PART_MAX_BYTES 16

/* What has several names is listed with the usual one first. */
static const struct {
	const char *name;
	uint8_t usage;
} names[] = {
		{"ctrl", 0xe0},
		{"control", 0xe0},
		{"shift", 0xe1},
		{"alt", USAGE_LEFT_ALT},
		{"win", 0xe3},
		{"super", 0xe3},
		{"meta", 0xe3},
		{"cmd", 0xe3},
		{"rctrl", 0xe4},
		{"rshift", 0xe5},
		{"altgr", 0xe6},
		{"ralt", 0xe6},
		{"rwin", 0xe7},
		{"enter", 0x28},
		{"return", 0x28},
		{"esc", 0x29},
		{"escape", 0x29},
		{"backspace", 0x2a},
		{"tab", 0x2b},
		{"space", 0x2c},
		{"capslock", 0x39},
		{"f1", 0x3a},
		{"f2", 0x3b},
		{"f3", 0x3c},
		{"f4", 0x3d},
		{"f5", 0x3e},
		{"f6", 0x3f},
		{"f7", 0x40},
		{"f8", 0x41},
		{"f9", 0x42},
		{"f10", 0x43},
		{"f11", 0x44},
		{"f12", 0x45},
		{"f13", 0x68},
		{"f14", 0x69},
		{"f15", 0x6a},
		{"f16", 0x6b},
		{"f17", 0x6c},
		{"f18", 0x6d},
		{"f19", 0x6e},
		{"f20", 0x6f},
		{"f21", 0x70},
		{"f22", 0x71},
		{"f23", 0x72},
		{"f24", 0x73},
		{"print", USAGE_PRINT},
		{"printscreen", USAGE_PRINT},
		{"sysrq", USAGE_PRINT},
		{"scrolllock", 0x47},
		{"pause", 0x48},
		{"break", 0x48},
		{"insert", 0x49},
		{"ins", 0x49},
		{"home", 0x4a},
		{"pageup", 0x4b},
		{"pgup", 0x4b},
		{"del", 0x4c},
		{"delete", 0x4c},
		{"end", 0x4d},
		{"pagedown", 0x4e},
		{"pgdn", 0x4e},
		{"right", 0x4f},
		{"left", 0x50},
		{"down", 0x51},
		{"up", 0x52},
		{"numlock", 0x53},
		{"kpslash", 0x54},
		{"kpasterisk", 0x55},
		{"kpminus", 0x56},
		{"kpplus", 0x57},
		{"kpenter", 0x58},
		{"kp1", 0x59},
		{"kp2", 0x5a},
		{"kp3", 0x5b},
		{"kp4", 0x5c},
		{"kp5", 0x5d},
		{"kp6", 0x5e},
		{"kp7", 0x5f},
		{"kp8", 0x60},
		{"kp9", 0x61},
		{"kp0", 0x62},
		{"kpdot", 0x63},
		{"menu", 0x65},
		{"power", 0x66},
		{"mute", 0x7f},
		{"volumeup", 0x80},
		{"volumedown", 0x81},
};

/* Characters that stand between keys, or that people rather say. */
static const struct {
	const char *name;
	char character;
} character_names[] = {
		{"minus", '-'},
		{"plus", '+'},
		{"comma", ','},
		{"dot", '.'},
		{"slash", '/'},
		{"backslash", '\\'},
};

/* A chord while it is read. */
struct reading {
	struct hid_chord *chord;
	const struct hid_layout *layout;
	bool sysrq;
	char *why;
};

static int add(struct reading *reading, uint8_t usage)
{
	struct hid_chord *chord = reading->chord;

	if (memchr(chord->usages, usage, chord->count))
		return 0;
	if (chord->count == HID_CHORD_KEYS_MAX) {
		snprintf(reading->why, HID_CHORD_WHY_BYTES,
				"more than %d keys at once",
				HID_CHORD_KEYS_MAX);
		return -EINVAL;
	}
	chord->usages[chord->count++] = usage;
	return 0;
}

/* 0: it is something else than exactly one character. */
static uint32_t single_character(const char *part)
{
	size_t size = strlen(part);
	uint32_t character = 0;

	return core_utf8_read(part, size, &character) == size ? character : 0;
}

/*
 * The kernel of a Linux target looks at the place of a key after SysRq, not at
 * what is printed on it; and on a layout without Latin letters Ctrl-C is
 * pressed where a US keyboard has the C, as there.
 */
static int add_character(struct reading *reading, uint32_t character)
{
	struct hid_strokes strokes;
	struct hid_keymap_entry us = {.usage = 0};
	int rc = 0;

	if (character < 0x80)
		character = (uint32_t)tolower((int)character);
	if (!reading->sysrq &&
			hid_layout_find(reading->layout, character, &strokes) &&
			strokes.count == 1) {
		for (size_t i = 0; i < HID_HOLDS_MAX && rc == 0; i++)
			if (strokes.strokes[0].holds[i] != 0)
				rc = add(reading, strokes.strokes[0].holds[i]);
		return rc < 0 ? rc : add(reading, strokes.strokes[0].usage);
	}
	if (character > ' ' && character < 0x7f)
		us = hid_keymap_from_keysym(character);
	if (us.usage == 0 || us.shift) {
		snprintf(reading->why, HID_CHORD_WHY_BYTES,
				"layout %s has no key for one of the characters",
				hid_layout_get_name(reading->layout));
		return -ENOENT;
	}
	return add(reading, us.usage);
}

static int add_named(struct reading *reading, uint8_t usage, const char *name)
{
	if (strcasecmp(name, "sysrq") == 0) {
		int rc = add(reading, USAGE_LEFT_ALT);

		reading->sysrq = true;
		if (rc < 0)
			return rc;
	}
	return add(reading, usage);
}

static int add_part(struct reading *reading, const char *part)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(names[i].name, part) == 0)
			return add_named(reading, names[i].usage, part);
	for (size_t i = 0; i <
			sizeof(character_names) / sizeof(character_names[0]);
			i++)
		if (strcasecmp(character_names[i].name, part) == 0)
			return add_character(reading,
					(uint32_t)character_names[i].character);
	if (single_character(part) > ' ')
		return add_character(reading, single_character(part));
	snprintf(reading->why, HID_CHORD_WHY_BYTES,
			"no such key; write names such as ctrl, alt, del, f1 or single characters with \"-\" between them");
	return -EINVAL;
}

int hid_chord_parse(struct hid_chord *chord, const char *text, size_t size,
		const struct hid_layout *layout, char why[HID_CHORD_WHY_BYTES])
{
	struct reading reading = {chord, layout, false, why};
	char part[PART_MAX_BYTES + 1];
	size_t length = 0;
	int rc = 0;

	*chord = (struct hid_chord){0};
	if (size > HID_CHORD_TEXT_MAX || memchr(text, '\0', size)) {
		snprintf(why, HID_CHORD_WHY_BYTES,
				"keys that are pressed together have at most %d characters",
				HID_CHORD_TEXT_MAX);
		return -EINVAL;
	}
	for (size_t i = 0; i <= size && rc == 0; i++) {
		if (i < size && text[i] != '-' && text[i] != '+') {
			if (length < PART_MAX_BYTES)
				part[length] = text[i];
			length++;
			continue;
		}
		if (length == 0 || length > PART_MAX_BYTES) {
			snprintf(why, HID_CHORD_WHY_BYTES,
					"a key is missing or too long; the keys \"-\" and \"+\" are called minus and plus");
			return -EINVAL;
		}
		part[length] = '\0';
		length = 0;
		rc = add_part(&reading, part);
	}
	return rc;
}
