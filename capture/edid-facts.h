/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "capture/edid.h"

/*
 * What an EDID says, for people: its first block, which is all that most
 * firmware looks at.
 *
 * Threads: any.
 * Errors:  none; it has passed capture_edid_check.
 */
#define CAPTURE_EDID_NAME_BYTES 14

struct capture_edid_facts {
	char maker[4];                      /* "RKH" */
	uint16_t product;                   /* the maker's number for it */
	char name[CAPTURE_EDID_NAME_BYTES]; /* ASCII; "": it says none */
	uint32_t width_px;                  /* preferred mode; 0: none */
	uint32_t height_px;
	uint32_t refresh_millihz;
};

void capture_edid_get_facts(const struct capture_edid *edid,
		struct capture_edid_facts *facts);

/* The preset that these bytes are; NULL: none. */
const char *capture_edid_find_preset(const struct capture_edid *edid);
