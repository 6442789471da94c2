/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "capture/edid.h"
#include "hid-gadget/layout.h"
#include "server/json-file.h"

/*
 * What was chosen for a target while the daemon ran: its layout, its EDID. It
 * is in a file of the state directory, so that it lasts.
 *
 * A choice takes the place of what the configuration said when it was made, and
 * holds for as long as that says the same: of the two, what somebody did last
 * counts. To choose what the configuration says is to have no choice.
 *
 * Threads: loop thread only; the file is written by a worker.
 * Errors:  0 or -errno.
 */
struct server_choices;

#define SERVER_CHOICES_FILE "choices"
#define SERVER_CHOICES_MAX 64 /* targets; more push out the oldest */
#define SERVER_CHOICES_BYTES_MAX ((size_t)512 << 10)

struct server_choice_layout {
	char layout[HID_LAYOUT_NAME_BYTES];
	char variant[HID_LAYOUT_NAME_BYTES];
};

/* As server_json_file_create. */
int server_choices_create(struct server_choices **out, const char *directory,
		struct core_workers *files);

/* NULL is allowed. */
void server_choices_destroy(struct server_choices *choices);

/*
 * What was chosen in the place of `configured`. False: nothing; what was chosen
 * in the place of something else is forgotten. NULL `choices`: nothing.
 */
bool server_choices_find_layout(struct server_choices *choices,
		const char *target,
		const struct server_choice_layout *configured,
		struct server_choice_layout *chosen);
/* `configured` is a preset or path; NULL: none. */
bool server_choices_find_edid(struct server_choices *choices,
		const char *target, const char *configured,
		struct capture_edid *chosen);

/* For the next start; as server_json_file_save. */
int server_choices_put_layout(struct server_choices *choices,
		const char *target,
		const struct server_choice_layout *configured,
		const struct server_choice_layout *chosen,
		server_json_file_saved *saved, void *context);
int server_choices_put_edid(struct server_choices *choices, const char *target,
		const char *configured, const struct capture_edid *chosen,
		server_json_file_saved *saved, void *context);
