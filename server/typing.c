/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/typing.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "core/clock.h"

#define USAGE_NUM_LOCK 0x53

/* A longer text is worth finding out whether LEDs answer. */
#define UNPACED_CHARACTERS 16
/* Fewer than the 16 keys that the slowest of all, a BIOS, has room for. */
#define CHARACTERS_A_BEAT 12

/* How often others are told. */
#define CHARACTERS_A_MOVE 24

/* LEDs come within some 20 ms; a host that is busy may take longer. */
#define FIRST_ECHO_MS 300
#define ECHO_MS 2000
#define CAPS_ECHO_MS 500

/* Firmware looks at keys now and then. */
#define CHORD_HELD_MS 40

/* Longer than HID_STALE_US: by then it has said what it dropped. */
#define UNREAD_MS 2000

struct server_typing {
	struct hid_input *input;
	const struct server_typing_handler *handler;
	void *context;
	sd_event_source *timer;
	sd_event_source *turn; /* on when there may be something to do */
	void (*next)(struct server_typing *); /* once the host was told */
	void (*late)(struct server_typing *); /* when the timer ends */
	struct server_steps *steps;           /* NULL: nothing is being typed */
	size_t at;                            /* the step that is next */
	uint64_t dropped;                     /* by the input when it began */
	unsigned delay_ms;
	unsigned since_beat; /* characters */
	uint8_t awaited;     /* the LED bit that has to change; 0: none */
	bool until_led;      /* `next` waits for that; else to be told */
	uint8_t leds;
	bool num_lock_turned; /* by us, and not back yet */
	bool caps_lock_turned;
	const struct hid_chord *down; /* the chord that is held */
	struct server_typing_progress progress;
};

static const struct {
	const char *name;
	const char *text;
} results[] = {
		[SERVER_TYPING_DONE] = {"done", "all of it was typed"},
		[SERVER_TYPING_CANCELLED] = {"cancelled", "it was cancelled"},
		[SERVER_TYPING_INTERRUPTED] = {"interrupted",
				"the operator pressed a key"},
		[SERVER_TYPING_TAKEN] = {"taken",
				"somebody else has taken the keyboard"},
		[SERVER_TYPING_GONE] = {"gone",
				"the target's USB host went off"},
		[SERVER_TYPING_STALLED] = {"stalled",
				"the target did not read its keyboard, so keys got lost"},
		[SERVER_TYPING_CAPS_LOCK] = {"caps-lock",
				"Caps Lock is on at the target and does not go off"},
};
static_assert(sizeof(results) / sizeof(results[0]) == SERVER_TYPING_RESULTS,
		"each result has a name");

const char *server_typing_result_name(enum server_typing_result result)
{
	return results[result].name;
}

const char *server_typing_result_text(enum server_typing_result result)
{
	return results[result].text;
}

static void key(struct server_typing *typing, uint8_t usage, bool down)
{
	hid_input_key(typing->input, usage, down, 0);
}

static void stroke(struct server_typing *typing, const struct hid_stroke *it)
{
	size_t holds_n = 0;

	for (; holds_n < HID_HOLDS_MAX && it->holds[holds_n]; holds_n++)
		key(typing, it->holds[holds_n], true);
	key(typing, it->usage, true);
	key(typing, it->usage, false);
	while (holds_n > 0)
		key(typing, it->holds[--holds_n], false);
}

static void press_num_lock(struct server_typing *typing)
{
	static const struct hid_stroke num_lock = {.usage = USAGE_NUM_LOCK};

	stroke(typing, &num_lock);
	typing->num_lock_turned = !typing->num_lock_turned;
}

static void set_timer(struct server_typing *typing, unsigned ms,
		void (*late)(struct server_typing *))
{
	typing->late = late;
	sd_event_source_set_time_relative(typing->timer, ms * CLOCK_US_PER_MS);
	sd_event_source_set_enabled(typing->timer, SD_EVENT_ONESHOT);
}

static void end(struct server_typing *typing, enum server_typing_result result)
{
	sd_event_source_set_enabled(typing->timer, SD_EVENT_OFF);
	sd_event_source_set_enabled(typing->turn, SD_EVENT_OFF);
	server_steps_destroy(typing->steps);
	typing->steps = NULL;
	typing->down = NULL;
	typing->next = NULL;
	typing->progress.active = false;
	typing->progress.result = result;
	typing->handler->ended(typing->context, result);
}

static void stalled(struct server_typing *typing)
{
	server_typing_stop(typing, SERVER_TYPING_STALLED);
}

/* Go on with `next` when the host was told all that was pressed. */
static void await_told(struct server_typing *typing,
		void (*next)(struct server_typing *))
{
	typing->next = next;
	typing->until_led = false;
	set_timer(typing, UNREAD_MS, stalled);
	sd_event_source_set_enabled(typing->turn, SD_EVENT_ONESHOT);
}

/* Go on with the timer's function, in a while. */
static void pause_for(struct server_typing *typing, unsigned ms,
		void (*then)(struct server_typing *))
{
	typing->next = NULL;
	set_timer(typing, ms, then);
}

/* The LED `bit` is to change: to `late` if it has not by then. */
static void await_led(struct server_typing *typing, uint8_t bit, unsigned ms,
		void (*late)(struct server_typing *),
		void (*next)(struct server_typing *))
{
	typing->awaited = bit;
	typing->next = next;
	typing->until_led = true;
	set_timer(typing, ms, late);
}

static void go_on(struct server_typing *typing);

/* ---- the end of a job -------------------------------------------------------
 */

static void done(struct server_typing *typing)
{
	end(typing, SERVER_TYPING_DONE);
}

static void put_locks_back(struct server_typing *typing)
{
	if (typing->num_lock_turned)
		press_num_lock(typing);
	if (typing->caps_lock_turned)
		stroke(typing, &typing->steps->caps_lock);
	typing->caps_lock_turned = false;
}

static void finish(struct server_typing *typing)
{
	put_locks_back(typing);
	await_told(typing, done);
}

/* ---- its steps --------------------------------------------------------------
 */

static void release_chord(struct server_typing *typing)
{
	const struct hid_chord *chord = typing->down;

	typing->down = NULL;
	for (size_t i = chord->count; i > 0; i--)
		key(typing, chord->usages[i - 1], false);
}

static void chord_is_up(struct server_typing *typing)
{
	pause_for(typing, CHORD_HELD_MS, go_on);
}

static void chord_was_held(struct server_typing *typing)
{
	release_chord(typing);
	await_told(typing, chord_is_up);
}

static void chord_is_down(struct server_typing *typing)
{
	pause_for(typing, CHORD_HELD_MS, chord_was_held);
}

static void press_chord(
		struct server_typing *typing, const struct hid_chord *chord)
{
	typing->down = chord;
	for (size_t i = 0; i < chord->count; i++)
		key(typing, chord->usages[i], true);
	await_told(typing, chord_is_down);
}

/* No answer any more: perhaps firmware has given way to a system. */
static void beat_is_lost(struct server_typing *typing)
{
	typing->awaited = 0;
	typing->progress.by_leds = false;
	go_on(typing);
}

static void beat_is_told(struct server_typing *typing)
{
	if (!typing->awaited) {
		go_on(typing); /* the answer came ahead */
		return;
	}
	await_led(typing, typing->awaited, ECHO_MS, beat_is_lost, go_on);
}

static void beat(struct server_typing *typing)
{
	typing->since_beat = 0;
	typing->awaited = HID_LED_NUM_LOCK;
	press_num_lock(typing);
	await_told(typing, beat_is_told);
}

static void character_is_told(struct server_typing *typing)
{
	typing->progress.typed++;
	if (typing->progress.typed % CHARACTERS_A_MOVE == 0)
		typing->handler->moved(typing->context);
	if (!typing->progress.by_leds)
		pause_for(typing, typing->delay_ms, go_on);
	else if (++typing->since_beat == CHARACTERS_A_BEAT)
		beat(typing);
	else
		go_on(typing);
}

static void type_character(
		struct server_typing *typing, const struct hid_strokes *strokes)
{
	for (size_t i = 0; i < strokes->count; i++)
		stroke(typing, &strokes->strokes[i]);
	await_told(typing, character_is_told);
}

static void go_on(struct server_typing *typing)
{
	const struct server_step *step;

	if (typing->at == typing->steps->count) {
		finish(typing);
		return;
	}
	step = &typing->steps->steps[typing->at++];
	switch (step->kind) {
	case SERVER_STEP_STROKES:
		type_character(typing, &step->strokes);
		return;
	case SERVER_STEP_CHORD:
		press_chord(typing, &step->chord);
		return;
	case SERVER_STEP_WAIT:
		typing->handler->moved(typing->context);
		pause_for(typing, step->wait_ms, go_on);
		return;
	}
}

/* ---- its beginning ----------------------------------------------------------
 */

static void leds_answer(struct server_typing *typing)
{
	typing->progress.by_leds = true;
	go_on(typing);
}

/* Num Lock may have turned all the same: a second time it is as it was. */
static void leds_are_silent(struct server_typing *typing)
{
	typing->awaited = 0;
	press_num_lock(typing);
	await_told(typing, go_on);
}

static void probe_is_told(struct server_typing *typing)
{
	if (!typing->awaited)
		leds_answer(typing);
	else
		await_led(typing, typing->awaited, FIRST_ECHO_MS,
				leds_are_silent, leds_answer);
}

static void find_pace(struct server_typing *typing)
{
	if (typing->delay_ms == 0 &&
			typing->steps->characters > UNPACED_CHARACTERS) {
		typing->delay_ms = SERVER_TYPING_DELAY_MS;
		typing->awaited = HID_LED_NUM_LOCK;
		press_num_lock(typing);
		await_told(typing, probe_is_told);
		return;
	}
	if (typing->delay_ms == 0)
		typing->delay_ms = SERVER_TYPING_DELAY_MS;
	go_on(typing);
}

static void caps_lock_stays(struct server_typing *typing)
{
	server_typing_stop(typing, SERVER_TYPING_CAPS_LOCK);
}

static void caps_lock_is_told(struct server_typing *typing)
{
	if (!typing->awaited)
		find_pace(typing);
	else
		await_led(typing, typing->awaited, CAPS_ECHO_MS,
				caps_lock_stays, find_pace);
}

/* From the loop, so that who starts it knows its number before it moves. */
static void begin(struct server_typing *typing)
{
	const struct hid_stroke *caps_lock = &typing->steps->caps_lock;

	typing->handler->began(typing->context);
	typing->leds = hid_input_get_leds(typing->input);
	if (typing->steps->characters == 0 ||
			!(typing->leds & HID_LED_CAPS_LOCK)) {
		find_pace(typing);
	} else if (caps_lock->usage == 0) {
		caps_lock_stays(typing);
	} else {
		typing->awaited = HID_LED_CAPS_LOCK;
		typing->caps_lock_turned = true;
		stroke(typing, caps_lock);
		await_told(typing, caps_lock_is_told);
	}
}

/* ---- events -----------------------------------------------------------------
 */

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct server_typing *typing = userdata;

	(void)source;
	(void)usec;
	if (typing->steps)
		typing->late(typing);
	return 0;
}

/* Something was told, or an LED has changed, or a job begins. */
static int on_turn(sd_event_source *source, void *userdata)
{
	struct server_typing *typing = userdata;
	void (*next)(struct server_typing *) = typing->next;

	(void)source;
	if (!typing->steps || !next)
		return 0;
	if (hid_input_get_stats(typing->input).dropped != typing->dropped) {
		stalled(typing);
		return 0;
	}
	if (typing->until_led ? typing->awaited != 0
			      : hid_input_get_waiting(typing->input) > 0)
		return 0;
	typing->next = NULL;
	sd_event_source_set_enabled(typing->timer, SD_EVENT_OFF);
	next(typing);
	return 0;
}

void server_typing_told(struct server_typing *typing)
{
	if (typing->steps)
		sd_event_source_set_enabled(typing->turn, SD_EVENT_ONESHOT);
}

void server_typing_set_leds(struct server_typing *typing, uint8_t leds)
{
	uint8_t changed = typing->leds ^ leds;

	typing->leds = leds;
	if (!(changed & typing->awaited))
		return;
	typing->awaited = 0;
	server_typing_told(typing);
}

/* ---- its life ---------------------------------------------------------------
 */

int server_typing_create(struct server_typing **out, sd_event *event,
		struct hid_input *input,
		const struct server_typing_handler *handler, void *context)
{
	struct server_typing *typing = calloc(1, sizeof(*typing));
	int rc;

	*out = NULL;
	if (!typing)
		return -ENOMEM;
	typing->input = input;
	typing->handler = handler;
	typing->context = context;
	rc = sd_event_add_time_relative(event, &typing->timer, CLOCK_MONOTONIC,
			0, 1, on_timer, typing);
	if (rc == 0)
		rc = sd_event_add_defer(event, &typing->turn, on_turn, typing);
	if (rc < 0) {
		server_typing_destroy(typing);
		return rc;
	}
	sd_event_source_set_enabled(typing->timer, SD_EVENT_OFF);
	sd_event_source_set_enabled(typing->turn, SD_EVENT_OFF);
	*out = typing;
	return 0;
}

void server_typing_destroy(struct server_typing *typing)
{
	if (!typing)
		return;
	server_steps_destroy(typing->steps);
	sd_event_source_disable_unref(typing->timer);
	sd_event_source_disable_unref(typing->turn);
	free(typing);
}

int server_typing_start(struct server_typing *typing,
		struct server_steps *steps, unsigned delay_ms, uint64_t *id)
{
	enum hid_state state = hid_input_get_state(typing->input);

	if (typing->steps)
		return -EBUSY;
	if (state == HID_STATE_ABSENT || state == HID_STATE_OFF)
		return -EHOSTDOWN;
	typing->steps = steps;
	typing->at = 0;
	typing->dropped = hid_input_get_stats(typing->input).dropped;
	typing->delay_ms = delay_ms;
	typing->since_beat = 0;
	typing->awaited = 0;
	typing->num_lock_turned = typing->caps_lock_turned = false;
	typing->progress = (struct server_typing_progress){
			.id = typing->progress.id + 1,
			.active = true,
			.characters = steps->characters,
	};
	*id = typing->progress.id;
	pause_for(typing, 0, begin);
	return 0;
}

/* Short of a host there is nothing to be put back. */
void server_typing_stop(
		struct server_typing *typing, enum server_typing_result result)
{
	if (!typing->steps)
		return;
	if (typing->down)
		release_chord(typing);
	if (result != SERVER_TYPING_GONE)
		put_locks_back(typing);
	end(typing, result);
}

bool server_typing_is_active(const struct server_typing *typing)
{
	return typing->steps != NULL;
}

struct server_typing_progress server_typing_get_progress(
		const struct server_typing *typing)
{
	return typing->progress;
}
