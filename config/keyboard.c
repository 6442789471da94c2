/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/keyboard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS_AND_DIGITS                                                     \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
#define LAYOUT_MAX_BYTES 32
#define DELAY_MAX_MS 1000
#define KEYS_MAX_BYTES 4096
#define NAME_MAX_BYTES 32

static bool is_name(const char *value, size_t max_bytes)
{
	size_t length = strspn(value, LETTERS_AND_DIGITS);

	return length >= 1 && length <= max_bytes && value[length] == '\0';
}

static int keep_name(char **field, const char *value)
{
	if (!is_name(value, LAYOUT_MAX_BYTES))
		return -EINVAL;
	*field = strdup(value);
	return *field ? 0 : -ENOMEM;
}

int config_keyboard_take_layout(struct config_draft *draft, const char *value)
{
	return keep_name(&draft->target.keyboard.layout, value);
}

int config_keyboard_take_variant(struct config_draft *draft, const char *value)
{
	return keep_name(&draft->target.keyboard.variant, value);
}

/* "20ms"; "auto" is as the target's LEDs say. */
int config_keyboard_take_delay(struct config_draft *draft, const char *value)
{
	size_t digits = strspn(value, "0123456789");
	unsigned ms;

	if (strcmp(value, "auto") == 0) {
		draft->target.keyboard.delay_ms = 0;
		return 0;
	}
	if (digits < 1 || digits > 4 || strcmp(value + digits, "ms") != 0)
		return -EINVAL;
	ms = (unsigned)strtoul(value, NULL, 10);
	draft->target.keyboard.delay_ms = ms;
	return ms >= 1 && ms <= DELAY_MAX_MS ? 0 : -EINVAL;
}

int config_keyboard_take_keys(struct config_draft *draft, const char *value)
{
	if (value[0] == '\0' || strlen(value) > KEYS_MAX_BYTES)
		return -EINVAL;
	draft->macro_keys = strdup(value);
	return draft->macro_keys ? 0 : -ENOMEM;
}

int config_keyboard_check(struct config_draft *draft, unsigned line)
{
	draft->target.keyboard.line = line;
	if (draft->key_lines[CONFIG_KEY_VARIANT] &&
			!draft->key_lines[CONFIG_KEY_LAYOUT])
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_VARIANT],
				"variant lacks its layout; add layout = \"de\" or another");
	return 0;
}

static int add_macro(struct config_macros *macros, const char *title,
		char *keys, unsigned line)
{
	struct config_macro *macro = &macros->items[macros->count];

	macro->name = strdup(title);
	if (!macro->name)
		return -ENOMEM;
	macro->keys = keys;
	macro->line = line;
	macros->count++;
	return 0;
}

int config_keyboard_close_macro(struct config_draft *draft, bool of_target,
		const char *title, unsigned line)
{
	struct config_macros *macros = of_target ? &draft->target.macros
						 : &draft->config->macros;
	unsigned keys_line = draft->key_lines[CONFIG_KEY_KEYS];
	int rc;

	draft->key_lines[CONFIG_KEY_KEYS] = 0;
	if (!is_name(title, NAME_MAX_BYTES))
		return config_report_write(&draft->report, line,
				"macro name \"%.64s\" is wrong; write 1 to %d of A-Z a-z 0-9 _ -",
				title, NAME_MAX_BYTES);
	if (!draft->macro_keys)
		return config_report_write(&draft->report, line,
				"macro \"%.64s\" does nothing; add keys = \"ctrl-alt-del\"",
				title);
	if (macros->count == CONFIG_MACROS_MAX)
		return config_report_write(&draft->report, line,
				"too many macros; at most %d in one place",
				CONFIG_MACROS_MAX);
	rc = add_macro(macros, title, draft->macro_keys, keys_line);
	if (rc == 0)
		draft->macro_keys = NULL;
	return rc;
}

void config_macros_finish(struct config_macros *macros)
{
	for (size_t i = 0; i < macros->count; i++) {
		free(macros->items[i].name);
		free(macros->items[i].keys);
	}
}
