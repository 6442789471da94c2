/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/vnc/client.h"
#include "vnc/figures.h"

#define PASSWORD "se(R3t!"

/* What a handler of its own heard, and what it is to do. */
struct desk {
	unsigned logins, joins, lefts;
	vnc_viewer_id viewer; /* of the newest login or join */
	enum vnc_proof proof;
	bool proved;
	char security[16];
	char peer[CORE_ADDRESS_TEXT_BYTES];
	bool alone;
	char why[128];
	bool at_once;        /* answer from within `login` */
	const char *refusal; /* with that */
	bool close_on_key;   /* whoever sends one */
	unsigned forbidden;  /* a bit for each kind of message */
};

static void on_login(void *context, vnc_viewer_id viewer,
		const struct vnc_login *login)
{
	struct rig *rig = context;
	struct desk *desk = rig->extra;

	desk->logins++;
	desk->viewer = viewer;
	desk->proof = login->proof;
	desk->proved = login->proved;
	snprintf(desk->security, sizeof(desk->security), "%s", login->security);
	core_address_format(login->peer, desk->peer);
	if (desk->at_once)
		vnc_server_answer_login(rig->server, viewer, desk->refusal);
}

static void on_joined(void *context, vnc_viewer_id viewer, bool alone)
{
	struct desk *desk = ((struct rig *)context)->extra;

	desk->joins++;
	desk->viewer = viewer;
	desk->alone = alone;
}

static void on_left(void *context, vnc_viewer_id viewer, const char *why)
{
	struct desk *desk = ((struct rig *)context)->extra;

	(void)viewer;
	desk->lefts++;
	snprintf(desk->why, sizeof(desk->why), "%s", why);
}

static bool on_may(
		void *context, vnc_viewer_id viewer, enum vnc_message_kind kind)
{
	const struct desk *desk = ((struct rig *)context)->extra;

	(void)viewer;
	return !(desk->forbidden & 1U << kind);
}

static void on_key(
		void *context, vnc_viewer_id viewer, const struct vnc_key *key)
{
	struct rig *rig = context;
	const struct desk *desk = rig->extra;

	(void)key;
	rig->events_n++;
	if (desk->close_on_key)
		vnc_server_close_viewer(rig->server, viewer, "it typed");
}

static struct desk *open_desk(struct rig *rig, unsigned security)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	assert_non_null(desk);
	rig_stop(rig);
	rig->extra = desk;
	rig->handler.login = on_login;
	rig->handler.joined = on_joined;
	rig->handler.may = on_may;
	rig->handler.left = on_left;
	rig->handler.key = on_key;
	rig->options.security = security;
	memcpy(rig->options.password, PASSWORD, sizeof(PASSWORD));
	rig_start(rig);
	rig->events_n = 0;
	return desk;
}

static int close_desk(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = rig->extra;
	int rc = rig_tear_down(state);

	free(desk);
	return rc;
}

struct count {
	const unsigned *counter;
	unsigned wanted;
};

static bool has_counted(void *context)
{
	const struct count *count = context;

	return *count->counter >= count->wanted;
}

static void run_until_count(
		struct rig *rig, const unsigned *counter, unsigned wanted)
{
	struct count count = {counter, wanted};

	rig_run_until(rig, has_counted, &count);
	assert_int_equal(*counter, wanted);
}

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
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
	struct client *right = knock(rig, "RFB 003.008\n", PASSWORD);
	struct client *wrong;

	run_until_count(rig, &desk->logins, 1);
	assert_int_equal(desk->proof, VNC_PROOF_PASSWORD);
	assert_true(desk->proved);
	assert_string_equal(desk->security, "vncauth");
	assert_memory_equal(desk->peer, "127.0.0.1:", 10);
	wrong = knock(rig, "RFB 003.008\n", "guess");
	run_until_count(rig, &desk->logins, 2);
	assert_false(desk->proved);
	client_close(right);
	client_close(wrong);
}

static void nothing_to_prove_is_asked_about_too(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_NONE);
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
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);

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
		struct client *client = knock(rig, versions[i], PASSWORD);

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
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = knock(rig, "RFB 003.008\n", PASSWORD);

	client_send(client, "\1\4\1\0\0\0\0\0a", 9); /* in, and a key */
	run_until_count(rig, &desk->logins, 1);
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
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
	struct client *in = knock(rig, "RFB 003.008\n", PASSWORD);
	struct client *out;

	run_until_count(rig, &desk->logins, 1);
	vnc_server_answer_login(rig->server, desk->viewer, NULL);
	vnc_server_answer_login(rig->server, desk->viewer, "Not today");
	client_expect(in, "\0\0\0\0", 4);
	client_init(in, false);
	vnc_server_answer_login(rig->server, desk->viewer, "Not today");
	client_sync(in);

	out = knock(rig, "RFB 003.008\n", "guess");
	run_until_count(rig, &desk->logins, 2);
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
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
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
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = knock(rig, "RFB 003.008\n", PASSWORD);

	run_until_count(rig, &desk->logins, 1);
	client_close(client);
	run_until_count(rig, &desk->lefts, 1);
	assert_string_equal(desk->why, "it closed the connection");
	vnc_server_answer_login(rig->server, desk->viewer, NULL);
	rig_run_jobs(rig);
	assert_int_equal(desk->joins, 0);
	assert_int_equal(desk->lefts, 1);
}

static void who_was_refused_has_left_too(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
	struct client *client;

	desk->at_once = true;
	desk->refusal = "Not today";
	client = knock(rig, "RFB 003.008\n", PASSWORD);
	client_expect_end(client);
	run_until_count(rig, &desk->lefts, 1);
	assert_string_equal(desk->why, "Not today");
	client_close(client);
}

static void who_never_logged_in_has_not_left(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
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
	desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
	client = knock(rig, "RFB 003.008\n", PASSWORD);
	client_expect_end(client);
	assert_int_equal(desk->logins, 1);
	run_until_count(rig, &desk->lefts, 1);
	assert_string_equal(desk->why, "no handshake in time");
	client_close(client);
}

static void the_server_may_stop_before_the_answer(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = knock(rig, "RFB 003.008\n", PASSWORD);

	run_until_count(rig, &desk->logins, 1);
	rig_stop(rig);
	client_expect_end(client);
	client_close(client);
	assert_int_equal(desk->lefts, 0);
}

/* Not by those who send what a password of zeros would give. */
static void no_password_is_known_to_nobody(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
	static const char none[VNC_PASSWORD_BYTES];
	struct client *client;

	vnc_server_set_password(rig->server, none);
	client = knock(rig, "RFB 003.008\n", "");
	run_until_count(rig, &desk->logins, 1);
	assert_false(desk->proved);
	client_close(client);
}

/* ---- who is in --------------------------------------------------------------
 */

static void joined_is_told_who_wants_to_be_alone(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_NONE);
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

static struct client *join(struct rig *rig, struct desk *desk)
{
	desk->at_once = true;
	return client_join(rig);
}

static void one_viewer_can_be_closed(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_NONE);
	struct client *stays = join(rig, desk);
	struct client *goes = join(rig, desk);

	vnc_server_close_viewer(rig->server, desk->viewer, "Somebody wants it");
	assert_int_equal(desk->lefts, 0);
	assert_int_equal(vnc_server_list_viewers(rig->server, NULL, 0), 1);
	client_expect_end(goes);
	run_until_count(rig, &desk->lefts, 1);
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
	struct desk *desk = open_desk(rig, VNC_SECURITY_VNCAUTH);
	struct client *client = knock(rig, "RFB 003.008\n", PASSWORD);

	run_until_count(rig, &desk->logins, 1);
	vnc_server_close_viewer(rig->server, desk->viewer, "Somebody wants it");
	vnc_server_answer_login(rig->server, desk->viewer, NULL);
	client_expect_end(client);
	run_until_count(rig, &desk->lefts, 1);
	assert_int_equal(client->input_used, 0);
	client_close(client);
}

static void a_handler_may_close_whom_it_hears(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_NONE);
	struct client *client = join(rig, desk);
	size_t before = rig->events_n;

	desk->close_on_key = true;
	client_send(client, "\4\1\0\0\0\0\0a\4\0\0\0\0\0\0a", 16);
	client_expect_end(client);
	run_until_count(rig, &desk->lefts, 1);
	assert_int_equal(rig->events_n, before + 2); /* nobody watches now */
	assert_string_equal(desk->why, "it typed");
	client_close(client);
}

/* ---- what it may ------------------------------------------------------------
 */

static void forbid(struct desk *desk, enum vnc_message_kind kind)
{
	desk->forbidden |= 1U << kind;
}

static void forbidden_input_is_not_heard(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_NONE);
	struct client *client = join(rig, desk);
	size_t before = rig->events_n;

	forbid(desk, VNC_MESSAGE_KEY);
	forbid(desk, VNC_MESSAGE_POINTER);
	client_send_key(client, 'a', true);
	client_send_pointer(client, 1, 1, 1);
	client_sync(client);
	assert_int_equal(rig->events_n, before);
	assert_int_equal(vnc_server_get_figures(rig->server)->forbidden, 2);
	desk->forbidden = 0;
	client_send_key(client, 'a', true);
	client_sync(client);
	assert_int_equal(rig->events_n, before + 1);
	assert_int_equal(vnc_server_get_figures(rig->server)->forbidden, 2);
	client_close(client);
}

static void forbidden_requests_get_nothing(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_NONE);
	struct client *client = join(rig, desk);
	struct client_message message;

	forbid(desk, VNC_MESSAGE_UPDATE_REQUEST);
	client_request_all(client, false);
	client_expect_silence(client);
	desk->forbidden = 0;
	client_request_all(client, false);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_close(client);
}

static void forbidden_fences_are_not_echoed(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_NONE);
	struct client *client = join(rig, desk);

	forbid(desk, VNC_MESSAGE_FENCE);
	client_send_fence(client, 0x80000000, "x", 1);
	client_send_key(client, 'a', true);
	rig_run_until_heard(rig, rig->events_n + 1);
	desk->forbidden = 0;
	client_expect_silence(client);
	client_close(client);
}

static void forbidden_encodings_change_nothing(void **state)
{
	static const uint8_t bgr233[16] = {
			8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6};
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_NONE);
	struct client *client = join(rig, desk);
	struct client_message message;

	forbid(desk, VNC_MESSAGE_SET_ENCODINGS);
	forbid(desk, VNC_MESSAGE_SET_PIXEL_FORMAT);
	CLIENT_SET(client, TIGHT, NAME);
	client_set_pixel_format(client, bgr233);
	client->bytes_per_pixel = 4;
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_non_null(client_find(&message, RAW));
	assert_null(client_find(&message, NAME));
	client_expect_picture(client);
	client_close(client);
}

/* Its text is skipped all the same, and the next message is read. */
static void forbidden_text_is_skipped(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = open_desk(rig, VNC_SECURITY_NONE);
	struct client *client = join(rig, desk);

	forbid(desk, VNC_MESSAGE_CUT_TEXT);
	client_send(client, "\6\0\0\0\0\0\0\5hello", 13);
	client_sync(client);
	client_close(client);
}

/* ---- the title --------------------------------------------------------------
 */

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

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, rig_set_up, close_desk)
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
			test(forbidden_input_is_not_heard),
			test(forbidden_requests_get_nothing),
			test(forbidden_fences_are_not_echoed),
			test(forbidden_encodings_change_nothing),
			test(forbidden_text_is_skipped),
			test(newcomers_are_told_the_title),
			test(a_new_title_is_told_at_once),
			test(who_does_not_list_it_is_not_told),
			test(a_long_title_ends_with_a_whole_character),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
