/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/pseudo.h"

#include "vnc/input.h"

enum kind { NAME, CURSOR, QEMU_KEY, EXTENDED_BUTTONS, LEDS, KINDS };

static void write_empty_rect(struct vnc_writer *writer, int32_t encoding)
{
	vnc_write_rect_head(writer, 0, 0, 0, 0, encoding);
}

static bool takes_name(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities)
{
	(void)pseudo;
	return capabilities->desktop_name;
}

static void write_name(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities,
		struct vnc_writer *writer)
{
	(void)capabilities;
	write_empty_rect(writer, VNC_PSEUDO_DESKTOP_NAME);
	vnc_write_text(writer, pseudo->name);
}

static bool takes_cursor(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities)
{
	(void)pseudo;
	return capabilities->cursor;
}

/* Of no size: the target draws its own, a second one would only confuse. */
static void write_cursor(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities,
		struct vnc_writer *writer)
{
	(void)pseudo;
	(void)capabilities;
	write_empty_rect(writer, VNC_PSEUDO_CURSOR);
}

static bool takes_qemu_key(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities)
{
	(void)pseudo;
	return capabilities->qemu_key;
}

static void write_qemu_key(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities,
		struct vnc_writer *writer)
{
	(void)pseudo;
	(void)capabilities;
	write_empty_rect(writer, VNC_PSEUDO_QEMU_KEY);
}

static bool takes_extended_buttons(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities)
{
	(void)pseudo;
	return capabilities->extended_buttons;
}

static void write_extended_buttons(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities,
		struct vnc_writer *writer)
{
	(void)pseudo;
	(void)capabilities;
	write_empty_rect(writer, VNC_PSEUDO_EXTENDED_BUTTONS);
}

/* A viewer acts on what it is told, so a guess would be worse than silence. */
static bool takes_leds(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities)
{
	return pseudo->leds_known &&
			(capabilities->qemu_leds || capabilities->vmware_leds);
}

static void write_leds(const struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities,
		struct vnc_writer *writer)
{
	uint8_t leds = vnc_input_leds_to_rfb(pseudo->leds);

	if (capabilities->qemu_leds) {
		write_empty_rect(writer, VNC_PSEUDO_QEMU_LEDS);
		vnc_write_u8(writer, leds);
	} else {
		write_empty_rect(writer, VNC_PSEUDO_VMWARE_LEDS);
		vnc_write_u32(writer, leds);
	}
}

static const struct {
	bool (*takes)(const struct vnc_pseudo *pseudo,
			const struct vnc_capabilities *capabilities);
	void (*write)(const struct vnc_pseudo *pseudo,
			const struct vnc_capabilities *capabilities,
			struct vnc_writer *writer);
} kinds[] = {
		[NAME] = {takes_name, write_name},
		[CURSOR] = {takes_cursor, write_cursor},
		[QEMU_KEY] = {takes_qemu_key, write_qemu_key},
		[EXTENDED_BUTTONS] = {takes_extended_buttons,
				write_extended_buttons},
		[LEDS] = {takes_leds, write_leds},
};

void vnc_pseudo_init(struct vnc_pseudo *pseudo, const char *name)
{
	*pseudo = (struct vnc_pseudo){.name = name};
}

void vnc_pseudo_note_capabilities(struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities)
{
	pseudo->due = 0;
	for (unsigned kind = 0; kind < KINDS; kind++)
		if (kinds[kind].takes(pseudo, capabilities))
			pseudo->due |= 1U << kind;
	pseudo->due &= ~pseudo->told; /* once is enough */
}

static void tell_again(struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities, enum kind kind)
{
	pseudo->told &= ~(1U << kind);
	vnc_pseudo_note_capabilities(pseudo, capabilities);
}

void vnc_pseudo_name_changed(struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities)
{
	tell_again(pseudo, capabilities, NAME);
}

void vnc_pseudo_set_leds(struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities, uint8_t leds)
{
	if (pseudo->leds_known && pseudo->leds == leds)
		return;
	pseudo->leds = leds;
	pseudo->leds_known = true;
	tell_again(pseudo, capabilities, LEDS);
}

uint32_t vnc_pseudo_write(struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities,
		struct vnc_writer *writer)
{
	uint32_t rects = 0;

	for (unsigned kind = 0; kind < KINDS; kind++) {
		if (!(pseudo->due & 1U << kind))
			continue;
		kinds[kind].write(pseudo, capabilities, writer);
		rects++;
	}
	pseudo->told |= pseudo->due;
	pseudo->due = 0;
	return rects;
}

bool vnc_pseudo_told_extended_buttons(const struct vnc_pseudo *pseudo)
{
	return pseudo->told & 1U << EXTENDED_BUTTONS;
}
