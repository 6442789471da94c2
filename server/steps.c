/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/steps.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

#define BLANKS " \t\r\n"
#define STEPS_MAX 1024 /* of a macro, characters included */
#define DIGITS_MAX 5

static int create(struct server_steps **out, size_t steps_max,
		const struct hid_layout *layout)
{
	struct server_steps *steps = malloc(
			sizeof(*steps) + steps_max * sizeof(steps->steps[0]));

	*out = steps;
	if (!steps)
		return -ENOMEM;
	*steps = (struct server_steps){0};
	hid_layout_get_caps_lock(layout, &steps->caps_lock);
	return 0;
}

void server_steps_destroy(struct server_steps *steps)
{
	if (!steps)
		return;
	explicit_bzero(steps->steps, steps->count * sizeof(steps->steps[0]));
	free(steps);
}

/* The next character with line ends made one; 0: this is no UTF-8. */
static size_t read_character(const char *text, size_t size, uint32_t *character)
{
	size_t length = core_utf8_read(text, size, character);

	if (length == 0 || *character != '\r')
		return length;
	*character = '\n';
	return size > 1 && text[1] == '\n' ? 2 : 1;
}

static void note_untypable(struct server_untypables *untypables,
		uint32_t character, size_t at)
{
	for (size_t i = 0; i < untypables->count; i++)
		if (untypables->items[i].character == character)
			return;
	if (untypables->count < SERVER_UNTYPABLE_MAX)
		untypables->items[untypables->count++] =
				(struct server_untypable){character, at};
}

/* `steps` has room for a step of each byte. */
static int add_text(struct server_steps *steps, const char *text, size_t size,
		const struct hid_layout *layout,
		struct server_untypables *untypables)
{
	size_t at = 0;

	for (size_t i = 0; i < size; at++) {
		struct server_step *step = &steps->steps[steps->count];
		uint32_t character;
		size_t length = read_character(text + i, size - i, &character);

		if (length == 0)
			return -EILSEQ;
		i += length;
		if (!hid_layout_find(layout, character, &step->strokes)) {
			note_untypable(untypables, character, at);
			continue;
		}
		step->kind = SERVER_STEP_STROKES;
		steps->count++;
		steps->characters++;
	}
	return untypables->count > 0 ? -EINVAL : 0;
}

int server_steps_from_text(struct server_steps **out, const char *text,
		size_t size, const struct hid_layout *layout,
		struct server_untypables *untypables)
{
	struct server_steps *steps;
	int rc;

	*out = NULL;
	untypables->count = 0;
	if (size > SERVER_STEPS_TEXT_MAX)
		return -E2BIG;
	rc = create(&steps, size, layout);
	if (rc < 0)
		return rc;
	rc = add_text(steps, text, size, layout, untypables);
	if (rc < 0) {
		server_steps_destroy(steps);
		return rc;
	}
	*out = steps;
	return 0;
}

/* A macro while it is read. */
struct reading {
	struct server_steps *steps;
	const struct hid_layout *layout;
	char *why;
};

__attribute__((format(printf, 2, 3))) static int complain(
		struct reading *reading, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reading->why, SERVER_STEPS_WHY_BYTES, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* One more step of `kind`; NULL: there are too many. */
static struct server_step *add_step(
		struct reading *reading, enum server_step_kind kind)
{
	struct server_step *step;

	if (reading->steps->count == STEPS_MAX)
		return NULL;
	step = &reading->steps->steps[reading->steps->count++];
	*step = (struct server_step){.kind = kind};
	return step;
}

/* "500ms" or "2s" */
static int read_wait(struct reading *reading, const char *text, size_t size)
{
	size_t digits = 0;
	uint32_t number = 0;
	struct server_step *step;

	for (; digits < size && text[digits] >= '0' && text[digits] <= '9' &&
			digits <= DIGITS_MAX;
			digits++)
		number = number * 10 + (uint32_t)(text[digits] - '0');
	text += digits;
	size -= digits;
	if (size == 1 && text[0] == 's')
		number *= 1000;
	else if (size != 2 || memcmp(text, "ms", 2) != 0)
		number = 0;
	if (digits == 0 || digits > DIGITS_MAX || number == 0 ||
			number > SERVER_STEPS_WAIT_MAX_MS)
		return complain(reading,
				"wait takes a time from 1ms to 60s, such as \"wait 500ms\"");
	step = add_step(reading, SERVER_STEP_WAIT);
	if (!step)
		return -E2BIG;
	step->wait_ms = number;
	return 0;
}

/* A quoted text; '' within it is a quote. */
static int read_text(struct reading *reading, const char *text, size_t size)
{
	for (size_t i = 1; i + 1 < size;) {
		struct server_step *step;
		uint32_t character;
		size_t length = read_character(
				text + i, size - 1 - i, &character);

		if (length == 0)
			return complain(reading, "the text is no UTF-8");
		i += length + (character == '\'');
		step = add_step(reading, SERVER_STEP_STROKES);
		if (!step)
			return -E2BIG;
		reading->steps->characters++;
		if (!hid_layout_find(reading->layout, character,
				    &step->strokes)) {
			complain(reading,
					"layout %s has no keys for a character of the text",
					hid_layout_get_name(reading->layout));
			return -ENOENT;
		}
	}
	return 0;
}

static int read_chord(struct reading *reading, const char *text, size_t size)
{
	struct server_step *step = add_step(reading, SERVER_STEP_CHORD);
	char why[HID_CHORD_WHY_BYTES];
	int rc;

	if (!step)
		return -E2BIG;
	rc = hid_chord_parse(&step->chord, text, size, reading->layout, why);
	if (rc < 0)
		complain(reading, "%s", why);
	return rc;
}

/* "word" and blanks; what follows stays. */
static bool skip_word(const char **text, size_t *size, const char *word)
{
	size_t length = strlen(word);

	if (*size <= length || memcmp(*text, word, length) != 0 ||
			!strchr(BLANKS, (*text)[length]))
		return false;
	while (length < *size && strchr(BLANKS, (*text)[length]))
		length++;
	*text += length;
	*size -= length;
	return true;
}

static int read_step(struct reading *reading, const char *text, size_t size)
{
	if (skip_word(&text, &size, "wait"))
		return read_wait(reading, text, size);
	if (!skip_word(&text, &size, "text"))
		return read_chord(reading, text, size);
	if (size < 2 || text[0] != '\'' || text[size - 1] != '\'')
		return complain(reading,
				"a text stands in single quotes: text 'root'");
	return read_text(reading, text, size);
}

/* Up to a comma that is not in the quotes of a text. */
static size_t step_length(const char *text, size_t size)
{
	const char *word = text;
	size_t left = size;
	bool is_text = skip_word(&word, &left, "text");
	bool quoted = false;
	size_t i = 0;

	for (; i < size && (quoted || text[i] != ','); i++)
		if (is_text && text[i] == '\'')
			quoted = !quoted;
	return i;
}

static int read_steps(struct reading *reading, const char *keys, size_t size)
{
	int rc = 0;

	for (size_t i = 0; i <= size && rc == 0;) {
		const char *step;
		size_t length;

		while (i < size && strchr(BLANKS, keys[i]))
			i++;
		step = keys + i;
		length = step_length(step, size - i);
		i += length + 1;
		while (length > 0 && strchr(BLANKS, step[length - 1]))
			length--;
		rc = read_step(reading, step, length);
	}
	if (rc == -E2BIG)
		complain(reading, "a macro has at most %d steps and characters",
				STEPS_MAX);
	return rc;
}

int server_steps_from_keys(struct server_steps **out, const char *keys,
		size_t size, const struct hid_layout *layout,
		char why[SERVER_STEPS_WHY_BYTES])
{
	struct reading reading = {.layout = layout, .why = why};
	int rc;

	*out = NULL;
	if (size > SERVER_STEPS_KEYS_MAX || memchr(keys, '\0', size)) {
		complain(&reading, "a macro has at most %zu bytes",
				SERVER_STEPS_KEYS_MAX);
		return -E2BIG;
	}
	rc = create(&reading.steps, STEPS_MAX, layout);
	if (rc < 0)
		return rc;
	rc = read_steps(&reading, keys, size);
	if (rc < 0) {
		server_steps_destroy(reading.steps);
		return rc;
	}
	*out = reading.steps;
	return 0;
}
