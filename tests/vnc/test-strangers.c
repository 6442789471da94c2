/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net/doorkeeper.h"
#include "tests/vnc/client.h"

static void too_many_strangers_are_turned_away(void **state)
{
	struct rig *rig = *state;
	struct client *strangers[NET_STRANGERS_PER_SOURCE_MAX + 1];
	size_t last = NET_STRANGERS_PER_SOURCE_MAX;

	rig_stop(rig);
	rig->options.security = VNC_SECURITY_VNCAUTH;
	memcpy(rig->options.password, "password", VNC_PASSWORD_BYTES);
	rig_start(rig);
	for (size_t i = 0; i < last; i++) {
		strangers[i] = client_connect(rig);
		client_expect(strangers[i], "RFB 003.008\n", 12);
	}
	strangers[last] = client_connect(rig);
	client_expect_end(strangers[last]);
	assert_int_equal(strangers[last]->input_used, 0);

	client_close(strangers[0]);
	client_close(strangers[last]);
	rig_run_jobs(rig);
	strangers[0] = client_connect(rig);
	client_expect(strangers[0], "RFB 003.008\n", 12);
	for (size_t i = 0; i < last; i++)
		client_close(strangers[i]);
}

/* 56 others from elsewhere, and 8 from here; one more from elsewhere comes. */
static void the_oldest_of_a_crowd_makes_room(void **state)
{
	struct rig *rig = *state;
	struct net_doorkeeper *doorkeeper;
	struct client *crowd[NET_STRANGERS_PER_SOURCE_MAX];
	struct net_stranger *others[NET_STRANGERS_MAX];
	size_t crowd_n = NET_STRANGERS_PER_SOURCE_MAX;
	size_t others_n = NET_STRANGERS_MAX - crowd_n + 1;

	rig_stop(rig);
	assert_int_equal(net_doorkeeper_create(&doorkeeper), 0);
	rig->options.doorkeeper = doorkeeper;
	rig->options.security = VNC_SECURITY_VNCAUTH;
	memcpy(rig->options.password, "password", VNC_PASSWORD_BYTES);
	rig_start(rig);
	for (size_t i = 0; i < crowd_n; i++) {
		crowd[i] = client_connect(rig);
		client_expect(crowd[i], "RFB 003.008\n", 12);
	}
	for (size_t i = 0; i < others_n; i++) {
		struct core_address peer;
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%zu:1", i);
		assert_int_equal(core_address_parse(&peer, text), 0);
		assert_int_equal(net_doorkeeper_admit(
						 doorkeeper, &peer, &others[i]),
				0);
	}
	client_expect_end(crowd[0]);
	client_send(crowd[1], "RFB 003.008\n", 12);
	client_expect(crowd[1], "\1\2", 2);

	for (size_t i = 0; i < crowd_n; i++)
		client_close(crowd[i]);
	for (size_t i = 0; i < others_n; i++)
		net_stranger_dismiss(others[i]);
	rig_stop(rig);
	net_doorkeeper_destroy(doorkeeper);
	rig->options.doorkeeper = NULL;
	rig_start(rig);
}

/* With no password nobody is a stranger: as many come at once as may be. */
static void without_a_password_there_are_no_strangers(void **state)
{
	struct rig *rig = *state;
	struct client *clients[32 + 8 + 1];
	size_t last = 32 + 8;

	rig_stop(rig);
	rig->options.viewers_max = 32;
	rig_start(rig);
	for (size_t i = 0; i < last; i++)
		clients[i] = client_connect(rig);
	for (size_t i = 0; i < last; i++)
		client_expect(clients[i], "RFB 003.008\n", 12);
	clients[last] = client_connect(rig);
	client_expect_end(clients[last]);
	assert_int_equal(clients[last]->input_used, 0);
	for (size_t i = 0; i <= last; i++)
		client_close(clients[i]);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(too_many_strangers_are_turned_away),
			test(the_oldest_of_a_crowd_makes_room),
			test(without_a_password_there_are_no_strangers),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
