/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/status.h"

#include <string.h>

#include "core/clock.h"
#include "server/device-json.h"

/* More than one console ever shows; the count says if there are more. */
#define VIEWERS_LISTED 100

static json_t *capture_status(const struct capture_source *source)
{
	const struct capture_status *status = capture_source_get_status(source);
	json_t *object = server_device_describe_signal(status);

	json_object_update_new(object,
			json_pack("{s:i, s:I, s:I, s:I}", "refresh_millihz",
					(int)status->refresh_millihz, "frames",
					(json_int_t)status->frames, "dropped",
					(json_int_t)status->dropped, "restarts",
					(json_int_t)status->restarts));
	return object;
}

static json_t *usb_status(const struct hid_input *input)
{
	struct hid_input_stats stats;
	json_t *object;

	if (!input)
		return json_null();
	stats = hid_input_get_stats(input);
	object = server_device_describe_usb(input);
	json_object_update_new(object,
			json_pack("{s:I, s:I, s:I, s:I}", "reports",
					(json_int_t)stats.reports, "coalesced",
					(json_int_t)stats.coalesced, "dropped",
					(json_int_t)stats.dropped, "retries",
					(json_int_t)stats.retries));
	return object;
}

static json_t *viewer_status(const struct vnc_viewer_info *info,
		const struct server_session *session)
{
	return json_pack("{s:I, s:s, s:s*, s:s*, s:s, s:I, s:I, s:I}", "id",
			(json_int_t)info->id, "peer", info->peer, "user",
			session ? session->user : NULL, "role",
			session ? server_role_text(session->role) : NULL,
			"encoding", info->encoding, "connected_s",
			(json_int_t)clock_seconds_since(info->connected_us),
			"updates", (json_int_t)info->updates, "bytes",
			(json_int_t)info->bytes_sent);
}

/* Fills in "vnc" and "operator". */
static void add_viewers(json_t *target, const struct config_target *config,
		const struct server_target_parts *parts,
		struct server_sessions *sessions)
{
	struct vnc_viewer_info infos[VIEWERS_LISTED];
	size_t viewers_n = vnc_server_list_viewers(
			parts->vnc, infos, VIEWERS_LISTED);
	vnc_viewer_id operator_id = server_turn_get_operator(parts->turn);
	json_t *viewers = json_array();
	json_t *operator= json_null();
	char listen[CORE_ADDRESS_TEXT_BYTES];

	for (size_t i = 0; i < viewers_n && i < VIEWERS_LISTED; i++) {
		json_array_append_new(viewers,
				viewer_status(&infos[i],
						server_session_find(sessions,
								parts->place,
								infos[i].id)));
		if (infos[i].id == operator_id)
			operator= json_string(infos[i].peer);
	}
	core_address_format(&config->vnc.listen, listen);
	json_object_set_new(target, "vnc",
			json_pack("{s:s, s:I, s:o}", "listen", listen,
					"viewers_n", (json_int_t)viewers_n,
					"viewers", viewers));
	json_object_set_new(target, "operator", operator);
}

static json_t *target_status(const struct server_daemon *daemon, size_t index)
{
	const struct config_target *config =
			server_daemon_get_config(daemon, index);
	const struct server_target *target =
			server_daemon_get_target(daemon, index);
	struct server_target_parts parts;
	json_t *object = json_pack("{s:s, s:b}", "name", config->name, "served",
			target != NULL);

	if (!object)
		return NULL;
	if (!target) {
		json_object_set_new(object, "detail",
				json_string(strerrordesc_np(
						-server_daemon_get_failure(
								daemon,
								index))));
		return object;
	}
	parts = server_target_get_parts(target);
	json_object_set_new(object, "capture", capture_status(parts.source));
	json_object_set_new(object, "usb", usb_status(parts.input));
	add_viewers(object, config, &parts, server_daemon_get_sessions(daemon));
	return object;
}

json_t *server_status_create(const struct server_daemon *daemon)
{
	size_t running_n;
	size_t targets_n = server_daemon_count(daemon, &running_n);
	json_t *targets = json_array();

	for (size_t i = 0; i < targets_n; i++)
		json_array_append_new(targets, target_status(daemon, i));
	return json_pack("{s:s, s:o}", "version", RACKHAND_VERSION, "targets",
			targets);
}
