/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/*
 * All bytes into a descriptor that blocks, however many calls that takes.
 *
 * Threads: any, but not the loop: it waits.
 * Errors:  0 or -errno, not logged; some bytes may be written then.
 */
int core_write_all(int fd, const void *bytes, size_t size);
