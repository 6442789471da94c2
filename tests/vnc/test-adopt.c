/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/stream.h"
#include "tests/vnc/desk.h"

/* Who was let in by other ways, and comes with a ticket. */

#define TICKET UINT64_C(0x123456789)

/* Somebody whom the rig's server does not know of, and our end of it. */
static struct client *arrive(struct rig *rig, struct net_stream **stream,
		struct core_address *peer)
{
	struct core_address address = rig->options.listen;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct net_transport *transport;
	struct client *client;
	int fd;

	assert_int_equal(bind(listener, (struct sockaddr *)&address.storage,
					 address.length),
			0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener,
					 (struct sockaddr *)&address.storage,
					 &address.length),
			0);
	client = client_connect_to(rig, &address, NULL);
	peer->length = sizeof(peer->storage);
	fd = accept4(listener, (struct sockaddr *)&peer->storage, &peer->length,
			SOCK_CLOEXEC);
	assert_true(fd >= 0);
	close(listener);
	assert_int_equal(net_socket_create(&transport, fd), 0);
	assert_int_equal(net_stream_create(stream, rig->event, transport, 0,
					 NULL, NULL),
			0);
	return client;
}

static struct client *adopt(struct rig *rig, int rc, vnc_viewer_id *id)
{
	struct core_address peer;
	struct net_stream *stream;
	struct client *client = arrive(rig, &stream, &peer);

	assert_int_equal(vnc_server_adopt(rig->server, stream, &peer, TICKET,
					 id),
			rc);
	return client;
}

static void expect_in(struct client *client)
{
	client_expect(client, "RFB 003.008\n", 12);
	client_send(client, "RFB 003.008\n\1", 13);
	client_expect(client, "\1\1\0\0\0\0", 6);
	client_init(client, false);
}

/* Whatever others must prove. */
static void need_prove_nothing_but_the_ticket(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client_message message;
	struct client *client;
	vnc_viewer_id id;

	desk->at_once = true;
	client = adopt(rig, 0, &id);
	expect_in(client);
	assert_int_equal(desk->logins, 1);
	assert_int_equal(desk->viewer, id);
	assert_int_equal(desk->proof, VNC_PROOF_TICKET);
	assert_true(desk->ticket == TICKET);
	assert_string_equal(desk->security, "browser");
	assert_memory_equal(desk->peer, "127.0.0.1:", 10);
	assert_string_equal(desk->user, "-");
	client_request_all(client, false);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_close(client);
}

static void may_be_refused_all_the_same(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client;
	vnc_viewer_id id;

	desk->at_once = true;
	desk->refusal = "Not today";
	client = adopt(rig, 0, &id);
	client_send(client, "RFB 003.008\n\1", 13);
	client_expect(client, "RFB 003.008\n\1\1\0\0\0\1\0\0\0\11Not today",
			31);
	client_expect_end(client);
	assert_int_equal(desk->joins, 0);
	client_close(client);
}

/* Older viewers are told no verdict where there is nothing to prove. */
static void speak_older_versions_too(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client;
	vnc_viewer_id id;

	desk->at_once = true;
	client = adopt(rig, 0, &id);
	client_send(client, "RFB 003.003\n", 12);
	client_expect(client, "RFB 003.008\n\0\0\0\1", 16);
	client_init(client, false);
	assert_int_equal(client->width_px, RIG_WIDTH_PX);
	client_close(client);
	client = adopt(rig, 0, &id);
	client_send(client, "RFB 003.007\n\1", 13);
	client_expect(client, "RFB 003.008\n\1\1", 14);
	client_init(client, false);
	assert_int_equal(client->width_px, RIG_WIDTH_PX);
	client_close(client);
	assert_int_equal(desk->joins, 2);
}

/* What is not offered to them they cannot have; nor others what they have. */
static void have_no_other_security(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	struct client *client;
	vnc_viewer_id id;

	desk->at_once = true;
	client = adopt(rig, 0, &id);
	client_send(client, "RFB 003.008\n\2", 13);
	client_expect(client, "RFB 003.008\n\1\1\0\0\0\1", 18);
	client_close(client);
	client = client_connect(rig);
	client_send(client, "RFB 003.008\n\1", 13);
	client_expect(client, "RFB 003.008\n\1\2\0\0\0\1", 18);
	client_close(client);
	assert_int_equal(desk->logins, 0);
}

static void are_told_when_the_house_is_full(void **state)
{
	struct rig *rig = *state;
	struct desk *desk;
	struct client *client, *more;
	vnc_viewer_id id;

	rig->options.viewers_max = 1;
	desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	desk->at_once = true;
	client = adopt(rig, 0, &id);
	expect_in(client);
	more = adopt(rig, 0, &id);
	client_send(more, "RFB 003.008\n\1", 13);
	client_expect(more, "RFB 003.008\n\1\1\0\0\0\1\0\0\0\42", 22);
	client_expect(more, "As many viewers as may be are here", 34);
	client_expect_end(more);
	client_close(more);
	assert_int_equal(desk->joins, 1);
	client_close(client);
	desk_run_until(rig, &desk->lefts, 2);
	client = adopt(rig, 0, &id);
	expect_in(client);
	client_close(client);
}

/* A place is kept from the verdict on: two are not promised the same one. */
static void keep_a_place_once_it_is_promised(void **state)
{
	struct rig *rig = *state;
	struct desk *desk;
	struct client *first, *second;
	vnc_viewer_id id;

	rig->options.viewers_max = 1;
	desk = desk_open(rig, VNC_SECURITY_VNCAUTH);
	desk->at_once = true;
	first = adopt(rig, 0, &id);
	second = adopt(rig, 0, &id);
	client_send(first, "RFB 003.008\n\1", 13);
	client_expect(first, "RFB 003.008\n\1\1\0\0\0\0", 18);
	client_send(second, "RFB 003.008\n\1", 13);
	client_expect(second, "RFB 003.008\n\1\1\0\0\0\1", 18);
	client_close(first); /* before it had said ClientInit */
	desk_run_until(rig, &desk->lefts, 2);
	client_close(second);
	first = adopt(rig, 0, &id);
	expect_in(first);
	client_close(first);
}

static void are_bounded_on_the_way(void **state)
{
	struct rig *rig = *state;
	struct client *clients[10];
	vnc_viewer_id id;

	rig->options.viewers_max = 2;
	desk_open(rig, VNC_SECURITY_VNCAUTH);
	for (size_t i = 0; i < 10; i++)
		clients[i] = adopt(rig, 0, &id);
	client_close(adopt(rig, -ENOSPC, &id));
	assert_int_equal(id, 0);
	for (size_t i = 0; i < 10; i++)
		client_close(clients[i]);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, rig_set_up, desk_close)
	const struct CMUnitTest tests[] = {
			test(need_prove_nothing_but_the_ticket),
			test(may_be_refused_all_the_same),
			test(speak_older_versions_too),
			test(have_no_other_security),
			test(are_told_when_the_house_is_full),
			test(keep_a_place_once_it_is_promised),
			test(are_bounded_on_the_way),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
