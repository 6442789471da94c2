/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/fuzz/fuzz.h"
#include "vnc/server.h"

/*
 * A whole VNC server with a small screen and up to three viewers, of which the
 * input says every byte that they send. Between those bytes stand commands of
 * four bytes: FUZZ_COMMAND_0, FUZZ_COMMAND_1, one of the letters below, and an
 * argument. So the bytes of an honest viewer are an input as they are.
 *
 * Everything happens in one thread, in one order, and time passes only by
 * command. Checked are the server's promises to its handler, and that nothing
 * is left when it is gone.
 */
#define FUZZ_COMMAND_0 0xc0
#define FUZZ_COMMAND_1 0xde

enum fuzz_command {
	FUZZ_TIME = 't',   /* argument x 20 ms pass */
	FUZZ_TOUCH = 's',  /* one cell of the screen changes */
	FUZZ_SCROLL = 'u', /* the picture moves up by so many rows */
	FUZZ_SHOW = 'z',   /* another picture, maybe of another size */
	FUZZ_LEDS = 'l',
	FUZZ_HOLD = 'h',
	FUZZ_TITLE = 'n',
	FUZZ_DEAF = 'd',    /* viewers read nothing (1) or do (0) */
	FUZZ_FENCES = 'f',  /* viewers answer fences (0, as at first) or do not
			     */
	FUZZ_VIEWER = 'v',  /* another viewer speaks from now on */
	FUZZ_HANG_UP = 'c', /* this one closes its connection */
	FUZZ_SHUT = 'w',    /* this one sends no more, but reads */
	FUZZ_EXPEL = 'x',   /* the server closes one */
	FUZZ_LOGIN = 'a',   /* logins: bit 0 refused, bit 1 answered later */
	FUZZ_MAY = 'm',     /* what viewers may: bit set of message kinds */
	FUZZ_MEMORY = 'e',  /* of what follows at once, that allocation fails */
	FUZZ_TLS = 'T', /* this one speaks TLS from now on; 1: anonymously */
};

#define FUZZ_WITHOUT_PASSWORD 0x01
#define FUZZ_WITHOUT_CERTIFICATE 0x02
#define FUZZ_WITHOUT_LOGIN 0x04 /* nobody to ask: the server decides */
#define FUZZ_WITHOUT_CHANCE 0x08

struct fuzz_server_options {
	unsigned without;     /* of FUZZ_WITHOUT_ */
	unsigned security;    /* of VNC_SECURITY_ */
	const void *greeting; /* what each viewer sends by itself at first */
	size_t greeting_bytes;
};

void fuzz_server_play(const struct fuzz_server_options *options,
		struct fuzz_input *input);
