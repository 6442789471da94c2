/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-typing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "server/daemon.h"

/* ---- what all of them do
 * ----------------------------------------------------- */

static void fail_busy(struct server_api_call *call,
		const struct server_target *target)
{
	const char *name = server_target_get_operator_name(target);

	server_api_call_fail(call, 409,
			json_pack("{s:s}", "operator", name ? name : "?"),
			"%s has the keyboard; ask for it, or wait until nothing was typed for ten seconds",
			name ? name : "somebody else");
}

static void fail_typing(struct server_api_call *call,
		const struct server_target *target, int rc)
{
	static const struct {
		int rc;
		unsigned status;
		const char *text;
	} failures[] = {
			{-EALREADY, 409,
					"something is being typed there; wait for its end, or cancel it"},
			{-EPERM, 403, "that needs the role operator on this target"},
			{-ENODEV, 409, "that target has no keyboard"},
			{-EHOSTDOWN, 409,
					"the target does not listen: it is off, or its USB cable is out"},
	};

	if (rc == -EBUSY) {
		fail_busy(call, target);
		return;
	}
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].rc == rc) {
			server_api_call_fail(call, failures[i].status, NULL,
					"%s", failures[i].text);
			return;
		}
	server_api_call_reply(call, NULL);
}

bool server_api_begin_typing(struct server_api_call *call,
		struct server_target *target, struct server_steps *steps,
		unsigned delay_ms, uint64_t *id)
{
	int rc = server_target_type(target, server_api_call_get_caller(call),
			steps, delay_ms, id);

	if (rc == 0)
		return true;
	server_steps_destroy(steps);
	fail_typing(call, target, rc);
	return false;
}

/* ---- keys
 * -------------------------------------------------------------------- */

static void on_keys_typed(void *context, enum server_typing_result result)
{
	struct server_api_call *call = context;

	if (result == SERVER_TYPING_DONE)
		server_api_call_reply_done(call);
	else
		server_api_call_fail(call, 409,
				json_pack("{s:s}", "result",
						server_typing_result_name(
								result)),
				"not all keys were pressed: %s",
				server_typing_result_text(result));
}

/* "a", or ["a","b"] as "a,b"; NULL: it is neither, or too long. New. */
static char *join_keys(const json_t *keys)
{
	char *text = malloc(SERVER_STEPS_KEYS_MAX + 1);
	size_t used = 0;
	size_t i = 0;
	const json_t *it = json_is_array(keys) ? json_array_get(keys, 0) : keys;

	for (; text && it; it = json_is_array(keys) ? json_array_get(keys, ++i)
						    : NULL) {
		size_t length = json_string_length(it);

		if (!json_is_string(it) ||
				length + 1 > SERVER_STEPS_KEYS_MAX - used) {
			free(text);
			return NULL;
		}
		if (used > 0)
			text[used++] = ',';
		memcpy(text + used, json_string_value(it), length);
		used += length;
	}
	if (text && used > 0) {
		text[used] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

void server_api_key(struct server_api_call *call)
{
	struct server_target *target = server_api_call_get_target(call);
	char *keys = join_keys(json_object_get(
			server_api_call_get_request(call), "keys"));
	char why[SERVER_STEPS_WHY_BYTES] =
			"\"keys\" has to be a chord such as \"ctrl-alt-del\", or a list of chords";
	struct server_steps *steps = NULL;
	uint64_t id;
	int rc = -EINVAL;

	if (keys)
		rc = server_steps_from_keys(&steps, keys, strlen(keys),
				server_target_get_layout(target), why);
	free(keys);
	if (rc == -ENOMEM)
		server_api_call_reply(call, NULL);
	else if (rc < 0)
		server_api_call_fail(call, 422, NULL, "%s", why);
	else if (server_api_begin_typing(call, target, steps, 0, &id))
		server_target_await_typed(target, on_keys_typed, call);
}

/* ---- texts
 * ------------------------------------------------------------------- */

/* A text whose layout is looked for. */
struct wanted_text {
	struct server_layout_ask ask; /* the first member */
	struct server_api_call *call;
	char *text;
	size_t size;
	unsigned delay_ms;
	bool dry_run;
};

static void forget_text(struct wanted_text *wanted)
{
	if (wanted->text)
		explicit_bzero(wanted->text, wanted->size);
	free(wanted->text);
	free(wanted);
}

static json_t *describe_untypables(const struct server_untypables *untypables)
{
	json_t *list = json_array();

	for (size_t i = 0; i < untypables->count; i++) {
		const struct server_untypable *it = &untypables->items[i];
		char bytes[4];
		size_t size = core_utf8_write(it->character, bytes);

		json_array_append_new(list,
				json_pack("{s:o, s:I}", "character",
						json_stringn(bytes, size), "at",
						(json_int_t)it->at));
	}
	return json_pack("{s:o}", "untypable", list);
}

static void fail_text(struct server_api_call *call, int rc,
		const struct hid_layout *layout,
		const struct server_untypables *untypables)
{
	const char *variant = hid_layout_get_variant(layout);

	if (rc == -EINVAL)
		server_api_call_fail(call, 422, describe_untypables(untypables),
				"layout %s%s%s has no keys for %zu character%s of the text; nothing was typed",
				hid_layout_get_name(layout),
				variant[0] ? " " : "", variant,
				untypables->count,
				untypables->count == 1 ? "" : "s");
	else if (rc == -E2BIG)
		server_api_call_fail(call, 413, NULL,
				"a text has at most 64 KiB; type it in parts");
	else if (rc == -EILSEQ)
		server_api_call_fail(call, 422, NULL, "the text is no UTF-8");
	else
		server_api_call_reply(call, NULL);
}

static void start_text(struct server_api_call *call,
		struct server_target *target, struct server_steps *steps,
		unsigned delay_ms)
{
	size_t characters = steps->characters;
	uint64_t id;

	if (!server_api_begin_typing(call, target, steps, delay_ms, &id))
		return;
	server_api_call_audit(call, "text-typed",
			json_pack("{s:I}", "count", (json_int_t)characters));
	server_api_call_reply_status(call, 202,
			json_pack("{s:I, s:I}", "id", (json_int_t)id,
					"characters", (json_int_t)characters));
}

static void type_text(struct wanted_text *wanted, struct server_target *target,
		const struct hid_layout *layout)
{
	struct server_api_call *call = wanted->call;
	struct server_untypables untypables;
	struct server_steps *steps;
	int rc = server_steps_from_text(&steps, wanted->text, wanted->size,
			layout, &untypables);

	if (rc < 0) {
		fail_text(call, rc, layout, &untypables);
	} else if (wanted->dry_run) {
		server_api_call_reply(call,
				json_pack("{s:I}", "characters",
						(json_int_t)steps->characters));
		server_steps_destroy(steps);
	} else {
		start_text(call, target, steps, wanted->delay_ms);
	}
}

static void on_layout(struct server_layout_ask *ask,
		const struct hid_layout *layout, const char *why)
{
	struct wanted_text *wanted = (struct wanted_text *)ask;
	struct server_api_call *call = wanted->call;
	struct server_target *target = NULL;

	if (layout)
		target = server_api_call_find_target(call);
	else
		server_api_call_fail(call, 422, NULL, "%s", why);
	if (target)
		type_text(wanted, target, layout);
	forget_text(wanted);
}

/* A copy of the text, or of the clipboard; NULL: the call has failed. */
static char *take_text(struct server_api_call *call, size_t *size)
{
	const json_t *request = server_api_call_get_request(call);
	const json_t *text = json_object_get(request, "text");
	char *copy = NULL;

	if (json_is_true(json_object_get(request, "clipboard"))) {
		copy = server_target_get_clipboard(
				server_api_call_get_target(call),
				server_api_call_get_caller(call), size);
		if (!copy)
			server_api_call_fail(call, 409, NULL,
					"no viewer of yours has sent a clipboard to this target");
		return copy;
	}
	if (!json_is_string(text)) {
		server_api_call_fail(call, 400, NULL,
				"\"text\" has to be a string, or \"clipboard\" true");
		return NULL;
	}
	*size = json_string_length(text);
	copy = malloc(*size + 1);
	if (copy)
		memcpy(copy, json_string_value(text), *size);
	else
		server_api_call_reply(call, NULL);
	return copy;
}

/* A flag that is none must not be read as false: the text would be typed. */
static bool check_types(struct server_api_call *call)
{
	static const struct {
		const char *member;
		bool flag; /* else a string */
	} members[] = {
			{"dry_run", true},
			{"clipboard", true},
			{"layout", false},
			{"variant", false},
	};
	const json_t *request = server_api_call_get_request(call);

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const json_t *it = json_object_get(request, members[i].member);

		if (!it ||
				(members[i].flag ? json_is_boolean(it)
						 : json_is_string(it)))
			continue;
		server_api_call_fail(call, 422, NULL, "\"%s\" has to be %s",
				members[i].member,
				members[i].flag ? "true or false" : "a string");
		return false;
	}
	return true;
}

/* False: it makes no sense, and the call has failed. */
static bool take_options(
		struct server_api_call *call, struct wanted_text *wanted)
{
	const json_t *request = server_api_call_get_request(call);
	json_int_t delay_ms = 0;

	if (!check_types(call))
		return false;
	if (server_api_param_integer(request, "delay_ms", 0,
			    SERVER_TYPING_DELAY_MAX_MS, &delay_ms) == -EINVAL) {
		server_api_call_fail(call, 422, NULL,
				"delay_ms goes from 0 to %d milliseconds",
				SERVER_TYPING_DELAY_MAX_MS);
		return false;
	}
	wanted->delay_ms = (unsigned)delay_ms;
	wanted->dry_run = json_is_true(json_object_get(request, "dry_run"));
	wanted->text = take_text(call, &wanted->size);
	return wanted->text != NULL;
}

/* In the layout that is asked for, or the target's. */
static void find_layout(
		struct server_api_call *call, struct wanted_text *wanted)
{
	const json_t *request = server_api_call_get_request(call);
	struct server_target *target = server_api_call_get_target(call);
	const char *layout =
			json_string_value(json_object_get(request, "layout"));
	const char *variant =
			json_string_value(json_object_get(request, "variant"));

	wanted->call = call;
	wanted->ask.done = on_layout;
	if (layout)
		server_layouts_ask(server_daemon_get_shared(
						   server_api_call_get_daemon(
								   call))
						   ->layouts,
				layout, variant ? variant : "", &wanted->ask);
	else
		on_layout(&wanted->ask, server_target_get_layout(target), NULL);
}

void server_api_type(struct server_api_call *call)
{
	struct wanted_text *wanted = calloc(1, sizeof(*wanted));

	if (!wanted)
		server_api_call_reply(call, NULL);
	else if (take_options(call, wanted))
		find_layout(call, wanted);
	else
		forget_text(wanted);
}

void server_api_text(struct server_api_call *call)
{
	server_api_call_reply(call,
			server_target_describe_text(
					server_api_call_get_target(call)));
}

/* Whoever may operate may end what somebody else has begun. */
void server_api_type_cancel(struct server_api_call *call)
{
	server_target_stop_typing(server_api_call_get_target(call),
			SERVER_TYPING_CANCELLED);
	server_api_call_reply_done(call);
}
