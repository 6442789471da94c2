/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "web/server.h"

/*
 * Plain HTTP that does nothing but send browsers to HTTPS: the same name, path
 * and query, another scheme and port. Who says a name that is not ours is sent
 * nowhere.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno at creation, logged as web_server_create does.
 */
struct web_redirect;

/* Of the options, `tls` is NULL; `port` is where HTTPS is. */
int web_redirect_create(struct web_redirect **out, sd_event *event,
		const struct web_server_options *options, uint16_t port);

/* NULL is allowed. */
void web_redirect_destroy(struct web_redirect *redirect);

/* What it really listens on. */
void web_redirect_get_address(const struct web_redirect *redirect,
		struct core_address *address);
