/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xkbcommon/xkbcommon-compose.h>
#include <xkbcommon/xkbcommon.h>

#include "hid-gadget/keymap.h"
#include "hid-gadget/layout-internal.h"

#define XKB_KEYCODE_OFFSET 8 /* of the kernel's key codes, in "evdev" */
#define KEYCODES_END 256
#define USAGE_102ND 0x64
#define USAGE_CAPS_LOCK 0x39
#define USAGE_LEFT_SHIFT 0xe1
#define COMPOSE_LOCALE "en_US.UTF-8"

/* Held in this order; the shifts of higher levels can depend on Shift. */
static const struct {
	xkb_keysym_t keysym;
	unsigned bit;
} shifter_kinds[HID_SHIFTERS] = {
		{XKB_KEY_ISO_Level3_Shift, 2},
		{XKB_KEY_ISO_Level5_Shift, 4},
		{XKB_KEY_Shift_L, 1},
};

struct build {
	struct hid_layout *layout;
	struct xkb_keymap *keymap;
	xkb_keycode_t shifters[HID_SHIFTERS]; /* as in the layout; 0: none */
	bool at_102nd; /* that key is what is looked at now */
	struct xkb_compose_table *compose;
};

/* One combination of shifters, and what becomes of it by Caps Lock. */
struct held {
	struct xkb_state *plain;
	struct xkb_state *locked;
	struct xkb_state *swapped; /* locked, and Shift the other way */
};

uint32_t hid_layout_character_of(uint32_t keysym)
{
	return xkb_keysym_to_utf32(keysym);
}

static uint8_t usage_of(xkb_keycode_t code)
{
	return code < XKB_KEYCODE_OFFSET
			? 0
			: hid_keymap_from_evdev(code - XKB_KEYCODE_OFFSET);
}

/*
 * Keys that make characters whatever Num Lock says, and that keyboards have:
 * the main block, and the additional ones of Japan, Korea and Brazil.
 */
static bool makes_characters(uint8_t usage)
{
	return (usage >= 0x04 && usage <= 0x38) || usage == 0x64 ||
			(usage >= 0x87 && usage <= 0x8b);
}

static xkb_keysym_t keysym_at(const struct build *build, xkb_keycode_t code,
		xkb_level_index_t level)
{
	const xkb_keysym_t *keysyms;
	int n = xkb_keymap_key_get_syms_by_level(
			build->keymap, code, 0, level, &keysyms);

	return n == 1 ? keysyms[0] : XKB_KEY_NoSymbol;
}

/* Modifiers first; Caps Lock last: elsewhere it would lock. */
static int rank(uint8_t usage)
{
	if (usage >= 0xe0)
		return 0;
	return usage == USAGE_CAPS_LOCK ? 2 : 1;
}

static void find_shifters(struct build *build)
{
	uint8_t *found = build->layout->shifters;

	for (xkb_keycode_t code = 0; code < KEYCODES_END; code++) {
		uint8_t usage = usage_of(code);
		xkb_keysym_t keysym = keysym_at(build, code, 0);

		for (size_t i = 0; usage != 0 && i < HID_SHIFTERS; i++) {
			if (shifter_kinds[i].keysym != keysym ||
					(found[i] != 0 &&
							rank(found[i]) <=
									rank(usage)))
				continue;
			found[i] = usage;
			build->shifters[i] = code;
		}
	}
}

/* A Japanese keyboard needs Shift for it: without, that key is another. */
static void find_caps_lock(struct build *build)
{
	struct hid_stroke *stroke = &build->layout->caps_lock;

	for (xkb_keycode_t code = 0; code < KEYCODES_END; code++)
		for (xkb_level_index_t level = 0; level < 2; level++) {
			if (usage_of(code) != USAGE_CAPS_LOCK ||
					stroke->usage != 0 ||
					keysym_at(build, code, level) !=
							XKB_KEY_Caps_Lock)
				continue;
			stroke->usage = USAGE_CAPS_LOCK;
			stroke->holds[0] = level ? USAGE_LEFT_SHIFT : 0;
		}
}

/* Press the shifters of a combination; false: the layout has not all. */
static bool hold(const struct build *build, unsigned combination,
		struct xkb_state *state, struct hid_stroke *stroke)
{
	size_t holds_n = 0;

	for (size_t i = 0; i < HID_SHIFTERS; i++) {
		if (!(combination & shifter_kinds[i].bit))
			continue;
		if (build->shifters[i] == 0)
			return false;
		xkb_state_update_key(state, build->shifters[i], XKB_KEY_DOWN);
		stroke->holds[holds_n++] = build->layout->shifters[i];
	}
	return true;
}

static bool is_dead(xkb_keysym_t keysym)
{
	return keysym >= XKB_KEY_dead_grave && keysym <= XKB_KEY_dead_greek;
}

/* What one key makes while the combination is held. */
static int add_stroke(const struct build *build, const struct held *held,
		xkb_keycode_t code, struct hid_stroke stroke)
{
	xkb_keysym_t keysym = xkb_state_key_get_one_sym(held->plain, code);
	uint32_t character = xkb_keysym_to_utf32(keysym);
	struct hid_layout_entry entry = {
			.character = character,
			.keysym = keysym,
			.strokes = {.count = 1},
	};

	stroke.usage = usage_of(code);
	stroke.caps = xkb_state_key_get_one_sym(held->locked, code) != keysym &&
			xkb_state_key_get_one_sym(held->swapped, code) ==
					keysym;
	entry.strokes.strokes[0] = stroke;
	if (is_dead(keysym)) {
		entry.character = keysym;
		return hid_layout_add(&build->layout->dead, &entry);
	}
	if (character < ' ' || character == 0x7f)
		return 0;
	return hid_layout_add(&build->layout->characters, &entry);
}

static int add_keys(const struct build *build, const struct held *held,
		const struct hid_stroke *stroke)
{
	int rc = 0;

	for (xkb_keycode_t code = 0; code < KEYCODES_END && rc == 0; code++)
		if (makes_characters(usage_of(code)) &&
				(usage_of(code) == USAGE_102ND) ==
						build->at_102nd)
			rc = add_stroke(build, held, code, *stroke);
	return rc;
}

static xkb_mod_mask_t modifier(const struct build *build, const char *name)
{
	return UINT32_C(1) << xkb_keymap_mod_get_index(build->keymap, name);
}

static int add_held(const struct build *build, unsigned combination,
		const struct held *held)
{
	xkb_mod_mask_t shift = modifier(build, XKB_MOD_NAME_SHIFT);
	xkb_mod_mask_t caps = modifier(build, XKB_MOD_NAME_CAPS);
	struct hid_stroke stroke = {0};
	xkb_mod_mask_t mask;

	if (!hold(build, combination, held->plain, &stroke))
		return 0;
	mask = xkb_state_serialize_mods(held->plain, XKB_STATE_MODS_DEPRESSED);
	xkb_state_update_mask(held->locked, mask, 0, caps, 0, 0, 0);
	xkb_state_update_mask(held->swapped, mask ^ shift, 0, caps, 0, 0, 0);
	return add_keys(build, held, &stroke);
}

static int add_combination(const struct build *build, unsigned combination)
{
	const struct held held = {
			.plain = xkb_state_new(build->keymap),
			.locked = xkb_state_new(build->keymap),
			.swapped = xkb_state_new(build->keymap),
	};
	int rc = -ENOMEM;

	if (held.plain && held.locked && held.swapped)
		rc = add_held(build, combination, &held);
	xkb_state_unref(held.plain);
	xkb_state_unref(held.locked);
	xkb_state_unref(held.swapped);
	return rc;
}

/*
 * The first way to a character is kept. Few held keys come first; but the key
 * between Shift and Z is on European keyboards only, and elsewhere systems do
 * not agree on what it makes, so Shift and another key come before it.
 */
static int add_direct(struct build *build)
{
	static const struct {
		bool at_102nd;
		unsigned combination;
	} order[] = {
			{false, 0},
			{false, 1},
			{true, 0},
			{true, 1},
			{false, 2},
			{true, 2},
			{false, 4},
			{true, 4},
			{false, 3},
			{true, 3},
			{false, 5},
			{true, 5},
			{false, 6},
			{true, 6},
			{false, 7},
			{true, 7},
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]) && rc == 0;
			i++) {
		build->at_102nd = order[i].at_102nd;
		rc = add_combination(build, order[i].combination);
	}
	return rc;
}

/* The character that a composed sequence makes; 0: not exactly one. */
static uint32_t composed(struct xkb_compose_state *state)
{
	return xkb_keysym_to_utf32(xkb_compose_state_get_one_sym(state));
}

static int add_composed(const struct build *build, uint32_t character,
		const struct hid_strokes *dead,
		const struct hid_layout_entry *last)
{
	struct hid_layout_entry entry = {
			.character = character,
			.strokes = *dead,
	};

	if (character < ' ' || entry.strokes.count == HID_STROKES_MAX)
		return 0;
	entry.strokes.strokes[entry.strokes.count++] = last->strokes.strokes[0];
	return hid_layout_add(&build->layout->characters, &entry);
}

/* All keys of `list` after the dead keys that are fed already. */
static int add_after(const struct build *build, const xkb_keysym_t *fed,
		const struct hid_strokes *dead, struct xkb_compose_state *state,
		const struct hid_layout_list_of *list, size_t list_n)
{
	int rc = 0;

	for (size_t i = 0; i < list_n && rc == 0; i++) {
		xkb_compose_state_reset(state);
		for (size_t k = 0; k < dead->count; k++)
			xkb_compose_state_feed(state, fed[k]);
		if (xkb_compose_state_get_status(state) !=
				XKB_COMPOSE_COMPOSING)
			return 0;
		xkb_compose_state_feed(state, list->entries[i].keysym);
		if (xkb_compose_state_get_status(state) == XKB_COMPOSE_COMPOSED)
			rc = add_composed(build, composed(state), dead,
					&list->entries[i]);
	}
	return rc;
}

static int add_dead(const struct build *build, struct xkb_compose_state *state,
		size_t direct_n)
{
	const struct hid_layout_list_of *dead = &build->layout->dead;
	const struct hid_layout_list_of *characters =
			&build->layout->characters;
	int rc = 0;

	for (size_t i = 0; i < dead->count && rc == 0; i++) {
		const struct hid_layout_entry *one = &dead->entries[i];

		rc = add_after(build, &one->keysym, &one->strokes, state,
				characters, direct_n);
		if (rc == 0)
			rc = add_after(build, &one->keysym, &one->strokes,
					state, dead, dead->count);
	}
	return rc;
}

/* Two marks on one letter, as Greek and Vietnamese have them. */
static int add_dead_pairs(const struct build *build,
		struct xkb_compose_state *state, size_t direct_n)
{
	const struct hid_layout_list_of *dead = &build->layout->dead;
	int rc = 0;

	for (size_t i = 0; i < dead->count * dead->count && rc == 0; i++) {
		const struct hid_layout_entry *first =
				&dead->entries[i / dead->count];
		const struct hid_layout_entry *second =
				&dead->entries[i % dead->count];
		const xkb_keysym_t fed[] = {first->keysym, second->keysym};
		struct hid_strokes strokes = first->strokes;

		strokes.strokes[strokes.count++] = second->strokes.strokes[0];
		rc = add_after(build, fed, &strokes, state,
				&build->layout->characters, direct_n);
	}
	return rc;
}

static int add_compositions(struct build *build, struct xkb_context *xkb,
		const struct hid_layout_paths *paths)
{
	size_t direct_n = build->layout->characters.count;
	struct xkb_compose_state *state;
	FILE *file = fopen(paths->compose, "re");
	int rc;

	if (!file)
		return 0;
	build->compose = xkb_compose_table_new_from_file(xkb, file,
			COMPOSE_LOCALE, XKB_COMPOSE_FORMAT_TEXT_V1,
			XKB_COMPOSE_COMPILE_NO_FLAGS);
	fclose(file);
	if (!build->compose)
		return 0;
	state = xkb_compose_state_new(
			build->compose, XKB_COMPOSE_STATE_NO_FLAGS);
	if (!state)
		return -ENOMEM;
	rc = add_dead(build, state, direct_n);
	if (rc == 0)
		rc = add_dead_pairs(build, state, direct_n);
	xkb_compose_state_unref(state);
	return rc;
}

/* Its words are of no use to people who look for a layout's name. */
static void keep_quiet(struct xkb_context *xkb, enum xkb_log_level level,
		const char *format, va_list arguments)
{
	(void)xkb;
	(void)level;
	(void)format;
	(void)arguments;
}

static int open_keymap(struct build *build, struct xkb_context *xkb,
		const struct hid_layout_paths *paths,
		char why[HID_LAYOUT_WHY_BYTES])
{
	const struct xkb_rule_names names = {
			.rules = "evdev",
			.model = "pc105",
			.layout = build->layout->name,
			.variant = build->layout->variant,
			.options = "",
	};

	xkb_context_set_log_fn(xkb, keep_quiet);
	if (!xkb_context_include_path_append(xkb, paths->xkb)) {
		snprintf(why, HID_LAYOUT_WHY_BYTES,
				"no layouts in %s but \"us\"; install the package xkb-data",
				paths->xkb);
		return -ENOENT;
	}
	build->keymap = xkb_keymap_new_from_names(
			xkb, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
	if (build->keymap)
		return 0;
	snprintf(why, HID_LAYOUT_WHY_BYTES,
			"xkeyboard-config has no layout \"%s\"%s%s%s",
			names.layout,
			names.variant[0] ? " with variant \"" : "",
			names.variant, names.variant[0] ? "\"" : "");
	return -ENOENT;
}

int hid_layout_fill_from_xkb(struct hid_layout *layout,
		const struct hid_layout_paths *paths,
		char why[HID_LAYOUT_WHY_BYTES])
{
	struct build build = {.layout = layout};
	struct xkb_context *xkb =
			xkb_context_new(XKB_CONTEXT_NO_DEFAULT_INCLUDES |
					XKB_CONTEXT_NO_ENVIRONMENT_NAMES);
	int rc;

	if (!xkb)
		return -ENOMEM;
	rc = open_keymap(&build, xkb, paths, why);
	if (rc == 0) {
		find_shifters(&build);
		find_caps_lock(&build);
		rc = add_direct(&build);
	}
	if (rc == 0)
		rc = add_compositions(&build, xkb, paths);
	xkb_compose_table_unref(build.compose);
	xkb_keymap_unref(build.keymap);
	xkb_context_unref(xkb);
	return rc;
}
