/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/typist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "hid-gadget/keymap.h"
#include "server/knocks.h"

#define USAGE_A 0x04
#define USAGE_Z 0x1d
#define USAGE_SCROLL_LOCK 0x47
#define USAGE_LEFT_SHIFT 0xe1
#define USAGE_RIGHT_SHIFT 0xe5

/* More keys than two hands reach; a viewer that holds more lies. */
#define HELD_MAX 32

/* A key that the operator holds, and the usage that was pressed for it. */
struct held_key {
	uint32_t xt_code; /* 0: known by its keysym only */
	uint32_t keysym;
	uint8_t usage;
};

struct server_typist {
	char *name;
	struct hid_input *input;
	enum server_pointer pointer;
	uint64_t (*now_us)(void);
	struct server_turn *turn;
	struct server_knocks knocks;
	size_t held_n;
	struct held_key held[HELD_MAX];
	bool pointer_known; /* where the operator's pointer was last */
	int32_t pointer_x_px;
	int32_t pointer_y_px;
};

int server_typist_create(struct server_typist **out, struct hid_input *input,
		const struct server_typist_options *options)
{
	struct server_typist *typist = calloc(1, sizeof(*typist));

	*out = NULL;
	if (!typist)
		return -ENOMEM;
	typist->input = input;
	typist->pointer = options->pointer;
	typist->now_us = options->now_us;
	typist->turn = options->turn;
	typist->name = strdup(options->name);
	if (!typist->name) {
		server_typist_destroy(typist);
		return -ENOMEM;
	}
	*out = typist;
	return 0;
}

void server_typist_destroy(struct server_typist *typist)
{
	if (!typist)
		return;
	server_typist_release(typist);
	free(typist->name);
	free(typist);
}

void server_typist_release(struct server_typist *typist)
{
	typist->held_n = 0;
	typist->pointer_known = false;
	if (typist->input)
		hid_input_release_all(typist->input);
}

static bool is_shift(uint8_t usage)
{
	return usage == USAGE_LEFT_SHIFT || usage == USAGE_RIGHT_SHIFT;
}

static bool shift_is_held(const struct server_typist *typist)
{
	for (size_t i = 0; i < typist->held_n; i++)
		if (is_shift(typist->held[i].usage))
			return true;
	return false;
}

static bool usage_is_held(const struct server_typist *typist, uint8_t usage)
{
	for (size_t i = 0; i < typist->held_n; i++)
		if (typist->held[i].usage == usage)
			return true;
	return false;
}

/* The held shift keys, or the left one if none is held, go up or down. */
static void set_shift(
		struct server_typist *typist, bool down, uint64_t event_us)
{
	bool any = false;

	for (size_t i = 0; i < typist->held_n; i++)
		if (is_shift(typist->held[i].usage)) {
			hid_input_key(typist->input, typist->held[i].usage,
					down, event_us);
			any = true;
		}
	if (!any)
		hid_input_key(typist->input, USAGE_LEFT_SHIFT, down, event_us);
}

/* Press a key with Shift as its keysym needs it on the target's layout. */
static void press_keysym(struct server_typist *typist,
		const struct hid_keymap_entry *entry, uint64_t event_us)
{
	bool held = shift_is_held(typist);
	bool wanted = entry->shift;
	bool caps = hid_input_get_leds(typist->input) & HID_LED_CAPS_LOCK;

	if (entry->usage >= USAGE_A && entry->usage <= USAGE_Z && caps)
		wanted = !wanted;
	if (entry->any_shift || wanted == held) {
		hid_input_key(typist->input, entry->usage, true, event_us);
		return;
	}
	set_shift(typist, wanted, event_us);
	hid_input_key(typist->input, entry->usage, true, event_us);
	set_shift(typist, held, event_us);
}

/*
 * A release may name another keysym than the press did ('A' down, Shift up,
 * 'a' up), so the same key of the layout counts too.
 */
static struct held_key *find_held(
		struct server_typist *typist, const struct vnc_key *key)
{
	uint8_t usage = hid_keymap_from_keysym(key->keysym).usage;
	struct held_key *by_usage = NULL;

	for (size_t i = 0; i < typist->held_n; i++) {
		struct held_key *held = &typist->held[i];

		if (held->xt_code != 0) {
			if (held->xt_code == key->xt_code)
				return held;
		} else if (held->keysym == key->keysym) {
			return held;
		} else if (usage != 0 && held->usage == usage) {
			by_usage = held;
		}
	}
	return by_usage;
}

static void release_key(struct server_typist *typist, const struct vnc_key *key)
{
	struct held_key *held = find_held(typist, key);
	uint8_t usage;

	if (!held)
		return;
	usage = held->usage;
	*held = typist->held[--typist->held_n];
	if (!usage_is_held(typist, usage))
		hid_input_key(typist->input, usage, false, key->read_us);
}

static void press_key(struct server_typist *typist, const struct vnc_key *key)
{
	struct hid_keymap_entry entry = {
			.usage = hid_keymap_from_xt(key->xt_code),
			.any_shift = true, /* a code says its shift keys itself
					    */
	};
	struct held_key held = {key->xt_code, key->keysym, 0};

	if (find_held(typist, key))
		return; /* the viewer's auto-repeat; the target has its own */
	if (entry.usage == 0) {
		entry = hid_keymap_from_keysym(key->keysym);
		held.xt_code = 0;
	}
	if (entry.usage == 0) {
		log_debug("%s: no key for keysym 0x%x, code 0x%x", typist->name,
				key->keysym, key->xt_code);
		return;
	}
	if (typist->held_n == HELD_MAX)
		return;
	held.usage = entry.usage;
	press_keysym(typist, &entry, key->read_us);
	typist->held[typist->held_n++] = held;
}

static uint8_t usage_of(const struct vnc_key *key)
{
	uint8_t usage = hid_keymap_from_xt(key->xt_code);

	return usage ? usage : hid_keymap_from_keysym(key->keysym).usage;
}

/* Whether this is the second press of a Scroll Lock pressed twice. */
static bool is_knock(struct server_typist *typist, vnc_viewer_id viewer,
		const struct vnc_key *key, bool operates)
{
	return usage_of(key) == USAGE_SCROLL_LOCK &&
			server_knocks_hear(&typist->knocks, viewer, key->down,
					operates, typist->now_us());
}

/*
 * The operator's taps reach the target, both, before the keyboard goes to
 * somebody else; those of who asks for it do not, neither of them. A key that
 * goes up takes nothing: it was pressed for nobody.
 */
void server_typist_key(struct server_typist *typist, vnc_viewer_id viewer,
		const struct vnc_key *key)
{
	bool operates = server_turn_get_operator(typist->turn) == viewer;
	bool knocks;

	if (!typist->input)
		return;
	knocks = is_knock(typist, viewer, key, operates);
	if ((operates || (key->down && !knocks)) &&
			server_turn_claim(typist->turn, viewer, true)) {
		if (key->down)
			press_key(typist, key);
		else
			release_key(typist, key);
	}
	if (knocks)
		server_turn_knock(typist->turn, viewer);
}

/* RFB counts left, middle, right; HID left, right, middle. */
static uint8_t hid_buttons(uint8_t vnc_buttons)
{
	static const struct {
		uint8_t vnc;
		uint8_t hid;
	} map[] = {
			{VNC_BUTTON_LEFT, 0x01},
			{VNC_BUTTON_RIGHT, 0x02},
			{VNC_BUTTON_MIDDLE, 0x04},
			{VNC_BUTTON_BACK, 0x08},
			{VNC_BUTTON_FORWARD, 0x10},
	};
	uint8_t buttons = 0;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (vnc_buttons & map[i].vnc)
			buttons |= map[i].hid;
	return buttons;
}

/* The first pixel is 0, the last one HID_ABSOLUTE_MAX, both exactly. */
static uint16_t scale(uint32_t position_px, uint32_t size_px)
{
	if (size_px <= 1)
		return 0;
	if (position_px >= size_px)
		position_px = size_px - 1;
	return (uint16_t)((position_px * HID_ABSOLUTE_MAX + (size_px - 1) / 2) /
			(size_px - 1));
}

static void point_relative(
		struct server_typist *typist, const struct vnc_pointer *pointer)
{
	int32_t x_px = (int32_t)pointer->x_px;
	int32_t y_px = (int32_t)pointer->y_px;
	int dx = typist->pointer_known ? x_px - typist->pointer_x_px : 0;
	int dy = typist->pointer_known ? y_px - typist->pointer_y_px : 0;

	hid_input_move(typist->input, dx, dy, hid_buttons(pointer->buttons),
			pointer->wheel);
	typist->pointer_known = true;
	typist->pointer_x_px = x_px;
	typist->pointer_y_px = y_px;
}

void server_typist_point(struct server_typist *typist, vnc_viewer_id viewer,
		const struct vnc_pointer *pointer)
{
	bool deliberate = pointer->buttons || pointer->wheel ||
			pointer->horizontal_wheel;

	if (!typist->input ||
			!server_turn_claim(typist->turn, viewer, deliberate))
		return;
	if (typist->pointer == SERVER_POINTER_RELATIVE) {
		point_relative(typist, pointer);
		return;
	}
	hid_input_point(typist->input, scale(pointer->x_px, pointer->width_px),
			scale(pointer->y_px, pointer->height_px),
			hid_buttons(pointer->buttons), pointer->wheel,
			pointer->horizontal_wheel);
}
