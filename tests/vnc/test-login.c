/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/vnc/desk.h"

/* Up to the response to the challenge. */
static struct client *knock(
		struct rig *rig, const char *version, const char *password)
{
	struct client *client = client_connect(rig);
	uint8_t challenge[16], response[16];

	client_expect(client, "RFB 003.008\n", 12);
	client_send(client, version, 12);
	if (version[10] == '3') {
		client_expect(client, "\0\0\0\2", 4);
	} else {
		client_expect(client, "\1\2", 2);
		client_send(client, "\2", 1);
	}
	client_receive(client, challenge, 16);
	client_prove(password, challenge, response);
	client_send(client, response, 16);
	return client;
}

/* ---- what is asked, and the answer ------------------------------------------
 */

static void login_is_told_what_was_proved(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *right = knock(rig, "RFB 003.008\n", DESK_PASSWORD);
	struct client *wrong;

	desk_run_until(rig, &desk->logins, 1);
	assert_int_equal(desk->proof, VNC_PROOF_PASSWORD);
	assert_true(desk->proved);
	assert_string_equal(desk->security, "vncauth");
	assert_memory_equal(desk->peer, "127.0.0.1:", 10);
	wrong = knock(rig, "RFB 003.008\n", "guess");
	desk_run_until(rig, &desk->logins, 2);
	assert_false(desk->proved);
	client_close(right);
	client_close(wrong);
}

static void nothing_to_prove_is_asked_about_too(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *client;

	desk->at_once = true;
	client = client_join(rig);
	assert_int_equal(desk->logins, 1);
	assert_int_equal(desk->proof, VNC_PROOF_NONE);
	assert_string_equal(desk->security, "none");
	assert_int_equal(desk->joins, 1);
	desk->refusal = "Not today";
	client_close(client);
	client = client_connect(rig);
	client_expect(client, "RFB 003.008\n", 12);
	client_send(client, "RFB 003.008\n\1\1", 14);
	client_expect(client, "\1\1\0\0\0\1\0\0\0\11Not today", 19);
	client_expect_end(client);
	client_close(client);
}

/* What was proved does not count when the answer says no, and the reverse. */
static void the_answer_decides(void **state)
{
	static const char *const versions[] = {
			"RFB 003.003\n", "RFB 003.007\n", "RFB 003.008\n"};
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);

	desk->at_once = true;
	for (size_t i = 0; i < 3; i++) {
		struct client *client = knock(rig, versions[i], "guess");

		client_expect(client, "\0\0\0\0", 4);
		client_init(client, false);
		client_close(client);
	}
	assert_int_equal(desk->joins, 3);
	desk->refusal = "Not today";
	for (size_t i = 0; i < 3; i++) {
		struct client *client = knock(rig, versions[i], DESK_PASSWORD);

		client_expect(client, "\0\0\0\1", 4);
		if (i == 2)
			client_expect(client, "\0\0\0\11Not today", 13);
		client_send(client, "\1", 1);
		client_expect_end(client);
		assert_int_equal(client->input_used, 0);
		client_close(client);
	}
	assert_int_equal(desk->joins, 3);
}

/* A hasty viewer's next words are kept until it is in. */
static void the_answer_may_come_later(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = knock(rig, "RFB 003.008\n", DESK_PASSWORD);

	client_send(client, "\1\4\1\0\0\0\0\0a", 9); /* in, and a key */
	desk_run_until(rig, &desk->logins, 1);
	rig_run_jobs(rig);
	assert_int_equal(desk->joins, 0);
	assert_int_equal(client->input_used, 0);
	vnc_server_answer_login(rig->server, desk->viewer, NULL);
	assert_int_equal(desk->joins, 0); /* by the loop, not by the answer */
	rig_run_until_heard(rig, 2);      /* somebody watches, and types */
	assert_int_equal(desk->joins, 1);
	client_expect(client, "\0\0\0\0", 4);
	client_close(client);
}

static void only_the_first_answer_counts(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *in = knock(rig, "RFB 003.008\n", DESK_PASSWORD);
	struct client *out;

	desk_run_until(rig, &desk->logins, 1);
	vnc_server_answer_login(rig->server, desk->viewer, NULL);
	vnc_server_answer_login(rig->server, desk->viewer, "Not today");
	client_expect(in, "\0\0\0\0", 4);
	client_init(in, false);
	vnc_server_answer_login(rig->server, desk->viewer, "Not today");
	client_sync(in);

	out = knock(rig, "RFB 003.008\n", "guess");
	desk_run_until(rig, &desk->logins, 2);
	vnc_server_answer_login(rig->server, desk->viewer, "Not today");
	vnc_server_answer_login(rig->server, desk->viewer, NULL);
	client_send(out, "\1", 1);
	client_expect(out, "\0\0\0\1\0\0\0\11Not today", 17);
	client_expect_end(out);
	assert_int_equal(desk->joins, 1);
	client_close(in);
	client_close(out);
}

static void an_answer_without_a_question_is_nothing(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = client_connect(rig);

	client_expect(client, "RFB 003.008\n", 12);
	for (vnc_viewer_id id = 0; id < 4; id++) /* one of them is its */
		vnc_server_answer_login(rig->server, id, NULL);
	client_send(client, "RFB 003.008\n\2", 13);
	client_expect(client, "\1\2", 2);
	client_close(client);
	assert_int_equal(desk->joins, 0);
}

static void a_viewer_may_go_before_the_answer(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = knock(rig, "RFB 003.008\n", DESK_PASSWORD);

	desk_run_until(rig, &desk->logins, 1);
	client_close(client);
	desk_run_until(rig, &desk->lefts, 1);
	assert_string_equal(desk->why, "it closed the connection");
	vnc_server_answer_login(rig->server, desk->viewer, NULL);
	rig_run_jobs(rig);
	assert_int_equal(desk->joins, 0);
	assert_int_equal(desk->lefts, 1);
}

static void who_was_refused_has_left_too(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client;

	desk->at_once = true;
	desk->refusal = "Not today";
	client = knock(rig, "RFB 003.008\n", DESK_PASSWORD);
	client_expect_end(client);
	desk_run_until(rig, &desk->lefts, 1);
	assert_string_equal(desk->why, "Not today");
	client_close(client);
}

static void who_never_logged_in_has_not_left(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = client_connect(rig);

	client_expect(client, "RFB 003.008\n", 12);
	client_close(client);
	rig_run_jobs(rig);
	rig_run_jobs(rig);
	assert_int_equal(desk->lefts, 0);
}

/* Whoever has to answer cannot hold a place for ever. */
static void the_handshakes_time_goes_on(void **state)
{
	struct rig *rig = *state;
	struct desk *desk;
	struct client *client;

	rig->options.handshake_us = 200 * CLOCK_US_PER_MS;
	desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	client = knock(rig, "RFB 003.008\n", DESK_PASSWORD);
	client_expect_end(client);
	assert_int_equal(desk->logins, 1);
	desk_run_until(rig, &desk->lefts, 1);
	assert_string_equal(desk->why, "its login was not answered in time");
	client_close(client);
}

static void the_server_may_stop_before_the_answer(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = knock(rig, "RFB 003.008\n", DESK_PASSWORD);

	desk_run_until(rig, &desk->logins, 1);
	rig_stop(rig);
	client_expect_end(client);
	client_close(client);
	assert_int_equal(desk->lefts, 0);
}

/* Not by those who send what a password of zeros would give. */
static void no_password_is_known_to_nobody(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	static const char none[VNC_PASSWORD_BYTES];
	struct client *client;

	vnc_server_set_password(rig->server, none);
	client = knock(rig, "RFB 003.008\n", "");
	desk_run_until(rig, &desk->logins, 1);
	assert_false(desk->proved);
	client_close(client);
}

/* ---- who is in --------------------------------------------------------------
 */

static void joined_is_told_who_wants_to_be_alone(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *client;

	desk->at_once = true;
	for (unsigned alone = 0; alone < 2; alone++) {
		desk->alone = !alone;
		client = client_connect(rig);
		client_send(client, "RFB 003.008\n\1", 13);
		client_expect(client, "RFB 003.008\n\1\1\0\0\0\0", 18);
		client_init(client, alone);
		assert_int_equal(desk->joins, alone + 1);
		assert_int_equal(desk->alone, alone);
		client_close(client);
	}
}

static void one_viewer_can_be_closed(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *stays = desk_join(rig, desk);
	struct client *goes = desk_join(rig, desk);

	vnc_server_close_viewer(rig->server, desk->viewer, "Somebody wants it");
	assert_int_equal(desk->lefts, 0);
	assert_int_equal(vnc_server_list_viewers(rig->server, NULL, 0), 1);
	client_expect_end(goes);
	desk_run_until(rig, &desk->lefts, 1);
	assert_string_equal(desk->why, "Somebody wants it");
	vnc_server_close_viewer(rig->server, desk->viewer, "Once more");
	client_sync(stays);
	assert_int_equal(desk->lefts, 1);
	client_close(stays);
	client_close(goes);
}

static void who_waits_for_an_answer_can_be_closed(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = knock(rig, "RFB 003.008\n", DESK_PASSWORD);

	desk_run_until(rig, &desk->logins, 1);
	vnc_server_close_viewer(rig->server, desk->viewer, "Somebody wants it");
	vnc_server_answer_login(rig->server, desk->viewer, NULL);
	client_expect_end(client);
	desk_run_until(rig, &desk->lefts, 1);
	assert_int_equal(client->input_used, 0);
	client_close(client);
}

static void a_handler_may_close_whom_it_hears(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *client = desk_join(rig, desk);
	size_t before = rig->events_n;

	desk->close_on_key = true;
	client_send(client, "\4\1\0\0\0\0\0a\4\0\0\0\0\0\0a", 16);
	client_expect_end(client);
	desk_run_until(rig, &desk->lefts, 1);
	assert_int_equal(rig->events_n, before + 2); /* nobody watches now */
	assert_string_equal(desk->why, "it typed");
	client_close(client);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, rig_set_up, desk_close)
	const struct CMUnitTest tests[] = {
			test(login_is_told_what_was_proved),
			test(nothing_to_prove_is_asked_about_too),
			test(the_answer_decides),
			test(the_answer_may_come_later),
			test(only_the_first_answer_counts),
			test(an_answer_without_a_question_is_nothing),
			test(a_viewer_may_go_before_the_answer),
			test(who_was_refused_has_left_too),
			test(who_never_logged_in_has_not_left),
			test(the_handshakes_time_goes_on),
			test(the_server_may_stop_before_the_answer),
			test(no_password_is_known_to_nobody),
			test(joined_is_told_who_wants_to_be_alone),
			test(one_viewer_can_be_closed),
			test(who_waits_for_an_answer_can_be_closed),
			test(a_handler_may_close_whom_it_hears),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
