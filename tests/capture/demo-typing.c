/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/capture/demo-typing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Written down here once more, and not taken from what is tested. */
static const char *const plain_keys = "abcdefghijklmnopqrstuvwxyz1234567890"
				      "\n\x1b\b\t -=[]\\#;'`,./";
static const char *const shifted_keys = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()"
					"\n\x1b\b\t _+{}|~:\"~<>?";

void typing_find_key(char c, uint8_t *usage, uint8_t *modifiers)
{
	const char *plain = strchr(plain_keys, c);
	const char *shifted = strchr(shifted_keys, c);

	if (c == '#') /* the key of other countries' keyboards has it too */
		plain = NULL;
	assert_true(c != '\0' && (plain || shifted));
	*usage = (uint8_t)(4 +
			(plain ? plain - plain_keys : shifted - shifted_keys));
	*modifiers = plain ? 0 : TYPING_SHIFT;
}

struct typing_row typing_read_row(
		const struct capture_console *console, uint32_t row)
{
	struct typing_row read = {""};
	uint32_t length = console->columns;

	assert_in_range(row, 0, console->rows - 1);
	while (length > 0 && console->cells[row][length - 1].character == ' ')
		length--;
	for (uint32_t i = 0; i < length; i++)
		read.text[i] = console->cells[row][i].character;
	return read;
}

uint32_t typing_find_row(
		const struct capture_console *console, const char *text)
{
	for (uint32_t row = 1; row < console->rows; row++) {
		struct typing_row read = typing_read_row(console, row);

		if (strncmp(read.text, text, strlen(text)) == 0)
			return row;
	}
	return 0;
}
