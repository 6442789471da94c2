/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/edid-hex.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void capture_edid_format_hex(const struct capture_edid *edid,
		char hex[CAPTURE_EDID_HEX_BYTES])
{
	hex[0] = '\0';
	for (size_t i = 0; i < edid->size; i++)
		snprintf(hex + 2 * i, 3, "%02x", edid->data[i]);
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c)
			   : NULL;

	return at ? (int)(at - digits) : -1;
}

int capture_edid_parse_hex(
		struct capture_edid *edid, const char *hex, const char **why)
{
	size_t length = strlen(hex);

	*why = "it is not two hexadecimal digits a byte";
	if (length % 2 != 0)
		return -EBADMSG;
	*why = "it is not 1 to 4 blocks of 128 bytes";
	if (length > 2 * CAPTURE_EDID_BYTES_MAX)
		return -EBADMSG;
	edid->size = length / 2;
	for (size_t i = 0; i < edid->size; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		*why = "it is not two hexadecimal digits a byte";
		if (high < 0 || low < 0)
			return -EBADMSG;
		edid->data[i] = (uint8_t)(high << 4 | low);
	}
	return capture_edid_check(edid->data, edid->size, why);
}
