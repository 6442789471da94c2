/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Characters of UTF-8, one by one. Overlong forms, surrogates and what is
 * beyond U+10FFFF are no characters.
 *
 * Threads: any. Errors: none; a size of 0 stands for what is wrong.
 */

/* Returns how many bytes the first character takes. */
size_t core_utf8_read(const char *text, size_t size, uint32_t *character);

/* Returns how many of the bytes it takes; no 0 at the end. */
size_t core_utf8_write(uint32_t character, char bytes[4]);
