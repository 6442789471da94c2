/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/scenes.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/chance.h"

#define LINE_PX 16
#define GREY 0xaaaaaa
#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* What the parts of a machine say while it starts. */
static const char *const speakers[] = {
		"usb 1-4:",
		"pci 0000:00:1f.3:",
		"ACPI: PM-Timer",
		"nvme0n1:",
		"systemd[1]:",
		"igb 0000:03:00.0 eno1:",
		"EXT4-fs (dm-2):",
		"audit: type=1130",
		"ata5.00:",
		"thermal LNXTHERM:00:",
		"ipmi_si IPI0001:00:",
		"EDAC MC0:",
		"mei_me 0000:00:16.0:",
};

/* Some are followed by a number. */
static const char *const sayings[] = {"link", "becomes", "ready,", "10000Mb/s",
		"full-duplex", "flow", "rx/tx", "[mem", "ports:", "Reached",
		"Local", "idVendor=1d6b", "bcdDevice=6.01", "Serial",
		"WDC-40EFRX", "UDMA/133,", "IRQ", "unit=sshd.service",
		"res=success", "DMA", "journal", "no", "quota", "inode",
		"errors=remount-ro", "governor", "step_wise", "Gen3", "x8",
		"msix", "cpu2", "OK", "bus", "mA", "found", "at", "of",
		"enabled", "/dev/dm-2", "uid=0", "hub", "at32"};

/* Chances are taken one by one: arguments have no order among themselves. */
static const char *pick(struct chance *chance, const char *const *texts,
		uint32_t texts_n)
{
	return texts[chance_below(chance, texts_n)];
}

/* One more word at the end of a line; how many characters. */
static uint32_t add_saying(char *end, size_t room, struct chance *chance)
{
	const char *saying = pick(chance, sayings, COUNT(sayings));

	if (chance_below(chance, 12) == 0)
		snprintf(end, room, " %s %u", saying,
				chance_below(chance, 999));
	else
		snprintf(end, room, " %s", saying);
	return (uint32_t)strlen(end);
}

void scene_log_line(
		char line[SCENE_LINE_BYTES], uint32_t columns, uint32_t number)
{
	struct chance chance = chance_seeded(number);
	const char *speaker = pick(&chance, speakers, COUNT(speakers));
	const uint32_t fraction = chance_below(&chance, 1000000);
	const uint32_t wanted = columns < 100
			? 33 + chance_below(&chance, 42)
			: 51 + chance_below(&chance, columns / 2);
	uint32_t used;

	snprintf(line, SCENE_LINE_BYTES, "[%5u.%06u] %s", 3 + number / 29,
			fraction, speaker);
	used = (uint32_t)strlen(line);
	while (used < wanted)
		used += add_saying(
				line + used, SCENE_LINE_BYTES - used, &chance);
	line[columns - 1] = '\0';
}

void scene_log(struct canvas *canvas, int cell_px, uint32_t first_line)
{
	const struct canvas_pen pen = {.cell_px = cell_px, .foreground = GREY};
	const uint32_t columns = canvas->width_px / (uint32_t)cell_px;
	char line[SCENE_LINE_BYTES];

	canvas_fill(canvas, 0, 0, (int)canvas->width_px, (int)canvas->height_px,
			0);
	for (uint32_t row = 0; row < canvas->height_px / LINE_PX; row++) {
		scene_log_line(line, columns, first_line + row);
		canvas_text(canvas, 0, (int)row * LINE_PX, &pen, line);
	}
}

void scene_login(struct canvas *canvas, uint32_t index)
{
	const struct canvas_pen pen = {.cell_px = 8, .foreground = GREY};
	const char *prompt = "rack07-node3 login: ";

	canvas_fill(canvas, 0, 0, (int)canvas->width_px, (int)canvas->height_px,
			0);
	canvas_text(canvas, 0, 0, &pen,
			"Debian GNU/Linux 12 rack07-node3 tty1");
	canvas_text(canvas, 0, 2 * LINE_PX, &pen, prompt);
	if (index / 30 % 2 == 1)
		canvas_fill(canvas, (int)strlen(prompt) * 8, 3 * LINE_PX - 4, 9,
				4, GREY);
}

/* ---- the set-up screen ---- */

#define BIOS_BLUE 0x0000a8
#define BIOS_GREY 0xbcbcbc
#define BIOS_WHITE 0xffffff
#define BIOS_ITEMS 22
#define BIOS_ITEM_PX 21

static const struct canvas_pen bios_plain = {8, BIOS_BLUE, BIOS_GREY};
static const struct canvas_pen bios_chosen = {8, BIOS_WHITE, BIOS_GREY};
static const struct canvas_pen bios_bar = {8, BIOS_WHITE, BIOS_BLUE};

static const char *const bios_parts[] = {"Onboard LAN", "PCIe Slot", "SATA",
		"Serial Console", "Fan Zone", "Memory Scrub",
		"Processor Package", "USB Hub", "Watchdog", "Trusted Module",
		"Video Output"};
static const char *const bios_traits[] = {"Power Limit", "Hot Plug Support",
		"Link Speed", "Redirection Mode", "Option ROM", "Sleep State",
		"Error Reporting", "Interrupt Routing"};
static const char *const bios_values[] = {"[Enabled]", "[Disabled]",
		"[Auto Detect]", "[115200 8n1]", "[Legacy Only]"};
static const char *const bios_keys[] = {"Up/Down: choose entry",
		"Left/Right: choose page", "Enter: open sub-menu",
		"+/-: change its value", "F1: help on the entry",
		"F9: load default values", "F10: save and leave now",
		"Esc: back to last page"};

static void bios_item(struct canvas *canvas, uint32_t item, bool chosen)
{
	const struct canvas_pen *pen = chosen ? &bios_chosen : &bios_plain;
	struct chance chance = chance_seeded(item + 500);
	const char *part = pick(&chance, bios_parts, COUNT(bios_parts));
	const uint32_t slot = chance_below(&chance, 8);
	const char *trait = pick(&chance, bios_traits, COUNT(bios_traits));
	const char *value = pick(&chance, bios_values, COUNT(bios_values));
	const int y_px = 72 + (int)item * BIOS_ITEM_PX;
	char name[64];

	snprintf(name, sizeof(name), "%s %u %s", part, slot, trait);
	canvas_text(canvas, 24, y_px, pen, name);
	canvas_text(canvas, 400, y_px, pen, value);
	if (chosen) {
		snprintf(name, sizeof(name),
				"About entry %u of this page:", item + 1);
		canvas_text(canvas, 564, 72, &bios_plain, name);
	}
}

static void bios_frame(struct canvas *canvas)
{
	canvas_fill(canvas, 0, 0, 800, 600, BIOS_GREY);
	canvas_fill(canvas, 0, 0, 800, 36, BIOS_BLUE);
	canvas_fill(canvas, 0, 580, 800, 20, BIOS_BLUE);
	canvas_fill(canvas, 10, 48, 780, 1, BIOS_BLUE);
	canvas_fill(canvas, 10, 568, 780, 1, BIOS_BLUE);
	canvas_fill(canvas, 10, 48, 1, 521, BIOS_BLUE);
	canvas_fill(canvas, 556, 48, 1, 521, BIOS_BLUE);
	canvas_fill(canvas, 789, 48, 1, 521, BIOS_BLUE);
	canvas_text(canvas, 144, 1, &bios_bar,
			"System Setup, revision 4.17, board X12-SERVER, 64 GB DDR4");
	canvas_text(canvas, 16, 18, &bios_bar,
			"Main   Advanced   Storage   Network   Security   Boot   Leave");
	canvas_text(canvas, 144, 582, &bios_bar,
			"Firmware 4.17.0032 of 2023-06-14, baseboard controller 1.9");
	for (uint32_t i = 0; i < COUNT(bios_keys); i++)
		canvas_text(canvas, 568, 370 + (int)i * BIOS_ITEM_PX,
				&bios_plain, bios_keys[i]);
}

void scene_bios(struct canvas *canvas, uint32_t index)
{
	bios_frame(canvas);
	for (uint32_t item = 0; item < BIOS_ITEMS; item++)
		bios_item(canvas, item, item == index / 4 % BIOS_ITEMS);
}
