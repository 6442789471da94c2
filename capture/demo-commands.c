/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-commands.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "capture/demo-keys.h"
#include "core/clock.h"

#define BAR_ROWS 8
#define SCROLL_MAX 1000
#define OFF_MAX_S 60

struct command {
	const char *name;
	const char *arguments;
	const char *help;
	void (*run)(struct capture_computer *computer, const char *argument);
};

/* 0 if it is no number from 1 to `max`. */
static unsigned parse_number(const char *text, unsigned max)
{
	unsigned number = 0;

	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 5)
		return 0;
	for (; *text; text++)
		number = number * 10 + (unsigned)(*text - '0');
	return number <= max ? number : 0;
}

static void run_mode(struct capture_computer *computer, const char *argument)
{
	struct capture_console *console =
			capture_computer_get_console(computer);

	for (size_t i = 0; i < CAPTURE_MODES; i++) {
		if (strcmp(capture_modes[i].name, argument) != 0)
			continue;
		capture_computer_set_mode(computer, &capture_modes[i]);
		return;
	}
	capture_console_print(console, "one of:");
	for (size_t i = 0; i < CAPTURE_MODES; i++)
		capture_console_printf(console, " %s", capture_modes[i].name);
	capture_console_put(console, '\n');
}

static void run_echo(struct capture_computer *computer, const char *argument)
{
	struct capture_console *console =
			capture_computer_get_console(computer);

	capture_console_print(console, argument);
	capture_console_put(console, '\n');
}

static void run_clear(struct capture_computer *computer, const char *argument)
{
	(void)argument;
	capture_console_clear(capture_computer_get_console(computer));
}

static void run_leds(struct capture_computer *computer, const char *argument)
{
	uint8_t leds = capture_computer_get_leds(computer);

	(void)argument;
	capture_console_printf(capture_computer_get_console(computer),
			"num lock %s, caps lock %s, scroll lock %s\n",
			leds & CAPTURE_LED_NUM_LOCK ? "on" : "off",
			leds & CAPTURE_LED_CAPS_LOCK ? "on" : "off",
			leds & CAPTURE_LED_SCROLL_LOCK ? "on" : "off");
}

static void run_uptime(struct capture_computer *computer, const char *argument)
{
	uint64_t seconds = capture_computer_get_uptime_us(computer) /
			CLOCK_US_PER_S;

	(void)argument;
	capture_console_printf(capture_computer_get_console(computer),
			"up %" PRIu64 ":%02u:%02u\n", seconds / 3600,
			(unsigned)(seconds / 60 % 60),
			(unsigned)(seconds % 60));
}

static void run_date(struct capture_computer *computer, const char *argument)
{
	time_t wall_s = (time_t)(capture_computer_get_wall_us(computer) /
			CLOCK_US_PER_S);
	char text[64];
	struct tm utc;

	(void)argument;
	gmtime_r(&wall_s, &utc);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC\n", &utc);
	capture_console_print(capture_computer_get_console(computer), text);
}

/* Eight bars of equal width, as far as the columns divide. */
static void run_colours(struct capture_computer *computer, const char *argument)
{
	struct capture_console *console =
			capture_computer_get_console(computer);
	enum capture_colour before = console->background;
	uint32_t bar_columns = console->columns / BAR_ROWS;

	(void)argument;
	for (int row = 0; row < BAR_ROWS; row++) {
		for (uint32_t i = 0; i < bar_columns * BAR_ROWS; i++) {
			console->background =
					(enum capture_colour)(i / bar_columns);
			capture_console_put(console, ' ');
		}
		console->background = before;
		if (console->column > 0)
			capture_console_put(console, '\n');
	}
}

static void run_scroll(struct capture_computer *computer, const char *argument)
{
	struct capture_console *console =
			capture_computer_get_console(computer);
	unsigned lines = parse_number(argument, SCROLL_MAX);

	if (lines == 0)
		capture_console_printf(
				console, "a number from 1 to %d\n", SCROLL_MAX);
	for (unsigned i = 1; i <= lines; i++)
		capture_console_printf(console, "line %u of %u\n", i, lines);
}

static void run_off(struct capture_computer *computer, const char *argument)
{
	unsigned seconds = parse_number(argument, OFF_MAX_S);

	if (seconds == 0)
		capture_console_printf(capture_computer_get_console(computer),
				"a number of seconds from 1 to %d\n",
				OFF_MAX_S);
	else
		capture_computer_unplug(computer, seconds * CLOCK_US_PER_S);
}

static void run_reboot(struct capture_computer *computer, const char *argument)
{
	(void)argument;
	capture_computer_restart(computer);
}

static void run_keyboard(
		struct capture_computer *computer, const char *argument)
{
	const struct capture_layout *layout = capture_layout_find(argument);
	struct capture_console *console =
			capture_computer_get_console(computer);

	if (layout) {
		capture_computer_set_layout(computer, layout);
		return;
	}
	capture_console_print(console, "one of:");
	for (size_t i = 0; capture_layout_name(i); i++)
		capture_console_printf(console, " %s", capture_layout_name(i));
	capture_console_put(console, '\n');
}

static void run_help(struct capture_computer *computer, const char *argument);

static const struct command commands[] = {
		{"help", "", "this list", run_help},
		{"mode", "WIDTHxHEIGHT", "change the resolution", run_mode},
		{"echo", "TEXT", "print it", run_echo},
		{"clear", "", "empty the screen, as Ctrl-L does", run_clear},
		{"keyboard", "LAYOUT", "plug in another keyboard",
				run_keyboard},
		{"leds", "", "what the keyboard's lights show", run_leds},
		{"uptime", "", "how long this has been running", run_uptime},
		{"date", "", "what day it is", run_date},
		{"colours", "", "eight colour bars", run_colours},
		{"scroll", "LINES", "print that many lines", run_scroll},
		{"off", "SECONDS", "pull the video cable for a while", run_off},
		{"reboot", "", "start again", run_reboot},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void run_help(struct capture_computer *computer, const char *argument)
{
	(void)argument;
	for (size_t i = 0; i < COMMANDS; i++)
		capture_console_printf(capture_computer_get_console(computer),
				"  %-9s%-13s%s\n", commands[i].name,
				commands[i].arguments, commands[i].help);
}

void capture_command_run(struct capture_computer *computer, const char *line)
{
	size_t length;

	line += strspn(line, " ");
	length = strcspn(line, " ");
	if (length == 0)
		return;
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *argument =
				line + length + strspn(line + length, " ");

		if (strlen(commands[i].name) != length ||
				memcmp(commands[i].name, line, length) != 0)
			continue;
		commands[i].run(computer, argument);
		return;
	}
	capture_console_printf(capture_computer_get_console(computer),
			"%.*s: no such command; try help\n", (int)length, line);
}
