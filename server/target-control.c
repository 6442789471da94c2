/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

#include <errno.h>

#include "core/clock.h"

static enum server_role role_of(void *context, vnc_viewer_id viewer)
{
	const struct server_target *target = context;
	const struct server_session *session =
			server_target_find_session(context, viewer);

	if (server_target_find_actor(target, viewer))
		return target->actor.role;
	return session ? session->role : SERVER_ROLE_NONE;
}

static void on_lost(void *context)
{
	struct server_target *target = context;

	target->losing = true;
	server_target_stop_typing(target, SERVER_TYPING_TAKEN);
	target->losing = false;
	if (target->typist)
		server_typist_release(target->typist);
}

/* NULL for nobody, as the headline wants it. */
static const char *name_of(
		const struct server_target *target, vnc_viewer_id viewer)
{
	const struct server_session *session =
			server_target_find_session(target, viewer);
	const struct server_caller *actor =
			server_target_find_actor(target, viewer);

	if (actor)
		return actor->name;
	return session ? server_session_get_name(session) : NULL;
}

const char *server_target_get_operator_name(const struct server_target *target)
{
	return name_of(target, server_turn_get_operator(target->turn));
}

/* What was typed may have been a lock key. */
static void tell_leds(struct server_target *target)
{
	if (!target->leds_untold || server_typing_is_active(target->typing))
		return;
	target->leds_untold = false;
	vnc_server_set_leds(target->vnc, hid_input_get_leds(target->input));
}

/* Once for all that has changed: viewers can change it faster than tell it. */
static int on_telling(sd_event_source *source, void *userdata)
{
	struct server_target *target = userdata;
	vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX] = {0};
	size_t askers_n = server_turn_get_askers(target->turn, askers);
	const struct server_headline headline = {
			.target = target->config->name,
			.operator_name = name_of(target,
					server_turn_get_operator(target->turn)),
			.asker = name_of(target, askers[0]),
			.askers_n = askers_n,
	};
	char text[SERVER_HEADLINE_BYTES];

	(void)source;
	server_headline_title(&headline, text);
	vnc_server_set_title(target->vnc, text);
	tell_leds(target);
	server_headline_banner(&headline, text);
	server_target_announce(target, text, headline.operator_name != NULL);
	server_events_publish(target->shared->events, SERVER_EVENT_CONTROL,
			target->config->name, NULL);
	server_target_say_changed(target);
	return 0;
}

static void describe_caller(json_t *details, const struct server_caller *caller)
{
	if (caller->kind == SERVER_CALLER_LOCAL)
		json_object_set_new(details, "uid",
				json_integer((json_int_t)caller->uid));
	else
		json_object_set_new(details, "by", json_string(caller->name));
}

/*
 * Who took it, was given it, or asks; of a keyboard that is free now, who let
 * go of it. `other` is the one on the other side of that.
 */
static json_t *describe(const struct server_target *target,
		const struct server_turn_change *change)
{
	bool freed = change->event == SERVER_TURN_RELEASED;
	const struct server_session *session = server_target_find_session(
			target, freed ? change->from : change->who);
	const struct server_session *other = server_target_find_session(
			target, freed ? 0 : change->from);
	const struct server_caller *actor = server_target_find_actor(
			target, freed ? change->from : change->who);
	json_t *details;

	if (actor)
		return json_pack("{s:s, s:s, s:s*, s:s*}", "target",
				target->config->name, "by", actor->name, "peer",
				actor->peer[0] ? actor->peer : NULL, "from",
				other ? other->user : NULL);
	if (!session)
		return NULL;
	details = json_pack("{s:I, s:s, s:s, s:s, s:s*}", "session",
			(json_int_t)session->id, "target",
			session->place->target, "user", session->user, "peer",
			session->peer, "from", other ? other->user : NULL);
	if (details && change->from_outside && target->turn_by)
		describe_caller(details, target->turn_by);
	return details;
}

static void on_changed(void *context, const struct server_turn_change *change)
{
	static const char *const events[] = {
			[SERVER_TURN_TAKEN] = "control-taken",
			[SERVER_TURN_GIVEN] = "control-given",
			[SERVER_TURN_RELEASED] = "control-released",
			[SERVER_TURN_ASKED] = "control-asked",
			[SERVER_TURN_WITHDRAWN] = NULL, /* it has left */
	};
	struct server_target *target = context;

	if (events[change->event])
		server_audit_write(target->shared->access->audit,
				events[change->event],
				describe(target, change));
	sd_event_source_set_enabled(target->telling, SD_EVENT_ONESHOT);
}

static const struct server_turn_handler turn_handler = {
		.role = role_of,
		.lost = on_lost,
		.changed = on_changed,
};

int server_target_create_turn(struct server_target *target)
{
	int rc = sd_event_add_defer(target->shared->event, &target->telling,
			on_telling, target);

	if (rc < 0)
		return rc;
	sd_event_source_set_enabled(target->telling, SD_EVENT_OFF);
	return server_turn_create(&target->turn, target->config->vnc.control,
			clock_now_us, &turn_handler, target);
}

void server_target_destroy_turn(struct server_target *target)
{
	sd_event_source_disable_unref(target->telling);
	server_turn_destroy(target->turn);
}

int server_target_give_control(struct server_target *target,
		vnc_viewer_id viewer, const struct server_caller *by)
{
	int rc = 0;

	if (!target->input)
		return -ENODEV;
	target->turn_by = by;
	if (viewer != 0)
		rc = server_turn_give(target->turn, viewer);
	else
		server_turn_release(target->turn);
	target->turn_by = NULL;
	return rc;
}

int server_target_ask_control(
		struct server_target *target, vnc_viewer_id viewer)
{
	if (!target->input)
		return -ENODEV;
	if (server_turn_get_operator(target->turn) != viewer)
		server_turn_knock(target->turn, viewer);
	return 0;
}
