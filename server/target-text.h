/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

/*
 * What the daemon answers of targets, for people: the list of them, who
 * has the keyboard, layouts, macros, the EDID.
 *
 * Threads: any.
 * Errors:  NULL if memory is short. What is missing is shown as "-".
 */

/* The caller frees each. */
char *server_targets_format(const json_t *result);

/* The same of one, without its name: "ok 1280x720@60.00, usb ready". */
char *server_target_format_line(const json_t *target);
char *server_control_format(const json_t *result);
char *server_layout_format(const json_t *result);
char *server_layouts_format(const json_t *result);
char *server_macros_format(const json_t *result);
char *server_edid_format(const json_t *result);
