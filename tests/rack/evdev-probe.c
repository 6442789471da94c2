/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evdev-probe: the controlled machine's side of the gadget. In the rack the
 * machine is its own USB host, so what the product types arrives in its own
 * /dev/input; this agent takes those devices for itself (else Ctrl-Alt-Del
 * would reboot the machine) and tells what came and what is held.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tests/rack/agent.h"

#define EVENTS_MAX 16384
#define BITS_BYTES(n) (((n) + 8) / 8)

enum role { ROLE_KEYBOARD, ROLE_ABSOLUTE, ROLE_RELATIVE, ROLES };

static const char *const role_names[ROLES] = {
		"keyboard", "absolute", "relative"};

struct event {
	uint64_t t_us;
	enum role role;
	uint16_t type;
	uint16_t code;
	int32_t value;
};

struct host {
	int fds[ROLES]; /* -1: not there */
	/*
	 * The same devices once more, to ask what is held: the kernel drops
	 * the events that wait in a descriptor which is asked.
	 */
	int state_fds[ROLES];
	struct event *events;
	size_t events_n;
};

static bool has_bit(int fd, unsigned type, unsigned code)
{
	uint8_t bits[BITS_BYTES(KEY_MAX)] = {0};

	if (ioctl(fd, EVIOCGBIT(type, sizeof(bits)), bits) < 0)
		return false;
	return bits[code / 8] >> (code % 8) & 1;
}

static int find_role(int fd, enum role *role)
{
	struct input_id id;

	if (ioctl(fd, EVIOCGID, &id) < 0 || id.bustype != BUS_USB)
		return -ENODEV;
	if (has_bit(fd, EV_KEY, KEY_A))
		*role = ROLE_KEYBOARD;
	else if (has_bit(fd, EV_ABS, ABS_X))
		*role = ROLE_ABSOLUTE;
	else if (has_bit(fd, EV_REL, REL_X))
		*role = ROLE_RELATIVE;
	else
		return -ENODEV;
	return 0;
}

static void close_role(struct host *host, enum role role)
{
	if (host->fds[role] != -1)
		close(host->fds[role]);
	if (host->state_fds[role] != -1)
		close(host->state_fds[role]);
	host->fds[role] = host->state_fds[role] = -1;
}

static void close_all(struct host *host)
{
	for (int i = 0; i < ROLES; i++)
		close_role(host, (enum role)i);
}

static void consider(struct host *host, const char *name)
{
	int clock = CLOCK_MONOTONIC;
	enum role role;
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "/dev/input/%s", name);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return;
	if (find_role(fd, &role) < 0 || host->fds[role] != -1 ||
			ioctl(fd, EVIOCGRAB, 1) < 0 ||
			ioctl(fd, EVIOCSCLOCKID, &clock) < 0) {
		close(fd);
		return;
	}
	host->fds[role] = fd;
	host->state_fds[role] = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

/* How many of the gadget's three devices are there. */
static int scan(struct host *host)
{
	DIR *dir = opendir("/dev/input");
	struct dirent *entry;
	int n = 0;

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "event", 5) == 0)
			consider(host, entry->d_name);
	}
	if (dir)
		closedir(dir);
	for (int i = 0; i < ROLES; i++)
		n += host->fds[i] != -1;
	return n;
}

static void keep(struct host *host, enum role role,
		const struct input_event *event)
{
	/* A key that is held repeats by the host's own doing. */
	if (event->type == EV_SYN || event->type == EV_MSC ||
			(event->type == EV_KEY && event->value == 2) ||
			host->events_n == EVENTS_MAX)
		return;
	host->events[host->events_n++] = (struct event){
			.t_us = (uint64_t)event->input_event_sec * 1000000 +
					(uint64_t)event->input_event_usec,
			.role = role,
			.type = event->type,
			.code = event->code,
			.value = event->value,
	};
}

static void read_role(struct host *host, enum role role)
{
	struct input_event events[64];
	ssize_t bytes;

	while ((bytes = read(host->fds[role], events, sizeof(events))) > 0) {
		for (size_t i = 0; i < (size_t)bytes / sizeof(events[0]); i++)
			keep(host, role, &events[i]);
	}
	if (bytes == 0 || errno != EAGAIN)
		close_role(host, role);
}

/* Read what is there within timeout_ms (-1: or until a command comes). */
static bool collect(struct host *host, int timeout_ms)
{
	struct pollfd fds[ROLES + 1];
	size_t before = host->events_n;

	for (int i = 0; i < ROLES; i++)
		fds[i] = (struct pollfd){.fd = host->fds[i], .events = POLLIN};
	fds[ROLES] = (struct pollfd){.fd = -1};
	if (timeout_ms < 0)
		fds[ROLES] = (struct pollfd){
				.fd = STDIN_FILENO, .events = POLLIN};
	if (poll(fds, ROLES + 1, timeout_ms) <= 0)
		return false;
	for (int i = 0; i < ROLES; i++) {
		if (fds[i].revents)
			read_role(host, (enum role)i);
	}
	return host->events_n != before;
}

static void wait_for_command(void *context)
{
	while (!(agent_poll(-1, 0) & AGENT_STDIN))
		collect(context, -1);
}

/* ---- commands --------------------------------------------------------------
 */

static int run_open(void *context, int words_n, char **words)
{
	struct host *host = context;
	unsigned timeout_ms = words_n > 0 ? (unsigned)atoi(words[0]) : 5000;
	uint64_t end_us = agent_patience_until_us(timeout_ms);

	close_all(host);
	host->events_n = 0;
	while (scan(host) < ROLES) {
		if (agent_now_us() > end_us)
			return -ENODEV;
		agent_sleep_ms(20);
	}
	return 0;
}

static int run_close(void *context, int words_n, char **words)
{
	(void)words_n;
	(void)words;
	close_all(context);
	return 0;
}

static int run_clear(void *context, int words_n, char **words)
{
	struct host *host = context;

	(void)words_n;
	(void)words;
	while (collect(host, 0))
		;
	host->events_n = 0;
	return 0;
}

static const char *type_name(uint16_t type)
{
	switch (type) {
	case EV_KEY:
		return "key";
	case EV_REL:
		return "rel";
	case EV_ABS:
		return "abs";
	case EV_LED:
		return "led";
	default:
		return "other";
	}
}

/* All events so far, once at least N are there or none comes any more. */
static int run_take(void *context, int words_n, char **words)
{
	struct host *host = context;
	size_t wanted = words_n > 0 ? (size_t)atoi(words[0]) : SIZE_MAX;
	unsigned quiet_ms = words_n > 1 ? (unsigned)atoi(words[1]) : 200;
	uint64_t end_us = agent_now_us() + quiet_ms * UINT64_C(1000);

	while (host->events_n < wanted && agent_now_us() < end_us) {
		if (collect(host, 5))
			end_us = agent_now_us() + quiet_ms * UINT64_C(1000);
	}
	for (size_t i = 0; i < host->events_n; i++) {
		const struct event *event = &host->events[i];

		printf("%s %s %u %d t=%llu\n", role_names[event->role],
				type_name(event->type), event->code,
				event->value, (unsigned long long)event->t_us);
	}
	agent_ok("%zu", host->events_n);
	host->events_n = 0;
	return 0;
}

/* The codes of all keys and buttons that are held, as "30 42 "; or -errno. */
static int list_held(const struct host *host, char *text, size_t text_bytes)
{
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < ROLES; i++) {
		uint8_t keys[BITS_BYTES(KEY_MAX)] = {0};

		if (host->fds[i] == -1)
			return -ENODEV;
		if (ioctl(host->state_fds[i], EVIOCGKEY(sizeof(keys)), keys) <
				0)
			return -errno;
		for (unsigned code = 0; code < KEY_MAX; code++) {
			int n;

			if (!(keys[code / 8] >> (code % 8) & 1))
				continue;
			n = snprintf(text + used, text_bytes - used, "%u ",
					code);
			if (n < 0 || (size_t)n >= text_bytes - used)
				return -ENOSPC;
			used += (size_t)n;
		}
	}
	return 0;
}

static int run_held(void *context, int words_n, char **words)
{
	char text[256];
	int rc = list_held(context, text, sizeof(text));

	(void)words_n;
	(void)words;
	if (rc == 0)
		agent_ok("%s", text);
	return rc;
}

/* Wait until exactly these are held, in ascending order per device. */
static int run_wait_held(void *context, int words_n, char **words)
{
	struct host *host = context;
	uint64_t end_us = agent_patience_until_us((unsigned)atoi(words[0]));
	char wanted[256] = "";
	char text[256];

	for (int i = 1; i < words_n; i++) {
		size_t used = strlen(wanted);

		snprintf(wanted + used, sizeof(wanted) - used, "%s ", words[i]);
	}
	for (;;) {
		int rc = list_held(host, text, sizeof(text));

		if (rc < 0)
			return rc;
		if (strcmp(text, wanted) == 0)
			break;
		if (agent_now_us() > end_us) {
			agent_error("held: %s", text);
			return 0;
		}
		collect(host, 5);
	}
	agent_ok("t=%llu", (unsigned long long)agent_now_us());
	return 0;
}

/* The host's locks, as bits of the HID report: 0 Num, 1 Caps, 2 Scroll. */
static int run_leds(void *context, int words_n, char **words)
{
	struct host *host = context;
	int bits = atoi(words[0]);
	struct input_event events[4] = {
			{.type = EV_LED, .code = LED_NUML, .value = bits & 1},
			{.type = EV_LED,
					.code = LED_CAPSL,
					.value = bits >> 1 & 1},
			{.type = EV_LED,
					.code = LED_SCROLLL,
					.value = bits >> 2 & 1},
			{.type = EV_SYN, .code = SYN_REPORT},
	};
	uint64_t at_us = agent_now_us();

	(void)words_n;
	if (host->fds[ROLE_KEYBOARD] == -1)
		return -ENODEV;
	if (write(host->fds[ROLE_KEYBOARD], events, sizeof(events)) !=
			(ssize_t)sizeof(events))
		return -errno;
	agent_ok("t=%llu", (unsigned long long)at_us);
	return 0;
}

static int run_point(void *context, int words_n, char **words)
{
	struct host *host = context;
	struct input_absinfo x, y;
	int fd = host->fds[ROLE_ABSOLUTE];

	(void)words_n;
	(void)words;
	if (fd == -1)
		return -ENODEV;
	if (ioctl(fd, EVIOCGABS(ABS_X), &x) < 0 ||
			ioctl(fd, EVIOCGABS(ABS_Y), &y) < 0)
		return -errno;
	agent_ok("%d %d of %d %d", x.value, y.value, x.maximum, y.maximum);
	return 0;
}

static const struct agent_command commands[] = {
		{"open", 0, run_open, "[TIMEOUT_MS]"},
		{"close", 0, run_close, ""},
		{"clear", 0, run_clear, ""},
		{"take", 0, run_take, "[EVENTS [QUIET_MS]]"},
		{"held", 0, run_held, ""},
		{"wait-held", 1, run_wait_held, "TIMEOUT_MS [CODE...]"},
		{"leds", 1, run_leds, "BITS"},
		{"point", 0, run_point, ""},
};

int main(void)
{
	struct host host = {.fds = {-1, -1, -1}, .state_fds = {-1, -1, -1}};
	int rc;

	host.events = calloc(EVENTS_MAX, sizeof(host.events[0]));
	if (!host.events)
		return 1;
	rc = agent_run(commands, sizeof(commands) / sizeof(commands[0]), &host,
			wait_for_command);
	close_all(&host);
	free(host.events);
	return rc < 0 ? 1 : 0;
}
