/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "server/target-describe.h"

/* ---- who acts
 * ---------------------------------------------------------------- */

const struct server_caller *server_target_find_actor(
		const struct server_target *target, vnc_viewer_id viewer)
{
	return viewer != 0 && viewer == target->actor.id ? &target->actor.caller
							 : NULL;
}

/* Of the caller's viewers the one that operates, else any; 0: none. */
static vnc_viewer_id find_own_viewer(const struct server_target *target,
		const struct server_caller *caller)
{
	struct server_sessions *sessions = target->shared->access->sessions;
	vnc_viewer_id operates = server_turn_get_operator(target->turn);
	struct server_session *it = NULL;
	vnc_viewer_id found = 0;

	while ((it = server_session_next(sessions, it)) != NULL) {
		if (it->place != &target->place || !it->joined ||
				!server_caller_has(caller, it))
			continue;
		if (found == 0 || it->viewer == operates)
			found = it->viewer;
	}
	return found;
}

/* Somebody new, if the turn lets it. */
static int act_anew(struct server_target *target,
		const struct server_caller *caller)
{
	struct server_actor last = target->actor;

	server_actor_init(&target->actor, target->actors++, caller,
			target->config->name);
	if (target->actor.role < SERVER_ROLE_OPERATOR) {
		target->actor = last;
		return -EPERM;
	}
	if (server_turn_claim(target->turn, target->actor.id, true))
		return 0;
	target->actor = last;
	return -EBUSY;
}

int server_target_act(struct server_target *target,
		const struct server_caller *caller, vnc_viewer_id *actor)
{
	int rc = 0;

	if (!target->input)
		return -ENODEV;
	*actor = find_own_viewer(target, caller);
	if (*actor != 0)
		return server_turn_claim(target->turn, *actor, true) ? 0
								     : -EBUSY;
	if (server_turn_get_operator(target->turn) == target->actor.id &&
			server_actor_is(&target->actor, caller))
		target->actor.uses++;
	else
		rc = act_anew(target, caller);
	*actor = target->actor.id;
	return rc;
}

void server_target_acted(struct server_target *target, vnc_viewer_id actor)
{
	if (actor != target->actor.id || target->actor.uses == 0)
		return;
	if (--target->actor.uses == 0 && !target->losing)
		server_turn_leave(target->turn, actor);
}

/* ---- what is typed
 * ----------------------------------------------------------- */

json_t *server_target_describe_text(const struct server_target *target)
{
	struct server_typing_progress it = {0};

	if (target->typing)
		it = server_typing_get_progress(target->typing);
	if (it.id == 0)
		return json_pack("{s:b}", "active", 0);
	return json_pack("{s:b, s:I, s:I, s:I, s:s, s:s*, s:s*}", "active",
			it.active, "id", (json_int_t)it.id, "typed",
			(json_int_t)it.typed, "characters",
			(json_int_t)it.characters, "pace",
			it.by_leds ? "leds" : "delay", "result",
			it.active ? NULL : server_typing_result_name(it.result),
			"text",
			it.active ? NULL
				  : server_typing_result_text(it.result));
}

/* Who follows all targets has to be told whose text it is. */
static void publish(struct server_target *target)
{
	json_t *text = server_target_describe_text(target);

	json_object_set_new(text, "target", json_string(target->config->name));
	server_events_publish(target->shared->events, SERVER_EVENT_TEXT,
			target->config->name, text);
}

static void on_began(void *context)
{
	struct server_target *target = context;

	server_typist_set_hushed(target->typist, true);
	publish(target);
}

/* Who is typing is not idle. */
static void on_moved(void *context)
{
	struct server_target *target = context;

	server_turn_claim(target->turn, target->typing_as, true);
	publish(target);
}

static void say_typed(
		struct server_target *target, enum server_typing_result result)
{
	server_target_typed *typed = target->typed;

	target->typed = NULL;
	if (typed)
		typed(target->typed_context, result);
}

void server_target_await_typed(struct server_target *target,
		server_target_typed *typed, void *context)
{
	target->typed = typed;
	target->typed_context = context;
}

static void on_ended(void *context, enum server_typing_result result)
{
	struct server_target *target = context;

	server_typist_set_hushed(target->typist, false);
	/* Viewers hear of LEDs later: maybe one of them is just leaving. */
	sd_event_source_set_enabled(target->telling, SD_EVENT_ONESHOT);
	publish(target);
	server_target_say_changed(target);
	server_target_acted(target, target->typing_as);
	say_typed(target, result);
}

static const struct server_typing_handler typing_handler = {
		.began = on_began,
		.moved = on_moved,
		.ended = on_ended,
};

int server_target_type(struct server_target *target,
		const struct server_caller *caller, struct server_steps *steps,
		unsigned delay_ms, uint64_t *id)
{
	vnc_viewer_id actor;
	int rc;

	if (target->typing && server_typing_is_active(target->typing))
		return -EALREADY;
	rc = server_target_act(target, caller, &actor);
	if (rc < 0)
		return rc;
	if (delay_ms == 0)
		delay_ms = target->config->keyboard.delay_ms;
	rc = server_typing_start(target->typing, steps, delay_ms, id);
	if (rc < 0)
		server_target_acted(target, actor);
	else
		target->typing_as = actor;
	return rc;
}

void server_target_stop_typing(
		struct server_target *target, enum server_typing_result result)
{
	if (target->typing)
		server_typing_stop(target->typing, result);
}

void server_target_end_caller(struct server_target *target,
		enum server_caller_kind kind, uint64_t session)
{
	const struct server_actor *actor = &target->actor;

	if (actor->uses > 0 && actor->caller.kind == kind &&
			actor->caller.session == session)
		server_target_stop_typing(target, SERVER_TYPING_CANCELLED);
}

void server_target_interrupt_typing(void *context)
{
	server_target_stop_typing(context, SERVER_TYPING_INTERRUPTED);
}

/* By Scroll Lock and V; what cannot be typed is not, and is not said where. */
void server_target_paste(void *context, vnc_viewer_id viewer)
{
	struct server_target *target = context;
	struct server_untypables untypables;
	struct server_steps *steps = NULL;
	uint64_t id;
	size_t size;
	char *text = server_clipboard_get(&target->clipboard, viewer, &size);
	int rc = text ? 0 : -ENODATA;

	if (rc == 0 && server_typing_is_active(target->typing))
		rc = -EALREADY;
	if (rc == 0)
		rc = server_steps_from_text(&steps, text, size, target->layout,
				&untypables);
	if (rc == 0)
		rc = server_typing_start(target->typing, steps,
				target->config->keyboard.delay_ms, &id);
	if (rc == 0)
		target->typing_as = viewer;
	else
		server_steps_destroy(steps);
	if (rc == -ENODATA)
		log_info("%s: nothing to paste: the viewer has sent no cut text",
				target->config->name);
	else if (rc < 0)
		log_info("%s: cannot paste: %s", target->config->name,
				rc == -EINVAL ? "the layout lacks some of the characters"
					      : strerrordesc_np(-rc));
	if (text)
		explicit_bzero(text, size);
	free(text);
}

char *server_target_get_clipboard(const struct server_target *target,
		const struct server_caller *caller, size_t *size)
{
	return server_clipboard_get(&target->clipboard,
			find_own_viewer(target, caller), size);
}

/* ---- the layout
 * -------------------------------------------------------------- */

static void on_layout(struct server_layout_ask *ask,
		const struct hid_layout *layout, const char *why);

static void ask_layout(struct server_target *target,
		const struct server_choice_layout *wanted)
{
	server_layouts_forget(&target->layout_ask);
	target->layout_ask.done = on_layout;
	server_layouts_ask(target->shared->layouts, wanted->layout,
			wanted->variant, &target->layout_ask);
}

static void on_layout(struct server_layout_ask *ask,
		const struct hid_layout *layout, const char *why)
{
	struct server_target *target = (struct server_target *)((char *)ask -
			offsetof(struct server_target, layout_ask));
	bool chosen = target->layout_chosen;

	target->layout_chosen = false;
	if (layout) {
		server_target_set_layout(target, layout);
	} else if (chosen) {
		log_warning("%s: the layout that was chosen: %s",
				target->config->name, why);
		ask_layout(target, &target->configured);
	} else {
		log_warning("%s: typing as on a US keyboard: %s",
				target->config->name, why);
	}
}

void server_target_set_layout(
		struct server_target *target, const struct hid_layout *layout)
{
	struct server_layouts *layouts = target->shared->layouts;

	server_layouts_forget(&target->layout_ask);
	server_layouts_keep(layouts, layout);
	server_typist_set_layout(target->typist, layout);
	if (target->layout != target->us)
		server_layouts_let_go(layouts, target->layout);
	target->layout = layout;
	server_target_say_changed(target);
}

static bool has_layout(const struct server_target *target,
		const struct server_choice_layout *layout)
{
	return strcmp(hid_layout_get_name(target->layout), layout->layout) ==
			0 &&
			strcmp(hid_layout_get_variant(target->layout),
					layout->variant) == 0;
}

static void read_configured(const struct server_target *target,
		struct server_choice_layout *configured)
{
	const struct config_keyboard *keyboard = &target->config->keyboard;

	strcpy(configured->layout, keyboard->layout ? keyboard->layout : "us");
	strcpy(configured->variant, keyboard->variant ? keyboard->variant : "");
}

void server_target_reload_layout(struct server_target *target)
{
	struct server_choice_layout wanted;

	read_configured(target, &wanted);
	if (target->layout_read &&
			strcmp(wanted.layout, target->configured.layout) == 0 &&
			strcmp(wanted.variant, target->configured.variant) == 0)
		return;
	target->layout_read = true;
	target->configured = wanted;
	target->layout_chosen = server_choices_find_layout(
			target->shared->choices, target->config->name,
			&target->configured, &wanted);
	server_layouts_forget(&target->layout_ask);
	if (!has_layout(target, &wanted))
		ask_layout(target, &wanted);
}

int server_target_keep_layout(struct server_target *target,
		server_json_file_saved *saved, void *context)
{
	struct server_choice_layout chosen;

	strcpy(chosen.layout, hid_layout_get_name(target->layout));
	strcpy(chosen.variant, hid_layout_get_variant(target->layout));
	return server_choices_put_layout(target->shared->choices,
			target->config->name, &target->configured, &chosen,
			saved, context);
}

const struct hid_layout *server_target_get_layout(
		const struct server_target *target)
{
	return target->layout;
}

/* ---- its life
 * ---------------------------------------------------------------- */

int server_target_create_typing(struct server_target *target)
{
	char why[HID_LAYOUT_WHY_BYTES];
	int rc = hid_layout_create(
			&target->us, "us", "", &hid_layout_paths_system, why);

	if (rc < 0)
		return rc;
	target->layout = target->us;
	if (target->input)
		rc = server_typing_create(&target->typing,
				target->shared->event, target->input,
				&typing_handler, target);
	if (rc == 0)
		server_target_reload_layout(target);
	return rc;
}

/* Before the typist and the turn, which hear of nothing any more. */
void server_target_destroy_typing(struct server_target *target)
{
	server_layouts_forget(&target->layout_ask);
	server_typing_destroy(target->typing);
	target->typing = NULL;
	say_typed(target, SERVER_TYPING_CANCELLED);
	if (target->layout != target->us)
		server_layouts_let_go(target->shared->layouts, target->layout);
	hid_layout_destroy(target->us);
	server_clipboard_finish(&target->clipboard);
}
