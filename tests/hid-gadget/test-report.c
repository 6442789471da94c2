/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- a reader of report descriptors, HID 1.11 section 6.2.2 ---------------
 */

struct field {
	bool output;
	uint8_t flags; /* 1: constant, 2: variable, 4: relative */
	uint16_t page;
	uint16_t usage;     /* the first */
	uint16_t usage_max; /* or the last in a list */
	int32_t min, max;
	unsigned bits;
	unsigned count;
};

#define FIELDS_MAX 16

struct parsed {
	struct field fields[FIELDS_MAX];
	size_t fields_n;
	unsigned input_bits;
	unsigned output_bits;
	int depth;            /* of collections, 0 at the end */
	uint16_t application; /* usage of the outermost collection */
};

static int32_t item_signed(const uint8_t *data, unsigned size)
{
	if (size == 1)
		return (int8_t)data[0];
	if (size == 2)
		return (int16_t)(data[0] | data[1] << 8);
	return 0;
}

static uint16_t item_unsigned(const uint8_t *data, unsigned size)
{
	return (uint16_t)(size == 2            ? data[0] | data[1] << 8
					: size ? data[0]
					       : 0);
}

/* An item that describes the fields to come; false: it is none of these. */
static bool describe(struct field *field, const uint8_t *data, unsigned tag,
		unsigned size)
{
	uint16_t value = item_unsigned(data, size);

	switch (tag) {
	case 0x04:
		field->page = value;
		return true;
	case 0x08:
		if (!field->usage)
			field->usage = value;
		field->usage_max = value;
		return true;
	case 0x18:
		field->usage = value;
		return true;
	case 0x28:
		field->usage_max = value;
		return true;
	case 0x14:
		field->min = item_signed(data, size);
		return true;
	case 0x24:
		field->max = item_signed(data, size);
		return true;
	case 0x74:
		field->bits = value;
		return true;
	case 0x94:
		field->count = value;
		return true;
	default:
		return false;
	}
}

/* The fields that were described, as input or output. */
static void add_field(struct parsed *parsed, struct field *field, bool output,
		uint16_t flags)
{
	field->output = output;
	field->flags = (uint8_t)flags;
	assert_true(parsed->fields_n < FIELDS_MAX);
	parsed->fields[parsed->fields_n++] = *field;
	*(output ? &parsed->output_bits : &parsed->input_bits) +=
			field->bits * field->count;
	field->usage = field->usage_max = 0;
}

static void parse(struct parsed *parsed, const struct hid_function_layout *it)
{
	struct field field = {0};
	const uint8_t *at = it->descriptor;
	const uint8_t *end = at + it->descriptor_bytes;

	*parsed = (struct parsed){.depth = 0};
	while (at < end) {
		unsigned size = *at & 3;
		unsigned tag = *at & 0xfc;

		assert_true(at + 1 + size <= end);
		if (tag == 0xa0) {
			if (parsed->depth++ == 0)
				parsed->application = field.usage;
			field.usage = 0;
		} else if (tag == 0xc0) {
			parsed->depth--;
		} else if (tag == 0x80 || tag == 0x90) {
			add_field(parsed, &field, tag == 0x90,
					item_unsigned(at + 1, size));
		} else if (!describe(&field, at + 1, tag, size)) {
			fail_msg("item %02x is not expected", *at);
		}
		at += 1 + size;
	}
	assert_int_equal(parsed->depth, 0);
}

static void has_field(const struct parsed *parsed, size_t i,
		const struct field *expected)
{
	const struct field *it = &parsed->fields[i];

	assert_true(i < parsed->fields_n);
	assert_int_equal(it->output, expected->output);
	assert_int_equal(it->flags, expected->flags);
	if (!(it->flags & 1)) {
		assert_int_equal(it->page, expected->page);
		assert_int_equal(it->usage, expected->usage);
		assert_int_equal(it->usage_max, expected->usage_max);
		assert_int_equal(it->min, expected->min);
		assert_int_equal(it->max, expected->max);
	}
	assert_int_equal(it->bits, expected->bits);
	assert_int_equal(it->count, expected->count);
}

static void has_fields(enum hid_function function, uint16_t application,
		const struct field *fields, size_t n)
{
	struct parsed parsed;

	parse(&parsed, &hid_function_layouts[function]);
	assert_int_equal(parsed.application, application);
	for (size_t i = 0; i < n; i++)
		has_field(&parsed, i, &fields[i]);
	assert_int_equal(parsed.fields_n, n);
	assert_int_equal(parsed.input_bits,
			8 * hid_function_layouts[function].report_bytes);
}

/* ---- what they must say ---------------------------------------------------
 */

static void the_keyboard_reaches_every_usage(void **state)
{
	static const struct field fields[] = {
			{false, 2, 7, 0xe0, 0xe7, 0, 1, 1, 8},
			{false, 1, 0, 0, 0, 0, 0, 8, 1},
			{true, 2, 8, 1, 5, 0, 1, 1, 5},
			{true, 1, 0, 0, 0, 0, 0, 3, 1},
			{false, 0, 7, 0, 255, 0, 255, 8, 6},
	};

	(void)state;
	has_fields(HID_FUNCTION_KEYBOARD, 6, fields, 5);
}

static void the_absolute_pointer_is_a_mouse_with_two_wheels(void **state)
{
	static const struct field fields[] = {
			{false, 2, 9, 1, 8, 0, 1, 1, 8},
			{false, 2, 1, 0x30, 0x31, 0, 32767, 16, 2},
			{false, 6, 1, 0x38, 0x38, -127, 127, 8, 1},
			{false, 6, 12, 0x238, 0x238, -127, 127, 8, 1},
	};

	(void)state;
	has_fields(HID_FUNCTION_ABSOLUTE, 2, fields, 4);
	assert_int_equal(HID_ABSOLUTE_MAX, 32767);
}

static void the_relative_mouse_has_the_boot_layout(void **state)
{
	static const struct field fields[] = {
			{false, 2, 9, 1, 8, 0, 1, 1, 8},
			{false, 6, 1, 0x30, 0x38, -127, 127, 8, 3},
	};

	(void)state;
	has_fields(HID_FUNCTION_RELATIVE, 2, fields, 2);
}

/* One byte of ff would be read as -1: no key could be pressed at all. */
static void the_maximum_of_255_takes_two_bytes(void **state)
{
	const struct hid_function_layout *it =
			&hid_function_layouts[HID_FUNCTION_KEYBOARD];

	(void)state;
	assert_non_null(memmem(it->descriptor, it->descriptor_bytes,
			"\x26\xff\x00", 3));
	assert_non_null(memmem(it->descriptor, it->descriptor_bytes,
			"\x2a\xff\x00", 3));
}

/* Firmware believes the protocol, and parses the bytes accordingly. */
static void only_boot_layouts_claim_the_boot_protocol(void **state)
{
	static const struct {
		uint8_t subclass, protocol;
	} expected[] = {
			[HID_FUNCTION_KEYBOARD] = {1, 1},
			[HID_FUNCTION_ABSOLUTE] = {0, 0},
			[HID_FUNCTION_RELATIVE] = {1, 2},
	};

	(void)state;
	for (int f = 0; f < HID_FUNCTIONS; f++) {
		const struct hid_function_layout *it = &hid_function_layouts[f];

		assert_int_equal(it->subclass, expected[f].subclass);
		assert_int_equal(it->protocol, expected[f].protocol);
		for (int other = 0; other < f; other++)
			assert_string_not_equal(it->instance,
					hid_function_layouts[other].instance);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_keyboard_reaches_every_usage),
			cmocka_unit_test(
					the_absolute_pointer_is_a_mouse_with_two_wheels),
			cmocka_unit_test(
					the_relative_mouse_has_the_boot_layout),
			cmocka_unit_test(the_maximum_of_255_takes_two_bytes),
			cmocka_unit_test(
					only_boot_layouts_claim_the_boot_protocol),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
