/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-wait.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "core/clock.h"

static sigset_t ending(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

void server_cli_wait_begin(void)
{
	const sigset_t set = ending();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool server_cli_wait_is_over(uint64_t for_us)
{
	const struct timespec patience = {
			.tv_sec = (time_t)(for_us / CLOCK_US_PER_S),
			.tv_nsec = (long)(for_us % CLOCK_US_PER_S) * 1000,
	};
	const sigset_t set = ending();
	int number;

	do
		number = sigtimedwait(&set, NULL, &patience);
	while (number == -1 && errno == EINTR);
	return number > 0;
}
