/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Answers without end on the control socket, and the programs that read them.
 */

#include "server/control.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "server/control-client.h"

#define STREAMS 8

struct rig {
	sd_event *event;
	struct server_control *control;
	char folder[64];
	char path[96];
	struct server_control_stream *streams[STREAMS]; /* NULL: gone */
	size_t begun;
	int refused; /* of the last that was not begun */
};

static void on_closed(void *context)
{
	*(struct server_control_stream **)context = NULL;
}

static void on_asked(void *context, uid_t uid, json_t *request,
		struct server_control_call *call)
{
	struct rig *rig = context;
	int rc;

	(void)uid;
	if (!json_object_get(request, "follow")) {
		server_control_reply(call,
				json_pack("{s:b, s:s}", "ok", 1, "result",
						"pong"));
		return;
	}
	assert_true(rig->begun < STREAMS);
	rc = server_control_stream_begin(call,
			json_pack("{s:b, s:{}}", "ok", 1, "result"), on_closed,
			&rig->streams[rig->begun], &rig->streams[rig->begun]);
	if (rc == 0) {
		rig->begun++;
		return;
	}
	rig->refused = rc;
	server_control_reply(call,
			json_pack("{s:b, s:s}", "ok", 0, "error", "too many"));
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	strcpy(rig->folder, "/tmp/rackhand-test-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->path, sizeof(rig->path), "%s/control", rig->folder);
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(server_control_create(&rig->control, rig->event,
					 rig->path, on_asked, rig),
			0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	server_control_destroy(rig->control);
	for (size_t i = 0; i < STREAMS; i++)
		assert_null(rig->streams[i]);
	sd_event_unref(rig->event);
	assert_int_equal(rmdir(rig->folder), 0);
	free(rig);
	return 0;
}

static void run(struct rig *rig)
{
	while (sd_event_run(rig->event, 0) > 0)
		;
}

static int dial(struct rig *rig)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_int_not_equal(fd, -1);
	strcpy(address.sun_path, rig->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
					 sizeof(address)),
			0);
	return fd;
}

static void say(struct rig *rig, int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			strlen(text));
	run(rig);
}

static int follow(struct rig *rig)
{
	int fd = dial(rig);

	say(rig, fd, "{\"follow\":1}\n");
	return fd;
}

static void expect(int fd, const char *text)
{
	char got[256] = "";

	assert_true(recv(fd, got, sizeof(got) - 1, 0) >= 0);
	assert_string_equal(got, text);
}

static void write_text(struct rig *rig, size_t stream, const char *text)
{
	assert_int_equal(server_control_stream_write(rig->streams[stream], text,
					 strlen(text)),
			0);
	run(rig);
}

/* ---- the daemon's end -----------------------------------------------------
 */

static void bytes_follow_the_reply(void **state)
{
	struct rig *rig = *state;
	int fd = follow(rig);

	expect(fd, "{\"ok\":true,\"result\":{}}\n");
	write_text(rig, 0, "one\n");
	write_text(rig, 0, "two\n");
	expect(fd, "one\ntwo\n");
	/* Who follows asks no more. */
	say(rig, fd, "{\"ping\":1}\n");
	write_text(rig, 0, "three\n");
	expect(fd, "three\n");
	close(fd);
	run(rig);
	assert_null(rig->streams[0]);
}

/* What was asked for behind it would stand in the middle of it. */
static void nothing_is_answered_behind_it(void **state)
{
	struct rig *rig = *state;
	int fd = dial(rig);

	say(rig, fd, "{\"follow\":1}\n{\"ping\":1}\n");
	write_text(rig, 0, "one\n");
	expect(fd, "{\"ok\":true,\"result\":{}}\none\n");
	close(fd);
	run(rig);
}

static void an_end_comes_behind_what_was_written(void **state)
{
	struct rig *rig = *state;
	int fd = follow(rig);

	assert_int_equal(server_control_stream_write(
					 rig->streams[0], "last\n", 5),
			0);
	server_control_stream_end(rig->streams[0]);
	assert_non_null(rig->streams[0]); /* not from within */
	run(rig);
	assert_null(rig->streams[0]);
	expect(fd, "{\"ok\":true,\"result\":{}}\nlast\n");
	expect(fd, "");
	close(fd);
}

static void who_does_not_read_is_sent_away(void **state)
{
	static char much[SERVER_CONTROL_STREAM_MAX_BYTES / 4];
	struct rig *rig = *state;
	int fd = follow(rig);
	int rc = 0;

	for (int i = 0; i < 16 && rc == 0; i++) {
		rc = server_control_stream_write(
				rig->streams[0], much, sizeof(much));
		run(rig);
	}
	assert_int_equal(rc, -ENOBUFS);
	assert_int_equal(server_control_stream_write(rig->streams[0], "a", 1),
			-ENOBUFS);
	close(fd);
	run(rig);
	assert_null(rig->streams[0]);
}

static void places_are_left_for_questions(void **state)
{
	struct rig *rig = *state;
	int fds[SERVER_CONTROL_STREAMS_MAX];
	int fd;

	for (size_t i = 0; i < SERVER_CONTROL_STREAMS_MAX; i++)
		fds[i] = follow(rig);
	fd = follow(rig);
	assert_int_equal(rig->refused, -EUSERS);
	expect(fd, "{\"ok\":false,\"error\":\"too many\"}\n");
	say(rig, fd, "{\"ping\":1}\n");
	expect(fd, "{\"ok\":true,\"result\":\"pong\"}\n");
	close(fds[0]);
	run(rig);
	say(rig, fd, "{\"follow\":1}\n");
	expect(fd, "{\"ok\":true,\"result\":{}}\n");
	for (size_t i = 1; i < SERVER_CONTROL_STREAMS_MAX; i++)
		close(fds[i]);
	close(fd);
	run(rig);
}

/* ---- the program's end ----------------------------------------------------
 */

struct reader {
	char path[96];
	char taken[64];
	bool over;
	int rc;
};

static int take(void *context, const char *bytes, size_t size)
{
	struct reader *reader = context;

	strncat(reader->taken, bytes, size);
	if (strcmp(reader->taken, "wrong\n") == 0)
		return -EBADMSG;
	reader->over = strcmp(reader->taken, "one\ntwo\n") == 0;
	return 0;
}

static bool is_over(void *context)
{
	return ((struct reader *)context)->over;
}

static void *read_stream(void *context)
{
	struct reader *reader = context;
	const struct server_cli_sink sink = {take, is_over, reader};
	json_t *request = json_pack("{s:i}", "follow", 1);
	json_t *result;

	reader->rc = server_control_follow(
			reader->path, request, &result, &sink);
	json_decref(result);
	json_decref(request);
	return NULL;
}

static int let_read(struct rig *rig, const char *const texts[], bool end)
{
	struct reader reader = {.rc = 1};
	pthread_t thread;

	strcpy(reader.path, rig->path);
	assert_int_equal(
			pthread_create(&thread, NULL, read_stream, &reader), 0);
	while (rig->begun == 0)
		sd_event_run(rig->event, CLOCK_US_PER_S);
	for (size_t i = 0; texts[i]; i++)
		write_text(rig, 0, texts[i]);
	if (end)
		server_control_stream_end(rig->streams[0]);
	while (rig->streams[0])
		sd_event_run(rig->event, CLOCK_US_PER_S);
	pthread_join(thread, NULL);
	return reader.rc;
}

static void a_program_reads_until_it_has_enough(void **state)
{
	assert_int_equal(let_read(*state,
					 (const char *const[]){"one\n", "two\n",
							 NULL},
					 false),
			0);
}

static void an_end_is_told(void **state)
{
	assert_int_equal(let_read(*state, (const char *const[]){"one\n", NULL},
					 true),
			-ECONNRESET);
}

static void what_makes_no_sense_ends_it(void **state)
{
	assert_int_equal(
			let_read(*state, (const char *const[]){"wrong\n", NULL},
					false),
			-EBADMSG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(bytes_follow_the_reply),
			TEST(nothing_is_answered_behind_it),
			TEST(an_end_comes_behind_what_was_written),
			TEST(who_does_not_read_is_sent_away),
			TEST(places_are_left_for_questions),
			TEST(a_program_reads_until_it_has_enough),
			TEST(an_end_is_told),
			TEST(what_makes_no_sense_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
