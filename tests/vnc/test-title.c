/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/client.h"

static void newcomers_are_told_the_title(void **state)
{
	struct rig *rig = *state;
	struct client *client;
	uint8_t init[24];

	vnc_server_set_title(rig->server, "rack1 (anna types)");
	client = client_connect(rig);
	client_send(client, "RFB 003.008\n\1\1", 14);
	client_expect(client, "RFB 003.008\n\1\1\0\0\0\0", 18);
	client_receive(client, init, sizeof(init));
	assert_int_equal(init[23], 18);
	client_expect(client, "rack1 (anna types)", 18);
	client_close(client);
}

static void expect_name(struct client *client, const char *name)
{
	struct client_message message;
	const struct client_rect *rect;

	client_next_update(client, &message);
	rect = client_find(&message, NAME);
	assert_non_null(rect);
	assert_int_equal(rect->data[3], strlen(name));
	assert_memory_equal(rect->data + 4, name, strlen(name));
}

static void a_new_title_is_told_at_once(void **state)
{
	struct rig *rig = *state;
	struct client *client = client_join(rig);

	CLIENT_SET(client, RAW, NAME);
	client_request_all(client, false);
	expect_name(client, "rack1");
	client_request_all(client, true);
	client_expect_silence(client);
	vnc_server_set_title(rig->server, "rack1 (anna)");
	expect_name(client, "rack1 (anna)");
	client_request_all(client, true);
	vnc_server_set_title(rig->server, "rack1 (anna)"); /* no news */
	client_expect_silence(client);
	vnc_server_set_title(rig->server, "rack1");
	expect_name(client, "rack1");
	client_close(client);
}

static void who_does_not_list_it_is_not_told(void **state)
{
	struct rig *rig = *state;
	struct client *client = client_join(rig);
	struct client_message message;

	client_request_all(client, false);
	client_next_update(client, &message);
	client_request_all(client, true);
	vnc_server_set_title(rig->server, "rack1 (anna)");
	client_expect_silence(client);
	client_close(client);
}

static void a_long_title_ends_with_a_whole_character(void **state)
{
	struct rig *rig = *state;
	struct client *client;
	uint8_t init[24];
	char title[300];

	memset(title, 'x', sizeof(title));
	memcpy(title + 253, "\xe2\x82\xac", 3); /* one byte too much */
	title[299] = '\0';
	vnc_server_set_title(rig->server, title);
	client = client_connect(rig);
	client_send(client, "RFB 003.008\n\1\1", 14);
	client_expect(client, "RFB 003.008\n\1\1\0\0\0\0", 18);
	client_receive(client, init, sizeof(init));
	assert_int_equal(init[23], 253);
	client_close(client);
}

/* Cut to the same as before, it is no news. */
static void a_long_title_is_told_once(void **state)
{
	struct rig *rig = *state;
	struct client *client = client_join(rig);
	char title[300], cut[256];

	memset(title, 'x', sizeof(title));
	title[299] = '\0';
	memset(cut, 'x', sizeof(cut));
	cut[255] = '\0';
	CLIENT_SET(client, RAW, NAME);
	client_request_all(client, false);
	expect_name(client, "rack1");
	client_request_all(client, true);
	vnc_server_set_title(rig->server, title);
	expect_name(client, cut);
	client_request_all(client, true);
	vnc_server_set_title(rig->server, title);
	title[270] = 'y';
	vnc_server_set_title(rig->server, title);
	client_expect_silence(client);
	client_close(client);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(newcomers_are_told_the_title),
			test(a_new_title_is_told_at_once),
			test(who_does_not_list_it_is_not_told),
			test(a_long_title_ends_with_a_whole_character),
			test(a_long_title_is_told_once),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
