/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-describe.h"

#include <string.h>

#include "server/device-json.h"

static json_t *describe_signal(const struct capture_source *source)
{
	const struct capture_status *status = capture_source_get_status(source);
	json_t *object = server_device_describe_signal(status);

	json_object_update_new(object,
			json_pack("{s:s, s:f}", "text",
					capture_state_text(status->state),
					"refresh_hz",
					status->refresh_millihz / 1000.0));
	return object;
}

static json_t *describe_usb(const struct hid_input *input)
{
	json_t *object;

	if (!input)
		return json_pack("{s:s, s:s, s:[]}", "state", "none", "text",
				"this target has no keyboard", "leds");
	object = server_device_describe_usb(input);
	json_object_set_new(object, "text",
			json_string(hid_state_text(
					hid_input_get_state(input))));
	return object;
}

/* ---- who ------------------------------------------------------------------
 */

bool server_caller_has(const struct server_caller *caller,
		const struct server_session *session)
{
	return caller->kind == SERVER_CALLER_SESSION &&
			session->parent == caller->session;
}

static const struct server_session *find_session(
		const struct server_daemon *daemon,
		const struct server_target_parts *parts, vnc_viewer_id viewer)
{
	return viewer == 0 ? NULL
			   : server_session_find(
					     server_daemon_get_sessions(daemon),
					     parts->place, viewer);
}

static json_t *describe_session(const struct server_session *session)
{
	return session ? json_pack("{s:I, s:s}", "session",
					 (json_int_t)session->id, "user",
					 server_session_get_name(session))
		       : json_null();
}

static json_t *describe_askers(const struct server_daemon *daemon,
		const struct server_target_parts *parts)
{
	vnc_viewer_id viewers[SERVER_TURN_ASKERS_MAX];
	size_t viewers_n = server_turn_get_askers(parts->turn, viewers);
	json_t *list = json_array();

	for (size_t i = 0; i < viewers_n; i++) {
		const struct server_session *session =
				find_session(daemon, parts, viewers[i]);

		if (session)
			json_array_append_new(list, describe_session(session));
	}
	return list;
}

static const char *policy_name(enum config_control control)
{
	static const char *const names[] = {
			[CONFIG_CONTROL_IDLE] = "idle",
			[CONFIG_CONTROL_ASK] = "ask",
			[CONFIG_CONTROL_SEIZE] = "seize",
	};

	return names[control];
}

/* It may be somebody who has no viewer. */
static json_t *describe_operator(const struct server_target *target,
		const struct server_session *session)
{
	const char *name = server_target_get_operator_name(target);

	return session || !name
			? describe_session(session)
			: json_pack("{s:n, s:s}", "session", "user", name);
}

static void add_operator(json_t *object, const struct server_daemon *daemon,
		const struct server_target *target,
		const struct server_target_parts *parts,
		const struct server_caller *caller)
{
	const struct server_session *session = find_session(
			daemon, parts, server_turn_get_operator(parts->turn));

	json_object_set_new(
			object, "operator", describe_operator(target, session));
	json_object_set_new(object, "askers", describe_askers(daemon, parts));
	json_object_set_new(object, "you_operate",
			json_boolean(session &&
					server_caller_has(caller, session)));
}

json_t *server_target_describe_control(const struct server_daemon *daemon,
		const struct server_target *target,
		const struct server_caller *caller)
{
	const struct server_target_parts parts =
			server_target_get_parts(target);
	const struct config_target *config = server_target_get_config(target);
	json_t *object = json_pack("{s:s, s:s}", "target", config->name,
			"policy", policy_name(config->vnc.control));

	if (object)
		add_operator(object, daemon, target, &parts, caller);
	return object;
}

/* ---- the target -----------------------------------------------------------
 */

size_t server_target_find_index(
		const struct server_daemon *daemon, const char *name)
{
	size_t running_n;
	size_t targets_n = server_daemon_count(daemon, &running_n);
	size_t i = 0;

	while (i < targets_n &&
			strcmp(server_daemon_get_config(daemon, i)->name,
					name) != 0)
		i++;
	return i;
}

static void add_served(json_t *object, const struct server_daemon *daemon,
		const struct server_target *target,
		const struct server_caller *caller)
{
	const struct server_target_parts parts =
			server_target_get_parts(target);
	const struct config_target *config = server_target_get_config(target);
	const struct hid_layout *layout = server_target_get_layout(target);
	bool relative = config->usb.pointer == CONFIG_POINTER_RELATIVE;

	json_object_set_new(object, "signal", describe_signal(parts.source));
	json_object_set_new(object, "usb", describe_usb(parts.input));
	json_object_set_new(object, "viewers",
			json_integer((json_int_t)vnc_server_list_viewers(
					parts.vnc, NULL, 0)));
	add_operator(object, daemon, target, &parts, caller);
	json_object_set_new(object, "layout",
			json_pack("{s:s, s:s}", "layout",
					hid_layout_get_name(layout), "variant",
					hid_layout_get_variant(layout)));
	json_object_set_new(object, "pointer",
			json_string(relative ? "relative" : "absolute"));
}

json_t *server_target_describe(const struct server_daemon *daemon, size_t index,
		const struct server_caller *caller)
{
	const char *name = server_daemon_get_config(daemon, index)->name;
	const struct server_target *target =
			server_daemon_get_target(daemon, index);
	json_t *object = json_pack("{s:s, s:s, s:b}", "name", name, "role",
			server_role_text(server_caller_role(caller, name)),
			"served", target != NULL);

	if (object && target)
		add_served(object, daemon, target, caller);
	else if (object)
		json_object_set_new(object, "detail",
				json_string(strerrordesc_np(
						-server_daemon_get_failure(
								daemon,
								index))));
	return object;
}
