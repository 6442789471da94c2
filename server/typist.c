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
#define USAGE_V 0x19
#define USAGE_SCROLL_LOCK 0x47
#define USAGE_MODIFIERS 0xe0
#define USAGE_LEFT_SHIFT 0xe1
#define USAGE_RIGHT_SHIFT 0xe5

/* More keys than two hands reach; a viewer that holds more lies. */
#define HELD_MAX 32

/* A key that the operator holds, and the usage that was pressed for it. */
struct held_key {
	uint32_t xt_code; /* 0: known by its keysym only */
	uint32_t keysym;
	uint8_t usage; /* 0: the target knows nothing of it */
};

/* What a viewer's key is on the target's keyboard. */
struct wanted_key {
	struct hid_strokes strokes; /* none: there is no such key */
	bool as_held;               /* whatever shifters the operator holds */
};

struct server_typist {
	char *name;
	struct hid_input *input;
	enum server_pointer pointer;
	uint64_t (*now_us)(void);
	struct server_turn *turn;
	void (*interrupted)(void *context);
	void (*pasted)(void *context, vnc_viewer_id viewer);
	void *context;
	const struct hid_layout *layout; /* NULL: "us" */
	bool hushed;
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
	typist->interrupted = options->interrupted;
	typist->pasted = options->pasted;
	typist->context = options->context;
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

void server_typist_set_layout(
		struct server_typist *typist, const struct hid_layout *layout)
{
	typist->layout = layout;
}

void server_typist_set_hushed(struct server_typist *typist, bool hushed)
{
	typist->hushed = hushed;
	for (size_t i = 0; hushed && i < typist->held_n; i++) {
		struct held_key *held = &typist->held[i];

		if (held->usage != 0)
			hid_input_key(typist->input, held->usage, false, 0);
		held->usage = 0;
	}
}

static bool is_shift(uint8_t usage)
{
	return usage == USAGE_LEFT_SHIFT || usage == USAGE_RIGHT_SHIFT;
}

static bool is_shifter(const struct server_typist *typist, uint8_t usage)
{
	return typist->layout ? hid_layout_is_shifter(typist->layout, usage)
			      : is_shift(usage);
}

/* Either Shift does for the other. */
static bool is_same(uint8_t a, uint8_t b)
{
	return a == b || (is_shift(a) && is_shift(b));
}

static bool usage_is_held(const struct server_typist *typist, uint8_t usage)
{
	for (size_t i = 0; i < typist->held_n; i++)
		if (is_same(typist->held[i].usage, usage))
			return true;
	return false;
}

static bool is_among(const uint8_t holds[HID_HOLDS_MAX], uint8_t usage)
{
	for (size_t i = 0; i < HID_HOLDS_MAX; i++)
		if (holds[i] != 0 && is_same(holds[i], usage))
			return true;
	return false;
}

/* Shift the other way; where all places are taken it is among them. */
static void swap_shift(uint8_t holds[HID_HOLDS_MAX])
{
	size_t i = 0;

	while (i < HID_HOLDS_MAX && holds[i] != 0 && !is_shift(holds[i]))
		i++;
	if (i == HID_HOLDS_MAX)
		return;
	if (holds[i] == 0)
		holds[i] = USAGE_LEFT_SHIFT;
	else
		for (; i < HID_HOLDS_MAX; i++)
			holds[i] = i + 1 < HID_HOLDS_MAX ? holds[i + 1] : 0;
}

/* Shifters that the operator holds and the key must not have. */
static void set_others(struct server_typist *typist,
		const uint8_t holds[HID_HOLDS_MAX], bool down,
		uint64_t event_us)
{
	for (size_t i = 0; i < typist->held_n; i++) {
		uint8_t usage = typist->held[i].usage;

		if (is_shifter(typist, usage) && !is_among(holds, usage))
			hid_input_key(typist->input, usage, down, event_us);
	}
}

/* Shifters that the key needs and the operator does not hold. */
static void set_missing(struct server_typist *typist,
		const uint8_t holds[HID_HOLDS_MAX], bool down,
		uint64_t event_us)
{
	for (size_t i = 0; i < HID_HOLDS_MAX; i++)
		if (holds[i] != 0 && !usage_is_held(typist, holds[i]))
			hid_input_key(typist->input, holds[i], down, event_us);
}

/* Press a key with the shifters that it needs on the target's layout. */
static void press_stroke(struct server_typist *typist,
		const struct hid_stroke *stroke, uint64_t event_us)
{
	bool caps = hid_input_get_leds(typist->input) & HID_LED_CAPS_LOCK;
	uint8_t holds[HID_HOLDS_MAX];

	memcpy(holds, stroke->holds, sizeof(holds));
	if (stroke->caps && caps)
		swap_shift(holds);
	set_others(typist, holds, false, event_us);
	set_missing(typist, holds, true, event_us);
	hid_input_key(typist->input, stroke->usage, true, event_us);
	set_missing(typist, holds, false, event_us);
	set_others(typist, holds, true, event_us);
}

static void want_usage(struct wanted_key *wanted, uint8_t usage)
{
	wanted->strokes.count = 1;
	wanted->strokes.strokes[0].usage = usage;
	wanted->as_held = true;
}

/* By the layout if it has that character, else as on a US keyboard: so Ctrl-C
 * works where there are no Latin letters. */
static void want_keysym(const struct server_typist *typist, uint32_t keysym,
		struct wanted_key *wanted)
{
	struct hid_keymap_entry us = hid_keymap_from_keysym(keysym);
	struct hid_stroke *stroke = &wanted->strokes.strokes[0];

	if (typist->layout && keysym != ' ' &&
			hid_layout_find_keysym(typist->layout, keysym,
					&wanted->strokes))
		return;
	if (us.usage == 0)
		return;
	want_usage(wanted, us.usage);
	wanted->as_held = us.any_shift;
	stroke->holds[0] = us.shift ? USAGE_LEFT_SHIFT : 0;
	stroke->caps = us.usage >= USAGE_A && us.usage <= USAGE_Z;
}

/* A code says its shift keys itself. */
static void want(const struct server_typist *typist, const struct vnc_key *key,
		struct wanted_key *wanted)
{
	uint8_t usage = hid_keymap_from_xt(key->xt_code);

	*wanted = (struct wanted_key){.as_held = false};
	if (usage != 0)
		want_usage(wanted, usage);
	else
		want_keysym(typist, key->keysym, wanted);
}

/* The one that stays down; 0: there is none. */
static uint8_t usage_of(
		const struct server_typist *typist, const struct vnc_key *key)
{
	struct wanted_key wanted;

	want(typist, key, &wanted);
	return wanted.strokes.count == 1 ? wanted.strokes.strokes[0].usage : 0;
}

/*
 * A release may name another keysym than the press did ('A' down, Shift up,
 * 'a' up), so the same key of the layout counts too.
 */
static struct held_key *find_held(
		struct server_typist *typist, const struct vnc_key *key)
{
	const struct vnc_key by_keysym = {.keysym = key->keysym};
	uint8_t usage = usage_of(typist, &by_keysym);
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

static bool exactly_is_held(const struct server_typist *typist, uint8_t usage)
{
	for (size_t i = 0; i < typist->held_n; i++)
		if (typist->held[i].usage == usage)
			return true;
	return false;
}

static void release_key(struct server_typist *typist, const struct vnc_key *key)
{
	struct held_key *held = find_held(typist, key);
	uint8_t usage;

	if (!held)
		return;
	usage = held->usage;
	*held = typist->held[--typist->held_n];
	if (usage != 0 && !exactly_is_held(typist, usage))
		hid_input_key(typist->input, usage, false, key->read_us);
}

/* Whoever holds it lets go later; `usage` 0: the target hears nothing. */
static void hold_key(struct server_typist *typist, const struct vnc_key *key,
		uint8_t usage)
{
	bool by_code = hid_keymap_from_xt(key->xt_code) != 0;

	typist->held[typist->held_n++] = (struct held_key){
			by_code ? key->xt_code : 0, key->keysym, usage};
}

/* Dead keys and what they belong to cannot be held: they are typed. */
static void tap_strokes(struct server_typist *typist,
		const struct hid_strokes *strokes, uint64_t event_us)
{
	for (size_t i = 0; i < strokes->count; i++) {
		press_stroke(typist, &strokes->strokes[i], event_us);
		hid_input_key(typist->input, strokes->strokes[i].usage, false,
				event_us);
	}
}

static void press_wanted(struct server_typist *typist,
		const struct wanted_key *wanted, const struct vnc_key *key)
{
	const struct hid_stroke *stroke = &wanted->strokes.strokes[0];

	if (wanted->strokes.count > 1) {
		tap_strokes(typist, &wanted->strokes, key->read_us);
		hold_key(typist, key, 0);
		return;
	}
	if (wanted->as_held)
		hid_input_key(typist->input, stroke->usage, true, key->read_us);
	else
		press_stroke(typist, stroke, key->read_us);
	hold_key(typist, key, stroke->usage);
}

static void press_hushed(struct server_typist *typist,
		const struct wanted_key *wanted, const struct vnc_key *key)
{
	hold_key(typist, key, 0);
	if (wanted->strokes.strokes[0].usage < USAGE_MODIFIERS &&
			typist->interrupted)
		typist->interrupted(typist->context);
}

/*
 * Scroll Lock has turned something on when it went down; once more, and it is
 * as it was.
 */
static bool is_paste(struct server_typist *typist, const struct vnc_key *key)
{
	uint8_t usage = key->keysym == 'v' || key->keysym == 'V'
			? USAGE_V
			: usage_of(typist, key);

	if (!typist->pasted || usage != USAGE_V ||
			!exactly_is_held(typist, USAGE_SCROLL_LOCK))
		return false;
	for (size_t i = 0; i < typist->held_n; i++)
		if (typist->held[i].usage == USAGE_SCROLL_LOCK)
			typist->held[i].usage = 0;
	hid_input_key(typist->input, USAGE_SCROLL_LOCK, false, key->read_us);
	hid_input_key(typist->input, USAGE_SCROLL_LOCK, true, key->read_us);
	hid_input_key(typist->input, USAGE_SCROLL_LOCK, false, key->read_us);
	return true;
}

static void press_key(struct server_typist *typist, vnc_viewer_id viewer,
		const struct vnc_key *key)
{
	struct wanted_key wanted;

	if (find_held(typist, key))
		return; /* the viewer's auto-repeat; the target has its own */
	want(typist, key, &wanted);
	if (wanted.strokes.count == 0) {
		log_debug("%s: a viewer's key is not on its keyboard",
				typist->name);
		return;
	}
	if (typist->held_n == HELD_MAX)
		return;
	if (typist->hushed) {
		press_hushed(typist, &wanted, key);
	} else if (is_paste(typist, key)) {
		hold_key(typist, key, 0);
		typist->pasted(typist->context, viewer);
	} else {
		press_wanted(typist, &wanted, key);
	}
}

/* Whether this is the second press of a Scroll Lock pressed twice. */
static bool is_knock(struct server_typist *typist, vnc_viewer_id viewer,
		const struct vnc_key *key, bool operates)
{
	return usage_of(typist, key) == USAGE_SCROLL_LOCK &&
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
			press_key(typist, viewer, key);
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
