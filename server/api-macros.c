/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-macros.h"

#include <errno.h>
#include <string.h>

#include "server/api-typing.h"
#include "server/daemon.h"
#include "server/macros.h"

static struct server_macro_places places_of(const struct server_api_call *call)
{
	const struct server_daemon *daemon = server_api_call_get_daemon(call);

	return (struct server_macro_places){
			.macros = server_daemon_get_shared(daemon)->macros,
			.of_all = server_daemon_get_macros(daemon),
			.of_target = &server_target_get_config(
					server_api_call_get_target(call))
						      ->macros,
	};
}

void server_api_macros(struct server_api_call *call)
{
	const struct server_macro_places places = places_of(call);

	server_api_call_reply(call,
			json_pack("{s:o}", "macros",
					server_macros_describe(&places)));
}

/* ---- running one
 * ------------------------------------------------------------- */

static void run(struct server_api_call *call, const struct server_macro *macro)
{
	struct server_target *target = server_api_call_get_target(call);
	char why[SERVER_STEPS_WHY_BYTES];
	struct server_steps *steps;
	uint64_t id;
	int rc = server_steps_from_keys(&steps, macro->keys,
			strlen(macro->keys), server_target_get_layout(target),
			why);

	if (rc == -ENOMEM) {
		server_api_call_reply(call, NULL);
		return;
	}
	if (rc < 0) {
		server_api_call_fail(call, 422, NULL, "macro %s: %s",
				macro->name, why);
		return;
	}
	if (!server_api_begin_typing(call, target, steps, 0, &id))
		return;
	server_api_call_audit(call, "macro-run",
			json_pack("{s:s}", "macro", macro->name));
	server_api_call_reply_status(
			call, 202, json_pack("{s:I}", "id", (json_int_t)id));
}

void server_api_macro_run(struct server_api_call *call)
{
	const struct server_macro_places places = places_of(call);
	const char *name = server_api_call_take_text(call, "macro");
	struct server_macro macro;

	if (!name)
		return;
	if (server_macros_find(&places, name, &macro))
		run(call, &macro);
	else
		server_api_call_fail(call, 404, NULL,
				"there is no such macro; the list of macros names them");
}

/* ---- changing them
 * ----------------------------------------------------------- */

static void on_saved(void *context, int rc)
{
	struct server_api_call *call = context;

	if (rc == 0)
		server_api_call_reply_done(call);
	else
		server_api_call_fail_unsaved(call, rc);
}

/* In any of the layouts in use: a text may be for one target only. */
static int check_keys(const struct server_api_call *call, const char *keys,
		char why[SERVER_STEPS_WHY_BYTES])
{
	const struct server_daemon *daemon = server_api_call_get_daemon(call);
	size_t running_n;
	size_t targets_n = server_daemon_count(daemon, &running_n);
	int rc = -EINVAL;

	strcpy(why, "no target is served now whose layout could be asked");
	for (size_t i = 0; i < targets_n && rc < 0; i++) {
		struct server_target *target =
				server_daemon_get_target(daemon, i);
		struct server_steps *steps = NULL;

		if (target)
			rc = server_steps_from_keys(&steps, keys, strlen(keys),
					server_target_get_layout(target), why);
		server_steps_destroy(steps);
	}
	return rc;
}

static void change(struct server_api_call *call, const char *name,
		const char *keys)
{
	struct server_macros *macros = server_daemon_get_shared(
			server_api_call_get_daemon(call))
						       ->macros;
	int rc = server_macros_put(macros, name, keys, on_saved, call);

	if (rc == -ENOENT) {
		server_api_call_fail(call, 404, NULL,
				"no macro of that name was put here; others can be hidden, not removed");
	} else if (rc == -ENOSPC) {
		server_api_call_fail(call, 409, NULL,
				"there are %d macros already; remove one",
				SERVER_MACROS_MAX);
	} else if (rc == -ENOMEM) {
		server_api_call_reply(call, NULL);
	} else {
		server_api_call_audit(call,
				keys ? "macro-changed" : "macro-removed",
				json_pack("{s:s}", "macro", name));
		if (rc < 0)
			server_api_call_fail_unsaved(call, rc);
	}
}

void server_api_macro_put(struct server_api_call *call)
{
	const char *name = server_api_call_take_text(call, "macro");
	const char *keys = name ? server_api_call_take_text(call, "keys")
				: NULL;
	char why[SERVER_STEPS_WHY_BYTES];

	if (!keys)
		return;
	if (!server_macro_name_is_valid(name))
		server_api_call_fail(call, 422, NULL,
				"a macro's name has 1 to %d of A-Z a-z 0-9 _ -",
				SERVER_MACRO_NAME_MAX);
	else if (check_keys(call, keys, why) < 0)
		server_api_call_fail(call, 422, NULL, "%s", why);
	else
		change(call, name, keys);
}

void server_api_macro_remove(struct server_api_call *call)
{
	const char *name = server_api_call_take_text(call, "macro");

	if (name)
		change(call, name, NULL);
}
