/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/web/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST "Host: 127.0.0.1\r\n"

struct hostile_case {
	const char *what;
	const char *text;
	unsigned status;
};

static const struct hostile_case cases[] = {
		/* Where does the body end? */
		{"both",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
				400},
		{"both, the other way round",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
				400},
		{"two lengths",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
				400},
		{"the same length twice",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
				400},
		{"a list of lengths",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: 5, 5\r\n\r\nhello",
				400},
		{"+5",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: +5\r\n\r\nhello",
				400},
		{"-5",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: -5\r\n\r\nhello",
				400},
		{"0x5",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: 0x5\r\n\r\nhello",
				400},
		{"5 5",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: 5 5\r\n\r\nhello",
				400},
		{"no digits",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: \r\n\r\nhello",
				400},
		{"2^64",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: 18446744073709551616\r\n\r\n",
				400},
		{"2^63",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: 9223372036854775808\r\n\r\n",
				400},
		{"10^18 - 1",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length: 999999999999999999\r\n\r\n",
				413},
		{"xchunked",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
				400},
		{"chunked, gzip",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
				400},
		{"gzip, chunked",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
				400},
		{"chunked, chunked",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
				400},
		{"two codings",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
				400},
		{"identity",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: identity\r\n\r\n",
				400},
		{"vertical tab",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n",
				400},
		{"space before the colon",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
				400},
		{"space before the colon of a length",
				"POST / HTTP/1.1\r\n" HOST
				"Content-Length : 5\r\n\r\nhello",
				400},
		{"a folded header",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
				400},
		{"a space before the first header",
				"GET / HTTP/1.1\r\n " HOST "\r\n", 400},
		{"no colon", "GET / HTTP/1.1\r\n" HOST "nothing\r\n\r\n", 400},
		{"no name", "GET / HTTP/1.1\r\n" HOST ": x\r\n\r\n", 400},
		{"chunk size xyz",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
				400},
		{"chunk size -1",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
				400},
		{"chunk size 0x2",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n0\r\n\r\n",
				400},
		{"a huge chunk size",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhi\r\n",
				400},
		{"a chunk longer than it says",
				"POST / HTTP/1.1\r\n" HOST
				"Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
				400},

		/* Which request is it? */
		{"HTTP/1.0", "GET / HTTP/1.0\r\n" HOST "\r\n", 505},
		{"HTTP/2.0", "GET / HTTP/2.0\r\n" HOST "\r\n", 505},
		{"HTTP/0.9", "GET /\r\n\r\n", 400},
		{"HTTP/1.2", "GET / HTTP/1.2\r\n" HOST "\r\n", 505},
		{"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
		{"a strange version", "GET / HTTPS/1.1\r\n" HOST "\r\n", 400},
		{"small letters", "GET / http/1.1\r\n" HOST "\r\n", 400},
		{"a URL", "GET http://127.0.0.1/ HTTP/1.1\r\n" HOST "\r\n",
				400},
		{"a URL of another",
				"GET http://evil.example/ HTTP/1.1\r\n" HOST
				"\r\n",
				400},
		{"an authority",
				"CONNECT evil.example:443 HTTP/1.1\r\n" HOST
				"\r\n",
				400},
		{"an asterisk", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 400},
		{"dots", "GET /../etc/passwd HTTP/1.1\r\n" HOST "\r\n", 400},
		{"hidden dots",
				"GET /%2e%2e/etc/passwd HTTP/1.1\r\n" HOST
				"\r\n",
				400},
		{"a NUL", "GET /%00 HTTP/1.1\r\n" HOST "\r\n", 400},
		{"a space in the path", "GET /a b HTTP/1.1\r\n" HOST "\r\n",
				400},

		/* Whose is it? */
		{"no host", "GET / HTTP/1.1\r\n\r\n", 400},
		{"an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 421},
		{"two hosts", "GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400},
		{"a host of somebody else",
				"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
				421},
		{"two origins",
				"GET / HTTP/1.1\r\n" HOST
				"Origin: null\r\nOrigin: http://127.0.0.1\r\n\r\n",
				400},
		{"two cookies",
				"GET / HTTP/1.1\r\n" HOST
				"Cookie: a=b\r\nCookie: a=c\r\n\r\n",
				400},
		{"two tokens",
				"GET / HTTP/1.1\r\n" HOST
				"Authorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n",
				400},

		/* No HTTP at all. */
		{"TLS", "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03\r\n\r\n",
				400},
		{"RFB", "RFB 003.008\n\n", 400},
		{"RFB again", "RFB 003.008\r\n\r\n", 400},
		{"empty lines", "\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n", 400},
};

static int set_up(void **state)
{
	*state = rig_create(NULL);
	return 0;
}

static int tear_down(void **state)
{
	rig_destroy(*state);
	return 0;
}

/* Whoever says it, a refusal is one answer that protects a browser. */
static unsigned ask_once(struct rig *rig, const char *text)
{
	struct rig_reply reply;
	int fd = rig_connect(rig);
	char byte;

	rig_send(rig, fd, text);
	rig_read(rig, fd, &reply);
	assert_true(reply.status == 0 ||
			rig_header(&reply, "Content-Security-Policy"));
	rig_run(rig);
	assert_true(recv(fd, &byte, 1, MSG_DONTWAIT) <= 0);
	close(fd);
	rig_run(rig);
	rig_reply_finish(&reply);
	return reply.status;
}

static void what_is_doubtful_is_refused(void **state)
{
	struct rig *rig = *state;
	unsigned wrong = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned status = ask_once(rig, cases[i].text);

		if (status == cases[i].status)
			continue;
		wrong++;
		print_error("%s: %u instead of %u\n", cases[i].what, status,
				cases[i].status);
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(rig->whole, 0);
}

/* Each header costs libmicrohttpd more memory than its bytes. */
static void many_small_headers_are_refused(void **state)
{
	struct rig *rig = *state;
	char text[8000] = "GET / HTTP/1.1\r\n" HOST;
	size_t used = strlen(text);

	for (; used < sizeof(text) - 8; used += 5)
		memcpy(text + used, "a:b\r\n", 5);
	memcpy(text + used, "\r\n", 3);
	assert_int_equal(ask_once(rig, text), 431);
	assert_int_equal(rig->begun, 0);
}

static void get_of(char *text, size_t header_bytes)
{
	static const char end[] = "\r\n\r\n";
	size_t used = (size_t)sprintf(text, "GET / HTTP/1.1\r\n" HOST "X: ");

	memset(text + used, 'a', header_bytes - used);
	memcpy(text + header_bytes - 4, end, sizeof(end));
}

static void headers_have_eight_kilobytes(void **state)
{
	struct rig *rig = *state;
	char text[WEB_HEADER_MAX_BYTES + 2];

	get_of(text, WEB_HEADER_MAX_BYTES);
	assert_int_equal(ask_once(rig, text), 200);
	get_of(text, WEB_HEADER_MAX_BYTES + 1);
	assert_int_equal(ask_once(rig, text), 431);
}

/* What is left of one connection never becomes the next one's. */
static void a_bad_request_behind_a_good_one_ends_it(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig->known = true;
	rig_send(rig, fd, "GET /a HTTP/1.1\r\n" HOST "\r\n");
	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 200);
	rig_reply_finish(&reply);
	rig_send(rig, fd,
			"POST /b HTTP/1.1\r\n" HOST
			"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /c HTTP/1.1\r\n" HOST
			"\r\n");
	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 400);
	assert_string_equal(rig_header(&reply, "Connection"), "close");
	rig_reply_finish(&reply);
	rig_expect_end(rig, fd);
	assert_int_equal(rig->begun, 1);
	close(fd);
}

static void requests_in_a_row_are_answered_in_their_order(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig->known = true;
	rig_send(rig, fd,
			"GET /1 HTTP/1.1\r\n" HOST
			"\r\nPOST /2 HTTP/1.1\r\n" HOST
			"Content-Length: 5\r\n\r\nhelloGET /3 HTTP/1.1\r\n" HOST
			"\r\nGET /4 HTTP/1.1\r\nHost: evil\r\n\r\nGET /5 HTTP/1.1\r\n" HOST
			"\r\n");
	for (unsigned i = 0; i < 5; i++) {
		rig_read(rig, fd, &reply);
		assert_int_equal(reply.status, i == 3 ? 421 : 200);
		rig_reply_finish(&reply);
	}
	assert_int_equal(rig->whole, 4);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup_teardown(
					what_is_doubtful_is_refused, set_up,
					tear_down),
			cmocka_unit_test_setup_teardown(
					many_small_headers_are_refused, set_up,
					tear_down),
			cmocka_unit_test_setup_teardown(
					headers_have_eight_kilobytes, set_up,
					tear_down),
			cmocka_unit_test_setup_teardown(
					a_bad_request_behind_a_good_one_ends_it,
					set_up, tear_down),
			cmocka_unit_test_setup_teardown(
					requests_in_a_row_are_answered_in_their_order,
					set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
