/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "core/utf8.h"
#include "hid-gadget/layout-list.h"
#include "server/steps.h"
#include "tests/fuzz/fuzz.h"

/*
 * What callers want typed: the keys of a macro and the chords in them, or a
 * text; and the list of layouts. What is taken can be pressed, key by key; what
 * is not is refused with words, and nothing is left of it.
 */
static const struct hid_layout *layout_us(void)
{
	static struct hid_layout *us;
	char why[HID_LAYOUT_WHY_BYTES];

	if (!us)
		FUZZ_CHECK(hid_layout_create(&us, "us", "",
					   &hid_layout_paths_system, why) == 0);
	return us;
}

static void check_usage(uint8_t usage)
{
	FUZZ_CHECK(usage >= 0x04 && usage <= 0xe7);
}

static void check_strokes(const struct hid_strokes *strokes)
{
	FUZZ_CHECK(strokes->count >= 1 && strokes->count <= HID_STROKES_MAX);
	for (size_t i = 0; i < strokes->count; i++)
		check_usage(strokes->strokes[i].usage);
}

static void check_steps(const struct server_steps *steps)
{
	size_t characters = 0;

	for (size_t i = 0; i < steps->count; i++) {
		const struct server_step *step = &steps->steps[i];

		switch (step->kind) {
		case SERVER_STEP_STROKES:
			check_strokes(&step->strokes);
			characters++;
			break;
		case SERVER_STEP_CHORD:
			FUZZ_CHECK(step->chord.count >= 1);
			FUZZ_CHECK(step->chord.count <= HID_CHORD_KEYS_MAX);
			for (size_t k = 0; k < step->chord.count; k++)
				check_usage(step->chord.usages[k]);
			break;
		case SERVER_STEP_WAIT:
			FUZZ_CHECK(step->wait_ms >= 1);
			FUZZ_CHECK(step->wait_ms <= SERVER_STEPS_WAIT_MAX_MS);
			break;
		}
	}
	FUZZ_CHECK(characters == steps->characters);
}

static void read_keys(const char *text, size_t size)
{
	char why[SERVER_STEPS_WHY_BYTES] = "";
	struct server_steps *steps;
	int rc = server_steps_from_keys(&steps, text, size, layout_us(), why);

	FUZZ_CHECK((rc == 0) == (steps != NULL));
	if (steps)
		check_steps(steps);
	else
		FUZZ_CHECK(rc == -ENOMEM ||
				(why[0] && memchr(why, 0, sizeof(why))));
	server_steps_destroy(steps);
}

static void read_text(const char *text, size_t size)
{
	struct server_untypables untypables;
	struct server_steps *steps;
	int rc = server_steps_from_text(
			&steps, text, size, layout_us(), &untypables);

	FUZZ_CHECK((rc == 0) == (steps != NULL));
	FUZZ_CHECK((rc == -EINVAL) <= (untypables.count > 0));
	FUZZ_CHECK(untypables.count <= SERVER_UNTYPABLE_MAX);
	if (steps)
		check_steps(steps);
	server_steps_destroy(steps);
}

/* Each character comes back as the bytes that it was read from. */
static void read_characters(const char *text, size_t size)
{
	uint32_t character;
	size_t length;

	while ((length = core_utf8_read(text, size, &character)) > 0) {
		char bytes[4];

		FUZZ_CHECK(length <= size);
		FUZZ_CHECK(core_utf8_write(character, bytes) == length);
		FUZZ_CHECK(memcmp(bytes, text, length) == 0);
		text += length;
		size -= length;
	}
}

static void read_list(const char *text, size_t size)
{
	const struct hid_layout_item *item;
	struct hid_layout_list *list;

	if (hid_layout_list_parse(&list, text, size) < 0)
		return;
	for (size_t i = 0; (item = hid_layout_list_get(list, i)); i++) {
		FUZZ_CHECK(item->layout[0]);
		FUZZ_CHECK(hid_layout_name_is_valid(item->layout));
		FUZZ_CHECK(hid_layout_name_is_valid(item->variant));
		FUZZ_CHECK(strlen(item->name) < size);
	}
	hid_layout_list_destroy(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static void (*const readers[])(const char *text, size_t size) = {
			read_keys, read_text, read_list, read_characters};
	struct fuzz_input input = {bytes, size};
	uint8_t reader = fuzz_take_u8(&input);

	readers[reader % 4]((const char *)input.bytes, input.size);
	return 0;
}
