/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "hid-gadget/keymap.h"

#define USAGE_A 0x04
#define USAGE_Z 0x1d
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

struct server_session {
	char *name;
	struct hid_input *input;
	enum server_pointer pointer;
	uint64_t (*now_us)(void);
	vnc_viewer_id operator_id;
	uint64_t last_input_us;
	size_t held_n;
	struct held_key held[HELD_MAX];
	bool pointer_known; /* where the operator's pointer was last */
	int32_t pointer_x_px;
	int32_t pointer_y_px;
};

int server_session_create(struct server_session **out, struct hid_input *input,
		const struct server_session_options *options)
{
	struct server_session *session = calloc(1, sizeof(*session));

	*out = NULL;
	if (!session)
		return -ENOMEM;
	session->input = input;
	session->pointer = options->pointer;
	session->now_us = options->now_us;
	session->name = strdup(options->name);
	if (!session->name) {
		server_session_destroy(session);
		return -ENOMEM;
	}
	*out = session;
	return 0;
}

void server_session_destroy(struct server_session *session)
{
	if (!session)
		return;
	server_session_release(session);
	free(session->name);
	free(session);
}

void server_session_release(struct server_session *session)
{
	session->held_n = 0;
	session->pointer_known = false;
	if (session->input)
		hid_input_release_all(session->input);
}

/*
 * Whether the viewer's input counts; it becomes the operator if it may. Mere
 * motion takes nothing away from anybody: it happens by accident.
 */
static bool claim(struct server_session *session, vnc_viewer_id viewer,
		bool deliberate)
{
	uint64_t now_us = session->now_us();
	bool idle = now_us - session->last_input_us >= SERVER_SESSION_IDLE_US;

	if (session->operator_id != viewer) {
		if (session->operator_id != 0 && !(idle && deliberate))
			return false;
		server_session_release(session);
		log_info("%s: viewer %llu is the operator now", session->name,
				(unsigned long long)viewer);
		session->operator_id = viewer;
	}
	session->last_input_us = now_us;
	return true;
}

static bool is_shift(uint8_t usage)
{
	return usage == USAGE_LEFT_SHIFT || usage == USAGE_RIGHT_SHIFT;
}

static bool shift_is_held(const struct server_session *session)
{
	for (size_t i = 0; i < session->held_n; i++)
		if (is_shift(session->held[i].usage))
			return true;
	return false;
}

static bool usage_is_held(const struct server_session *session, uint8_t usage)
{
	for (size_t i = 0; i < session->held_n; i++)
		if (session->held[i].usage == usage)
			return true;
	return false;
}

/* The held shift keys, or the left one if none is held, go up or down. */
static void set_shift(
		struct server_session *session, bool down, uint64_t event_us)
{
	bool any = false;

	for (size_t i = 0; i < session->held_n; i++)
		if (is_shift(session->held[i].usage)) {
			hid_input_key(session->input, session->held[i].usage,
					down, event_us);
			any = true;
		}
	if (!any)
		hid_input_key(session->input, USAGE_LEFT_SHIFT, down, event_us);
}

/* Press a key with Shift as its keysym needs it on the target's layout. */
static void press_keysym(struct server_session *session,
		const struct hid_keymap_entry *entry, uint64_t event_us)
{
	bool held = shift_is_held(session);
	bool wanted = entry->shift;
	bool caps = hid_input_get_leds(session->input) & HID_LED_CAPS_LOCK;

	if (entry->usage >= USAGE_A && entry->usage <= USAGE_Z && caps)
		wanted = !wanted;
	if (entry->any_shift || wanted == held) {
		hid_input_key(session->input, entry->usage, true, event_us);
		return;
	}
	set_shift(session, wanted, event_us);
	hid_input_key(session->input, entry->usage, true, event_us);
	set_shift(session, held, event_us);
}

/*
 * A release may name another keysym than the press did ('A' down, Shift up,
 * 'a' up), so the same key of the layout counts too.
 */
static struct held_key *find_held(
		struct server_session *session, const struct vnc_key *key)
{
	uint8_t usage = hid_keymap_from_keysym(key->keysym).usage;
	struct held_key *by_usage = NULL;

	for (size_t i = 0; i < session->held_n; i++) {
		struct held_key *held = &session->held[i];

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

static void release_key(
		struct server_session *session, const struct vnc_key *key)
{
	struct held_key *held = find_held(session, key);
	uint8_t usage;

	if (!held)
		return;
	usage = held->usage;
	*held = session->held[--session->held_n];
	if (!usage_is_held(session, usage))
		hid_input_key(session->input, usage, false, key->read_us);
}

static void press_key(struct server_session *session, const struct vnc_key *key)
{
	struct hid_keymap_entry entry = {
			.usage = hid_keymap_from_xt(key->xt_code),
			.any_shift = true, /* a code says its shift keys itself
					    */
	};
	struct held_key held = {key->xt_code, key->keysym, 0};

	if (find_held(session, key))
		return; /* the viewer's auto-repeat; the target has its own */
	if (entry.usage == 0) {
		entry = hid_keymap_from_keysym(key->keysym);
		held.xt_code = 0;
	}
	if (entry.usage == 0) {
		log_debug("%s: no key for keysym 0x%x, code 0x%x",
				session->name, key->keysym, key->xt_code);
		return;
	}
	if (session->held_n == HELD_MAX)
		return;
	held.usage = entry.usage;
	press_keysym(session, &entry, key->read_us);
	session->held[session->held_n++] = held;
}

void server_session_key(struct server_session *session, vnc_viewer_id viewer,
		const struct vnc_key *key)
{
	if (!session->input || !claim(session, viewer, key->down))
		return;
	if (key->down)
		press_key(session, key);
	else
		release_key(session, key);
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

static void point_relative(struct server_session *session,
		const struct vnc_pointer *pointer)
{
	int32_t x_px = (int32_t)pointer->x_px;
	int32_t y_px = (int32_t)pointer->y_px;
	int dx = session->pointer_known ? x_px - session->pointer_x_px : 0;
	int dy = session->pointer_known ? y_px - session->pointer_y_px : 0;

	hid_input_move(session->input, dx, dy, hid_buttons(pointer->buttons),
			pointer->wheel);
	session->pointer_known = true;
	session->pointer_x_px = x_px;
	session->pointer_y_px = y_px;
}

void server_session_point(struct server_session *session, vnc_viewer_id viewer,
		const struct vnc_pointer *pointer)
{
	bool deliberate = pointer->buttons || pointer->wheel ||
			pointer->horizontal_wheel;

	if (!session->input || !claim(session, viewer, deliberate))
		return;
	if (session->pointer == SERVER_POINTER_RELATIVE) {
		point_relative(session, pointer);
		return;
	}
	hid_input_point(session->input, scale(pointer->x_px, pointer->width_px),
			scale(pointer->y_px, pointer->height_px),
			hid_buttons(pointer->buttons), pointer->wheel,
			pointer->horizontal_wheel);
}

void server_session_leave(struct server_session *session, vnc_viewer_id viewer)
{
	if (session->operator_id != viewer)
		return;
	server_session_release(session);
	session->operator_id = 0;
	log_info("%s: the operator, viewer %llu, has left", session->name,
			(unsigned long long)viewer);
}

vnc_viewer_id server_session_get_operator(const struct server_session *session)
{
	return session->operator_id;
}
