/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/macros.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/steps.h"

struct server_macros {
	struct server_json_file *file;
	json_t *own; /* of the file; name: keys */
};

static const struct server_macro shipped[] = {
		{"ctrl-alt-del", "ctrl-alt-del", SERVER_MACRO_SHIPPED},
		{"ctrl-alt-f1", "ctrl-alt-f1", SERVER_MACRO_SHIPPED},
		{"ctrl-alt-f2", "ctrl-alt-f2", SERVER_MACRO_SHIPPED},
		{"ctrl-alt-f3", "ctrl-alt-f3", SERVER_MACRO_SHIPPED},
		{"ctrl-alt-f4", "ctrl-alt-f4", SERVER_MACRO_SHIPPED},
		{"ctrl-alt-f5", "ctrl-alt-f5", SERVER_MACRO_SHIPPED},
		{"ctrl-alt-f6", "ctrl-alt-f6", SERVER_MACRO_SHIPPED},
		{"ctrl-alt-f7", "ctrl-alt-f7", SERVER_MACRO_SHIPPED},
		{"alt-f4", "alt-f4", SERVER_MACRO_SHIPPED},
		{"alt-tab", "alt-tab", SERVER_MACRO_SHIPPED},
		/* As the kernel's documentation has it, with time to act. */
		{"sysrq-reisub",
				"sysrq-r, wait 1s, sysrq-e, wait 2s, sysrq-i, wait 2s, sysrq-s, wait 2s, sysrq-u, wait 2s, sysrq-b",
				SERVER_MACRO_SHIPPED},
};
#define SHIPPED (sizeof(shipped) / sizeof(shipped[0]))

static const char *name_from(enum server_macro_from from)
{
	static const char *const names[] = {
			[SERVER_MACRO_SHIPPED] = "shipped",
			[SERVER_MACRO_CONFIGURATION] = "configuration",
			[SERVER_MACRO_API] = "api",
	};

	return names[from];
}

bool server_macro_name_is_valid(const char *name)
{
	size_t length = strspn(name,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			"0123456789_-");

	return length >= 1 && length <= SERVER_MACRO_NAME_MAX &&
			name[length] == '\0';
}

/* ---- the file ---------------------------------------------------------------
 */

static bool is_good(const json_t *own)
{
	const char *name;
	json_t *keys;

	if (!json_is_object(own) || json_object_size(own) > SERVER_MACROS_MAX)
		return false;
	json_object_foreach((json_t *)own, name,
			keys) if (!server_macro_name_is_valid(name) ||
			!json_is_string(keys) ||
			json_string_length(keys) >
					SERVER_STEPS_KEYS_MAX) return false;
	return true;
}

static const struct server_json_file_kind kind_of_file = {
		.name = SERVER_MACROS_FILE,
		.bytes_max = SERVER_MACROS_BYTES_MAX,
		.is_good = is_good,
		.without = "no macro of it is known",
};

int server_macros_create(struct server_macros **out, const char *directory,
		struct core_workers *files)
{
	struct server_macros *macros = calloc(1, sizeof(*macros));
	int rc;

	*out = NULL;
	if (!macros)
		return -ENOMEM;
	rc = server_json_file_create(
			&macros->file, &kind_of_file, directory, files);
	if (rc < 0) {
		server_macros_destroy(macros);
		return rc;
	}
	macros->own = server_json_file_get(macros->file);
	*out = macros;
	return 0;
}

void server_macros_destroy(struct server_macros *macros)
{
	if (!macros)
		return;
	server_json_file_destroy(macros->file);
	free(macros);
}

int server_macros_put(struct server_macros *macros, const char *name,
		const char *keys, server_json_file_saved *saved, void *context)
{
	bool known = json_object_get(macros->own, name) != NULL;
	int rc;

	if (!keys && !known)
		return -ENOENT;
	if (!known && json_object_size(macros->own) >= SERVER_MACROS_MAX)
		return -ENOSPC;
	if (keys)
		rc = json_object_set_new(macros->own, name, json_string(keys));
	else
		rc = json_object_del(macros->own, name);
	return rc == 0 ? server_json_file_save(macros->file, saved, context)
		       : -ENOMEM;
}

/* ---- what there is ----------------------------------------------------------
 */

static bool find_configured(const struct config_macros *configured,
		const char *name, struct server_macro *macro)
{
	for (size_t i = 0; i < configured->count; i++) {
		const struct config_macro *it = &configured->items[i];

		if (strcmp(it->name, name) != 0)
			continue;
		*macro = (struct server_macro){
				it->name, it->keys, SERVER_MACRO_CONFIGURATION};
		return true;
	}
	return false;
}

static bool find_own(const struct server_macros *macros, const char *name,
		struct server_macro *macro)
{
	const json_t *keys = json_object_get(macros->own, name);

	if (!keys)
		return false;
	*macro = (struct server_macro){
			name, json_string_value(keys), SERVER_MACRO_API};
	return true;
}

static bool find_shipped(const char *name, struct server_macro *macro)
{
	for (size_t i = 0; i < SHIPPED; i++)
		if (strcmp(shipped[i].name, name) == 0) {
			*macro = shipped[i];
			return true;
		}
	return false;
}

bool server_macros_find(const struct server_macro_places *places,
		const char *name, struct server_macro *macro)
{
	return find_configured(places->of_target, name, macro) ||
			find_own(places->macros, name, macro) ||
			find_configured(places->of_all, name, macro) ||
			find_shipped(name, macro);
}

/* The one that counts, under its name; those before it are hidden. */
static void add(json_t *names, const struct server_macro_places *places,
		const char *name)
{
	struct server_macro macro;

	if (server_macros_find(places, name, &macro))
		json_object_set_new(names, name,
				json_pack("{s:s, s:s, s:s}", "name", macro.name,
						"keys", macro.keys, "from",
						name_from(macro.from)));
}

static void add_configured(json_t *names,
		const struct server_macro_places *places,
		const struct config_macros *configured)
{
	for (size_t i = 0; i < configured->count; i++)
		add(names, places, configured->items[i].name);
}

json_t *server_macros_describe(const struct server_macro_places *places)
{
	json_t *names = json_object();
	json_t *list = json_array();
	const char *name;
	json_t *macro;

	for (size_t i = 0; i < SHIPPED; i++)
		add(names, places, shipped[i].name);
	add_configured(names, places, places->of_all);
	json_object_foreach(places->macros->own, name, macro)
			add(names, places, name);
	add_configured(names, places, places->of_target);
	json_object_foreach(names, name, macro) json_array_append(list, macro);
	json_decref(names);
	return list;
}
