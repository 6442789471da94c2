/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/input.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "core/clock.h"
#include "hid-gadget/device.h"
#include "hid-gadget/input-internal.h"
#include "hid-gadget/queue.h"

#define TICK_US CLOCK_US_PER_S
#define FAREWELL_MS 20   /* all that destroy may wait for the host */
#define USAGE_FIRST 0x04 /* below are the host's error codes */
#define USAGE_LAST 0xe7

struct function_state {
	struct hid_queue queue;
	struct hid_device *device;
	uint64_t waiting_us; /* since when a report waits; 0: none does */
	bool was_holding;    /* and that all is up was not said twice yet */
};

struct hid_input {
	const struct hid_input_handler *handler;
	void *context;
	struct function_state functions[HID_FUNCTIONS];
	sd_event_source *tick;
	enum hid_state state;
	bool off; /* ESHUTDOWN was the last thing that was heard */
	uint8_t leds;
	uint64_t reports;
	uint64_t retries;
	struct core_histogram latency; /* of keys */
};

static const struct {
	const char *name;
	const char *text;
} state_names[] = {
		[HID_STATE_ABSENT] = {"absent",
				"no USB gadget, or it is not bound"},
		[HID_STATE_OFF] = {"off",
				"the host is off, or there is no cable"},
		[HID_STATE_SLEEPING] = {"sleeping", "the host does not read"},
		[HID_STATE_READY] = {"ready", "the host reads"},
};
static_assert(sizeof(state_names) / sizeof(state_names[0]) == HID_STATES,
		"each state has a name");

/*
 * The keyboard speaks for the host: every host reads it, down to firmware,
 * while a text console reads no pointer.
 */
static bool is_asleep(const struct hid_input *input, uint64_t now_us)
{
	const struct function_state *keyboard =
			&input->functions[HID_FUNCTION_KEYBOARD];

	return keyboard->waiting_us &&
			now_us - keyboard->waiting_us >= HID_SLEEP_US;
}

static enum hid_state find_state(const struct hid_input *input, uint64_t now_us)
{
	bool connected = false;
	bool open = false;

	for (int f = 0; f < HID_FUNCTIONS; f++) {
		const struct function_state *it = &input->functions[f];

		open |= hid_device_is_open(it->device);
		connected |= it->queue.connected;
	}
	if (!open)
		return HID_STATE_ABSENT;
	if (!connected && input->off)
		return HID_STATE_OFF;
	if (is_asleep(input, now_us))
		return HID_STATE_SLEEPING;
	return connected ? HID_STATE_READY : input->state;
}

static void refresh(struct hid_input *input)
{
	enum hid_state state = find_state(input, clock_now_us());

	if (state == input->state)
		return;
	input->state = state;
	input->handler->state(input->context, state);
}

/*
 * The functions share one cable and one configuration: what one of them
 * learns of the host's absence concerns all.
 */
static void disconnect(struct hid_input *input)
{
	for (int f = 0; f < HID_FUNCTIONS; f++) {
		struct function_state *it = &input->functions[f];

		hid_queue_gap(&it->queue);
		it->waiting_us = 0;
		hid_device_doubt(it->device);
	}
}

static void set_tick(struct hid_input *input, uint64_t delay_us)
{
	sd_event_source_set_time_relative(input->tick, delay_us);
	sd_event_source_set_enabled(input->tick, SD_EVENT_ONESHOT);
}

/* The outcome of one hid_device_write; true if the next may follow. */
static bool wrote(struct hid_input *input, struct function_state *it, int rc)
{
	if (rc == 0) {
		input->reports++;
		input->off = false;
		it->waiting_us = 0;
		return true;
	}
	if (rc == -EAGAIN) {
		if (it->waiting_us)
			return false;
		it->waiting_us = clock_now_us();
		input->retries++;
		set_tick(input, HID_SLEEP_US);
		return false;
	}
	if (hid_device_is_open(it->device)) {
		input->off = true;
		disconnect(input);
	}
	return false;
}

/* Write what the host does not know, as far as it takes it. */
static void pump(struct hid_input *input, enum hid_function function)
{
	struct function_state *it = &input->functions[function];
	uint8_t report[HID_REPORT_BYTES_MAX];
	uint64_t event_us, now_us;

	while (hid_queue_next(&it->queue, clock_now_us(), report)) {
		if (!wrote(input, it, hid_device_write(it->device, report)))
			return;
		now_us = clock_now_us();
		event_us = hid_queue_written(&it->queue, now_us);
		if (event_us)
			core_histogram_add(&input->latency, now_us - event_us);
		if (hid_queue_is_holding(&it->queue))
			it->was_holding = true;
		else if (it->was_holding)
			set_tick(input, HID_SLEEP_US);
	}
	if (function == HID_FUNCTION_KEYBOARD && input->handler->told)
		input->handler->told(input->context);
}

static void on_ready(void *context, enum hid_function function, bool fresh)
{
	struct hid_input *input = context;
	struct function_state *it = &input->functions[function];

	it->waiting_us = 0; /* there is room again: the host has read */
	if (fresh)
		hid_queue_gap(&it->queue);
	if (!it->queue.connected)
		set_tick(input, HID_SLEEP_US); /* say it twice */
	pump(input, function);
	refresh(input);
}

static void on_lost(void *context, enum hid_function function, int rc)
{
	struct hid_input *input = context;
	struct function_state *it = &input->functions[function];

	(void)rc;
	hid_queue_gap(&it->queue);
	it->waiting_us = 0;
	refresh(input);
}

static void on_leds(void *context, uint8_t leds)
{
	struct hid_input *input = context;

	if (leds == input->leds)
		return;
	input->leds = leds;
	input->handler->leds(input->context, leds);
}

static int on_open(void *context, enum hid_function function)
{
	const struct hid_input *input = context;

	return input->handler->open(input->context, function);
}

/*
 * Saying again what is held changes nothing for a host that has read it, and
 * serves two others. With nothing to say, a host that went off or to sleep
 * shows in one thing, that the keyboard's last report is not read; the answer
 * to another one tells which it is. And Linux ignores what a keyboard says in
 * the first 50 ms: a key held while the host restarts would get lost.
 *
 * That nothing is held any more is said again once: a host that resets the bus
 * loses the report that it has not read, and keeps its keys pressed.
 */
static bool is_repeat_due(const struct function_state *it)
{
	if (!it->queue.connected || it->waiting_us)
		return false;
	return hid_queue_is_holding(&it->queue) || it->was_holding ||
			(it->queue.function == HID_FUNCTION_KEYBOARD &&
					!hid_device_is_writable(it->device, 0));
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct hid_input *input = userdata;

	(void)source;
	(void)usec;
	set_tick(input, TICK_US);
	for (int f = 0; f < HID_FUNCTIONS; f++) {
		struct function_state *it = &input->functions[f];
		uint8_t report[HID_REPORT_BYTES_MAX];

		if (!is_repeat_due(it))
			continue;
		hid_queue_repeat(&it->queue, report);
		if (wrote(input, it, hid_device_write(it->device, report)))
			it->was_holding = hid_queue_is_holding(&it->queue);
	}
	refresh(input);
	return 0;
}

static const struct hid_device_handler device_handler = {
		.open = on_open,
		.ready = on_ready,
		.lost = on_lost,
		.leds = on_leds,
};

int hid_input_create_with(struct hid_input **out, sd_event *event,
		const char *name, const struct hid_input_handler *handler,
		void *context, const struct hid_io *io)
{
	struct hid_input *input = calloc(1, sizeof(*input));
	int rc;

	*out = NULL;
	if (!input)
		return -ENOMEM;
	input->handler = handler;
	input->context = context;

	for (int f = 0; f < HID_FUNCTIONS; f++)
		hid_queue_init(&input->functions[f].queue,
				(enum hid_function)f);
	for (int f = 0; f < HID_FUNCTIONS; f++) {
		rc = hid_device_create(&input->functions[f].device, event, name,
				(enum hid_function)f, &device_handler, input,
				io);
		if (rc < 0)
			goto fail;
	}
	rc = sd_event_add_time_relative(event, &input->tick, CLOCK_MONOTONIC,
			TICK_US, 0, on_tick, input);
	if (rc < 0)
		goto fail;

	*out = input;
	return 0;

fail:
	hid_input_destroy(input);
	return rc;
}

int hid_input_create(struct hid_input **out, sd_event *event, const char *name,
		const struct hid_input_handler *handler, void *context)
{
	return hid_input_create_with(
			out, event, name, handler, context, &hid_io_system);
}

/*
 * The kernel's one place for a report may be taken by the press that is to be
 * released, which a host that is awake reads within its polling interval.
 */
static void say_farewell(struct hid_input *input)
{
	uint64_t deadline_us = clock_now_us() + FAREWELL_MS * CLOCK_US_PER_MS;

	for (int f = 0; f < HID_FUNCTIONS; f++) {
		struct function_state *it = &input->functions[f];
		uint8_t report[HID_REPORT_BYTES_MAX];
		uint64_t now_us = clock_now_us();
		int left_ms = 0;

		if (!it->device || !hid_device_is_open(it->device) ||
				!it->queue.connected)
			continue;
		if (deadline_us > now_us)
			left_ms = (int)((deadline_us - now_us) /
					CLOCK_US_PER_MS);
		if (!hid_queue_farewell(&it->queue, report))
			continue;
		if (hid_device_is_writable(it->device, left_ms))
			hid_device_write(it->device, report);
	}
}

void hid_input_destroy(struct hid_input *input)
{
	if (!input)
		return;
	say_farewell(input);
	for (int f = 0; f < HID_FUNCTIONS; f++)
		hid_device_destroy(input->functions[f].device);
	sd_event_source_disable_unref(input->tick);
	free(input);
}

int hid_input_key(struct hid_input *input, uint8_t usage, bool down,
		uint64_t event_us)
{
	if (usage < USAGE_FIRST || usage > USAGE_LAST)
		return -EINVAL;
	hid_queue_key(&input->functions[HID_FUNCTION_KEYBOARD].queue, usage,
			down, event_us ? event_us : clock_now_us());
	pump(input, HID_FUNCTION_KEYBOARD);
	refresh(input);
	return 0;
}

void hid_input_point(struct hid_input *input, uint16_t x, uint16_t y,
		uint8_t buttons, int wheel, int horizontal_wheel)
{
	hid_queue_point(&input->functions[HID_FUNCTION_ABSOLUTE].queue, x, y,
			buttons, wheel, horizontal_wheel, clock_now_us());
	pump(input, HID_FUNCTION_ABSOLUTE);
	refresh(input);
}

void hid_input_move(struct hid_input *input, int dx, int dy, uint8_t buttons,
		int wheel)
{
	hid_queue_move(&input->functions[HID_FUNCTION_RELATIVE].queue, dx, dy,
			buttons, wheel, clock_now_us());
	pump(input, HID_FUNCTION_RELATIVE);
	refresh(input);
}

void hid_input_release_all(struct hid_input *input)
{
	for (int f = 0; f < HID_FUNCTIONS; f++) {
		hid_queue_release_all(
				&input->functions[f].queue, clock_now_us());
		pump(input, (enum hid_function)f);
	}
	refresh(input);
}

size_t hid_input_get_waiting(const struct hid_input *input)
{
	return input->functions[HID_FUNCTION_KEYBOARD].queue.count;
}

enum hid_state hid_input_get_state(const struct hid_input *input)
{
	return input->state;
}

uint8_t hid_input_get_leds(const struct hid_input *input)
{
	return input->leds;
}

struct hid_input_stats hid_input_get_stats(const struct hid_input *input)
{
	struct hid_input_stats stats = {
			.reports = input->reports,
			.retries = input->retries,
	};

	for (int f = 0; f < HID_FUNCTIONS; f++) {
		stats.coalesced += input->functions[f].queue.coalesced;
		stats.dropped += input->functions[f].queue.dropped;
	}
	return stats;
}

const struct core_histogram *hid_input_get_latency(
		const struct hid_input *input)
{
	return &input->latency;
}

const char *hid_state_name(enum hid_state state)
{
	assert(state < HID_STATES);
	return state_names[state].name;
}

const char *hid_state_text(enum hid_state state)
{
	assert(state < HID_STATES);
	return state_names[state].text;
}
