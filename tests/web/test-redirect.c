/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/redirect.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"

#define TOO_LONG_US (30 * CLOCK_US_PER_S)

struct far {
	sd_event *event;
	struct net_doorkeeper *doorkeeper;
	struct web_redirect *redirect;
	char reply[16384];
};

static void start(struct far *far, uint16_t port)
{
	static const char *const names[] = {"kvm1.example.org"};
	struct web_server_options options = {.name = "web-redirect",
			.listen_fd = -1,
			.names = names,
			.names_n = 1,
			.doorkeeper = far->doorkeeper};
	struct sockaddr_in *in = (struct sockaddr_in *)&options.listen.storage;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	options.listen.length = sizeof(*in);
	web_redirect_destroy(far->redirect);
	assert_int_equal(web_redirect_create(&far->redirect, far->event,
					 &options, port),
			0);
}

static int set_up(void **state)
{
	struct far *far = calloc(1, sizeof(*far));

	assert_non_null(far);
	assert_true(sd_event_new(&far->event) >= 0);
	assert_int_equal(net_doorkeeper_create(&far->doorkeeper), 0);
	start(far, 443);
	*state = far;
	return 0;
}

static int tear_down(void **state)
{
	struct far *far = *state;

	web_redirect_destroy(far->redirect);
	net_doorkeeper_destroy(far->doorkeeper);
	sd_event_unref(far->event);
	free(far);
	return 0;
}

/* The whole reply, to the end of the connection. */
static const char *ask(struct far *far, const char *text)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;
	struct core_address to;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t used = 0;
	ssize_t got;

	web_redirect_get_address(far->redirect, &to);
	assert_int_equal(connect(fd, (struct sockaddr *)&to.storage, to.length),
			0);
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			(ssize_t)strlen(text));
	while ((got = recv(fd, far->reply + used, sizeof(far->reply) - 1 - used,
				MSG_DONTWAIT)) != 0) {
		assert_true(got > 0 || errno == EAGAIN);
		assert_true(clock_now_us() < end_us);
		used += got > 0 ? (size_t)got : 0;
		sd_event_run(far->event, CLOCK_US_PER_MS);
	}
	far->reply[used] = '\0';
	close(fd);
	return far->reply;
}

static void expect(struct far *far, const char *request, const char *location)
{
	const char *reply = ask(far, request);

	if (strncmp(reply, "HTTP/1.1 308 ", 13) != 0 ||
			!strstr(reply, location))
		fail_msg("%s instead of %s", reply, location);
	assert_non_null(strstr(reply, "\r\nConnection: close\r\n"));
}

static void everything_is_sent_to_https(void **state)
{
	struct far *far = *state;

	expect(far, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"\r\nLocation: https://localhost/\r\n");
	expect(far, "GET /a/b?c=%20d HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n",
			"\r\nLocation: https://127.0.0.1/a/b?c=%20d\r\n");
	expect(far, "HEAD /x HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
			"\r\nLocation: https://[::1]/x\r\n");
	expect(far, "PUT /x HTTP/1.1\r\nHost: KVM1.example.org\r\nContent-Length: 0\r\n\r\n",
			"\r\nLocation: https://KVM1.example.org/x\r\n");
	/* With its password unread. */
	expect(far, "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n",
			"\r\nLocation: https://localhost/api/login\r\n");
	start(far, 8443);
	expect(far, "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"\r\nLocation: https://localhost:8443/x\r\n");
}

static void nobody_is_sent_elsewhere(void **state)
{
	static const char *const bad[] = {
			"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
			"GET //evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"GET @evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"GET /%0d%0a%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n",
			"GET / HTTP/1.1\r\n\r\n",
	};
	struct far *far = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *reply = ask(far, bad[i]);

		assert_int_equal(strncmp(reply, "HTTP/1.1 4", 10), 0);
		assert_null(strstr(reply, "Location"));
	}
}

static void a_long_path_is_kept_whole(void **state)
{
	struct far *far = *state;
	char request[9000], path[8001];
	char location[9000];

	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	snprintf(request, sizeof(request),
			"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
	snprintf(location, sizeof(location),
			"\r\nLocation: https://localhost%s\r\n", path);
	expect(far, request, location);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(everything_is_sent_to_https),
			TEST(nobody_is_sent_elsewhere),
			TEST(a_long_path_is_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
