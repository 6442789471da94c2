/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/choices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/edid-hex.h"
#include "config/config.h"
#include "core/log.h"
#include "server/text.h"

/*
 * {"rack1":{"layout":{"over":"us","layout":"de","variant":"nodeadkeys"},
 *           "edid":{"over":"1080p60","hex":"00ffff..."}}}
 */
#define LAYOUT "layout"
#define EDID "edid"
#define OVER "over" /* what the configuration said */
#define OVER_BYTES (2 * HID_LAYOUT_NAME_BYTES)
#define OVER_MAX_BYTES ((size_t)4 << 10) /* a path, at most */

struct server_choices {
	struct server_json_file *file;
	json_t *targets; /* of the file, in the order of their first choices */
};

/* ---- what may stand in the file ------------------------------------------ */

static const char *text_of(const json_t *choice, const char *member)
{
	return json_string_value(json_object_get(choice, member));
}

static bool take_layout(
		const json_t *choice, struct server_choice_layout *chosen)
{
	const char *layout = text_of(choice, "layout");
	const char *variant = text_of(choice, "variant");

	if (!layout || !*layout || !hid_layout_name_is_valid(layout) ||
			!variant || !hid_layout_name_is_valid(variant))
		return false;
	strcpy(chosen->layout, layout);
	strcpy(chosen->variant, variant);
	return true;
}

static bool take_edid(const json_t *choice, struct capture_edid *chosen)
{
	const char *hex = text_of(choice, "hex");
	const char *why;

	return hex && capture_edid_parse_hex(chosen, hex, &why) == 0;
}

static bool is_good_choice(const char *kind, const json_t *choice)
{
	struct server_choice_layout layout;
	struct capture_edid edid;
	const char *over = text_of(choice, OVER);

	if (!over || strlen(over) > OVER_MAX_BYTES)
		return false;
	if (strcmp(kind, LAYOUT) == 0)
		return take_layout(choice, &layout);
	return strcmp(kind, EDID) == 0 && take_edid(choice, &edid);
}

static bool is_good_target(const char *name, const json_t *kinds)
{
	const char *kind;
	json_t *choice;

	if (strlen(name) > CONFIG_NAME_MAX || !json_is_object(kinds))
		return false;
	json_object_foreach((json_t *)kinds, kind, choice)
	{
		if (!is_good_choice(kind, choice))
			return false;
	}
	return true;
}

static bool is_good(const json_t *targets)
{
	const char *name;
	json_t *kinds;

	if (!json_is_object(targets) ||
			json_object_size(targets) > SERVER_CHOICES_MAX)
		return false;
	json_object_foreach((json_t *)targets, name, kinds)
	{
		if (!is_good_target(name, kinds))
			return false;
	}
	return true;
}

/* ---- the file ------------------------------------------------------------ */

static const struct server_json_file_kind kind_of_file = {
		.name = SERVER_CHOICES_FILE,
		.bytes_max = SERVER_CHOICES_BYTES_MAX,
		.is_good = is_good,
		.without = "layouts and EDIDs are those of the configuration",
};

int server_choices_create(struct server_choices **out, const char *directory,
		struct core_workers *files)
{
	struct server_choices *choices = calloc(1, sizeof(*choices));
	int rc;

	*out = NULL;
	if (!choices)
		return -ENOMEM;
	rc = server_json_file_create(
			&choices->file, &kind_of_file, directory, files);
	if (rc < 0) {
		server_choices_destroy(choices);
		return rc;
	}
	choices->targets = server_json_file_get(choices->file);
	*out = choices;
	return 0;
}

void server_choices_destroy(struct server_choices *choices)
{
	if (!choices)
		return;
	server_json_file_destroy(choices->file);
	free(choices);
}

/* ---- what was chosen ----------------------------------------------------- */

static void on_forgotten(void *context, int rc)
{
	(void)context;
	if (rc < 0 && rc != -ECANCELED)
		log_warning_errno(rc,
				"state file " SERVER_CHOICES_FILE
				": cannot be written");
}

static void take_out(struct server_choices *choices, const char *target,
		const char *kind)
{
	json_t *kinds = json_object_get(choices->targets, target);

	json_object_del(kinds, kind);
	if (json_object_size(kinds) == 0)
		json_object_del(choices->targets, target);
}

/* Somebody has changed the configuration since: that is newer. */
static void forget(struct server_choices *choices, const char *target,
		const char *kind)
{
	take_out(choices, target, kind);
	log_info("%s: the %s is that of the configuration again", target, kind);
	server_json_file_save(choices->file, on_forgotten, NULL);
}

/* NULL: nothing. */
static const json_t *find(struct server_choices *choices, const char *target,
		const char *kind, const char *over)
{
	const json_t *choice;

	if (!choices)
		return NULL;
	choice = json_object_get(
			json_object_get(choices->targets, target), kind);
	if (!choice || strcmp(text_of(choice, OVER), over) == 0)
		return choice;
	forget(choices, target, kind);
	return NULL;
}

/* "de nodeadkeys" */
static void name_layout(char name[OVER_BYTES],
		const struct server_choice_layout *layout)
{
	snprintf(name, OVER_BYTES, "%s%s%s", layout->layout,
			layout->variant[0] ? " " : "", layout->variant);
}

bool server_choices_find_layout(struct server_choices *choices,
		const char *target,
		const struct server_choice_layout *configured,
		struct server_choice_layout *chosen)
{
	char over[OVER_BYTES];
	const json_t *choice;

	name_layout(over, configured);
	choice = find(choices, target, LAYOUT, over);
	return choice && take_layout(choice, chosen);
}

bool server_choices_find_edid(struct server_choices *choices,
		const char *target, const char *configured,
		struct capture_edid *chosen)
{
	const json_t *choice = find(
			choices, target, EDID, configured ? configured : "");

	return choice && take_edid(choice, chosen);
}

/* ---- choosing ------------------------------------------------------------ */

static void make_room(json_t *targets, const char *target)
{
	void *oldest = json_object_iter(targets);

	if (oldest && !json_object_get(targets, target) &&
			json_object_size(targets) >= SERVER_CHOICES_MAX)
		json_object_del(targets, json_object_iter_key(oldest));
}

/* Takes `choice`; NULL: none. */
static int put(struct server_choices *choices, const char *target,
		const char *kind, json_t *choice)
{
	json_t *kinds = json_object_get(choices->targets, target);

	if (!choice) {
		take_out(choices, target, kind);
		return 0;
	}
	make_room(choices->targets, target);
	if (!kinds) {
		kinds = json_object();
		if (json_object_set_new(choices->targets, target, kinds) < 0) {
			json_decref(choice);
			return -ENOMEM;
		}
	}
	return json_object_set_new(kinds, kind, choice) < 0 ? -ENOMEM : 0;
}

int server_choices_put_layout(struct server_choices *choices,
		const char *target,
		const struct server_choice_layout *configured,
		const struct server_choice_layout *chosen,
		server_json_file_saved *saved, void *context)
{
	char over[OVER_BYTES], name[OVER_BYTES];
	json_t *choice = NULL;
	int rc;

	name_layout(over, configured);
	name_layout(name, chosen);
	if (strcmp(over, name) != 0) {
		choice = json_pack("{s:s, s:s, s:s}", OVER, over, "layout",
				chosen->layout, "variant", chosen->variant);
		if (!choice)
			return -ENOMEM;
	}
	rc = put(choices, target, LAYOUT, choice);
	return rc < 0 ? rc
		      : server_json_file_save(choices->file, saved, context);
}

static bool is_configured(
		const struct capture_edid *edid, const char *configured)
{
	struct capture_edid it;
	const char *why;

	return configured && capture_edid_load(&it, configured, &why) == 0 &&
			it.size == edid->size &&
			memcmp(it.data, edid->data, it.size) == 0;
}

int server_choices_put_edid(struct server_choices *choices, const char *target,
		const char *configured, const struct capture_edid *chosen,
		server_json_file_saved *saved, void *context)
{
	char hex[CAPTURE_EDID_HEX_BYTES];
	json_t *choice = NULL;
	int rc;

	if (configured && strlen(configured) > OVER_MAX_BYTES)
		return -ENAMETOOLONG;
	if (!is_configured(chosen, configured)) {
		capture_edid_format_hex(chosen, hex);
		choice = json_pack("{s:s, s:s}", OVER,
				configured ? configured : "", "hex", hex);
		if (!choice)
			return -ENOMEM;
	}
	rc = put(choices, target, EDID, choice);
	return rc < 0 ? rc
		      : server_json_file_save(choices->file, saved, context);
}

#undef LAYOUT
#undef EDID
#undef OVER
