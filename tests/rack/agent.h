/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The test programs are agents: each reads one command a line from stdin and
 * answers every command with any number of data lines and then one line that
 * starts with "ok" or "error". Times are microseconds of CLOCK_MONOTONIC, so
 * that the agents of one machine can be compared.
 *
 * Threads: one.
 * Errors:  a command returns 0 or -errno, which becomes the last line unless
 *          the command has called agent_ok or agent_error itself.
 */

#define AGENT_WORDS_MAX 16

struct agent_command {
	const char *name;
	int words_min; /* without the name */
	int (*run)(void *context, int words_n, char **words);
	const char *help;
};

/*
 * Serve commands until stdin ends. `wait` sleeps until stdin has something,
 * doing what else the agent has to do meanwhile; NULL: nothing.
 */
int agent_run(const struct agent_command *commands, size_t commands_n,
		void *context, void (*wait)(void *context));

/* The last line of an answer, with more words. Only one per command. */
void agent_ok(const char *format, ...) __attribute__((format(printf, 1, 2)));
void agent_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

uint64_t agent_now_us(void);

/*
 * Until when to wait for what takes an idle machine less than `ms`. A busy one
 * gets more: tests ask what happens, not how fast.
 */
uint64_t agent_patience_until_us(unsigned ms);

void agent_sleep_ms(unsigned ms);

/* Whether descriptor fd or stdin (-1: stdin only) has something to read. */
enum { AGENT_STDIN = 1, AGENT_FD = 2 };
int agent_poll(int fd, int timeout_ms);
