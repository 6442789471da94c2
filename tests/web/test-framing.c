/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web/server.h"

#define HEAD "GET / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"

/* 0: nothing is wrong, else the status of the fault. */
static unsigned read_bytes(const char *bytes, size_t size)
{
	struct web_framing framing;
	const struct web_framing_fault *fault;

	web_framing_init(&framing);
	fault = web_framing_read(&framing, (const uint8_t *)bytes, size);
	return fault ? fault->status : 0;
}

static unsigned read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

/* Of what is right, any part is right as far as it goes. */
static void what_is_right_is_read_however_it_is_cut(void **state)
{
	static const char *const right[] = {
			HEAD "\r\n" HEAD "\r\n",
			"OPTIONS * HTTP/1.1\r\n\r\n",
			HEAD
			"X-A:b\r\nX-B:  c \t\r\nX-C:\r\nX-D: \xc3\xa4\r\n\r\n",
			HEAD "Content-Length: 4\r\n\r\n\r\n\n:" HEAD "\r\n",
			HEAD "content-length:0\r\n\r\n" HEAD "\r\n",
			CHUNKED
			"5\r\n\r\n\r\n:\r\n00a\r\n0123456789\r\n0\r\n\r\n" HEAD
			"\r\n",
			HEAD
			"TRANSFER-ENCODING:\tChunked \r\n\r\n0\r\n\r\n" HEAD
			"\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		const uint8_t *bytes = (const uint8_t *)right[i];
		size_t size = strlen(right[i]);

		for (size_t cut = 0; cut <= size; cut++) {
			struct web_framing framing;

			web_framing_init(&framing);
			assert_null(web_framing_read(&framing, bytes, cut));
			assert_null(web_framing_read(
					&framing, bytes + cut, size - cut));
		}
	}
}

struct wrong {
	const char *text;
	unsigned status;
};

static const struct wrong wrong[] = {
		/* the first line */
		{"\r\n", 400},
		{" GET / HTTP/1.1\r\n", 400},
		{"G\x01T / HTTP/1.1\r\n", 400},
		{"GETGETGETGETGETGET / HTTP/1.1\r\n", 400},
		{"GET  / HTTP/1.1\r\n", 400},
		{"GET\t/ HTTP/1.1\r\n", 400},
		{"GET / HTTP/1.1 \r\n", 400},
		{"GET /\x7f HTTP/1.1\r\n", 400},
		{"GET /\xe4 HTTP/1.1\r\n", 400},
		{"GET /\r\n", 400},
		{"GET / HTTP/11\r\n", 400},
		{"GET / HTTP/1.10\r\n", 400},
		{"GET / http/1.1\r\n", 400},
		{"GET / HTTP/1.1\n", 400},
		{"GET / HTTP/1.1\r\r\n", 400},
		/* headers */
		{HEAD " X-A: b\r\n", 400},
		{HEAD "\tX-A: b\r\n", 400},
		{HEAD "X-A : b\r\n", 400},
		{HEAD "X-A\r\n", 400},
		{HEAD ": b\r\n", 400},
		{HEAD "X-A: b\n", 400},
		{HEAD "X-A: b\rX-B: c\r\n", 400},
		{HEAD "X-A: \x01\r\n", 400},
		{HEAD "X-A: \x7f\r\n", 400},
		{HEAD "\n", 400},
		{HEAD "\r\r\n", 400},
		/* lengths */
		{HEAD "Content-Length:\r\n", 400},
		{HEAD "Content-Length: +5\r\n", 400},
		{HEAD "Content-Length: -5\r\n", 400},
		{HEAD "Content-Length: 0x5\r\n", 400},
		{HEAD "Content-Length: 5 5\r\n", 400},
		{HEAD "Content-Length: 5, 5\r\n", 400},
		{HEAD "Content-Length: 1000000000000000000\r\n", 400},
		{HEAD "Content-Length: 000000000000000000000\r\n", 400},
		{HEAD "Content-Length: 5\r\nContent-Length: 5\r\n", 400},
		/* chunks */
		{HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
				400},
		{HEAD "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
				400},
		{HEAD "Transfer-Encoding: chunked\r\n"
		      "Transfer-Encoding: chunked\r\n",
				400},
		{HEAD "Transfer-Encoding: gzip, chunked\r\n", 400},
		{HEAD "Transfer-Encoding: identity\r\n", 400},
		{HEAD "Transfer-Encoding: chunkedd\r\n", 400},
		{HEAD "Transfer-Encoding:\r\n", 400},
		{CHUNKED "\r\n", 400},
		{CHUNKED "x\r\n", 400},
		{CHUNKED "-1\r\n", 400},
		{CHUNKED " 1\r\n", 400},
		{CHUNKED "1;a=b\r\n", 400},
		{CHUNKED "100000000\r\n", 400},
		{CHUNKED "1\n", 400},
		{CHUNKED "1\r\nab\r\n", 400},
		{CHUNKED "1\r\na\n", 400},
		{CHUNKED "1\r\na\r\r", 400},
		{CHUNKED "0\r\nX-A: b\r\n", 400},
		{CHUNKED "0\r\n\r\r", 400},
};

static void what_can_be_read_otherwise_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		unsigned status = read_text(wrong[i].text);

		if (status != wrong[i].status)
			print_error("%s\n", wrong[i].text);
		assert_int_equal(status, wrong[i].status);
	}
}

static void a_nul_is_refused_wherever_it_is(void **state)
{
	static const char head[] = HEAD "X-A: b\r\n\r\n";

	(void)state;
	for (size_t at = 0; at < sizeof(head) - 1; at++) {
		char bytes[sizeof(head) - 1];

		memcpy(bytes, head, sizeof(bytes));
		bytes[at] = '\0';
		assert_int_equal(read_bytes(bytes, sizeof(bytes)), 400);
	}
}

/* In a body it is a byte like any other. */
static void a_body_is_not_looked_at(void **state)
{
	static const char bytes[] = HEAD
			"Content-Length: 3\r\n\r\n\0\r\x01" HEAD "\r\n";

	(void)state;
	assert_int_equal(read_bytes(bytes, sizeof(bytes) - 1), 0);
}

static unsigned read_head_of(size_t size)
{
	static const char end[] = "\r\n\r\n";
	char *bytes = malloc(size);
	unsigned status;

	assert_non_null(bytes);
	memset(bytes, 'a', size);
	memcpy(bytes, HEAD "X-A:", sizeof(HEAD "X-A:") - 1);
	memcpy(bytes + size - (sizeof(end) - 1), end, sizeof(end) - 1);
	status = read_bytes(bytes, size);
	free(bytes);
	return status;
}

static void a_head_has_eight_kib(void **state)
{
	(void)state;
	assert_int_equal(read_head_of(WEB_HEADER_MAX_BYTES), 0);
	assert_int_equal(read_head_of(WEB_HEADER_MAX_BYTES + 1), 431);
}

static void each_head_begins_anew(void **state)
{
	struct web_framing framing;

	(void)state;
	web_framing_init(&framing);
	for (int i = 0; i < 2000; i++)
		assert_null(web_framing_read(&framing,
				(const uint8_t *)HEAD "\r\n",
				sizeof(HEAD "\r\n") - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					what_is_right_is_read_however_it_is_cut),
			cmocka_unit_test(what_can_be_read_otherwise_is_refused),
			cmocka_unit_test(a_nul_is_refused_wherever_it_is),
			cmocka_unit_test(a_body_is_not_looked_at),
			cmocka_unit_test(a_head_has_eight_kib),
			cmocka_unit_test(each_head_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
