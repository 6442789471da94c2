/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evdev-probe: the host's side of the gadget. It takes every input device
 * whose name contains a word, all to itself (the VM is its own host: keys
 * must not reach its console), keeps doing so while devices come and go, and
 * collects their events. A device is called by what it can do: keyboard,
 * absolute or relative.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tests/rack/agent.h"

#define DEVICES_MAX 16
#define EVENTS_MAX 65536
#define INPUT_DIR "/dev/input"
#define BITS(n) (((n) + 7) / 8)

struct device {
	char node[32]; /* "": free */
	const char *kind;
	char name[128];
	int fd;
};

struct event {
	const char *kind;
	struct input_event raw;
};

struct probe {
	char word[64];
	int epoll_fd;
	int notify_fd;
	struct device devices[DEVICES_MAX];
	struct event events[EVENTS_MAX];
	size_t events_n;
};

static bool has_bit(const uint8_t *bits, unsigned bit)
{
	return bits[bit / 8] & 1U << bit % 8;
}

static const char *find_kind(int fd)
{
	uint8_t keys[BITS(KEY_CNT)] = {0};
	uint8_t axes[BITS(ABS_CNT)] = {0};

	ioctl(fd, EVIOCGBIT(EV_KEY, sizeof(keys)), keys);
	ioctl(fd, EVIOCGBIT(EV_ABS, sizeof(axes)), axes);
	if (has_bit(keys, KEY_A))
		return "keyboard";
	if (has_bit(axes, ABS_X))
		return "absolute";
	return "relative";
}

static bool is_open(const struct probe *probe, const char *node)
{
	for (int i = 0; i < DEVICES_MAX; i++)
		if (strcmp(probe->devices[i].node, node) == 0)
			return true;
	return false;
}

/* Taken as a whole or not at all: it may be gone again at any time. */
static void open_node(struct probe *probe, const char *node)
{
	struct epoll_event watch = {.events = EPOLLIN};
	struct device *device = probe->devices;
	int clock = CLOCK_MONOTONIC;
	char path[64];

	while (device->node[0])
		if (++device == probe->devices + DEVICES_MAX)
			return;
	snprintf(path, sizeof(path), INPUT_DIR "/%.31s", node);
	device->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (device->fd == -1)
		return;
	watch.data.u32 = (uint32_t)(device - probe->devices);
	if (ioctl(device->fd, EVIOCGNAME(sizeof(device->name)), device->name) <
					0 ||
			!strstr(device->name, probe->word) ||
			ioctl(device->fd, EVIOCGRAB, 1) == -1 ||
			ioctl(device->fd, EVIOCSCLOCKID, &clock) == -1 ||
			epoll_ctl(probe->epoll_fd, EPOLL_CTL_ADD, device->fd,
					&watch) == -1) {
		close(device->fd);
		return;
	}
	device->kind = find_kind(device->fd);
	snprintf(device->node, sizeof(device->node), "%.31s", node);
}

static void scan(struct probe *probe)
{
	DIR *dir = opendir(INPUT_DIR);
	const struct dirent *it;

	if (!dir)
		return;
	while ((it = readdir(dir)))
		if (strncmp(it->d_name, "event", 5) == 0 &&
				!is_open(probe, it->d_name))
			open_node(probe, it->d_name);
	closedir(dir);
}

static void drain(struct probe *probe, struct device *device)
{
	struct input_event raw[64];
	ssize_t size;

	while ((size = read(device->fd, raw, sizeof(raw))) > 0)
		for (size_t i = 0; i < (size_t)size / sizeof(raw[0]); i++) {
			bool report = raw[i].type == EV_SYN &&
					raw[i].code == SYN_REPORT;

			if (report || probe->events_n == EVENTS_MAX)
				continue;
			probe->events[probe->events_n++] = (struct event){
					.kind = device->kind,
					.raw = raw[i],
			};
		}
	if (size == -1 && errno == ENODEV) {
		close(device->fd);
		device->node[0] = '\0';
	}
}

static void drain_all(struct probe *probe)
{
	char notes[4096] __attribute__((aligned(8)));
	bool changed = false;

	while (read(probe->notify_fd, notes, sizeof(notes)) > 0)
		changed = true;
	if (changed)
		scan(probe);
	for (int i = 0; i < DEVICES_MAX; i++)
		if (probe->devices[i].node[0])
			drain(probe, &probe->devices[i]);
}

/* Collect until then, or until there are n events. */
static void collect(struct probe *probe, uint64_t deadline_us, size_t n)
{
	for (;;) {
		struct epoll_event ready;
		uint64_t now_us = agent_now_us();

		drain_all(probe);
		if (probe->events_n >= n || now_us >= deadline_us)
			return;
		epoll_wait(probe->epoll_fd, &ready, 1,
				(int)((deadline_us - now_us + 999) / 1000));
	}
}

static size_t count_devices(const struct probe *probe)
{
	size_t n = 0;

	for (int i = 0; i < DEVICES_MAX; i++)
		n += probe->devices[i].node[0] != '\0';
	return n;
}

static uint64_t deadline_after(const char *ms)
{
	return agent_now_us() + strtoul(ms, NULL, 10) * 1000;
}

static int run_take(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	size_t wanted = words_n > 1 ? strtoul(words[1], NULL, 10) : 1;
	uint64_t deadline_us = deadline_after(words_n > 2 ? words[2] : "0");

	snprintf(probe->word, sizeof(probe->word), "%s", words[0]);
	scan(probe);
	while (count_devices(probe) < wanted && agent_now_us() < deadline_us)
		collect(probe, agent_now_us() + 10000, EVENTS_MAX);
	for (int i = 0; i < DEVICES_MAX; i++)
		if (probe->devices[i].node[0])
			printf("device %s %s %s\n", probe->devices[i].kind,
					probe->devices[i].node,
					probe->devices[i].name);
	if (count_devices(probe) < wanted)
		return -ENODEV;
	agent_ok("%zu", count_devices(probe));
	return 0;
}

static int run_events(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	size_t n = words_n > 0 ? strtoul(words[0], NULL, 10) : 0;

	collect(probe, deadline_after(words_n > 1 ? words[1] : "0"), n);
	for (size_t i = 0; i < probe->events_n; i++) {
		const struct event *it = &probe->events[i];

		printf("event %s %u %u %d %llu\n", it->kind, it->raw.type,
				it->raw.code, it->raw.value,
				(unsigned long long)it->raw.time.tv_sec *
								1000000 +
						(unsigned long long)it->raw.time
								.tv_usec);
	}
	agent_ok("%zu", probe->events_n);
	probe->events_n = 0;
	return 0;
}

static int run_held(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	unsigned held = 0;

	(void)words_n;
	(void)words;
	drain_all(probe);
	for (int i = 0; i < DEVICES_MAX; i++) {
		const struct device *device = &probe->devices[i];
		uint8_t keys[BITS(KEY_CNT)] = {0};

		if (!device->node[0])
			continue;
		if (ioctl(device->fd, EVIOCGKEY(sizeof(keys)), keys) == -1)
			return -errno;
		for (unsigned code = 0; code < KEY_CNT; code++)
			if (has_bit(keys, code)) {
				printf("held %s %u\n", device->kind, code);
				held++;
			}
	}
	agent_ok("%u", held);
	return 0;
}

static const struct device *find_device(
		const struct probe *probe, const char *kind)
{
	for (int i = 0; i < DEVICES_MAX; i++)
		if (probe->devices[i].node[0] &&
				strcmp(probe->devices[i].kind, kind) == 0)
			return &probe->devices[i];
	return NULL;
}

static int run_led(void *context, int words_n, char **words)
{
	const struct device *device = find_device(context, "keyboard");
	struct input_event events[2] = {
			{.type = EV_LED},
			{.type = EV_SYN, .code = SYN_REPORT},
	};

	(void)words_n;
	if (!device)
		return -ENODEV;
	events[0].code = (uint16_t)strtoul(words[0], NULL, 0);
	events[0].value = strcmp(words[1], "on") == 0;
	return write(device->fd, events, sizeof(events)) == -1 ? -errno : 0;
}

static int run_axes(void *context, int words_n, char **words)
{
	const struct device *device = find_device(context, "absolute");
	struct input_absinfo x, y;

	(void)words_n;
	(void)words;
	if (!device)
		return -ENODEV;
	if (ioctl(device->fd, EVIOCGABS(ABS_X), &x) == -1 ||
			ioctl(device->fd, EVIOCGABS(ABS_Y), &y) == -1)
		return -errno;
	agent_ok("%d %d of %d..%d %d..%d", x.value, y.value, x.minimum,
			x.maximum, y.minimum, y.maximum);
	return 0;
}

static const struct agent_command commands[] = {
		{"take", 1, run_take, "WORD [DEVICES [TIMEOUT_MS]]"},
		{"events", 0, run_events, "[UNTIL_N [TIMEOUT_MS]]"},
		{"held", 0, run_held, ""},
		{"led", 2, run_led, "CODE on|off"},
		{"axes", 0, run_axes, ""},
};

static void wait_for_command(void *context)
{
	struct probe *probe = context;

	while (!(agent_poll(probe->epoll_fd, -1) & AGENT_STDIN))
		drain_all(probe);
}

int main(void)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	struct epoll_event watch = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
	int rc;

	if (!probe)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	strcpy(probe->word, "\n"); /* no device is called that */
	probe->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	probe->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (probe->epoll_fd == -1 || probe->notify_fd == -1 ||
			inotify_add_watch(probe->notify_fd, INPUT_DIR,
					IN_CREATE | IN_ATTRIB) == -1 ||
			epoll_ctl(probe->epoll_fd, EPOLL_CTL_ADD,
					probe->notify_fd, &watch) == -1) {
		perror("evdev-probe: " INPUT_DIR);
		return 1;
	}
	rc = agent_run(commands, sizeof(commands) / sizeof(commands[0]), probe,
			wait_for_command);
	free(probe);
	return rc < 0 ? 1 : 0;
}
