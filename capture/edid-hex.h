/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "capture/edid.h"

/*
 * An EDID as text: two hexadecimal digits a byte.
 *
 * Threads: any. Errors: as capture/edid.h.
 */
#define CAPTURE_EDID_HEX_BYTES (2 * CAPTURE_EDID_BYTES_MAX + 1)

void capture_edid_format_hex(const struct capture_edid *edid,
		char hex[CAPTURE_EDID_HEX_BYTES]);

/* -EBADMSG: it is no text of that kind, or no EDID. */
int capture_edid_parse_hex(
		struct capture_edid *edid, const char *hex, const char **why);
