/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-computer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/demo-commands.h"
#include "capture/demo-keys.h"
#include "capture/demo-layout.h"
#include "capture/demo-line.h"
#include "core/clock.h"

#define NAME_MAX_BYTES 32
#define CELL_WIDTH_PX 8
#define CELL_HEIGHT_PX 16
#define RESTART_US (2 * CLOCK_US_PER_S)
#define KEYS_SHOWN 6

const struct capture_mode capture_modes[CAPTURE_MODES] = {
		{"640x480", 640, 480},
		{"800x600", 800, 600},
		{"1024x768", 1024, 768},
		{"1280x720", 1280, 720},
		{"1920x1080", 1920, 1080},
};
#define FIRST_MODE (&capture_modes[3])

struct capture_computer {
	char prompt[NAME_MAX_BYTES + 8];
	uint64_t now_us;
	uint64_t wall_us;
	uint64_t booted_us;
	uint64_t unplugged_until_us; /* 0: plugged in */
	bool restarting;             /* once that time has come */
	const struct capture_mode *mode;
	const struct capture_layout *layout;
	uint8_t dead; /* the dead key that waits; 0: none */
	uint8_t leds;
	struct capture_pointer pointer;
	uint8_t absolute_buttons;
	uint8_t relative_buttons;
	int wheel; /* all steps since it booted */
	int horizontal_wheel;
	uint8_t keys[KEYS_SHOWN]; /* the newest first; 0: none */
	struct capture_line line;
	uint32_t line_row; /* where the prompt stands */
	uint64_t revision;
	struct capture_console console;
};

/* The newest first, so that a narrow screen cuts the oldest. */
static void format_keys(const struct capture_computer *computer, char *text,
		size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < KEYS_SHOWN && computer->keys[i]; i++) {
		const struct capture_key *key =
				capture_key_find(computer->keys[i]);

		if (key)
			used += (size_t)snprintf(text + used, size - used,
					" %s", key->name);
		else
			used += (size_t)snprintf(text + used, size - used,
					" 0x%02x", computer->keys[i]);
	}
}

/* The numbers of the buttons that are down, "-" if none is. */
static void format_buttons(
		const struct capture_computer *computer, char text[9])
{
	uint8_t buttons = computer->absolute_buttons |
			computer->relative_buttons;
	size_t used = 0;

	for (int i = 0; i < 8; i++)
		if (buttons & (1 << i))
			text[used++] = (char)('1' + i);
	if (used == 0)
		text[used++] = '-';
	text[used] = '\0';
}

/* Something that can be seen has changed. */
static void touch(struct capture_computer *computer)
{
	time_t wall_s = (time_t)(computer->wall_us / CLOCK_US_PER_S);
	uint8_t leds = computer->leds;
	char keys[KEYS_SHOWN * 16];
	char buttons[9];
	char text[256];
	struct tm utc;

	gmtime_r(&wall_s, &utc);
	format_keys(computer, keys, sizeof(keys));
	format_buttons(computer, buttons);
	snprintf(text, sizeof(text),
			"%02d:%02d:%02d  %s %s %s  x%u y%u  b%s  w%+d,%+d  keys:%s",
			utc.tm_hour, utc.tm_min, utc.tm_sec,
			leds & CAPTURE_LED_NUM_LOCK ? "NUM" : "num",
			leds & CAPTURE_LED_CAPS_LOCK ? "CAPS" : "caps",
			leds & CAPTURE_LED_SCROLL_LOCK ? "SCROLL" : "scroll",
			computer->pointer.x_px, computer->pointer.y_px, buttons,
			computer->wheel, computer->horizontal_wheel, keys);
	capture_console_set_status(&computer->console, text);
	computer->revision++;
}

/* The cursor to `offset` characters behind the start of the prompt. */
static void place_cursor(struct capture_computer *computer, size_t offset)
{
	struct capture_console *console = &computer->console;

	offset += strlen(computer->prompt);
	console->row = computer->line_row + (uint32_t)offset / console->columns;
	console->column = (uint32_t)offset % console->columns;
}

static void draw_line(struct capture_computer *computer)
{
	struct capture_console *console = &computer->console;
	uint64_t scrolled = console->scrolled;

	capture_console_clear_from(console, computer->line_row);
	console->row = computer->line_row;
	console->column = 0;
	console->foreground = CAPTURE_COLOUR_GREEN;
	capture_console_print(console, computer->prompt);
	console->foreground = CAPTURE_COLOUR_GREY;
	capture_console_print(console, computer->line.text);
	computer->line_row -= (uint32_t)(console->scrolled - scrolled);
	place_cursor(computer, computer->line.at);
}

static void draw_prompt(struct capture_computer *computer)
{
	computer->line_row = computer->console.row;
	draw_line(computer);
}

static void fit_mode(struct capture_computer *computer,
		const struct capture_mode *mode)
{
	computer->mode = mode;
	capture_console_init(&computer->console, mode->width_px / CELL_WIDTH_PX,
			mode->height_px / CELL_HEIGHT_PX);
	if (computer->pointer.x_px >= mode->width_px)
		computer->pointer.x_px = mode->width_px - 1;
	if (computer->pointer.y_px >= mode->height_px)
		computer->pointer.y_px = mode->height_px - 1;
}

static void boot(struct capture_computer *computer)
{
	struct capture_console *console = &computer->console;

	computer->restarting = false;
	computer->unplugged_until_us = 0;
	computer->booted_us = computer->now_us;
	computer->leds = 0;
	computer->dead = 0;
	computer->pointer.x_px = FIRST_MODE->width_px / 2;
	computer->pointer.y_px = FIRST_MODE->height_px / 2;
	computer->absolute_buttons = 0;
	computer->relative_buttons = 0;
	computer->wheel = 0;
	computer->horizontal_wheel = 0;
	memset(computer->keys, 0, sizeof(computer->keys));
	memset(&computer->line, 0, sizeof(computer->line));
	fit_mode(computer, FIRST_MODE);
	capture_console_printf(console,
			"rackhand demo computer %s\n\n"
			"video     %s, %u columns, %u rows\n"
			"keyboard  three lights; another one by its name\n"
			"pointer   absolute and relative, 8 buttons, 2 wheels\n"
			"disk      none, and nothing is missing\n\n"
			"Type help, and watch the line at the top.\n\n",
			RACKHAND_VERSION, computer->mode->name,
			console->columns, console->rows);
	draw_prompt(computer);
	touch(computer);
}

int capture_computer_create(struct capture_computer **out, const char *name,
		uint64_t now_us, uint64_t wall_us)
{
	struct capture_computer *computer = calloc(1, sizeof(*computer));

	*out = NULL;
	if (!computer)
		return -ENOMEM;
	snprintf(computer->prompt, sizeof(computer->prompt), "%.*s:~$ ",
			NAME_MAX_BYTES, name);
	computer->now_us = now_us;
	computer->wall_us = wall_us;
	computer->layout = capture_layout_find(capture_layout_name(0));
	boot(computer);
	*out = computer;
	return 0;
}

void capture_computer_destroy(struct capture_computer *computer)
{
	free(computer);
}

void capture_computer_tick(struct capture_computer *computer, uint64_t now_us,
		uint64_t wall_us)
{
	bool clock_moves = wall_us / CLOCK_US_PER_S !=
			computer->wall_us / CLOCK_US_PER_S;

	computer->now_us = now_us;
	computer->wall_us = wall_us;
	if (computer->unplugged_until_us &&
			now_us >= computer->unplugged_until_us) {
		computer->unplugged_until_us = 0;
		computer->revision++;
		if (computer->restarting)
			boot(computer);
	}
	if (clock_moves)
		touch(computer);
}

uint64_t capture_computer_next_us(const struct capture_computer *computer)
{
	uint64_t next_us = computer->now_us + CLOCK_US_PER_S -
			computer->wall_us % CLOCK_US_PER_S;

	if (computer->unplugged_until_us &&
			computer->unplugged_until_us < next_us)
		next_us = computer->unplugged_until_us;
	return next_us;
}

static void remember_key(struct capture_computer *computer, uint8_t usage)
{
	memmove(computer->keys + 1, computer->keys,
			sizeof(computer->keys) - sizeof(computer->keys[0]));
	computer->keys[0] = usage;
}

static void toggle_lock(struct capture_computer *computer, uint8_t usage)
{
	static const struct {
		uint8_t usage;
		uint8_t led;
	} locks[] = {
			{CAPTURE_USAGE_NUM_LOCK, CAPTURE_LED_NUM_LOCK},
			{CAPTURE_USAGE_CAPS_LOCK, CAPTURE_LED_CAPS_LOCK},
			{CAPTURE_USAGE_SCROLL_LOCK, CAPTURE_LED_SCROLL_LOCK},
	};

	for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++)
		if (locks[i].usage == usage)
			computer->leds ^= locks[i].led;
}

/* The keypad is the same everywhere, and has characters by Num Lock only. */
static struct capture_character printed(const struct capture_computer *computer,
		uint8_t usage, uint8_t modifiers)
{
	const struct capture_key *key = capture_key_find(usage);
	bool num = computer->leds & CAPTURE_LED_NUM_LOCK;

	if (key && key->num_lock)
		return (struct capture_character){
				(uint8_t)(num ? key->num_lock : 0), false};
	return capture_layout_get(computer->layout, usage,
			modifiers & CAPTURE_MODIFIERS_SHIFT,
			modifiers & CAPTURE_MODIFIER_RIGHT_ALT,
			computer->leds & CAPTURE_LED_CAPS_LOCK);
}

static void enter(struct capture_computer *computer)
{
	char text[CAPTURE_LINE_MAX + 1];

	memcpy(text, computer->line.text, sizeof(text));
	place_cursor(computer, computer->line.length);
	capture_console_put(&computer->console, '\n');
	capture_line_finish(&computer->line);
	capture_command_run(computer, text);
	draw_prompt(computer);
}

static void cancel_line(struct capture_computer *computer)
{
	place_cursor(computer, computer->line.length);
	capture_console_print(&computer->console, "^C\n");
	capture_line_drop(&computer->line);
	draw_prompt(computer);
}

static void clear_screen(struct capture_computer *computer)
{
	capture_console_clear(&computer->console);
	draw_prompt(computer);
}

static void edit(struct capture_computer *computer, uint8_t usage)
{
	static const struct {
		uint8_t usage;
		void (*edit)(struct capture_line *line);
	} keys[] = {
			{CAPTURE_USAGE_BACKSPACE, capture_line_backspace},
			{CAPTURE_USAGE_DELETE, capture_line_delete},
			{CAPTURE_USAGE_TAB, capture_line_tab},
			{CAPTURE_USAGE_LEFT, capture_line_left},
			{CAPTURE_USAGE_RIGHT, capture_line_right},
			{CAPTURE_USAGE_HOME, capture_line_home},
			{CAPTURE_USAGE_END, capture_line_end},
			{CAPTURE_USAGE_UP, capture_line_older},
			{CAPTURE_USAGE_DOWN, capture_line_newer},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].usage == usage)
			keys[i].edit(&computer->line);
	draw_line(computer);
}

static void control(struct capture_computer *computer, uint8_t usage)
{
	if (usage == CAPTURE_USAGE_C)
		cancel_line(computer);
	if (usage == CAPTURE_USAGE_L)
		clear_screen(computer);
}

/* A dead key waits for the next one; what makes nothing with it goes alone. */
static void insert(
		struct capture_computer *computer, struct capture_character it)
{
	uint8_t dead = computer->dead;
	uint8_t c = dead ? capture_layout_compose(dead, it.character)
			 : it.character;

	computer->dead = it.dead && !dead ? it.character : 0;
	if (it.dead && !dead)
		return;
	if (c)
		capture_line_insert(&computer->line, (char)c);
	draw_line(computer);
}

/* AltGr is no Alt where it is for characters. */
static bool is_command(
		const struct capture_computer *computer, uint8_t modifiers)
{
	if (capture_layout_has_altgr(computer->layout))
		modifiers &= (uint8_t)~CAPTURE_MODIFIER_RIGHT_ALT;
	return modifiers & (CAPTURE_MODIFIERS_ALT | CAPTURE_MODIFIERS_GUI);
}

static void type(struct capture_computer *computer, uint8_t usage,
		uint8_t modifiers)
{
	const struct capture_key *key = capture_key_find(usage);
	struct capture_character c;

	if (is_command(computer, modifiers))
		return;
	if (modifiers & CAPTURE_MODIFIERS_CTRL) {
		control(computer, usage);
		return;
	}
	c = printed(computer, usage, modifiers);
	if (!c.character && key && key->otherwise)
		usage = key->otherwise;
	if (c.character)
		insert(computer, c);
	else if (usage == CAPTURE_USAGE_ENTER)
		enter(computer);
	else
		edit(computer, usage);
}

void capture_computer_press(struct capture_computer *computer, uint8_t usage,
		uint8_t modifiers, bool repeated)
{
	if (computer->restarting)
		return;
	if (!repeated) {
		remember_key(computer, usage);
		toggle_lock(computer, usage);
	}
	type(computer, usage, modifiers);
	touch(computer);
}

/* Exact at both ends: 0 is the first pixel and the maximum is the last. */
static uint32_t scale(uint16_t value, uint32_t pixels)
{
	uint32_t bounded = value < CAPTURE_POINTER_MAX ? value
						       : CAPTURE_POINTER_MAX;

	return (bounded * (pixels - 1) + CAPTURE_POINTER_MAX / 2) /
			CAPTURE_POINTER_MAX;
}

/* Back to 0 before the number gets too wide to show. */
static void turn(int *wheel, int steps)
{
	*wheel = (*wheel + steps) % 1000;
}

void capture_computer_point(struct capture_computer *computer, uint16_t x,
		uint16_t y, uint8_t buttons, int wheel, int horizontal_wheel)
{
	if (computer->restarting)
		return;
	computer->pointer.x_px = scale(x, computer->mode->width_px);
	computer->pointer.y_px = scale(y, computer->mode->height_px);
	computer->absolute_buttons = buttons;
	turn(&computer->wheel, wheel);
	turn(&computer->horizontal_wheel, horizontal_wheel);
	touch(computer);
}

static uint32_t shift(uint32_t position, int delta, uint32_t pixels)
{
	int64_t moved = (int64_t)position + delta;

	if (moved < 0)
		return 0;
	return moved < pixels ? (uint32_t)moved : pixels - 1;
}

void capture_computer_move(struct capture_computer *computer, int dx, int dy,
		uint8_t buttons, int wheel)
{
	struct capture_pointer *pointer = &computer->pointer;

	if (computer->restarting)
		return;
	pointer->x_px = shift(pointer->x_px, dx, computer->mode->width_px);
	pointer->y_px = shift(pointer->y_px, dy, computer->mode->height_px);
	computer->relative_buttons = buttons;
	turn(&computer->wheel, wheel);
	touch(computer);
}

uint8_t capture_computer_get_leds(const struct capture_computer *computer)
{
	return computer->leds;
}

bool capture_computer_has_picture(const struct capture_computer *computer)
{
	return computer->unplugged_until_us == 0;
}

const struct capture_mode *capture_computer_get_mode(
		const struct capture_computer *computer)
{
	return computer->mode;
}

struct capture_pointer capture_computer_get_pointer(
		const struct capture_computer *computer)
{
	return computer->pointer;
}

struct capture_console *capture_computer_get_console(
		struct capture_computer *computer)
{
	return &computer->console;
}

uint64_t capture_computer_get_revision(const struct capture_computer *computer)
{
	return computer->revision;
}

uint64_t capture_computer_get_uptime_us(const struct capture_computer *computer)
{
	return computer->now_us - computer->booted_us;
}

uint64_t capture_computer_get_wall_us(const struct capture_computer *computer)
{
	return computer->wall_us;
}

void capture_computer_set_mode(struct capture_computer *computer,
		const struct capture_mode *mode)
{
	fit_mode(computer, mode);
	capture_console_printf(&computer->console, "mode %s\n", mode->name);
}

void capture_computer_unplug(
		struct capture_computer *computer, uint64_t duration_us)
{
	computer->unplugged_until_us = computer->now_us + duration_us;
}

void capture_computer_restart(struct capture_computer *computer)
{
	computer->restarting = true;
	capture_computer_unplug(computer, RESTART_US);
}

void capture_computer_set_layout(struct capture_computer *computer,
		const struct capture_layout *layout)
{
	computer->layout = layout;
	computer->dead = 0;
}
