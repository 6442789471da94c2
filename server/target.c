/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/target-private.h"

int server_target_create(struct server_target **out,
		const struct server_shared *shared,
		const struct config_target *config, int listen_fd)
{
	struct server_target *target = calloc(1, sizeof(*target));
	int rc;

	*out = NULL;
	if (!target)
		return -ENOMEM;
	target->config = config;
	target->shared = shared;
	target->state = CAPTURE_STATE_NO_DEVICE;
	target->state_began = time(NULL);
	target->since_us = clock_now_us();
	for (int i = 0; i < HID_FUNCTIONS; i++)
		target->cable_fd[i] = -1;

	rc = server_target_create_screen(target);
	if (rc < 0)
		goto fail;
	rc = server_target_create_snapshots(target);
	if (rc < 0)
		goto fail;
	rc = server_target_create_banner(target);
	if (rc < 0)
		goto fail;
	rc = server_target_create_source(target);
	if (rc < 0)
		goto fail;
	server_target_show_state(target);
	rc = server_target_create_turn(target);
	if (rc < 0)
		goto fail;
	rc = server_target_create_input(target);
	if (rc < 0)
		goto fail;
	rc = server_target_create_typing(target);
	if (rc < 0)
		goto fail;
	rc = server_target_create_viewers(target, listen_fd);
	if (rc < 0)
		goto fail;
	*out = target;
	return 0;

fail:
	log_error_errno(rc, "%s: cannot be served", config->name);
	server_target_destroy(target);
	return rc;
}

void server_target_say_changed(struct server_target *target)
{
	server_events_publish(target->shared->events, SERVER_EVENT_TARGET,
			target->config->name, NULL);
}

void server_target_destroy(struct server_target *target)
{
	if (!target)
		return;
	server_snapshots_destroy(target->snapshots);
	target->snapshots = NULL; /* other parts still call back */
	server_target_destroy_viewers(target);
	server_target_destroy_typing(target);
	server_typist_destroy(target->typist);
	target->typist = NULL;
	server_target_destroy_turn(target);
	hid_input_destroy(target->input);
	capture_source_destroy(target->source);
	server_target_destroy_banner(target);
	video_screen_destroy(target->screen);
	sd_event_source_disable_unref(target->first_frame_timer);
	for (int i = 0; i < HID_FUNCTIONS; i++)
		if (target->cable_fd[i] != -1)
			close(target->cable_fd[i]);
	free(target);
}

const struct config_target *server_target_get_config(
		const struct server_target *target)
{
	return target->config;
}

void server_target_set_config(struct server_target *target,
		const struct config_target *config)
{
	target->config = config;
	server_target_reload_viewers(target);
	server_target_reload_layout(target);
}

struct server_target_parts server_target_get_parts(
		const struct server_target *target)
{
	return (struct server_target_parts){
			.source = target->source,
			.input = target->input,
			.turn = target->turn,
			.vnc = target->vnc,
			.place = &target->place,
			.damage = &target->damage,
			.since_us = target->since_us,
	};
}
