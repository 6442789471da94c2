/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void on_login(void *context, vnc_viewer_id viewer,
		const struct vnc_login *login)
{
	struct rig *rig = context;
	struct desk *desk = rig->extra;

	desk->logins++;
	desk->viewer = viewer;
	desk->proof = login->proof;
	desk->proved = login->proved;
	desk->ticket = login->ticket;
	snprintf(desk->user, sizeof(desk->user), "%s",
			login->user ? login->user : "-");
	snprintf(desk->secret, sizeof(desk->secret), "%s",
			login->secret ? login->secret : "-");
	snprintf(desk->security, sizeof(desk->security), "%s", login->security);
	core_address_format(login->peer, desk->peer);
	if (desk->at_once)
		vnc_server_answer_login(rig->server, viewer, desk->refusal);
}

static void on_joined(void *context, vnc_viewer_id viewer, bool alone)
{
	struct desk *desk = ((struct rig *)context)->extra;

	desk->joins++;
	desk->viewer = viewer;
	desk->alone = alone;
}

static void on_left(void *context, vnc_viewer_id viewer, const char *why)
{
	struct desk *desk = ((struct rig *)context)->extra;

	(void)viewer;
	desk->lefts++;
	snprintf(desk->why, sizeof(desk->why), "%s", why);
}

static bool on_may(
		void *context, vnc_viewer_id viewer, enum vnc_message_kind kind)
{
	const struct desk *desk = ((struct rig *)context)->extra;

	(void)viewer;
	return !(desk->forbidden & 1U << kind);
}

static void on_cut_text(void *context, vnc_viewer_id viewer,
		const uint8_t *bytes, size_t size)
{
	struct desk *desk = ((struct rig *)context)->extra;

	(void)viewer;
	if (!bytes) {
		desk->cut_whole = size;
		desk->cut_n = 0;
		return;
	}
	for (size_t i = 0; i < size && desk->cut_n < sizeof(desk->cut); i++)
		desk->cut[desk->cut_n++] = (char)bytes[i];
}

static void on_key(
		void *context, vnc_viewer_id viewer, const struct vnc_key *key)
{
	struct rig *rig = context;
	const struct desk *desk = rig->extra;

	(void)key;
	rig->events_n++;
	if (desk->close_on_key)
		vnc_server_close_viewer(rig->server, viewer, "it typed");
}

struct desk *desk_open(struct rig *rig, unsigned security)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	assert_non_null(desk);
	rig_stop(rig);
	free(rig->extra);
	rig->extra = desk;
	rig->handler.login = on_login;
	rig->handler.joined = on_joined;
	rig->handler.may = on_may;
	rig->handler.left = on_left;
	rig->handler.key = on_key;
	rig->handler.cut_text = on_cut_text;
	rig->options.security = security;
	memcpy(rig->options.password, DESK_PASSWORD, sizeof(DESK_PASSWORD));
	rig_start(rig);
	rig->events_n = 0;
	return desk;
}

int desk_close(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = rig->extra;
	int rc = rig_tear_down(state);

	free(desk);
	return rc;
}

struct count {
	const unsigned *counter;
	unsigned wanted;
};

static bool has_counted(void *context)
{
	const struct count *count = context;

	return *count->counter >= count->wanted;
}

void desk_run_until(struct rig *rig, const unsigned *counter, unsigned wanted)
{
	struct count count = {counter, wanted};

	rig_run_until(rig, has_counted, &count);
	assert_int_equal(*counter, wanted);
}

struct client *desk_join(struct rig *rig, struct desk *desk)
{
	desk->at_once = true;
	return client_join(rig);
}
