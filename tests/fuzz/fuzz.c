/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_fail(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

const uint8_t *fuzz_take(struct fuzz_input *input, size_t *size)
{
	const uint8_t *bytes = input->bytes;

	if (*size > input->size)
		*size = input->size;
	input->bytes += *size;
	input->size -= *size;
	return bytes;
}

void fuzz_take_over(struct fuzz_input *input, void *to, size_t size)
{
	const uint8_t *from = fuzz_take(input, &size);

	if (size > 0)
		memcpy(to, from, size);
}

uint8_t fuzz_take_u8(struct fuzz_input *input)
{
	uint8_t byte = 0;

	fuzz_take_over(input, &byte, 1);
	return byte;
}

uint16_t fuzz_take_u16(struct fuzz_input *input)
{
	uint16_t high = fuzz_take_u8(input);

	return (uint16_t)(high << 8 | fuzz_take_u8(input));
}

uint32_t fuzz_take_u32(struct fuzz_input *input)
{
	uint32_t high = fuzz_take_u16(input);

	return high << 16 | fuzz_take_u16(input);
}

void fuzz_touch(const void *bytes, size_t size)
{
	const volatile uint8_t *each = bytes;

	for (size_t i = 0; i < size; i++)
		(void)each[i];
}
