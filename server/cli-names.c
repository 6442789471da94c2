/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-names.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "server/control-client.h"

#define KNOWN_MAX 28

static const char *const files[] = {"FILE", "PATH", "DIR"};

static const struct {
	const char *kind;
	const char *names[KNOWN_MAX];
} known[] = {
		{"ROLE", {"viewer", "operator", "admin"}},
		{"ROLES", {"viewer", "operator", "admin"}},
		{"BUTTON", {"left", "middle", "right"}},
		{"CHORD",
				{"ctrl-alt-del", "alt-f4", "alt-tab", "enter",
						"esc", "tab", "space",
						"backspace", "del", "win", "up",
						"down", "left", "right", "home",
						"end", "pageup", "pagedown",
						"f1", "f2", "f8", "f10", "f11",
						"f12"}},
};

/* Which of the daemon's answers has them, and where in it. */
static const struct {
	const char *kind;
	const char *verb;
	const char *list; /* NULL: the answer itself is the list */
	const char *member;
} asked[] = {
		{"TARGET", "status", "targets", "name"},
		{"ID", "sessions", "sessions", "id"},
		{"TOKEN", "tokens", "tokens", "name"},
		{"MACRO", "macros", "macros", "name"},
		{"LAYOUT", "layouts", "layouts", "layout"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool server_cli_names_are_files(const char *kind)
{
	for (size_t i = 0; i < COUNT(files); i++)
		if (strcmp(files[i], kind) == 0)
			return true;
	return false;
}

static void take_name(const json_t *name,
		void (*take)(void *context, const char *name), void *context)
{
	char number[24];

	if (json_is_string(name)) {
		take(context, json_string_value(name));
	} else if (json_is_integer(name)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
				json_integer_value(name));
		take(context, number);
	}
}

static void ask(const struct server_cli_names_from *from, size_t kind,
		void (*take)(void *context, const char *name), void *context)
{
	json_t *request = json_pack("{s:s, s:s*}", "verb", asked[kind].verb,
			"target", from->target);
	json_t *result = NULL;
	json_t *list = NULL;
	json_t *element;
	size_t i;

	if (request &&
			server_control_call(from->socket_path, request,
					&result) == 0)
		list = asked[kind].list
				? json_object_get(result, asked[kind].list)
				: result;
	json_array_foreach(list, i, element)
			take_name(json_object_get(element, asked[kind].member),
					take, context);
	json_decref(result);
	json_decref(request);
}

void server_cli_names_list(const struct server_cli_names_from *from,
		const char *kind, void (*take)(void *context, const char *name),
		void *context)
{
	for (size_t i = 0; i < COUNT(known); i++)
		for (size_t j = 0; strcmp(known[i].kind, kind) == 0 &&
				j < KNOWN_MAX && known[i].names[j];
				j++)
			take(context, known[i].names[j]);
	for (size_t i = 0; i < COUNT(asked) && !from->elsewhere; i++)
		if (strcmp(asked[i].kind, kind) == 0)
			ask(from, i, take, context);
}

#undef COUNT
