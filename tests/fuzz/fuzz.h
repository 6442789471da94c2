/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What all fuzz targets share. A target is one function that takes any bytes,
 * hands them to a parser, and stops the program where the parser breaks a
 * promise; the sanitizers stop it for the rest. The same bytes do the same
 * every time: no clock, no chance, no thread.
 *
 * Threads: one.
 */

/* libFuzzer's entry; 0: done, -1: not worth keeping. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define FUZZ_CHECK(condition)                                                  \
	((condition) ? (void)0 : fuzz_fail(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_fail(const char *condition, const char *file, int line);

/* What is left of an input; beyond its end are zeros. */
struct fuzz_input {
	const uint8_t *bytes;
	size_t size;
};

uint8_t fuzz_take_u8(struct fuzz_input *input);
uint16_t fuzz_take_u16(struct fuzz_input *input); /* as on the wire */
uint32_t fuzz_take_u32(struct fuzz_input *input);

/* At most `size` bytes, borrowed; *size says how many there were. */
const uint8_t *fuzz_take(struct fuzz_input *input, size_t *size);

/* Overwrite the start of a struct; the rest stays. */
void fuzz_take_over(struct fuzz_input *input, void *to, size_t size);

/* Reads every byte, so that the sanitizer looks at each. */
void fuzz_touch(const void *bytes, size_t size);

/*
 * Memory runs out: of the allocations of the product's own code, the `nth`
 * from now fails (1: the next), and all after it if `lasting`. 0: none fails.
 */
void fuzz_memory_fail(unsigned nth, bool lasting);
bool fuzz_memory_failed(void);

/*
 * CLOCK_MONOTONIC of the whole process, sd-event's timers included: it stands
 * still until time is let pass.
 */
void fuzz_clock_reset(void);
void fuzz_clock_pass(uint64_t us);

/* What chance gives our own code: always the same, or nothing for now. */
void fuzz_chance_fail(bool fails);
