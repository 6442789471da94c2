/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/layouts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"

struct kept_layout {
	struct hid_layout *layout; /* NULL: a free place */
	unsigned keepers;
	uint64_t used; /* the higher, the later */
};

/* One that is being built, with all who wait for it. */
struct build {
	struct core_job job;
	struct server_layouts *layouts;
	struct build *next;
	struct server_layout_ask *asks;
	char layout[HID_LAYOUT_NAME_BYTES];
	char variant[HID_LAYOUT_NAME_BYTES];
	struct hid_layout *result; /* NULL: see `why` */
	char why[HID_LAYOUT_WHY_BYTES];
};

struct server_layouts {
	struct core_workers *workers;
	struct hid_layout_paths paths;
	struct build *builds;
	uint64_t used;
	bool stopped;
	struct kept_layout kept[SERVER_LAYOUTS_MAX];
};

int server_layouts_create(struct server_layouts **out,
		struct core_workers *workers,
		const struct hid_layout_paths *paths)
{
	struct server_layouts *layouts = calloc(1, sizeof(*layouts));
	char why[HID_LAYOUT_WHY_BYTES];

	*out = layouts;
	if (!layouts)
		return -ENOMEM;
	if (hid_layout_check_data(paths, why) < 0)
		log_warning("%s", why);
	layouts->workers = workers;
	layouts->paths = *paths;
	return 0;
}

void server_layouts_destroy(struct server_layouts *layouts)
{
	if (!layouts)
		return;
	for (size_t i = 0; i < SERVER_LAYOUTS_MAX; i++)
		hid_layout_destroy(layouts->kept[i].layout);
	free(layouts);
}

static struct kept_layout *find_kept(struct server_layouts *layouts,
		const char *layout, const char *variant)
{
	for (size_t i = 0; i < SERVER_LAYOUTS_MAX; i++) {
		struct kept_layout *it = &layouts->kept[i];

		if (it->layout &&
				strcmp(hid_layout_get_name(it->layout),
						layout) == 0 &&
				strcmp(hid_layout_get_variant(it->layout),
						variant) == 0)
			return it;
	}
	return NULL;
}

/* Takes it, in the place of the one that was used longest ago. */
static const struct hid_layout *store(
		struct server_layouts *layouts, struct hid_layout *layout)
{
	struct kept_layout *place = NULL;

	for (size_t i = 0; i < SERVER_LAYOUTS_MAX; i++) {
		struct kept_layout *it = &layouts->kept[i];

		if (it->keepers == 0 && (!place || it->used < place->used))
			place = it;
	}
	if (!place) {
		hid_layout_destroy(layout);
		return NULL;
	}
	hid_layout_destroy(place->layout);
	*place = (struct kept_layout){layout, 0, ++layouts->used};
	return layout;
}

static void link_ask(
		struct server_layout_ask **list, struct server_layout_ask *ask)
{
	ask->next = *list;
	ask->from = list;
	if (ask->next)
		ask->next->from = &ask->next;
	*list = ask;
}

void server_layouts_forget(struct server_layout_ask *ask)
{
	if (!ask->from)
		return;
	*ask->from = ask->next;
	if (ask->next)
		ask->next->from = ask->from;
	ask->next = NULL;
	ask->from = NULL;
}

static void answer_all(struct server_layout_ask **asks,
		const struct hid_layout *layout, const char *why)
{
	while (*asks) {
		struct server_layout_ask *ask = *asks;

		server_layouts_forget(ask);
		ask->done(ask, layout, layout ? NULL : why);
	}
}

static void run_build(struct core_job *job)
{
	struct build *build = (struct build *)job;

	hid_layout_create(&build->result, build->layout, build->variant,
			&build->layouts->paths, build->why);
}

static void finish_build(struct core_job *job)
{
	struct build *build = (struct build *)job;
	struct server_layouts *layouts = build->layouts;
	const struct hid_layout *layout = NULL;
	struct build **it = &layouts->builds;

	while (*it != build)
		it = &(*it)->next;
	*it = build->next;
	if (build->result)
		layout = store(layouts, build->result);
	answer_all(&build->asks, layout,
			build->why[0] ? build->why : "memory is short");
	free(build);
}

void server_layouts_stop(struct server_layouts *layouts)
{
	if (!layouts)
		return;
	layouts->stopped = true;
	for (struct build *it = layouts->builds; it; it = it->next)
		answer_all(&it->asks, NULL, "rackhandd ends");
}

static struct build *find_build(struct server_layouts *layouts,
		const char *layout, const char *variant)
{
	for (struct build *it = layouts->builds; it; it = it->next)
		if (strcmp(it->layout, layout) == 0 &&
				strcmp(it->variant, variant) == 0)
			return it;
	return NULL;
}

static struct build *begin_build(struct server_layouts *layouts,
		const char *layout, const char *variant)
{
	struct build *build = calloc(1, sizeof(*build));

	if (!build)
		return NULL;
	build->job.run = run_build;
	build->job.done = finish_build;
	build->layouts = layouts;
	build->next = layouts->builds;
	layouts->builds = build;
	strcpy(build->layout, layout);
	strcpy(build->variant, variant);
	core_workers_submit(layouts->workers, &build->job);
	return build;
}

void server_layouts_ask(struct server_layouts *layouts, const char *layout,
		const char *variant, struct server_layout_ask *ask)
{
	struct kept_layout *kept = find_kept(layouts, layout, variant);
	struct build *build;

	if (layouts->stopped) {
		ask->done(ask, NULL, "rackhandd ends");
		return;
	}
	if (kept) {
		kept->used = ++layouts->used;
		ask->done(ask, kept->layout, NULL);
		return;
	}
	if (!hid_layout_name_is_valid(layout) ||
			!hid_layout_name_is_valid(variant)) {
		ask->done(ask, NULL, "no layout can have such a name");
		return;
	}
	build = find_build(layouts, layout, variant);
	if (!build)
		build = begin_build(layouts, layout, variant);
	if (build)
		link_ask(&build->asks, ask);
	else
		ask->done(ask, NULL, "memory is short");
}

static void count_keepers(struct server_layouts *layouts,
		const struct hid_layout *layout, int more)
{
	for (size_t i = 0; layout && i < SERVER_LAYOUTS_MAX; i++)
		if (layouts->kept[i].layout == layout)
			layouts->kept[i].keepers += (unsigned)more;
}

void server_layouts_keep(
		struct server_layouts *layouts, const struct hid_layout *layout)
{
	count_keepers(layouts, layout, 1);
}

void server_layouts_let_go(
		struct server_layouts *layouts, const struct hid_layout *layout)
{
	count_keepers(layouts, layout, -1);
}
