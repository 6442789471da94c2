/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/prompt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ENDING_SIGNALS 4

static const int ending[ENDING_SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* The terminal as it was, and what becomes of signals. */
struct quiet {
	struct termios terminal;
	sigset_t mask; /* while it waits for input: these come then only */
	struct sigaction actions[ENDING_SIGNALS];
	struct sigaction stop;
};

/* A signal that comes before this waits, and is not missed. */
static int wait_for_input(const struct quiet *quiet)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	return quiet && ppoll(&input, 1, NULL, &quiet->mask) == -1 ? -errno : 0;
}

/* Byte by byte: what follows the line is for who asks next. */
static int read_line(char *line, size_t size, const struct quiet *quiet)
{
	size_t used = 0;

	for (;;) {
		int rc = wait_for_input(quiet);
		ssize_t got;
		char c;

		if (rc < 0)
			return rc;
		got = read(STDIN_FILENO, &c, 1);
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

static int read_or_wipe(char *line, size_t size, const struct quiet *quiet)
{
	int rc = read_line(line, size, quiet);

	if (rc < 0)
		explicit_bzero(line, size);
	return rc;
}

/* That it comes is enough: waiting then ends with EINTR. */
static void on_signal(int number)
{
	(void)number;
}

static void begin_quiet(struct quiet *quiet)
{
	const struct sigaction interrupt = {.sa_handler = on_signal};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct termios silent;
	sigset_t ours;

	sigemptyset(&ours);
	for (int i = 0; i < ENDING_SIGNALS; i++) {
		sigaddset(&ours, ending[i]);
		sigaction(ending[i], &interrupt, &quiet->actions[i]);
	}
	sigprocmask(SIG_BLOCK, &ours, &quiet->mask);
	sigaction(SIGTSTP, &ignore, &quiet->stop);
	tcgetattr(STDIN_FILENO, &quiet->terminal);
	silent = quiet->terminal;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
}

static void end_quiet(const struct quiet *quiet)
{
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet->terminal);
	sigprocmask(SIG_SETMASK, &quiet->mask, NULL);
	for (int i = 0; i < ENDING_SIGNALS; i++)
		sigaction(ending[i], &quiet->actions[i], NULL);
	sigaction(SIGTSTP, &quiet->stop, NULL);
	fputc('\n', stderr); /* the one that was not shown */
}

int server_prompt_line(const char *question, char *line, size_t size)
{
	if (isatty(STDIN_FILENO))
		fprintf(stderr, "%s: ", question);
	return read_or_wipe(line, size, NULL);
}

static int ask_quietly(
		const char *question, const char *more, char *line, size_t size)
{
	struct quiet quiet;
	int rc;

	/* First: what is typed before the echo is off is thrown away. */
	begin_quiet(&quiet);
	fprintf(stderr, "%s%s: ", question, more);
	rc = read_or_wipe(line, size, &quiet);
	end_quiet(&quiet);
	return rc;
}

int server_prompt_secret(const char *question, char *line, size_t size)
{
	char again[512];
	int rc;

	if (!isatty(STDIN_FILENO))
		return read_or_wipe(line, size, NULL);
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
