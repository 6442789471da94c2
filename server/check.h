/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "config/config.h"

/*
 * What a configuration says can be right by itself and still be of no use: a
 * file that it names is missing or holds the wrong thing. This looks, without
 * opening a device.
 *
 * Threads: as config_load.
 * Errors:  as config_load: -EINVAL after one line to `complain`.
 */

/* config_load, and then that look. */
int server_check_load(struct config **out, const char *path,
		config_complain *complain, void *context);

/* The same of a text that nobody wants to put in force yet. */
int server_check_text(const char *name, const char *text, size_t size,
		config_complain *complain, void *context);
