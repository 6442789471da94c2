/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-layouts.h"

#include <stdlib.h>

#include "hid-gadget/layout-list.h"
#include "server/daemon.h"

/* ---- the list, which is read by a worker
 * ------------------------------------- */

struct listing {
	struct core_job job; /* the first member */
	struct server_api_call *call;
	struct hid_layout_list *list; /* NULL: it could not be read */
};

static void run_listing(struct core_job *job)
{
	struct listing *listing = (struct listing *)job;

	hid_layout_list_create(&listing->list, &hid_layout_paths_system);
}

static json_t *describe_list(const struct hid_layout_list *list)
{
	json_t *layouts = json_array();
	json_t *variants = NULL; /* of the layout before */
	const struct hid_layout_item *item;

	for (size_t i = 0; (item = hid_layout_list_get(list, i)); i++) {
		if (item->variant[0] != '\0') {
			json_array_append_new(variants,
					json_pack("{s:s, s:s}", "variant",
							item->variant, "name",
							item->name));
			continue;
		}
		variants = json_array();
		json_array_append_new(layouts,
				json_pack("{s:s, s:s, s:o}", "layout",
						item->layout, "name",
						item->name, "variants",
						variants));
	}
	return json_pack("{s:o}", "layouts", layouts);
}

static void finish_listing(struct core_job *job)
{
	struct listing *listing = (struct listing *)job;

	server_api_call_reply(listing->call,
			listing->list ? describe_list(listing->list) : NULL);
	hid_layout_list_destroy(listing->list);
	free(listing);
}

static const struct server_shared *shared_of(const struct server_api_call *call)
{
	return server_daemon_get_shared(server_api_call_get_daemon(call));
}

void server_api_layouts(struct server_api_call *call)
{
	struct listing *listing = calloc(1, sizeof(*listing));

	if (!listing) {
		server_api_call_reply(call, NULL);
		return;
	}
	listing->job.run = run_listing;
	listing->job.done = finish_listing;
	listing->call = call;
	core_workers_submit(shared_of(call)->workers, &listing->job);
}

/* ---- of a target
 * ------------------------------------------------------------- */

static void reply_layout(
		struct server_api_call *call, const struct hid_layout *layout)
{
	server_api_call_reply(call,
			json_pack("{s:s, s:s}", "layout",
					hid_layout_get_name(layout), "variant",
					hid_layout_get_variant(layout)));
}

void server_api_layout(struct server_api_call *call)
{
	reply_layout(call,
			server_target_get_layout(
					server_api_call_get_target(call)));
}

struct wanted_layout {
	struct server_layout_ask ask; /* the first member */
	struct server_api_call *call;
};

static void on_kept(void *context, int rc)
{
	struct server_api_call *call = context;
	struct server_target *target;

	if (rc < 0) {
		server_api_call_fail_unsaved(call, rc);
		return;
	}
	target = server_api_call_find_target(call);
	if (target)
		reply_layout(call, server_target_get_layout(target));
}

static void keep(struct server_api_call *call, struct server_target *target)
{
	int rc = server_target_keep_layout(target, on_kept, call);

	if (rc < 0)
		on_kept(call, rc);
}

static void on_layout(struct server_layout_ask *ask,
		const struct hid_layout *layout, const char *why)
{
	struct wanted_layout *wanted = (struct wanted_layout *)ask;
	struct server_api_call *call = wanted->call;
	struct server_target *target;

	free(wanted);
	if (!layout) {
		server_api_call_fail(call, 422, NULL, "%s", why);
		return;
	}
	target = server_api_call_find_target(call);
	if (target) {
		server_target_set_layout(target, layout);
		keep(call, target);
	}
}

void server_api_layout_set(struct server_api_call *call)
{
	const char *layout = server_api_call_take_text(call, "layout");
	const char *variant;
	struct wanted_layout *wanted;

	if (!layout)
		return; /* the call is gone */
	variant = json_string_value(json_object_get(
			server_api_call_get_request(call), "variant"));
	wanted = calloc(1, sizeof(*wanted));
	if (!wanted) {
		server_api_call_reply(call, NULL);
		return;
	}
	wanted->ask.done = on_layout;
	wanted->call = call;
	server_layouts_ask(shared_of(call)->layouts, layout,
			variant ? variant : "", &wanted->ask);
}
