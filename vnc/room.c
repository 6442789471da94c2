/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/room.h"

#include <errno.h>
#include <stdlib.h>

int vnc_room_make(struct vnc_room *room, size_t size)
{
	uint8_t *bytes;

	if (size <= room->size)
		return 0;
	bytes = malloc(size);
	if (!bytes)
		return -ENOMEM;
	free(room->bytes);
	room->bytes = bytes;
	room->size = size;
	return 0;
}

void vnc_room_finish(struct vnc_room *room)
{
	free(room->bytes);
	*room = (struct vnc_room){0};
}
