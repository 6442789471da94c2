/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/server/typed-host.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define USAGE_CAPS_LOCK 0x39
#define USAGE_NUM_LOCK 0x53
#define SHIFTS 0x22
#define HANG_US UINT64_C(20000000)
#define SMALL_BYTES 1 /* the kernel makes it what it can */

/* From usage 4 on, as the keys are labelled. */
static const char plain[] = "abcdefghijklmnopqrstuvwxyz1234567890\n\1\1\t "
			    "-=[]\\\1;'`,./";
static const char shifted[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()\n\1\1\t "
			      "_+{}|\1:\"~<>?";

static void answer(struct typed_host *host)
{
	if (!host->answers)
		return;
	if (host->answers_left > 0 && --host->answers_left == 0)
		host->answers = false;
	host->since_answer = 0;
	assert_int_equal(send(host->fds[HID_FUNCTION_KEYBOARD], &host->locks, 1,
					 0),
			1);
}

static void type(struct typed_host *host, uint8_t usage, bool shift)
{
	bool letter = usage >= 0x04 && usage <= 0x1d;
	size_t index = (size_t)usage - 4;

	if (letter && (host->locks & HID_LED_CAPS_LOCK))
		shift = !shift;
	if (usage < 4 || index >= sizeof(plain) - 1 ||
			host->typed_n + 1 == TYPED_MAX)
		return;
	host->typed[host->typed_n++] = shift ? shifted[index] : plain[index];
	if (++host->since_answer > host->most_since_answer)
		host->most_since_answer = host->since_answer;
}

static void press(struct typed_host *host, uint8_t usage, bool shift)
{
	uint8_t locks = host->locks;

	if (usage == USAGE_NUM_LOCK) {
		host->num_lock_presses++;
		host->locks ^= HID_LED_NUM_LOCK;
	} else if (usage == USAGE_CAPS_LOCK && !host->caps_lock_stays) {
		host->locks ^= HID_LED_CAPS_LOCK;
	} else {
		type(host, usage, shift);
	}
	if (host->locks != locks)
		answer(host);
}

static void write_down(struct typed_host *host, const uint8_t report[8])
{
	size_t left = TYPED_MAX - host->log_n;

	if (left < 24)
		return;
	host->log_n += (size_t)snprintf(host->log + host->log_n, left,
			"%s%02x:", host->log_n ? " " : "", report[0]);
	for (int i = 2; i < 8 && report[i]; i++)
		host->log_n += (size_t)snprintf(host->log + host->log_n,
				TYPED_MAX - host->log_n, "%02x", report[i]);
}

static int on_keyboard(
		sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct typed_host *host = context;
	uint8_t report[8];

	(void)events;
	if (recv(fd, report, sizeof(report), MSG_DONTWAIT) != sizeof(report)) {
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
		return 0;
	}
	if (hid_input_get_waiting(host->input) > host->most_waiting)
		host->most_waiting = hid_input_get_waiting(host->input);
	if (memcmp(report, host->report, sizeof(report)) != 0)
		write_down(host, report); /* and not what is said again */
	for (int i = 2; i < 8; i++)
		if (report[i] && !memchr(host->report + 2, report[i], 6))
			press(host, report[i], report[0] & SHIFTS);
	memcpy(host->report, report, sizeof(report));
	if (host->on_report)
		host->on_report(host->context);
	return 0;
}

void typed_host_start(struct typed_host *host,
		const struct hid_input_handler *handler, void *context)
{
	int small = SMALL_BYTES;

	*host = (struct typed_host){.answers = true};
	assert_true(sd_event_new(&host->event) >= 0);
	for (int i = 0; i < HID_FUNCTIONS; i++) {
		int pair[2];

		assert_int_equal(socketpair(AF_UNIX,
						 SOCK_SEQPACKET | SOCK_NONBLOCK,
						 0, pair),
				0);
		setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small,
				sizeof(small));
		host->gadget[i] = pair[0];
		host->fds[i] = pair[1];
	}
	assert_int_equal(sd_event_add_io(host->event, &host->source,
					 host->fds[HID_FUNCTION_KEYBOARD],
					 EPOLLIN, on_keyboard, host),
			0);
	assert_int_equal(hid_input_create(&host->input, host->event, "rack1",
					 handler, context),
			0);
	while (hid_input_get_state(host->input) != HID_STATE_READY)
		typed_host_turn(host);
	typed_host_settle(host);
	host->log_n = 0;
	host->log[0] = '\0';
}

void typed_host_stop(struct typed_host *host)
{
	hid_input_destroy(host->input);
	sd_event_source_disable_unref(host->source);
	sd_event_source_disable_unref(host->alarm);
	for (int i = 0; i < HID_FUNCTIONS; i++)
		if (host->fds[i] != -1)
			close(host->fds[i]);
	sd_event_unref(host->event);
}

int typed_host_open(struct typed_host *host, enum hid_function function)
{
	int fd = host->gadget[function];

	host->gadget[function] = -1;
	return fd == -1 ? -ENODEV : fd;
}

void typed_host_sleep(struct typed_host *host)
{
	sd_event_source_set_enabled(host->source, SD_EVENT_OFF);
}

static int on_alarm(sd_event_source *source, uint64_t usec, void *context)
{
	struct typed_host *host = context;

	(void)source;
	(void)usec;
	sd_event_source_set_enabled(host->source, SD_EVENT_ON);
	return 0;
}

void typed_host_doze(struct typed_host *host, uint64_t us)
{
	typed_host_sleep(host);
	host->alarm = sd_event_source_disable_unref(host->alarm);
	assert_int_equal(
			sd_event_add_time_relative(host->event, &host->alarm,
					CLOCK_MONOTONIC, us, 1, on_alarm, host),
			0);
}

void typed_host_vanish(struct typed_host *host)
{
	typed_host_sleep(host);
	for (int i = 0; i < HID_FUNCTIONS; i++) {
		close(host->fds[i]);
		host->fds[i] = -1;
	}
}

void typed_host_set_locks(struct typed_host *host, uint8_t locks)
{
	bool answers = host->answers;

	host->locks = locks;
	host->answers = true;
	answer(host);
	host->answers = answers;
	while (hid_input_get_leds(host->input) != locks)
		typed_host_turn(host);
}

void typed_host_turn(struct typed_host *host)
{
	assert_true(sd_event_run(host->event, HANG_US) > 0);
}

void typed_host_settle(struct typed_host *host)
{
	while (sd_event_run(host->event, 0) > 0)
		;
}
