/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/https-client.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/certificate.h"
#include "tests/net/papers.h"
#include "tests/server/https-peer.h"

#define TOKEN "rh_secret"
#define SEEN_BYTES 16384

struct https {
	char folder[32];
	char certificate[64]; /* "localhost", vouched for by an authority */
	char key[64];
	char other[64]; /* another certificate of that name */
	char other_key[64];
	char pin[NET_PIN_TEXT_BYTES];
	char seen[SEEN_BYTES]; /* by the peer */
	char why[SERVER_HTTPS_WHY_BYTES];
};

static int set_up(void **state)
{
	struct https *test = calloc(1, sizeof(*test));
	const struct papers papers = {.name = "localhost", .vouched = true};
	struct net_certificate_info info;
	char why[NET_CERTIFICATE_WHY_BYTES];

	assert_non_null(test);
	strcpy(test->folder, "/tmp/https-XXXXXX");
	assert_non_null(mkdtemp(test->folder));
	snprintf(test->certificate, sizeof(test->certificate), "%s/c.pem",
			test->folder);
	snprintf(test->key, sizeof(test->key), "%s/k.pem", test->folder);
	snprintf(test->other, sizeof(test->other), "%s/o.pem", test->folder);
	snprintf(test->other_key, sizeof(test->other_key), "%s/ok.pem",
			test->folder);
	papers_make(&papers, test->certificate, test->key);
	papers_make(&papers, test->other, test->other_key);
	assert_int_equal(net_certificate_read(
					 &info, test->certificate, NULL, why),
			0);
	strcpy(test->pin, info.pin);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct https *test = *state;

	unlink(test->certificate);
	unlink(test->key);
	unlink(test->other);
	unlink(test->other_key);
	rmdir(test->folder);
	free(test);
	return 0;
}

/* One call to a peer with that reply, with those options, in which `url` is. */
static int call_peer(struct https *test, const struct https_peer_options *peer,
		const struct server_https_options *options, const char *method,
		const char *body, struct server_https_reply *reply)
{
	struct server_https_options with = *options;
	struct https_peer_options at = *peer;
	struct server_https *https;
	struct https_peer running;
	char url[64];
	int rc;

	at.certificate_path = test->certificate;
	at.key_path = test->key;
	https_peer_start(&running, &at);
	snprintf(url, sizeof(url), "%s:%u", options->url, running.port);
	with.url = url;
	assert_int_equal(server_https_create(&https, &with, test->why), 0);
	rc = server_https_call(
			https, method, "/api/x?y=z", body, reply, test->why);
	server_https_destroy(https);
	https_peer_stop(&running, test->seen, sizeof(test->seen));
	return rc;
}

static const struct https_peer_options good = {
		.reply = "HTTP/1.1 200 OK\r\n"
			 "Content-Type: application/json; charset=utf-8\r\n"
			 "Content-Length: 8\r\n"
			 "\r\n"
			 "{\"a\":1}\n"};

static bool saw(const struct https *test, const char *text)
{
	return strstr(test->seen, text);
}

static void asks_and_is_answered(void **state)
{
	struct https *test = *state;
	const struct server_https_options options = {.url = "https://localhost",
			.token = TOKEN,
			.ca_path = test->certificate};
	struct server_https_reply reply;

	assert_int_equal(call_peer(test, &good, &options, "GET", NULL, &reply),
			0);
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.type, "application/json");
	assert_int_equal(reply.size_bytes, 8);
	assert_string_equal(reply.body, "{\"a\":1}\n");
	free(reply.body);
	assert_true(saw(test, "GET /api/x?y=z HTTP/1.1\r\n"));
	assert_true(saw(test, "\r\nAuthorization: Bearer " TOKEN "\r\n"));

	assert_int_equal(call_peer(test, &good, &options, "PUT", "{\"b\":2}",
					 &reply),
			0);
	free(reply.body);
	assert_true(saw(test, "PUT /api/x?y=z HTTP/1.1\r\n"));
	assert_true(saw(test, "\r\nContent-Type: application/json\r\n"));
	assert_true(saw(test, "\r\n\r\n{\"b\":2}"));

	assert_int_equal(call_peer(test, &good, &options, "DELETE", NULL,
					 &reply),
			0);
	free(reply.body);
	assert_true(saw(test, "DELETE /api/x?y=z HTTP/1.1\r\n"));
}

static void gives_errors_and_redirects_back(void **state)
{
	static const struct {
		const char *reply;
		unsigned status;
	} cases[] = {
			{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
					404},
			{"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
			 "Location: /elsewhere\r\n\r\n",
					302},
			{"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
			 "WWW-Authenticate: Bearer\r\n\r\n",
					401},
			{"HTTP/1.1 204 No Content\r\n\r\n", 204},
	};
	struct https *test = *state;
	const struct server_https_options options = {.url = "https://localhost",
			.token = TOKEN,
			.ca_path = test->certificate};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct https_peer_options peer = {
				.reply = cases[i].reply};
		struct server_https_reply reply;

		assert_int_equal(call_peer(test, &peer, &options, "GET", NULL,
						 &reply),
				0);
		assert_int_equal(reply.status, cases[i].status);
		assert_string_equal(reply.type, "");
		assert_string_equal(reply.body, "");
		free(reply.body);
		/* Once, and at no other address. */
		assert_false(saw(test, "elsewhere"));
		assert_null(strstr(strstr(test->seen, "GET") + 1, "GET"));
	}
}

/* Whoever is not trusted does not get the token. */
static void trusts_nobody_else(void **state)
{
	struct https *test = *state;
	char wrong_pin[NET_PIN_TEXT_BYTES];
	const struct {
		struct server_https_options options;
		bool trusted;
		const char *cure;
	} cases[] = {
			{{"https://localhost", TOKEN, NULL, NULL}, false,
					"--cacert"},
			{{"https://localhost", TOKEN, test->other, NULL}, false,
					"--cacert"},
			{{"https://127.0.0.1", TOKEN, test->certificate, NULL},
					false, "--pin"},
			{{"https://localhost", TOKEN, NULL, wrong_pin}, false,
					"is not the key that --pin names"},
			{{"https://localhost", TOKEN, test->certificate,
					 wrong_pin},
					false,
					"is not the key that --pin names"},
			{{"https://127.0.0.1", TOKEN, NULL, test->pin}, true,
					NULL},
			{{"https://localhost", TOKEN, test->certificate, NULL},
					true, NULL},
	};

	strcpy(wrong_pin, test->pin);
	wrong_pin[0] = wrong_pin[0] == 'A' ? 'B' : 'A';
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server_https_reply reply;
		int rc = call_peer(test, &good, &cases[i].options, "GET", NULL,
				&reply);

		assert_int_equal(rc, cases[i].trusted ? 0 : -ENOTCONN);
		assert_int_equal(saw(test, TOKEN), cases[i].trusted);
		if (!cases[i].trusted) {
			assert_non_null(strstr(test->why, cases[i].cure));
			assert_null(strstr(test->why, TOKEN));
		}
		free(reply.body);
	}
}

static void takes_large_replies_but_not_any(void **state)
{
	struct https *test = *state;
	const struct server_https_options options = {
			.url = "https://localhost", .pin = test->pin};
	/* A length that is said, and one that is not. */
	const struct https_peer_options peers[] = {
			{.reply = "HTTP/1.1 200 OK\r\n"
				  "Content-Length: 1000000\r\n\r\n",
					.more_bytes = 1000000},
			{.reply = "HTTP/1.1 200 OK\r\n"
				  "Content-Length: 99999999\r\n\r\n"},
			{.reply = "HTTP/1.1 200 OK\r\n\r\n",
					.more_bytes = SERVER_HTTPS_REPLY_MAX_BYTES +
							1},
	};
	struct server_https_reply reply;

	assert_int_equal(call_peer(test, &peers[0], &options, "GET", NULL,
					 &reply),
			0);
	assert_int_equal(reply.size_bytes, 1000000);
	free(reply.body);
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(call_peer(test, &peers[i], &options, "GET",
						 NULL, &reply),
				-EMSGSIZE);
		assert_null(reply.body);
		assert_non_null(strstr(test->why, "too large"));
	}
}

static void says_what_is_wrong_with_what_answers(void **state)
{
	static const struct https_peer_options nonsense = {
			.reply = "RFB 003.008\n"};
	struct https *test = *state;
	struct server_https_options options = {
			.url = "https://localhost", .pin = test->pin};
	struct server_https_reply reply;
	struct server_https *https;

	assert_int_equal(call_peer(test, &nonsense, &options, "GET", NULL,
					 &reply),
			-EPROTO);

	options.url = "https://127.0.0.1:1"; /* where nobody listens */
	assert_int_equal(server_https_create(&https, &options, test->why), 0);
	assert_int_equal(server_https_call(https, "GET", "/", NULL, &reply,
					 test->why),
			-ENOTCONN);
	assert_non_null(strstr(test->why, "is rackhandd running there"));
	server_https_destroy(https);

	options.pin = NULL;
	options.ca_path = test->key;
	assert_int_equal(call_peer(test, &good,
					 &(struct server_https_options){
							 "https://localhost",
							 TOKEN,
							 "/nowhere/ca.pem",
							 NULL},
					 "GET", NULL, &reply),
			-EINVAL);
	assert_non_null(strstr(test->why, "--cacert"));
	assert_false(saw(test, TOKEN));
}

static void refuses_options_that_are_wrong(void **state)
{
	static const char pin[] =
			"CKnSzNQWWweO7SGD2Dfxu/wXTxl9d2u7pXNJT38EyU8=";
	static const struct {
		struct server_https_options options;
		int rc;
		const char *cure;
	} cases[] = {
			{{"https://kvm1", NULL, NULL, pin}, 0, NULL},
			{{"HTTPS://[::1]:8443/", TOKEN, NULL, NULL}, 0, NULL},
			{{"http://kvm1", TOKEN, NULL, NULL}, -EINVAL,
					"say https://"},
			{{"https://", TOKEN, NULL, NULL}, -EINVAL, "such as"},
			{{"https:///", TOKEN, NULL, NULL}, -EINVAL, "such as"},
			{{"kvm1", TOKEN, NULL, NULL}, -EINVAL, "such as"},
			{{"", TOKEN, NULL, NULL}, -EINVAL, "such as"},
			{{"file:///etc/passwd", TOKEN, NULL, NULL}, -EINVAL,
					"such as"},
			{{"https://kvm1/api", TOKEN, NULL, NULL}, -EINVAL,
					"nothing behind it"},
			{{"https://kvm1?a", TOKEN, NULL, NULL}, -EINVAL,
					"nothing behind it"},
			{{"https://user@kvm1", TOKEN, NULL, NULL}, -EINVAL,
					"nothing behind it"},
			{{"https://kvm1", "a\r\nHost: b", NULL, NULL}, -EINVAL,
					"no token has"},
			{{"https://kvm1", "a b", NULL, NULL}, -EINVAL,
					"no token has"},
			{{"https://kvm1", TOKEN, NULL, "sha256//x"}, -EINVAL,
					"44 characters"},
			{{"https://kvm1", TOKEN, NULL,
					 "CKnSzNQWWweO7SGD2Dfxu;wXTxl9d2u7pXNJT38EyU8="},
					-EINVAL, "44 characters"},
	};
	struct https *test = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server_https *https;
		int rc = server_https_create(
				&https, &cases[i].options, test->why);

		assert_int_equal(rc, cases[i].rc);
		assert_true(!https == (rc < 0));
		if (rc < 0)
			assert_non_null(strstr(test->why, cases[i].cure));
		server_https_destroy(https);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(asks_and_is_answered),
			cmocka_unit_test(gives_errors_and_redirects_back),
			cmocka_unit_test(trusts_nobody_else),
			cmocka_unit_test(takes_large_replies_but_not_any),
			cmocka_unit_test(says_what_is_wrong_with_what_answers),
			cmocka_unit_test(refuses_options_that_are_wrong),
	};

	unsetenv("https_proxy");
	unsetenv("HTTPS_PROXY");
	unsetenv("ALL_PROXY");
	unsetenv("all_proxy");
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
