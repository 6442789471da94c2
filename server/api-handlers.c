/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Which function sees to which operation of the table (server/api-routes.c).
 */

#include "server/api-audit.h"
#include "server/api-daemon.h"
#include "server/api-edid.h"
#include "server/api-events.h"
#include "server/api-layouts.h"
#include "server/api-login.h"
#include "server/api-macros.h"
#include "server/api-pointer.h"
#include "server/api-sessions.h"
#include "server/api-targets.h"
#include "server/api-tokens.h"
#include "server/api-turn.h"
#include "server/api-typing.h"
#include "server/api-users.h"
#include "server/api.h"

const struct server_api_handler server_api_handlers[] = {
		{"status", server_api_status},
		{"stats", server_api_stats},
		{"metrics", server_api_metrics},
		{"openapi", server_api_openapi},
		{"audit", server_api_audit},
		{"config check", server_api_config_check},
		{"setup", server_api_setup},
		{"session", server_api_session},
		{"login", server_api_login},
		{"logout", server_api_logout},
		{"pointer", server_api_pointer},
		{"edid", server_api_edid},
		{"edid put", server_api_edid_put},
		{"events", server_api_events},
		{"watch", server_api_watch},
		{"targets", server_api_targets},
		{"target", server_api_target},
		{"snapshot", server_api_snapshot},
		{"control", server_api_control},
		{"control act", server_api_control_act},
		{"key", server_api_key},
		{"type", server_api_type},
		{"text", server_api_text},
		{"type cancel", server_api_type_cancel},
		{"layouts", server_api_layouts},
		{"layout", server_api_layout},
		{"layout set", server_api_layout_set},
		{"macros", server_api_macros},
		{"macro run", server_api_macro_run},
		{"macro put", server_api_macro_put},
		{"macro remove", server_api_macro_remove},
		{"sessions", server_api_sessions},
		{"disconnect", server_api_disconnect},
		{"users", server_api_users},
		{"user add", server_api_user_add},
		{"user change", server_api_user_change},
		{"user remove", server_api_user_remove},
		{"tokens", server_api_tokens},
		{"token add", server_api_token_add},
		{"token remove", server_api_token_remove},
		{"control give", server_api_control_give},
		{"control release", server_api_control_release},
};

const size_t server_api_handlers_n =
		sizeof(server_api_handlers) / sizeof(server_api_handlers[0]);
