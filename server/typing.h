/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "hid-gadget/input.h"
#include "server/steps.h"

/*
 * Types steps on a target, one job at a time, no faster than its host reads:
 * the next step is begun when the host was told all of the one before.
 *
 * A host can read faster than it understands. A longer text is therefore
 * paced: every few characters Num Lock is pressed, which no character depends
 * on, and the host answers by its LED when it has come so far. Where it does
 * not, each character is followed by a delay. Num Lock is left as it was, and
 * so is Caps Lock, which has to be off meanwhile.
 *
 * Threads: loop thread only. Nothing blocks.
 * Errors:  -errno at creation and start; how a job ends is a result.
 */
struct server_typing;

enum server_typing_result {
	SERVER_TYPING_DONE,
	SERVER_TYPING_CANCELLED,   /* somebody wanted it to end */
	SERVER_TYPING_INTERRUPTED, /* the operator pressed a key */
	SERVER_TYPING_TAKEN,       /* somebody else operates now */
	SERVER_TYPING_GONE,        /* the host went off */
	SERVER_TYPING_STALLED,     /* it did not read: something got lost */
	SERVER_TYPING_CAPS_LOCK,   /* is on, and did not go off */
	SERVER_TYPING_RESULTS
};

/* "done", "cancelled" ... for programs, and a sentence for people. */
const char *server_typing_result_name(enum server_typing_result result);
const char *server_typing_result_text(enum server_typing_result result);

#define SERVER_TYPING_DELAY_MS 20 /* where neither LEDs nor others say */
#define SERVER_TYPING_DELAY_MAX_MS 1000

struct server_typing_progress {
	uint64_t id; /* of the job; 0: there was none yet */
	bool active;
	size_t typed; /* characters */
	size_t characters;
	bool by_leds;                     /* its pace; else by delay */
	enum server_typing_result result; /* once it is not active */
};

struct server_typing_handler {
	/* Nobody else's keys may be down from now on, until `ended`. */
	void (*began)(void *context);
	/* Now and then, when it is further. */
	void (*moved)(void *context);
	void (*ended)(void *context, enum server_typing_result result);
};

/* `input` is borrowed. */
int server_typing_create(struct server_typing **out, sd_event *event,
		struct hid_input *input,
		const struct server_typing_handler *handler, void *context);

/* What is being typed ends without a word. NULL is allowed. */
void server_typing_destroy(struct server_typing *typing);

/*
 * Begin, later, from the loop. `steps` are taken on success. `delay_ms` 0: as
 * the LEDs say, else SERVER_TYPING_DELAY_MS. -EBUSY: a job is not done yet;
 * -EHOSTDOWN: there is no host that is on.
 */
int server_typing_start(struct server_typing *typing,
		struct server_steps *steps, unsigned delay_ms, uint64_t *id);

/* Nothing happens while nothing is being typed. */
void server_typing_stop(
		struct server_typing *typing, enum server_typing_result result);

bool server_typing_is_active(const struct server_typing *typing);
struct server_typing_progress server_typing_get_progress(
		const struct server_typing *typing);

/* From the handler of `input`: `told` and `leds`. */
void server_typing_told(struct server_typing *typing);
void server_typing_set_leds(struct server_typing *typing, uint8_t leds);
