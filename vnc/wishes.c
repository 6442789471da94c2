/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/wishes.h"

#include "vnc/area.h"

void vnc_wishes_add(struct vnc_wishes *wishes, const struct vnc_wishes *more)
{
	wishes->requested |= more->requested;
	wishes->answer_size |= more->answer_size;
	wishes->wanted = vnc_area_union(&wishes->wanted, &more->wanted);
	wishes->refresh = vnc_area_union(&wishes->refresh, &more->refresh);
}
