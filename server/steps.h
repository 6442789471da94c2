/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "hid-gadget/chord.h"
#include "hid-gadget/layout.h"

/*
 * What is to be typed, checked as a whole before the first key: a text, or the
 * keys of a macro, as the strokes of one layout.
 *
 * A macro is steps with a comma between them:
 *   ctrl-alt-f1, wait 500ms, text 'root', enter
 *
 * A text can be a password: it is wiped before its memory is let go.
 *
 * Threads: loop thread only; 64 KiB take some milliseconds.
 * Errors:  -EINVAL with what is wrong and what would be right, -E2BIG for more
 *          than may be typed at once, -ENOMEM.
 */
#define SERVER_STEPS_TEXT_MAX ((size_t)64 << 10) /* bytes of a text */
#define SERVER_STEPS_KEYS_MAX ((size_t)4 << 10)  /* bytes of a macro */
#define SERVER_STEPS_WAIT_MAX_MS 60000           /* of one step */
#define SERVER_STEPS_WHY_BYTES 240

enum server_step_kind {
	SERVER_STEP_STROKES, /* a character */
	SERVER_STEP_CHORD,
	SERVER_STEP_WAIT,
};

struct server_step {
	enum server_step_kind kind;
	union {
		struct hid_strokes strokes;
		struct hid_chord chord;
		uint32_t wait_ms;
	};
};

struct server_steps {
	size_t count;
	size_t characters;           /* how many of them are */
	struct hid_stroke caps_lock; /* of the layout; usage 0: none */
	struct server_step steps[];
};

/* A character that the layout has no keys for, where it stands first. */
struct server_untypable {
	uint32_t character;
	size_t at; /* counted in characters, from 0 */
};

#define SERVER_UNTYPABLE_MAX 64

struct server_untypables {
	size_t count; /* different ones; more than fit are not counted */
	struct server_untypable items[SERVER_UNTYPABLE_MAX];
};

/*
 * `text` is UTF-8. Line ends of any kind are the key Enter. -EILSEQ: it is no
 * UTF-8; -EINVAL: `untypables` says what cannot be typed.
 */
int server_steps_from_text(struct server_steps **out, const char *text,
		size_t size, const struct hid_layout *layout,
		struct server_untypables *untypables);

/* -ENOENT: it makes sense, but the layout lacks a character. */
int server_steps_from_keys(struct server_steps **out, const char *keys,
		size_t size, const struct hid_layout *layout,
		char why[SERVER_STEPS_WHY_BYTES]);

/* NULL is allowed. */
void server_steps_destroy(struct server_steps *steps);
