/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/hid-gadget/xkb-host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <xkbcommon/xkbcommon-compose.h>
#include <xkbcommon/xkbcommon.h>

#include <cmocka.h>

/* As Linux maps usages to its key codes (drivers/hid/hid-input.c). */
static const uint8_t evdev_of_usage[] = {
		[0x04] = 30,
		48,
		46,
		32,
		18,
		33,
		34,
		35,
		23,
		36,
		37,
		38,
		50,
		49,
		24,
		25,
		16,
		19,
		31,
		20,
		22,
		47,
		17,
		45,
		21,
		44,
		[0x1e] = 2,
		3,
		4,
		5,
		6,
		7,
		8,
		9,
		10,
		11,
		[0x28] = 28,
		1,
		14,
		15,
		57,
		12,
		13,
		26,
		27,
		43,
		43,
		39,
		40,
		41,
		51,
		52,
		53,
		58,
		[0x64] = 86,
		[0x87] = 89,
		93,
		124,
		92,
		94,
		[0xe0] = 29,
		42,
		56,
		125,
		97,
		54,
		100,
		126,
};

struct xkb_host {
	struct xkb_context *context;
	struct xkb_keymap *keymap;
	struct xkb_state *state;
	struct xkb_compose_table *table;
	struct xkb_compose_state *compose;
	uint32_t typed;
	unsigned typed_n;
};

struct xkb_host *xkb_host_new(const char *layout, const char *variant)
{
	const struct xkb_rule_names names = {
			"evdev", "pc105", layout, variant, ""};
	struct xkb_host *host = calloc(1, sizeof(*host));

	assert_non_null(host);
	host->context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
	host->keymap = xkb_keymap_new_from_names(
			host->context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
	assert_non_null(host->keymap);
	host->state = xkb_state_new(host->keymap);
	host->table = xkb_compose_table_new_from_locale(host->context,
			"en_US.UTF-8", XKB_COMPOSE_COMPILE_NO_FLAGS);
	assert_non_null(host->table);
	host->compose = xkb_compose_state_new(
			host->table, XKB_COMPOSE_STATE_NO_FLAGS);
	return host;
}

void xkb_host_free(struct xkb_host *host)
{
	xkb_compose_state_unref(host->compose);
	xkb_compose_table_unref(host->table);
	xkb_state_unref(host->state);
	xkb_keymap_unref(host->keymap);
	xkb_context_unref(host->context);
	free(host);
}

static xkb_keycode_t code_of(uint8_t usage)
{
	assert_true(usage < sizeof(evdev_of_usage));
	assert_int_not_equal(evdev_of_usage[usage], 0);
	return evdev_of_usage[usage] + 8u;
}

bool xkb_host_caps_is_on(const struct xkb_host *host)
{
	return xkb_state_led_name_is_active(host->state, XKB_LED_NAME_CAPS) > 0;
}

static void hear(struct xkb_host *host, xkb_keysym_t keysym)
{
	xkb_compose_state_feed(host->compose, keysym);
	switch (xkb_compose_state_get_status(host->compose)) {
	case XKB_COMPOSE_NOTHING:
		break;
	case XKB_COMPOSE_COMPOSED:
		keysym = xkb_compose_state_get_one_sym(host->compose);
		break;
	default:
		return;
	}
	host->typed = keysym == XKB_KEY_Return  ? '\n'
			: keysym == XKB_KEY_Tab ? '\t'
						: xkb_keysym_to_utf32(keysym);
	host->typed_n++;
}

static void press(struct xkb_host *host, uint8_t usage, bool down)
{
	xkb_keycode_t code = code_of(usage);

	if (down)
		hear(host, xkb_state_key_get_one_sym(host->state, code));
	xkb_state_update_key(
			host->state, code, down ? XKB_KEY_DOWN : XKB_KEY_UP);
}

static void stroke(struct xkb_host *host, const struct hid_stroke *stroke)
{
	for (size_t i = 0; i < HID_HOLDS_MAX && stroke->holds[i]; i++)
		xkb_state_update_key(host->state, code_of(stroke->holds[i]),
				XKB_KEY_DOWN);
	press(host, stroke->usage, true);
	press(host, stroke->usage, false);
	for (size_t i = HID_HOLDS_MAX; i > 0; i--)
		if (stroke->holds[i - 1])
			xkb_state_update_key(host->state,
					code_of(stroke->holds[i - 1]),
					XKB_KEY_UP);
}

uint32_t xkb_host_type(struct xkb_host *host, const struct hid_strokes *strokes)
{
	host->typed_n = 0;
	host->typed = 0;
	xkb_compose_state_reset(host->compose);
	for (size_t i = 0; i < strokes->count; i++)
		stroke(host, &strokes->strokes[i]);
	return host->typed_n == 1 ? host->typed : 0;
}

void xkb_host_each(struct xkb_host *host,
		void (*each)(void *context, uint32_t character), void *context)
{
	static const uint8_t holds[][HID_HOLDS_MAX] = {
			{0}, {0xe1}, {0xe6}, {0xe6, 0xe1}};

	for (size_t h = 0; h < sizeof(holds) / sizeof(holds[0]); h++)
		for (unsigned usage = 0; usage < 0xe0; usage++) {
			struct hid_strokes strokes = {.count = 1};
			uint32_t character;

			if (usage >= sizeof(evdev_of_usage) ||
					!evdev_of_usage[usage] || usage == 0x39)
				continue;
			strokes.strokes[0].usage = (uint8_t)usage;
			memcpy(strokes.strokes[0].holds, holds[h],
					sizeof(holds[h]));
			character = xkb_host_type(host, &strokes);
			if (character > ' ' && character != 0x7f)
				each(context, character);
		}
}
