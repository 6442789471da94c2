/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * What the receiver tells the target about "its monitor": one of a few presets
 * or a file with the bytes. Nothing is written to a device that has not passed
 * the check.
 *
 * Threads: any.
 * Errors:  -ENOENT for a name that is neither a preset nor an absolute path,
 *          -EBADMSG for bytes that are no EDID, else -errno of the file; each
 *          with the reason in words.
 */
#define CAPTURE_EDID_BLOCK_BYTES 128
#define CAPTURE_EDID_BLOCKS_MAX 4
#define CAPTURE_EDID_BYTES_MAX                                                 \
	(CAPTURE_EDID_BLOCKS_MAX * CAPTURE_EDID_BLOCK_BYTES)

struct capture_edid {
	uint8_t data[CAPTURE_EDID_BYTES_MAX];
	size_t size;
};

/* Header, number of blocks, and each block's checksum. */
int capture_edid_check(const uint8_t *data, size_t size, const char **why);

/* A preset's name, or the absolute path of a file. */
int capture_edid_load(
		struct capture_edid *edid, const char *name, const char **why);

/* The presets' names, in order; NULL after the last. */
const char *capture_edid_preset_name(size_t index);
