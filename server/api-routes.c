/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-routes.h"

#include <string.h>

#define SMALL .body_max_bytes = SERVER_API_BODY_SMALL_BYTES
#define TEXT .body_max_bytes = SERVER_API_BODY_MAX_BYTES
#define MACRO .body_max_bytes = SERVER_API_BODY_MACRO_BYTES
#define VIEWER .needed = SERVER_ROLE_VIEWER
#define OPERATOR .needed = SERVER_ROLE_OPERATOR
#define ADMIN .needed = SERVER_ROLE_ADMIN
#define TARGET .scope = SERVER_API_TARGET
#define EVERYWHERE .scope = SERVER_API_EVERYWHERE

const struct server_api_route server_api_routes[] = {
		/* The daemon. */
		{"status", "GET", "/api/status", ADMIN, EVERYWHERE},
		{"stats", "GET", "/api/stats", VIEWER},
		{"metrics", "GET", "/metrics", VIEWER},
		{"openapi", "GET", "/api/openapi.json", .open = true},
		{"audit", "GET", "/api/audit", ADMIN, EVERYWHERE},
		{"config check", "POST", "/api/config/check", ADMIN, EVERYWHERE,
				.body_max_bytes = SERVER_API_BODY_MAX_BYTES},
		{"setup", "POST", "/api/setup", .open = true, SMALL},
		/* Browsers. */
		{"session", "GET", "/api/session", .open = true,
				.http_only = true, .counts = true},
		{"login", "POST", "/api/login", .open = true, .http_only = true,
				SMALL},
		{"logout", "POST", "/api/logout", VIEWER, .http_only = true,
				SMALL},
		/* Targets; of a list, those on which the caller has a role. */
		{"targets", "GET", "/api/targets", VIEWER},
		{"target", "GET", "/api/targets/{target}", TARGET, VIEWER,
				.unserved = true},
		{"snapshot", "GET", "/api/targets/{target}/snapshot", TARGET,
				VIEWER},
		{"control", "GET", "/api/targets/{target}/control", TARGET,
				VIEWER},
		{"control act", "POST", "/api/targets/{target}/control", TARGET,
				OPERATOR, SMALL},
		/* What is typed. */
		{"key", "POST", "/api/targets/{target}/keys", TARGET, OPERATOR,
				SMALL},
		{"type", "POST", "/api/targets/{target}/text", TARGET, OPERATOR,
				TEXT},
		{"text", "GET", "/api/targets/{target}/text", TARGET, VIEWER},
		{"type cancel", "DELETE", "/api/targets/{target}/text", TARGET,
				OPERATOR, SMALL},
		{"layouts", "GET", "/api/layouts", VIEWER},
		{"layout", "GET", "/api/targets/{target}/layout", TARGET,
				VIEWER},
		{"layout set", "PUT", "/api/targets/{target}/layout", TARGET,
				OPERATOR, SMALL},
		{"macros", "GET", "/api/targets/{target}/macros", TARGET,
				VIEWER},
		{"macro run", "POST", "/api/targets/{target}/macros/{macro}",
				TARGET, OPERATOR, SMALL},
		{"macro put", "PUT", "/api/macros/{macro}", ADMIN, EVERYWHERE,
				MACRO},
		{"macro remove", "DELETE", "/api/macros/{macro}", ADMIN,
				EVERYWHERE, SMALL},
		{"pointer", "POST", "/api/targets/{target}/pointer", TARGET,
				OPERATOR, SMALL},
		{"edid", "GET", "/api/targets/{target}/edid", TARGET, VIEWER},
		{"edid put", "PUT", "/api/targets/{target}/edid", TARGET, ADMIN,
				SMALL},
		{"events", "GET", "/api/events", VIEWER},
		{"watch", "GET", "/targets/{target}/rfb", VIEWER, TARGET,
				.http_only = true, .counts = true,
				.upgrade = true},
		/* Who is here; without an admin's role, only oneself. */
		{"sessions", "GET", "/api/sessions", VIEWER},
		{"disconnect", "DELETE", "/api/sessions/{id}", VIEWER, SMALL},
		/* Who may come in. */
		{"users", "GET", "/api/users", ADMIN, EVERYWHERE},
		{"user add", "POST", "/api/users", ADMIN, EVERYWHERE, SMALL},
		{"user change", "PUT", "/api/users/{user}", ADMIN, EVERYWHERE,
				SMALL},
		{"user remove", "DELETE", "/api/users/{user}", ADMIN,
				EVERYWHERE, SMALL},
		{"tokens", "GET", "/api/tokens", ADMIN, EVERYWHERE},
		{"token add", "POST", "/api/tokens", ADMIN, EVERYWHERE, SMALL},
		{"token remove", "DELETE", "/api/tokens/{token}", ADMIN,
				EVERYWHERE, SMALL},
		/* The keyboard, as the control socket asks for it. */
		{"control give", OPERATOR},
		{"control release", OPERATOR, TARGET},
};

#undef SMALL
#undef TEXT
#undef MACRO
#undef VIEWER
#undef OPERATOR
#undef ADMIN
#undef TARGET
#undef EVERYWHERE

const size_t server_api_routes_n =
		sizeof(server_api_routes) / sizeof(server_api_routes[0]);

const struct server_api_route *server_api_find_verb(const char *verb)
{
	for (size_t i = 0; i < server_api_routes_n; i++)
		if (strcmp(server_api_routes[i].verb, verb) == 0)
			return &server_api_routes[i];
	return NULL;
}
