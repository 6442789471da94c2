/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/input.h"

#define WHEEL_UP 0x08
#define WHEEL_DOWN 0x10
#define WHEEL_LEFT 0x20
#define WHEEL_RIGHT 0x40
#define WHEELS (WHEEL_UP | WHEEL_DOWN | WHEEL_LEFT | WHEEL_RIGHT)

#define PLAIN_BACK 0x80 /* where the viewer knows no second byte */
#define EXTENDED_BACK 0x100

static const struct {
	uint16_t mask;
	uint8_t button;
} buttons[] = {
		{0x0001, VNC_BUTTON_LEFT},
		{0x0002, VNC_BUTTON_MIDDLE},
		{0x0004, VNC_BUTTON_RIGHT},
		{EXTENDED_BACK, VNC_BUTTON_BACK},
		{0x0200, VNC_BUTTON_FORWARD},
};

static uint8_t buttons_of(uint16_t mask, bool extended)
{
	uint8_t held = 0;

	if (!extended && mask & PLAIN_BACK)
		mask |= EXTENDED_BACK;
	for (size_t i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++)
		if (mask & buttons[i].mask)
			held |= buttons[i].button;
	return held;
}

static int8_t steps(uint16_t begun, uint16_t forward, uint16_t backward)
{
	return (int8_t)(((begun & forward) != 0) - ((begun & backward) != 0));
}

static uint32_t clamp(uint32_t value, uint32_t size)
{
	return value < size ? value : size - 1;
}

void vnc_input_translate(struct vnc_input *input,
		const struct vnc_message *message, uint32_t width_px,
		uint32_t height_px, struct vnc_pointer *pointer)
{
	uint16_t mask = message->pointer.mask;
	/* A viewer may repeat the bit while the wheel's "button" is down. */
	uint16_t begun = mask & WHEELS & (uint16_t)~input->mask;

	input->mask = mask;
	*pointer = (struct vnc_pointer){
			.x_px = clamp(message->pointer.x_px, width_px),
			.y_px = clamp(message->pointer.y_px, height_px),
			.width_px = width_px,
			.height_px = height_px,
			.buttons = buttons_of(mask, message->pointer.extended),
			.wheel = steps(begun, WHEEL_UP, WHEEL_DOWN),
			.horizontal_wheel =
					steps(begun, WHEEL_RIGHT, WHEEL_LEFT),
	};
}

uint8_t vnc_input_leds_to_rfb(uint8_t hid_leds)
{
	static const uint8_t rfb[] = {0x02, 0x04, 0x01};
	uint8_t leds = 0;

	for (unsigned i = 0; i < sizeof(rfb); i++)
		if (hid_leds & 1U << i)
			leds |= rfb[i];
	return leds;
}
