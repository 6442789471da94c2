/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "hid-gadget/input.h"

/*
 * A computer with a US keyboard at the far end of a hid_input: it reads
 * reports on the same loop, writes down what they type, and answers by its
 * LEDs or does not. A `\1` in the text stands for a key that types nothing.
 *
 * Threads: one. Errors: fail the test.
 */
#define TYPED_MAX 8192

struct typed_host {
	sd_event *event;
	struct hid_input *input;
	sd_event_source *source;
	sd_event_source *alarm;
	int gadget[HID_FUNCTIONS];
	int fds[HID_FUNCTIONS];
	bool answers;         /* changes of locks by LED reports */
	bool caps_lock_stays; /* pressing it changes nothing */
	unsigned answers_left;
	uint8_t locks;
	unsigned num_lock_presses;
	size_t since_answer; /* characters; the most of them */
	size_t most_since_answer;
	size_t most_waiting;
	uint8_t report[8];
	char typed[TYPED_MAX];
	size_t typed_n;
	char log[TYPED_MAX]; /* as the tests of the typist write reports */
	size_t log_n;
	void (*on_report)(void *context); /* NULL: nobody asks */
	void *context;
};

/* `handler` gets `context`; its `open` is to call typed_host_open. */
void typed_host_start(struct typed_host *host,
		const struct hid_input_handler *handler, void *context);
void typed_host_stop(struct typed_host *host);
int typed_host_open(struct typed_host *host, enum hid_function function);

/* It reads nothing from now on; or again, after so long. */
void typed_host_sleep(struct typed_host *host);
void typed_host_doze(struct typed_host *host, uint64_t us);
/* Its cable is pulled. */
void typed_host_vanish(struct typed_host *host);
void typed_host_set_locks(struct typed_host *host, uint8_t locks);

/* One turn of the loop, or fail if nothing happens for seconds. */
void typed_host_turn(struct typed_host *host);
/* What is ready. */
void typed_host_settle(struct typed_host *host);
