/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/control.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "server/control-client.h"

#define PATIENCE_US (20 * CLOCK_US_PER_S)
#define BIG_BYTES ((size_t)1 << 20)
#define NOBODY 65534

struct control {
	sd_event *event;
	struct server_control *control;
	char folder[64];
	char path[96];
	unsigned answered;
	uid_t caller; /* of the last ping */
	char *reply;  /* of the last receive; BIG_BYTES and some more */
};

static json_t *answer_ping(struct control *test, const json_t *request)
{
	test->answered++;
	return json_pack("{s:s, s:I, s:O*}", "pong", "yes", "n",
			(json_int_t)test->answered, "extra",
			json_object_get(request, "extra"));
}

static json_t *answer_big(void)
{
	char *text = malloc(BIG_BYTES);
	json_t *result;

	assert_non_null(text);
	memset(text, 'b', BIG_BYTES);
	result = json_stringn(text, BIG_BYTES);
	free(text);
	return result;
}

static json_t *refuse(const char *words)
{
	return json_pack("{s:b, s:s}", "ok", 0, "error", words);
}

static json_t *succeed(json_t *result)
{
	return json_pack("{s:b, s:o}", "ok", 1, "result", result);
}

static void on_asked(void *context, uid_t uid, json_t *request,
		struct server_control_call *call)
{
	const char *verb = json_string_value(json_object_get(request, "verb"));
	struct control *test = context;
	json_t *reply = NULL;

	if (!verb)
		reply = refuse("no verb");
	else if (strcmp(verb, "ping") == 0)
		reply = succeed(answer_ping(test, request));
	else if (strcmp(verb, "big") == 0)
		reply = succeed(answer_big());
	else if (strcmp(verb, "nothing") != 0)
		reply = refuse("ask for something else");
	if (verb && strcmp(verb, "ping") == 0)
		test->caller = uid;
	server_control_reply(call, reply);
}

static int open_control(struct control *test)
{
	return server_control_create(&test->control, test->event, test->path,
			on_asked, test);
}

static int set_up(void **state)
{
	struct control *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	test->reply = malloc(2 * BIG_BYTES);
	assert_non_null(test->reply);
	strcpy(test->folder, "/tmp/rackhand-test-XXXXXX");
	assert_non_null(mkdtemp(test->folder));
	snprintf(test->path, sizeof(test->path), "%s/control", test->folder);
	assert_true(sd_event_new(&test->event) >= 0);
	assert_int_equal(open_control(test), 0);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct control *test = *state;

	server_control_destroy(test->control);
	server_control_destroy(NULL);
	sd_event_unref(test->event);
	unlink(test->path);
	assert_int_equal(rmdir(test->folder), 0);
	free(test->reply);
	free(test);
	return 0;
}

static int dial(const struct control *test)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_int_not_equal(fd, -1);
	strcpy(address.sun_path, test->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
					 sizeof(address)),
			0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			strlen(text));
}

/* The next `lines` lines, or what came before the other end closed. */
static const char *hear(struct control *test, int fd, unsigned lines)
{
	uint64_t give_up_us = clock_now_us() + PATIENCE_US;
	size_t used = 0;

	while (lines > 0) {
		ssize_t got = recv(fd, test->reply + used, 1, 0);

		assert_true(clock_now_us() < give_up_us);
		if (got == -1 && errno == EAGAIN) {
			sd_event_run(test->event, CLOCK_US_PER_MS);
			continue;
		}
		if (got <= 0)
			break;
		lines -= test->reply[used] == '\n';
		used++;
		assert_true(used < 2 * BIG_BYTES);
	}
	test->reply[used] = '\0';
	return test->reply;
}

static void expect_closed(struct control *test, int fd)
{
	assert_string_equal(hear(test, fd, 1), "");
	close(fd);
}

static void answers_requests(void **state)
{
	struct control *test = *state;
	int fd = dial(test);

	say(fd, "{\"verb\":\"ping\"}\n");
	assert_string_equal(hear(test, fd, 1),
			"{\"ok\":true,\"result\":{\"pong\":\"yes\",\"n\":1}}\n");
	say(fd, " { \"extra\" : [1], \"verb\" : \"ping\" } \n");
	assert_string_equal(hear(test, fd, 1),
			"{\"ok\":true,\"result\":{\"pong\":\"yes\",\"n\":2,\"extra\":[1]}}\n");
	close(fd);
}

static void complains_and_goes_on(void **state)
{
	static const char *const what = "no verb";
	static const char *const no_json = "this line is not JSON";
	static const char *const unknown = "ask for something else";
	const struct {
		const char *line;
		const char *error;
	} cases[] = {
			{"\n", no_json},
			{"ping\n", no_json},
			{"{\"verb\":\"ping\"\n", no_json},
			{"{\"verb\":\"ping\"} x\n", no_json},
			{"{\"verb\":\"ping\",\"verb\":\"ping\"}\n", no_json},
			{"[]\n", what},
			{"{}\n", what},
			{"{\"verb\":1}\n", what},
			{"{\"verb\":null}\n", what},
			{"{\"verb\":\"\"}\n", unknown},
			{"{\"verb\":\"no\"}\n", unknown},
	};
	struct control *test = *state;
	int fd = dial(test);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char wanted[256];

		say(fd, cases[i].line);
		snprintf(wanted, sizeof(wanted),
				"{\"ok\":false,\"error\":\"%s\"}\n",
				cases[i].error);
		assert_string_equal(hear(test, fd, 1), wanted);
	}
	assert_int_equal(test->answered, 0);
	say(fd, "{\"verb\":\"ping\"}\n");
	assert_non_null(strstr(hear(test, fd, 1), "\"n\":1"));
	close(fd);
}

static void takes_lines_in_any_pieces(void **state)
{
	static const char line[] = "{\"verb\":\"ping\"}\n";
	struct control *test = *state;
	int fd = dial(test);

	for (size_t i = 0; i < sizeof(line) - 1; i++) {
		assert_int_equal(send(fd, line + i, 1, 0), 1);
		sd_event_run(test->event, 0);
		sd_event_run(test->event, 0);
	}
	assert_non_null(strstr(hear(test, fd, 1), "\"n\":1"));
	say(fd, "{\"verb\":\"ping\"}\n{\"verb\":\"x\"}\n{\"verb\":\"ping\"}\n{\"ver");
	assert_string_equal(hear(test, fd, 3),
			"{\"ok\":true,\"result\":{\"pong\":\"yes\",\"n\":2}}\n"
			"{\"ok\":false,\"error\":\"ask for something else\"}\n"
			"{\"ok\":true,\"result\":{\"pong\":\"yes\",\"n\":3}}\n");
	say(fd, "b\":\"ping\"}\n");
	assert_non_null(strstr(hear(test, fd, 1), "\"n\":4"));
	/* A last request and no more words: the reply still comes. */
	say(fd, "{\"verb\":\"ping\"}\n");
	shutdown(fd, SHUT_WR);
	assert_non_null(strstr(hear(test, fd, 1), "\"n\":5"));
	expect_closed(test, fd);
}

static void answers_one_request_a_turn(void **state)
{
	struct control *test = *state;
	int fd = dial(test);

	say(fd, "{\"verb\":\"ping\"}\n{\"verb\":\"ping\"}\n{\"verb\":\"ping\"}\n");
	while (test->answered < 3) {
		unsigned before = test->answered;

		assert_true(sd_event_run(test->event, PATIENCE_US) > 0);
		assert_in_range(test->answered, before, before + 1);
	}
	hear(test, fd, 3);
	close(fd);
}

/* More than a socket takes at once. */
static void say_all(struct control *test, int fd, const char *text, size_t size)
{
	uint64_t give_up_us = clock_now_us() + PATIENCE_US;

	while (size > 0) {
		ssize_t sent = send(fd, text, size, MSG_NOSIGNAL);

		assert_true(clock_now_us() < give_up_us);
		if (sent == -1 && errno == EAGAIN) {
			sd_event_run(test->event, CLOCK_US_PER_MS);
			continue;
		}
		assert_true(sent > 0);
		text += sent;
		size -= (size_t)sent;
	}
}

static void bounds_a_line(void **state)
{
	struct control *test = *state;
	size_t size = SERVER_CONTROL_LINE_MAX_BYTES;
	char *line = malloc(size + 1);
	int fd = dial(test);

	assert_non_null(line);
	memset(line, ' ', size + 1);
	memcpy(line, "{\"verb\":\"ping\"}", 15);
	line[size - 1] = '\n';
	say_all(test, fd, line, size);
	assert_non_null(strstr(hear(test, fd, 1), "\"n\":1"));
	line[size - 1] = ' ';
	line[size] = '\n';
	say_all(test, fd, line, size + 1);
	assert_string_equal(hear(test, fd, 1),
			"{\"ok\":false,\"error\":\"this line is too long\"}\n");
	expect_closed(test, fd);
	assert_int_equal(test->answered, 1);
	free(line);
}

/* One who asks for much and does not read holds nobody, and loses nothing. */
static void waits_for_a_slow_reader_alone(void **state)
{
	struct control *test = *state;
	int slow = dial(test);
	int quick = dial(test);

	say(slow, "{\"verb\":\"big\"}\n{\"verb\":\"ping\"}\n");
	for (int i = 0; i < 20; i++)
		sd_event_run(test->event, 0);
	assert_int_equal(test->answered, 0);
	say(quick, "{\"verb\":\"ping\"}\n");
	assert_non_null(strstr(hear(test, quick, 1), "\"n\":1"));
	hear(test, slow, 1);
	assert_int_equal(strlen(test->reply),
			strlen("{\"ok\":true,\"result\":\"\"}\n") + BIG_BYTES);
	assert_non_null(strstr(hear(test, slow, 1), "\"n\":2"));
	close(quick);
	close(slow);
}

static void forgets_who_hangs_up(void **state)
{
	struct control *test = *state;

	for (int i = 0; i < 50; i++) {
		int fd = dial(test);

		if (i % 2)
			say(fd, "{\"verb\":\"big\"}\n");
		sd_event_run(test->event, 0);
		sd_event_run(test->event, 0);
		close(fd);
		while (sd_event_run(test->event, 0) > 0)
			;
	}
	int fd = dial(test);

	say(fd, "{\"verb\":\"ping\"}\n");
	assert_non_null(strstr(hear(test, fd, 1), "\"n\":1"));
	close(fd);
}

static void bounds_connections(void **state)
{
	struct control *test = *state;
	int fds[SERVER_CONTROL_CONNECTIONS_MAX];
	int fd;

	for (size_t i = 0; i < SERVER_CONTROL_CONNECTIONS_MAX; i++) {
		fds[i] = dial(test);
		say(fds[i], "{\"verb\":\"ping\"}\n");
		assert_non_null(strstr(hear(test, fds[i], 1), "pong"));
	}
	fd = dial(test);
	assert_string_equal(hear(test, fd, 1),
			"{\"ok\":false,\"error\":\"too many connections\"}\n");
	expect_closed(test, fd);
	close(fds[3]);
	while (sd_event_run(test->event, 0) > 0)
		;
	fds[3] = dial(test);
	say(fds[3], "{\"verb\":\"ping\"}\n");
	assert_non_null(strstr(hear(test, fds[3], 1), "pong"));
	for (size_t i = 0; i < SERVER_CONTROL_CONNECTIONS_MAX; i++)
		close(fds[i]);
}

static void hangs_up_when_memory_is_short(void **state)
{
	struct control *test = *state;
	int fd = dial(test);

	say(fd, "{\"verb\":\"nothing\"}\n");
	expect_closed(test, fd);
}

static void ends_idle_connections(void **state)
{
	struct control *test = *state;
	uint64_t begun_us = clock_now_us();
	int fd;

	if (!getenv("RACKHAND_TEST_FULL"))
		skip();
	fd = dial(test);
	say(fd, "{\"ver"); /* a part of a request is no sign of life */
	expect_closed(test, fd);
	assert_true(clock_now_us() - begun_us >= SERVER_CONTROL_IDLE_US);
}

static void expect_mode(const struct control *test, mode_t mode)
{
	struct stat status;

	assert_int_equal(stat(test->path, &status), 0);
	assert_int_equal(status.st_mode, mode);
}

static void guards_its_file(void **state)
{
	struct control *test = *state;
	struct server_control *second;
	int fd;

	expect_mode(test, S_IFSOCK | 0660);
	assert_int_equal(server_control_create(&second, test->event, test->path,
					 on_asked, test),
			-EADDRINUSE);
	assert_null(second);
	expect_mode(test, S_IFSOCK | 0660);
	server_control_destroy(test->control);
	assert_int_equal(access(test->path, F_OK), -1);

	fd = open(test->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	close(fd);
	assert_int_equal(open_control(test), -EADDRINUSE);
	assert_null(test->control);
	expect_mode(test, S_IFREG | 0600); /* not ours: left alone */
}

static void replaces_what_a_killed_daemon_left(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct control *test = *state;
	mode_t umask_before = umask(0177);
	int fd;

	server_control_destroy(test->control);
	strcpy(address.sun_path, test->path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)),
			0);
	close(fd);
	assert_int_equal(open_control(test), 0);
	expect_mode(test, S_IFSOCK | 0660); /* whatever the umask */
	umask(umask_before);
}

static void refuses_paths_that_cannot_be(void **state)
{
	struct control *test = *state;
	char path[128] = "/";
	struct server_control *control;

	memset(path + 1, 'a', 107);
	assert_int_equal(server_control_create(&control, test->event, path,
					 on_asked, test),
			-EINVAL);
	assert_int_equal(server_control_create(&control, test->event,
					 "relative", on_asked, test),
			-EINVAL);
	assert_int_equal(
			server_control_create(&control, test->event,
					"/nonexistent/control", on_asked, test),
			-ENOENT);
	assert_null(control);
}

/* ---- the client, in a process of its own --------------------------------- */

static void become(uid_t uid, gid_t gid, gid_t supplementary)
{
	if (setgroups(1, &supplementary) == -1 ||
			setresgid(gid, gid, gid) == -1 ||
			setresuid(uid, uid, uid) == -1)
		_exit(99);
}

/* The result of a call as an exit code: 0, or errno. */
static int call(struct control *test, const char *verb, const gid_t *groups)
{
	uint64_t give_up_us = clock_now_us() + PATIENCE_US;
	pid_t child = fork();
	int status;

	assert_int_not_equal(child, -1);
	if (child == 0) {
		json_t *request, *result;
		int rc;

		if (groups)
			become(NOBODY, groups[0], groups[1]);
		request = json_pack("{s:s}", "verb", verb);
		rc = server_control_call(test->path, request, &result);
		if (!(rc == 0 || rc == -EREMOTEIO) != !result)
			rc = -ENOTRECOVERABLE;
		json_decref(request);
		json_decref(result);
		_exit(-rc);
	}
	while (waitpid(child, &status, WNOHANG) == 0) {
		assert_true(clock_now_us() < give_up_us);
		sd_event_run(test->event, CLOCK_US_PER_MS);
	}
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void client_and_daemon_understand_each_other(void **state)
{
	struct control *test = *state;

	assert_int_equal(call(test, "ping", NULL), 0);
	assert_int_equal(call(test, "big", NULL), 0);
	assert_int_equal(call(test, "what", NULL), EREMOTEIO);
	assert_int_equal(call(test, "no", NULL), EREMOTEIO);
	assert_int_equal(call(test, "nothing", NULL), EPROTO);
	server_control_destroy(test->control);
	test->control = NULL;
	assert_int_equal(call(test, "ping", NULL), ENOENT);
}

static void lets_in_root_itself_and_its_group(void **state)
{
	const gid_t group = 4711; /* whatever: nobody has to know it */
	const gid_t stranger[] = {NOBODY, NOBODY};
	const gid_t member[] = {group, NOBODY};
	const gid_t supplementary[] = {NOBODY, group};
	struct control *test = *state;

	if (geteuid() != 0)
		skip();
	server_control_destroy(test->control);
	assert_int_equal(setresgid(-1U, group, -1U), 0);
	assert_int_equal(open_control(test), 0);
	assert_int_equal(setresgid(-1U, 0, -1U), 0);
	chmod(test->folder, 0711);
	assert_int_equal(call(test, "ping", NULL), 0);
	assert_int_equal(test->caller, 0);
	assert_int_equal(call(test, "ping", member), 0);
	assert_int_equal(test->caller, NOBODY);
	assert_int_equal(call(test, "ping", supplementary), 0);
	assert_int_equal(call(test, "ping", stranger), EACCES);
	chmod(test->path, 0666); /* even so */
	assert_int_equal(call(test, "ping", stranger), EREMOTEIO);
	assert_int_equal(call(test, "ping", member), 0);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			TEST(answers_requests),
			TEST(complains_and_goes_on),
			TEST(takes_lines_in_any_pieces),
			TEST(answers_one_request_a_turn),
			TEST(bounds_a_line),
			TEST(waits_for_a_slow_reader_alone),
			TEST(forgets_who_hangs_up),
			TEST(bounds_connections),
			TEST(hangs_up_when_memory_is_short),
			TEST(ends_idle_connections),
			TEST(guards_its_file),
			TEST(replaces_what_a_killed_daemon_left),
			TEST(refuses_paths_that_cannot_be),
			TEST(client_and_daemon_understand_each_other),
			TEST(lets_in_root_itself_and_its_group),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
