/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "tests/net/ws-rig.h"

/* Who has a stream may give it to somebody else, or end it, at any time. */

struct heir {
	unsigned readable;
	unsigned drained;
	unsigned closed;
	int rc;
};

static void on_readable(void *context)
{
	((struct heir *)context)->readable++;
}

static void on_drained(void *context)
{
	((struct heir *)context)->drained++;
}

static void on_closed(void *context, int rc)
{
	((struct heir *)context)->closed++;
	((struct heir *)context)->rc = rc;
}

static const struct net_stream_handler heir_handler = {
		.readable = on_readable,
		.drained = on_drained,
		.closed = on_closed,
};

static void an_heir_hears_of_what_lies_there(void **state)
{
	struct ws_rig *rig = *state;
	struct heir heir = {0};
	size_t size;

	ws_rig_connect_plain(rig);
	rig->keeps = true;
	ws_rig_send(rig, "left over", 9);
	ws_rig_run(rig);
	assert_int_equal(rig->readable, 1);
	net_stream_set_handler(rig->stream, &heir_handler, &heir);
	assert_int_equal(heir.readable, 0); /* not from within the call */
	ws_rig_run(rig);
	assert_int_equal(heir.readable, 1);
	assert_memory_equal(
			net_stream_peek(rig->stream, &size), "left over", 9);
	ws_rig_send(rig, ", more", 6);
	ws_rig_run(rig);
	assert_int_equal(heir.readable, 2);
	assert_int_equal(rig->readable, 1);
}

static void an_heir_of_nothing_waits(void **state)
{
	struct ws_rig *rig = *state;
	struct heir heir = {0};

	ws_rig_connect_plain(rig);
	net_stream_set_handler(rig->stream, &heir_handler, &heir);
	ws_rig_run(rig);
	assert_int_equal(heir.readable, 0);
	ws_rig_send(rig, "x", 1);
	ws_rig_run(rig);
	assert_int_equal(heir.readable, 1);
}

/* It has ended, and the loop has not said so yet. */
static void an_heir_hears_of_the_end(void **state)
{
	struct ws_rig *rig = *state;
	struct heir heir = {0};

	ws_rig_connect_plain(rig);
	shutdown(rig->peer, SHUT_RDWR);
	net_stream_write(rig->stream, "x", 1);
	net_stream_flush(rig->stream);
	net_stream_set_handler(rig->stream, &heir_handler, &heir);
	ws_rig_run(rig);
	assert_int_equal(heir.closed, 1);
	assert_true(heir.rc < 0);
	assert_int_equal(rig->closed, 0);
}

/* The sanitizers see whoever touches it afterwards. */
static void a_stream_may_be_destroyed_by_who_reads_it(void **state)
{
	struct ws_rig *rig = *state;

	ws_rig_connect_plain(rig);
	rig->leaves = true;
	ws_rig_send(rig, "x", 1);
	shutdown(rig->peer, SHUT_RDWR);
	ws_rig_run(rig);
	assert_null(rig->stream);
	assert_int_equal(rig->readable, 1);
	assert_int_equal(rig->closed, 0);

	ws_rig_connect(rig);
	rig->keeps = true;
	ws_rig_send_frame(rig, WS_FIN | WS_BINARY, "left over", 9);
	ws_rig_run(rig);
	rig->leaves = true;
	net_stream_set_handler(rig->stream, rig->handler, rig);
	ws_rig_run(rig);
	assert_null(rig->stream);
	assert_int_equal(rig->readable, 2);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, ws_rig_set_up, ws_rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(an_heir_hears_of_what_lies_there),
			test(an_heir_of_nothing_waits),
			test(an_heir_hears_of_the_end),
			test(a_stream_may_be_destroyed_by_who_reads_it),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
