/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/rack/agent.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* One agent is one program. */
static bool answered;

__attribute__((format(printf, 2, 0))) static void answer(
		const char *word, const char *format, va_list args)
{
	printf("%s ", word);
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
	answered = true;
}

void agent_ok(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	answer("ok", format, args);
	va_end(args);
}

void agent_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	answer("error", format, args);
	va_end(args);
}

uint64_t agent_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t agent_patience_until_us(unsigned ms)
{
	return agent_now_us() + (uint64_t)ms * 6 * 1000;
}

void agent_sleep_ms(unsigned ms)
{
	struct timespec time = {
			.tv_sec = ms / 1000,
			.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	while (nanosleep(&time, &time) == -1 && errno == EINTR)
		;
}

int agent_poll(int fd, int timeout_ms)
{
	struct pollfd fds[] = {
			{.fd = STDIN_FILENO, .events = POLLIN},
			{.fd = fd, .events = POLLIN},
	};
	int ready = 0;

	if (poll(fds, fd == -1 ? 1 : 2, timeout_ms) <= 0)
		return 0;
	if (fds[0].revents)
		ready |= AGENT_STDIN;
	if (fd != -1 && fds[1].revents)
		ready |= AGENT_FD;
	return ready;
}

static int split(char *line, char **words)
{
	char *rest = NULL;
	int n = 0;

	for (char *word = strtok_r(line, " \t\n", &rest);
			word && n < AGENT_WORDS_MAX;
			word = strtok_r(NULL, " \t\n", &rest))
		words[n++] = word;
	return n;
}

static void serve(const struct agent_command *commands, size_t commands_n,
		void *context, char *line)
{
	char *words[AGENT_WORDS_MAX] = {NULL};
	int words_n = split(line, words);

	if (words_n == 0)
		return;
	answered = false;
	for (size_t i = 0; i < commands_n; i++) {
		int rc;

		if (strcmp(commands[i].name, words[0]) != 0)
			continue;
		if (words_n - 1 < commands[i].words_min) {
			agent_error("use: %s %s", commands[i].name,
					commands[i].help);
			return;
		}
		rc = commands[i].run(context, words_n - 1, words + 1);
		if (!answered && rc < 0)
			agent_error("%s: %s", words[0], strerror(-rc));
		else if (!answered)
			agent_ok("%s", words[0]);
		return;
	}
	agent_error("no command '%s'", words[0]);
}

/* Line by line with read(2), so that poll(2) on stdin tells the truth. */
int agent_run(const struct agent_command *commands, size_t commands_n,
		void *context, void (*wait)(void *context))
{
	char line[1024];
	size_t used = 0;

	for (;;) {
		ssize_t n;
		char *end;

		if (wait)
			wait(context);
		n = read(STDIN_FILENO, line + used, sizeof(line) - used - 1);
		if (n <= 0)
			return n == 0 ? 0 : -errno;
		used += (size_t)n;
		line[used] = '\0';
		while ((end = strchr(line, '\n'))) {
			size_t bytes = (size_t)(end - line) + 1;

			*end = '\0';
			serve(commands, commands_n, context, line);
			used -= bytes;
			memmove(line, line + bytes, used + 1);
		}
		if (used == sizeof(line) - 1)
			return -EMSGSIZE;
	}
}
