/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rfb-probe: a viewer that does what it is told. It asks for updates all the
 * time, as a viewer on a screen would, also between commands; "stall" makes
 * it stop reading.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/rack/agent.h"
#include "tests/rack/rfb-viewer.h"

static int run_connect(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	int quality = words_n > 1 ? atoi(words[1]) : -1;
	const char *encodings = words_n > 2 ? words[2] : "tight";
	int rc = probe_connect(probe, atoi(words[0]), quality, encodings);

	if (rc < 0)
		return rc;
	agent_ok("%dx%d %s", probe->client->width, probe->client->height,
			probe->client->desktopName);
	return 0;
}

static int run_close(void *context, int words_n, char **words)
{
	(void)words_n;
	(void)words;
	probe_disconnect(context);
	return 0;
}

static int run_class(void *context, int words_n, char **words)
{
	(void)words_n;
	return probe_set_quality(context, atoi(words[0]));
}

static void wait_for_command(void *context)
{
	struct probe *probe = context;

	for (;;) {
		bool reads = probe->client && !probe->stalled;
		int fd = reads ? probe->client->sock : -1;
		int ready;

		/* The library may hold bytes that poll(2) cannot see. */
		if (reads && probe->client->buffered > 0)
			ready = AGENT_FD;
		else
			ready = agent_poll(fd, -1);
		if (ready & AGENT_STDIN)
			return;
		if (ready & AGENT_FD)
			probe_pump(probe, 0);
	}
}

static int has_pictures(struct probe *probe, void *argument)
{
	return probe->pictures >= *(unsigned *)argument;
}

/* The whole picture anew. */
static int run_refresh(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	unsigned wanted = probe->pictures + 1;
	int rc;

	(void)words_n;
	(void)words;
	if (!probe->client)
		return -ENOTCONN;
	SendFramebufferUpdateRequest(probe->client, 0, 0, probe->client->width,
			probe->client->height, FALSE);
	rc = probe_pump_until(probe, 10000, has_pictures, &wanted);
	if (rc == 0)
		agent_ok("%dx%d", probe->client->width, probe->client->height);
	return rc;
}

/* At least one more update. */
static int run_next(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	unsigned wanted = probe->pictures + 1;
	unsigned timeout_ms = words_n > 0 ? (unsigned)atoi(words[0]) : 5000;
	int rc = probe_pump_until(probe, timeout_ms, has_pictures, &wanted);

	if (rc == 0)
		agent_ok("t=%llu", (unsigned long long)probe->update_us);
	return rc;
}

struct size {
	int width;
	int height;
};

static int has_size(struct probe *probe, void *argument)
{
	const struct size *size = argument;

	if (!probe->client)
		return -ENOTCONN;
	return probe->client->width == size->width &&
			probe->client->height == size->height;
}

static int run_wait_size(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	struct size size;
	unsigned timeout_ms = words_n > 1 ? (unsigned)atoi(words[1]) : 5000;
	int rc;

	if (sscanf(words[0], "%dx%d", &size.width, &size.height) != 2)
		return -EINVAL;
	rc = probe_pump_until(probe, timeout_ms, has_size, &size);
	if (rc == 0)
		agent_ok("t=%llu", (unsigned long long)probe->resize_us);
	else if (probe->client)
		agent_error("it is %dx%d", probe->client->width,
				probe->client->height);
	return rc;
}

static int has_leds(struct probe *probe, void *argument)
{
	return probe->leds == *(int *)argument;
}

static int run_wait_leds(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	int leds = atoi(words[0]);
	int rc;

	(void)words_n;
	rc = probe_pump_until(probe, 5000, has_leds, &leds);
	if (rc == -ETIMEDOUT)
		agent_error("they are %d", probe->leds);
	else if (rc == 0)
		agent_ok("t=%llu", (unsigned long long)probe->leds_us);
	return rc;
}

static int run_status(void *context, int words_n, char **words)
{
	struct probe *probe = context;

	(void)words_n;
	(void)words;
	if (!probe->client)
		return -ENOTCONN;
	agent_ok("size=%dx%d updates=%u jpegs=%u resizes=%u leds=%d",
			probe->client->width, probe->client->height,
			probe->updates, probe->jpegs_total, probe->resizes,
			probe->leds);
	return 0;
}

static int run_stall(void *context, int words_n, char **words)
{
	struct probe *probe = context;

	(void)words_n;
	probe->stalled = strcmp(words[0], "on") == 0;
	return 0;
}

/* ---- input -----------------------------------------------------------------
 */

static bool is_down(const char *word)
{
	return strcmp(word, "down") == 0;
}

static int sent(bool done, uint64_t at_us)
{
	if (!done)
		return -ECONNRESET;
	agent_ok("t=%llu", (unsigned long long)at_us);
	return 0;
}

static int run_key(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	uint32_t keysym = (uint32_t)strtoul(words[0], NULL, 0);
	uint64_t at_us = agent_now_us();

	(void)words_n;
	if (!probe->client)
		return -ENOTCONN;
	return sent(SendKeyEvent(probe->client, keysym, is_down(words[1])),
			at_us);
}

static int run_xt(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	uint32_t code = (uint32_t)strtoul(words[0], NULL, 0);
	uint32_t keysym = words_n > 2 ? (uint32_t)strtoul(words[2], NULL, 0)
				      : 0;
	uint64_t at_us = agent_now_us();

	if (!probe->client)
		return -ENOTCONN;
	return sent(SendExtendedKeyEvent(probe->client, keysym, code,
				    is_down(words[1])),
			at_us);
}

/* With more than seven buttons: as the extended mouse message has it. */
static int run_point(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	int x = atoi(words[0]);
	int y = atoi(words[1]);
	unsigned buttons = words_n > 2 ? (unsigned)strtoul(words[2], NULL, 0)
				       : 0;
	uint64_t at_us = agent_now_us();
	uint8_t message[8] = {
			rfbPointerEvent,
			(uint8_t)(0x80 | (buttons & 0x7f)),
			(uint8_t)(x >> 8),
			(uint8_t)x,
			(uint8_t)(y >> 8),
			(uint8_t)y,
			(uint8_t)(buttons >> 7),
	};

	if (!probe->client)
		return -ENOTCONN;
	if (buttons < 0x80)
		return sent(SendPointerEvent(probe->client, x, y, (int)buttons),
				at_us);
	if (!probe->mouse_extended)
		return -EOPNOTSUPP;
	return sent(WriteToRFBServer(probe->client, (char *)message, 7), at_us);
}

/*
 * A viewer of its own that presses keys and buttons and is then killed with
 * all of them down: nothing of it says good-bye.
 */
static void be_victim(int port, const uint32_t *codes, int codes_n)
{
	struct probe probe = {.client = NULL};

	if (probe_connect(&probe, port, -1, "tight") < 0)
		_exit(1);
	/* The server says when it knows key codes; before, they are not sent.
	 */
	while (!SendExtendedKeyEvent(probe.client, 0, codes[0], TRUE) &&
			probe_pump(&probe, 5000) > 0)
		;
	for (int i = 1; i < codes_n; i++)
		SendExtendedKeyEvent(probe.client, 0, codes[i], TRUE);
	SendPointerEvent(probe.client, 10, 10, 1);
	/* Its last bytes shall arrive before it is gone. */
	agent_sleep_ms(30);
	raise(SIGKILL);
}

static int run_victim(void *context, int words_n, char **words)
{
	uint32_t codes[AGENT_WORDS_MAX];
	int status;
	pid_t pid;

	(void)context;
	for (int i = 1; i < words_n; i++)
		codes[i - 1] = (uint32_t)strtoul(words[i], NULL, 0);
	pid = fork();
	if (pid == -1)
		return -errno;
	if (pid == 0)
		be_victim(atoi(words[0]), codes, words_n - 1);
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	if (!WIFSIGNALED(status))
		return -ECONNREFUSED;
	return sent(true, agent_now_us());
}

static const struct agent_command commands[] = {
		{"connect", 1, run_connect, "PORT [QUALITY [ENCODINGS]]"},
		{"close", 0, run_close, ""},
		{"class", 1, run_class, "QUALITY, -1: lossless"},
		{"refresh", 0, run_refresh, ""},
		{"next", 0, run_next, "[TIMEOUT_MS]"},
		{"wait-size", 1, run_wait_size, "WxH [TIMEOUT_MS]"},
		{"wait-leds", 1, run_wait_leds, "BITS"},
		{"expect", 2, probe_run_expect,
				"FILE.ppm TOLERANCE [TIMEOUT_MS]"},
		{"bars", 1, probe_run_bars, "TOLERANCE [TIMEOUT_MS]"},
		{"dump", 1, probe_run_dump, "FILE.ppm"},
		{"judge", 2, probe_run_judge, "ORIGINAL.ppm DB"},
		{"status", 0, run_status, ""},
		{"stall", 1, run_stall, "on|off"},
		{"key", 2, run_key, "KEYSYM down|up"},
		{"xt", 2, run_xt, "CODE down|up [KEYSYM]"},
		{"point", 2, run_point, "X Y [BUTTONS]"},
		{"victim", 2, run_victim, "PORT CODE..."},
};

int main(void)
{
	struct probe probe = {.leds = -1};
	int rc;

	signal(SIGPIPE, SIG_IGN);
	probe_register_extensions();
	rc = agent_run(commands, sizeof(commands) / sizeof(commands[0]), &probe,
			wait_for_command);
	probe_disconnect(&probe);
	return rc < 0 ? 1 : 0;
}
