/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "tests/vnc/client.h"

/*
 * A handler of one's own for the rig's server: it decides who comes in, and
 * notes what it hears. It hangs on rig->extra.
 */
#define DESK_PASSWORD "se(R3t!"

struct desk {
	unsigned logins, joins, lefts;
	vnc_viewer_id viewer; /* of the newest login or join */
	enum vnc_proof proof;
	bool proved;
	uint64_t ticket;
	char user[VNC_USER_MAX_BYTES + 1]; /* "-": none */
	char secret[VNC_SECRET_MAX_BYTES + 1];
	char security[16];
	char peer[CORE_ADDRESS_TEXT_BYTES];
	bool alone;
	char why[128];
	bool at_once;        /* answer from within `login` */
	const char *refusal; /* with that */
	bool close_on_key;   /* whoever sends one */
	unsigned forbidden;  /* a bit for each kind of message */
	char cut[32];        /* the newest cut text, so far */
	size_t cut_n;
	size_t cut_whole; /* how long it is said to be */
};

/* The server begins anew with that security, and a desk with nothing on it. */
struct desk *desk_open(struct rig *rig, unsigned security);

/* In place of rig_tear_down. */
int desk_close(void **state);

/* Runs until the counter stands at `wanted`; fails when it goes beyond. */
void desk_run_until(struct rig *rig, const unsigned *counter, unsigned wanted);

/* As desk_open with "none": a viewer that is in. */
struct client *desk_join(struct rig *rig, struct desk *desk);
