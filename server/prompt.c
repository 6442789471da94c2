/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/prompt.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ENDING_SIGNALS 4

static const int ending[ENDING_SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* The terminal as it was, and who is told of signals. */
struct quiet {
	struct termios terminal;
	struct sigaction actions[ENDING_SIGNALS];
	struct sigaction stop;
};

/* Byte by byte: what follows the line is for who asks next. */
static int read_line(char *line, size_t size)
{
	size_t used = 0;

	for (;;) {
		char c;
		ssize_t got = read(STDIN_FILENO, &c, 1);

		if (got == -1)
			return -errno;
		if (got == 0 && used == 0)
			return -ENODATA;
		if (got == 0 || c == '\n')
			break;
		if (c == '\0')
			return -EILSEQ;
		if (used == size - 1)
			return -EMSGSIZE;
		line[used++] = c;
	}
	line[used] = '\0';
	return 0;
}

static int read_or_wipe(char *line, size_t size)
{
	int rc = read_line(line, size);

	if (rc < 0)
		explicit_bzero(line, size);
	return rc;
}

/* That it comes is enough: reading then ends with EINTR. */
static void on_signal(int number)
{
	(void)number;
}

static void begin_quiet(struct quiet *quiet)
{
	const struct sigaction interrupt = {.sa_handler = on_signal};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct termios silent;

	for (int i = 0; i < ENDING_SIGNALS; i++)
		sigaction(ending[i], &interrupt, &quiet->actions[i]);
	sigaction(SIGTSTP, &ignore, &quiet->stop);
	tcgetattr(STDIN_FILENO, &quiet->terminal);
	silent = quiet->terminal;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
}

static void end_quiet(const struct quiet *quiet)
{
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet->terminal);
	for (int i = 0; i < ENDING_SIGNALS; i++)
		sigaction(ending[i], &quiet->actions[i], NULL);
	sigaction(SIGTSTP, &quiet->stop, NULL);
	fputc('\n', stderr); /* the one that was not shown */
}

int server_prompt_line(const char *question, char *line, size_t size)
{
	if (isatty(STDIN_FILENO))
		fprintf(stderr, "%s: ", question);
	return read_or_wipe(line, size);
}

static int ask_quietly(
		const char *question, const char *more, char *line, size_t size)
{
	struct quiet quiet;
	int rc;

	fprintf(stderr, "%s%s: ", question, more);
	begin_quiet(&quiet);
	rc = read_or_wipe(line, size);
	end_quiet(&quiet);
	return rc;
}

int server_prompt_secret(const char *question, char *line, size_t size)
{
	char again[512];
	int rc;

	if (!isatty(STDIN_FILENO))
		return read_or_wipe(line, size);
	rc = ask_quietly(question, "", line, size);
	if (rc < 0)
		return rc;
	rc = ask_quietly(question, " once more", again,
			size < sizeof(again) ? size : sizeof(again));
	if (rc == 0 && strcmp(line, again) != 0)
		rc = -EKEYREJECTED;
	explicit_bzero(again, sizeof(again));
	if (rc < 0)
		explicit_bzero(line, size);
	return rc;
}
