/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/queue.h"

#include <assert.h>
#include <string.h>

#include "hid-gadget/input.h"

#define STEP_MAX 127
#define WHEEL_MAX 1024 /* nobody scrolls further between two reports */
#define MOTION_MAX (1 << 20)
#define MODIFIERS_FIRST 0xe0

static int32_t clamp(int64_t value, int32_t limit)
{
	if (value > limit)
		return limit;
	if (value < -limit)
		return -limit;
	return (int32_t)value;
}

static bool is_modifier(uint8_t usage)
{
	return usage >= MODIFIERS_FIRST;
}

static uint8_t modifier_bit(uint8_t usage)
{
	return (uint8_t)(1U << (usage - MODIFIERS_FIRST));
}

static bool keys_have(const struct hid_keys *keys, uint8_t usage)
{
	if (is_modifier(usage))
		return keys->modifiers & modifier_bit(usage);
	return memchr(keys->usages, usage, keys->count) != NULL;
}

static void keys_remove(struct hid_keys *keys, uint8_t usage)
{
	uint8_t kept = 0;

	if (is_modifier(usage)) {
		keys->modifiers &= (uint8_t)~modifier_bit(usage);
		return;
	}
	for (uint8_t i = 0; i < keys->count; i++)
		if (keys->usages[i] != usage)
			keys->usages[kept++] = keys->usages[i];
	keys->count = kept;
}

static void keys_add(struct hid_keys *keys, uint8_t usage)
{
	if (keys_have(keys, usage))
		return;
	if (is_modifier(usage)) {
		keys->modifiers |= modifier_bit(usage);
		return;
	}
	if (keys->count == HID_KEYBOARD_KEYS)
		keys_remove(keys, keys->usages[0]);
	keys->usages[keys->count++] = usage;
}

static struct hid_edge *edge_at(struct hid_queue *queue, size_t i)
{
	return &queue->edges[(queue->first + i) % HID_QUEUE_ENTRIES];
}

static struct hid_edge *edge_last(struct hid_queue *queue)
{
	return queue->count > 0 ? edge_at(queue, queue->count - 1) : NULL;
}

static void pop_edge(struct hid_queue *queue)
{
	queue->first = (queue->first + 1) % HID_QUEUE_ENTRIES;
	queue->count--;
}

static struct hid_edge *push_edge(struct hid_queue *queue, uint64_t now_us)
{
	struct hid_edge *edge;

	assert(queue->count < HID_QUEUE_ENTRIES); /* make_room came first */
	edge = edge_at(queue, queue->count++);
	*edge = (struct hid_edge){.time_us = now_us};
	return edge;
}

/* The keys, buttons and place that the host sees once `edge` is told. */
static void apply_edge(const struct hid_queue *queue,
		const struct hid_edge *edge, struct hid_view *view)
{
	if (queue->function != HID_FUNCTION_KEYBOARD) {
		view->buttons &= (uint8_t)~edge->released;
		view->buttons |= edge->pressed;
		view->x = edge->x;
		view->y = edge->y;
		return;
	}
	if (edge->down) {
		/*
		 * Not only its own bit: a modifier whose press went stale and
		 * that is still held belongs to the chord that is meant now.
		 */
		view->keys.modifiers = edge->modifiers;
		keys_add(&view->keys, edge->usage);
	} else {
		keys_remove(&view->keys, edge->usage);
	}
}

static bool is_stale(const struct hid_queue *queue, const struct hid_edge *edge,
		uint64_t now_us)
{
	uint64_t since = edge->time_us;

	if (since < queue->progress_us)
		since = queue->progress_us;
	return now_us > since && now_us - since > HID_STALE_US;
}

/* True if something of the edge is left. */
static bool edge_strip(struct hid_queue *queue, struct hid_edge *edge)
{
	if (queue->function == HID_FUNCTION_KEYBOARD) {
		queue->dropped += edge->down;
		edge->timed = false;
		return !edge->down;
	}
	queue->dropped += (unsigned)__builtin_popcount(edge->pressed);
	queue->dropped += edge->wheel != 0 || edge->pan != 0;
	edge->pressed = 0;
	edge->wheel = edge->pan = 0;
	edge->dx = edge->dy = 0;
	return true;
}

static void drop_stale(struct hid_queue *queue, uint64_t now_us)
{
	size_t kept = 0;

	for (size_t i = 0; i < queue->count; i++) {
		struct hid_edge *edge = edge_at(queue, i);

		if (is_stale(queue, edge, now_us) && !edge_strip(queue, edge))
			continue;
		*edge_at(queue, kept++) = *edge;
	}
	queue->count = kept;
}

static uint64_t count_presses(struct hid_queue *queue)
{
	uint64_t presses = 0;

	for (size_t i = 0; i < queue->count; i++) {
		const struct hid_edge *edge = edge_at(queue, i);

		presses += edge->down;
		presses += (unsigned)__builtin_popcount(edge->pressed);
	}
	return presses;
}

static struct hid_edge *push_key(struct hid_queue *queue, uint8_t usage,
		bool down, uint8_t modifiers, uint64_t now_us)
{
	struct hid_edge *edge = push_edge(queue, now_us);

	edge->usage = usage;
	edge->down = down;
	edge->modifiers = modifiers;
	return edge;
}

/* The edges from what is shown to `view`: releases, then presses. */
static void push_difference(struct hid_queue *queue,
		const struct hid_view *view, uint64_t now_us)
{
	const struct hid_view *shown = &queue->shown;

	if (queue->function != HID_FUNCTION_KEYBOARD) {
		struct hid_edge *edge = push_edge(queue, now_us);

		edge->pressed = view->buttons & (uint8_t)~shown->buttons;
		edge->released = shown->buttons & (uint8_t)~view->buttons;
		edge->x = view->x;
		edge->y = view->y;
		return;
	}
	for (int down = 0; down <= 1; down++)
		for (unsigned usage = 1; usage <= UINT8_MAX; usage++) {
			bool now = keys_have(&view->keys, (uint8_t)usage);
			bool then = keys_have(&shown->keys, (uint8_t)usage);

			if (now != then && now == down)
				push_key(queue, (uint8_t)usage, down,
						view->keys.modifiers, now_us);
		}
}

/*
 * Before every new edge. A queue that is full although nothing in it is stale
 * means more edges than a host reads; then only where they lead to counts.
 */
static void make_room(struct hid_queue *queue, uint64_t now_us)
{
	struct hid_view end = queue->shown;
	uint64_t presses;

	if (queue->count < HID_QUEUE_ENTRIES)
		return;
	drop_stale(queue, now_us);
	presses = count_presses(queue);
	for (size_t i = 0; i < queue->count; i++)
		apply_edge(queue, edge_at(queue, i), &end);
	queue->count = 0;
	push_difference(queue, &end, now_us);
	queue->dropped += presses - count_presses(queue);
}

void hid_queue_init(struct hid_queue *queue, enum hid_function function)
{
	*queue = (struct hid_queue){.function = function};
	/* a host that learns of the pointer finds it in no hot corner */
	queue->held.x = queue->held.y = (HID_ABSOLUTE_MAX + 1) / 2;
}

void hid_queue_gap(struct hid_queue *queue)
{
	queue->connected = false;
	queue->count = 0;
}

static void change_key(struct hid_queue *queue, uint8_t usage, bool down,
		bool timed, uint64_t now_us)
{
	struct hid_keys *held = &queue->held.keys;

	if (keys_have(held, usage) == down)
		return; /* the host repeats by itself */
	if (down && !queue->connected)
		return;
	if (down && !is_modifier(usage) && held->count == HID_KEYBOARD_KEYS)
		change_key(queue, held->usages[0], false, false, now_us);
	if (queue->connected)
		make_room(queue, now_us);
	if (down)
		keys_add(held, usage);
	else
		keys_remove(held, usage);
	if (queue->connected)
		push_key(queue, usage, down, held->modifiers, now_us)->timed =
				timed;
}

void hid_queue_key(struct hid_queue *queue, uint8_t usage, bool down,
		uint64_t event_us)
{
	change_key(queue, usage, down, true, event_us);
}

static bool is_motion(const struct hid_edge *edge)
{
	return !edge->pressed && !edge->released && !edge->wheel && !edge->pan;
}

/* Add a pointer's edge behind the others or into the last one. */
static void merge_edge(struct hid_queue *queue, const struct hid_edge *edge)
{
	bool absolute = queue->function == HID_FUNCTION_ABSOLUTE;
	struct hid_edge *last = edge_last(queue);

	if (!last || last->pressed || last->released || edge->pressed ||
			edge->released ||
			/* a turn belongs to the place where it was made */
			(absolute && !is_motion(last) &&
					(last->x != edge->x ||
							last->y != edge->y))) {
		make_room(queue, edge->time_us);
		*push_edge(queue, edge->time_us) = *edge;
		return;
	}
	if (is_stale(queue, last, edge->time_us))
		edge_strip(queue, last);
	if (is_motion(last) && !last->dx && !last->dy)
		last->time_us = edge->time_us;
	queue->coalesced++;
	last->x = edge->x;
	last->y = edge->y;
	last->dx = clamp((int64_t)last->dx + edge->dx, MOTION_MAX);
	last->dy = clamp((int64_t)last->dy + edge->dy, MOTION_MAX);
	last->wheel = clamp((int64_t)last->wheel + edge->wheel, WHEEL_MAX);
	last->pan = clamp((int64_t)last->pan + edge->pan, WHEEL_MAX);
}

static void pointer_edge(
		struct hid_queue *queue, uint8_t buttons, struct hid_edge *edge)
{
	struct hid_view *held = &queue->held;
	bool moved = edge->x != held->x || edge->y != held->y || edge->dx ||
			edge->dy;

	if (!queue->connected)
		buttons &= held->buttons; /* releases only */
	edge->pressed = buttons & (uint8_t)~held->buttons;
	edge->released = held->buttons & (uint8_t)~buttons;
	held->buttons = buttons;
	held->x = edge->x;
	held->y = edge->y;
	if (queue->connected && (moved || !is_motion(edge)))
		merge_edge(queue, edge);
}

void hid_queue_point(struct hid_queue *queue, uint16_t x, uint16_t y,
		uint8_t buttons, int wheel, int pan, uint64_t now_us)
{
	struct hid_edge edge = {
			.time_us = now_us,
			.x = x > HID_ABSOLUTE_MAX ? HID_ABSOLUTE_MAX : x,
			.y = y > HID_ABSOLUTE_MAX ? HID_ABSOLUTE_MAX : y,
			.wheel = clamp(wheel, WHEEL_MAX),
			.pan = clamp(pan, WHEEL_MAX),
	};

	pointer_edge(queue, buttons, &edge);
}

void hid_queue_move(struct hid_queue *queue, int dx, int dy, uint8_t buttons,
		int wheel, uint64_t now_us)
{
	struct hid_edge edge = {
			.time_us = now_us,
			.dx = clamp(dx, MOTION_MAX),
			.dy = clamp(dy, MOTION_MAX),
			.wheel = clamp(wheel, WHEEL_MAX),
	};

	pointer_edge(queue, buttons, &edge);
}

void hid_queue_release_all(struct hid_queue *queue, uint64_t now_us)
{
	struct hid_view *held = &queue->held;

	switch (queue->function) {
	case HID_FUNCTION_KEYBOARD:
		while (held->keys.count > 0)
			change_key(queue, held->keys.usages[0], false, false,
					now_us);
		for (unsigned u = MODIFIERS_FIRST; u < MODIFIERS_FIRST + 8; u++)
			change_key(queue, (uint8_t)u, false, false, now_us);
		break;
	case HID_FUNCTION_ABSOLUTE:
		hid_queue_point(queue, held->x, held->y, 0, 0, 0, now_us);
		break;
	default:
		hid_queue_move(queue, 0, 0, 0, 0, now_us);
		break;
	}
}

/* A long way is cut into equal parts, so that it stays a straight line. */
static struct hid_step edge_step(const struct hid_edge *edge)
{
	int32_t far_x = edge->dx < 0 ? -edge->dx : edge->dx;
	int32_t far_y = edge->dy < 0 ? -edge->dy : edge->dy;
	int32_t parts = ((far_x > far_y ? far_x : far_y) + STEP_MAX - 1) /
			STEP_MAX;
	struct hid_step step = {
			.dx = (int8_t)(parts > 1 ? edge->dx / parts : edge->dx),
			.dy = (int8_t)(parts > 1 ? edge->dy / parts : edge->dy),
			.wheel = (int8_t)clamp(edge->wheel, STEP_MAX),
			.pan = (int8_t)clamp(edge->pan, STEP_MAX),
	};

	step.last = step.dx == edge->dx && step.dy == edge->dy &&
			step.wheel == edge->wheel && step.pan == edge->pan;
	return step;
}

static bool views_equal(const struct hid_queue *queue, const struct hid_view *a,
		const struct hid_view *b)
{
	if (queue->function != HID_FUNCTION_KEYBOARD)
		return a->buttons == b->buttons && a->x == b->x && a->y == b->y;
	return a->keys.modifiers == b->keys.modifiers &&
			a->keys.count == b->keys.count &&
			memcmp(a->keys.usages, b->keys.usages, a->keys.count) ==
			0;
}

/* What the first edge changes; false if nothing. */
static bool take_edge(struct hid_queue *queue)
{
	const struct hid_edge *edge = edge_at(queue, 0);

	queue->next = queue->shown;
	queue->step = edge_step(edge);
	apply_edge(queue, edge, &queue->next);
	if (!queue->step.last) {
		/* the button belongs to the end of the way */
		queue->next.buttons = queue->shown.buttons;
		return true;
	}
	return queue->step.dx || queue->step.dy || queue->step.wheel ||
			queue->step.pan ||
			!views_equal(queue, &queue->shown, &queue->next);
}

static void write_report(enum hid_function function,
		const struct hid_view *view, const struct hid_step *step,
		uint8_t report[HID_REPORT_BYTES_MAX])
{
	memset(report, 0, HID_REPORT_BYTES_MAX);
	switch (function) {
	case HID_FUNCTION_KEYBOARD:
		report[0] = view->keys.modifiers;
		memcpy(report + 2, view->keys.usages, view->keys.count);
		break;
	case HID_FUNCTION_ABSOLUTE:
		report[0] = view->buttons;
		report[1] = (uint8_t)view->x;
		report[2] = (uint8_t)(view->x >> 8);
		report[3] = (uint8_t)view->y;
		report[4] = (uint8_t)(view->y >> 8);
		report[5] = (uint8_t)step->wheel;
		report[6] = (uint8_t)step->pan;
		break;
	default:
		report[0] = view->buttons;
		report[1] = (uint8_t)step->dx;
		report[2] = (uint8_t)step->dy;
		report[3] = (uint8_t)step->wheel;
		break;
	}
}

static void write_next(const struct hid_queue *queue,
		uint8_t report[HID_REPORT_BYTES_MAX])
{
	write_report(queue->function, &queue->next, &queue->step, report);
}

bool hid_queue_next(struct hid_queue *queue, uint64_t now_us,
		uint8_t report[HID_REPORT_BYTES_MAX])
{
	if (!queue->connected) {
		queue->next = queue->held;
		queue->step = (struct hid_step){.last = true};
		write_next(queue, report);
		return true;
	}
	drop_stale(queue, now_us);
	while (queue->count > 0) {
		if (take_edge(queue)) {
			write_next(queue, report);
			return true;
		}
		pop_edge(queue);
	}
	return false;
}

uint64_t hid_queue_written(struct hid_queue *queue, uint64_t now_us)
{
	struct hid_edge *edge = edge_at(queue, 0);

	queue->shown = queue->next;
	queue->progress_us = now_us;
	if (!queue->connected) {
		queue->connected = true;
		return 0;
	}
	if (queue->step.last) {
		pop_edge(queue);
		return edge->timed ? edge->time_us : 0;
	}
	edge->dx -= queue->step.dx;
	edge->dy -= queue->step.dy;
	edge->wheel -= queue->step.wheel;
	edge->pan -= queue->step.pan;
	return 0;
}

bool hid_queue_is_holding(const struct hid_queue *queue)
{
	const struct hid_view *shown = &queue->shown;

	return shown->keys.modifiers || shown->keys.count > 0 || shown->buttons;
}

void hid_queue_repeat(const struct hid_queue *queue,
		uint8_t report[HID_REPORT_BYTES_MAX])
{
	const struct hid_step step = {.last = true};

	write_report(queue->function, &queue->shown, &step, report);
}

bool hid_queue_farewell(const struct hid_queue *queue,
		uint8_t report[HID_REPORT_BYTES_MAX])
{
	const struct hid_step step = {.last = true};
	const struct hid_view all_up = {
			.x = queue->shown.x, .y = queue->shown.y};

	write_report(queue->function, &all_up, &step, report);
	return hid_queue_is_holding(queue);
}
