/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "server/audit-line.h"
#include "server/audit-text.h"

/*
 * The newest lines of an audit log, found from its end. Damage is passed over;
 * "rackhand audit verify" is for that.
 *
 * Threads: any; it waits for the disk.
 * Errors:  -ENOMEM, or -errno of a file that is there.
 */
struct server_audit_tail {
	char since[SERVER_AUDIT_SINCE_BYTES];         /* "": any time */
	char event[SERVER_AUDIT_EVENT_MAX_BYTES + 1]; /* "": any */
	size_t limit;
};

#define SERVER_AUDIT_TAIL_MAX 1000

/*
 * An array of objects, the newest last; without a log it is empty. A file in
 * which nothing is new enough ends the search.
 */
int server_audit_tail_read(json_t **lines, const char *base,
		const struct server_audit_tail *tail);
