/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Which function sees to which operation of the table (server/api-routes.c).
 */

#include "server/api-daemon.h"
#include "server/api-events.h"
#include "server/api-login.h"
#include "server/api-sessions.h"
#include "server/api-targets.h"
#include "server/api-turn.h"
#include "server/api-users.h"
#include "server/api.h"

const struct server_api_handler server_api_handlers[] = {
		{"status", server_api_status},
		{"stats", server_api_stats},
		{"metrics", server_api_metrics},
		{"setup", server_api_setup},
		{"session", server_api_session},
		{"login", server_api_login},
		{"logout", server_api_logout},
		{"events", server_api_events},
		{"watch", server_api_watch},
		{"targets", server_api_targets},
		{"target", server_api_target},
		{"snapshot", server_api_snapshot},
		{"control", server_api_control},
		{"control act", server_api_control_act},
		{"sessions", server_api_sessions},
		{"disconnect", server_api_disconnect},
		{"users", server_api_users},
		{"user add", server_api_user_add},
		{"user change", server_api_user_change},
		{"user remove", server_api_user_remove},
		{"control give", server_api_control_give},
		{"control release", server_api_control_release},
};

const size_t server_api_handlers_n =
		sizeof(server_api_handlers) / sizeof(server_api_handlers[0]);
