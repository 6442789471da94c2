/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/device-json.h"

#include "core/clock.h"

json_t *server_device_describe_signal(const struct capture_status *status)
{
	return json_pack("{s:s, s:s, s:I, s:i, s:i, s:s}", "state",
			capture_state_name(status->state), "detail",
			status->detail, "since_s",
			(json_int_t)clock_seconds_since(status->since_us),
			"width", (int)status->width_px, "height",
			(int)status->height_px, "format", status->format);
}

static json_t *describe_leds(uint8_t leds)
{
	static const struct {
		uint8_t bit;
		const char *name;
	} names[] = {
			{HID_LED_NUM_LOCK, "num"},
			{HID_LED_CAPS_LOCK, "caps"},
			{HID_LED_SCROLL_LOCK, "scroll"},
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (leds & names[i].bit)
			json_array_append_new(list, json_string(names[i].name));
	return list;
}

json_t *server_device_describe_usb(const struct hid_input *input)
{
	return json_pack("{s:s, s:o}", "state",
			hid_state_name(hid_input_get_state(input)), "leds",
			describe_leds(hid_input_get_leds(input)));
}
