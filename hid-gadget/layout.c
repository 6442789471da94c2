/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hid-gadget/keymap.h"
#include "hid-gadget/layout-internal.h"

#define USAGE_ENTER 0x28
#define USAGE_TAB 0x2b
#define USAGE_CAPS_LOCK 0x39
#define USAGE_A 0x04
#define USAGE_Z 0x1d
#define USAGE_LEFT_SHIFT 0xe1
#define USAGE_RIGHT_SHIFT 0xe5

const struct hid_layout_paths hid_layout_paths_system = {
		.xkb = "/usr/share/X11/xkb",
		.compose = "/usr/share/X11/locale/en_US.UTF-8/Compose",
};

bool hid_layout_name_is_valid(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789_-";
	size_t length = strspn(name, allowed);

	return name[length] == '\0' && length < HID_LAYOUT_NAME_BYTES;
}

int hid_layout_add(struct hid_layout_list_of *list,
		const struct hid_layout_entry *entry)
{
	struct hid_layout_entry *more;

	for (size_t i = 0; i < list->count; i++)
		if (list->entries[i].character == entry->character)
			return 0;
	if (list->count == HID_LAYOUT_ENTRIES_MAX)
		return 0;
	if ((list->count & (list->count - 1)) == 0) { /* 0, or a power of 2 */
		more = reallocarray(list->entries,
				list->count ? list->count * 2 : 1,
				sizeof(*more));
		if (!more)
			return -ENOMEM;
		list->entries = more;
	}
	list->entries[list->count++] = *entry;
	return 0;
}

static int add_key(struct hid_layout *layout, uint32_t character, uint8_t usage)
{
	const struct hid_layout_entry entry = {
			.character = character,
			.strokes = {.count = 1, .strokes = {{.usage = usage}}},
	};

	return hid_layout_add(&layout->characters, &entry);
}

/* What every layout has, and "us" from our own table. */
static int fill_us(struct hid_layout *layout)
{
	int rc = 0;

	layout->shifters[0] = USAGE_LEFT_SHIFT;
	layout->caps_lock.usage = USAGE_CAPS_LOCK;
	for (uint32_t c = ' '; c <= '~' && rc == 0; c++) {
		struct hid_keymap_entry key = hid_keymap_from_keysym(c);
		struct hid_layout_entry entry = {
				.character = c,
				.strokes = {.count = 1},
		};
		struct hid_stroke *stroke = &entry.strokes.strokes[0];

		stroke->usage = key.usage;
		stroke->holds[0] = key.shift ? USAGE_LEFT_SHIFT : 0;
		stroke->caps = key.usage >= USAGE_A && key.usage <= USAGE_Z;
		rc = hid_layout_add(&layout->characters, &entry);
	}
	return rc;
}

static int compare(const void *a, const void *b)
{
	const struct hid_layout_entry *left = a;
	const struct hid_layout_entry *right = b;

	return (left->character > right->character) -
			(left->character < right->character);
}

static void sort(struct hid_layout_list_of *list)
{
	if (list->count > 0)
		qsort(list->entries, list->count, sizeof(*list->entries),
				compare);
}

static const struct hid_layout_entry *find(
		const struct hid_layout_list_of *list, uint32_t character)
{
	const struct hid_layout_entry key = {.character = character};

	if (list->count == 0)
		return NULL;
	return bsearch(&key, list->entries, list->count, sizeof(*list->entries),
			compare);
}

static bool is_us(const char *layout, const char *variant)
{
	return strcmp(layout, "us") == 0 && variant[0] == '\0';
}

int hid_layout_create(struct hid_layout **out, const char *layout,
		const char *variant, const struct hid_layout_paths *paths,
		char why[HID_LAYOUT_WHY_BYTES])
{
	struct hid_layout *it;
	int rc;

	*out = NULL;
	if (layout[0] == '\0' || !hid_layout_name_is_valid(layout) ||
			!hid_layout_name_is_valid(variant)) {
		snprintf(why, HID_LAYOUT_WHY_BYTES,
				"no layout can have such a name");
		return -EINVAL;
	}
	it = calloc(1, sizeof(*it));
	if (!it)
		return -ENOMEM;
	strcpy(it->name, layout);
	strcpy(it->variant, variant);
	rc = add_key(it, '\n', USAGE_ENTER);
	if (rc == 0)
		rc = add_key(it, '\t', USAGE_TAB);
	if (rc == 0)
		rc = is_us(layout, variant)
				? fill_us(it)
				: hid_layout_fill_from_xkb(it, paths, why);
	if (rc < 0) {
		hid_layout_destroy(it);
		return rc;
	}
	sort(&it->characters);
	sort(&it->dead);
	*out = it;
	return 0;
}

int hid_layout_check_data(const struct hid_layout_paths *paths,
		char why[HID_LAYOUT_WHY_BYTES])
{
	if (access(paths->xkb, R_OK) == -1) {
		snprintf(why, HID_LAYOUT_WHY_BYTES,
				"the only keyboard layout is us: %s is missing; install the package xkb-data",
				paths->xkb);
		return -ENOENT;
	}
	if (access(paths->compose, R_OK) == -1) {
		snprintf(why, HID_LAYOUT_WHY_BYTES,
				"nothing is typed by dead keys: %s is missing; install the package libx11-data",
				paths->compose);
		return -ENOENT;
	}
	return 0;
}

void hid_layout_destroy(struct hid_layout *layout)
{
	if (!layout)
		return;
	free(layout->characters.entries);
	free(layout->dead.entries);
	free(layout);
}

const char *hid_layout_get_name(const struct hid_layout *layout)
{
	return layout->name;
}

const char *hid_layout_get_variant(const struct hid_layout *layout)
{
	return layout->variant;
}

bool hid_layout_find(const struct hid_layout *layout, uint32_t character,
		struct hid_strokes *strokes)
{
	const struct hid_layout_entry *entry =
			find(&layout->characters, character);

	if (!entry)
		return false;
	*strokes = entry->strokes;
	return true;
}

/* Without the keys that are no characters: Enter and Tab have keysyms. */
bool hid_layout_find_keysym(const struct hid_layout *layout, uint32_t keysym,
		struct hid_strokes *strokes)
{
	const struct hid_layout_entry *dead = find(&layout->dead, keysym);
	uint32_t character = hid_layout_character_of(keysym);

	if (!dead)
		return character >= ' ' &&
				hid_layout_find(layout, character, strokes);
	*strokes = dead->strokes;
	return true;
}

bool hid_layout_get_caps_lock(
		const struct hid_layout *layout, struct hid_stroke *stroke)
{
	*stroke = layout->caps_lock;
	return stroke->usage != 0;
}

bool hid_layout_is_shifter(const struct hid_layout *layout, uint8_t usage)
{
	for (size_t i = 0; i < HID_SHIFTERS; i++)
		if (usage != 0 && layout->shifters[i] == usage)
			return true;
	return usage == USAGE_RIGHT_SHIFT;
}
