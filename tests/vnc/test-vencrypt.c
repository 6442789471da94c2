/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/vencrypt.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "net/tls.h"
#include "tests/vnc/ways.h"

#define ALL_BUT_NONE (VNC_SECURITY_NONE - 1)

/* ---- what is offered --------------------------------------------------------
 */

static const struct {
	unsigned security;
	const char *types;
	size_t types_bytes;
	const char *subtypes;
	size_t subtypes_bytes;
} offers[] = {
		{VNC_SECURITY_X509PLAIN | VNC_SECURITY_X509VNC, "\1\23", 2,
				"\2\0\0\1\6\0\0\1\5", 9},
		{VNC_SECURITY_X509VNC, "\1\23", 2, "\1\0\0\1\5", 5},
		{VNC_SECURITY_X509PLAIN, "\1\23", 2, "\1\0\0\1\6", 5},
		{VNC_SECURITY_TLSPLAIN, "\1\23", 2, "\1\0\0\1\3", 5},
		{VNC_SECURITY_TLSVNC, "\1\23", 2, "\1\0\0\1\2", 5},
		{VNC_SECURITY_PLAIN, "\1\23", 2, "\1\0\0\1\0", 5},
		{VNC_SECURITY_VNCAUTH, "\1\2", 2, NULL, 0},
		{VNC_SECURITY_VNCAUTH | VNC_SECURITY_TLSVNC, "\2\23\2", 3,
				"\1\0\0\1\2", 5},
		{ALL_BUT_NONE, "\2\23\2", 3,
				"\5\0\0\1\6\0\0\1\5\0\0\1\3\0\0\1\2\0\0\1\0",
				21},
};

/* The best first, and nothing that was not asked for. */
static void what_is_configured_is_offered(void **state)
{
	struct rig *rig = *state;

	rig_make_tls(rig);
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		struct client *client;

		desk_open(rig, offers[i].security);
		client = client_connect(rig);
		client_expect(client, "RFB 003.008\n", 12);
		client_send(client, "RFB 003.008\n", 12);
		client_expect(client, offers[i].types, offers[i].types_bytes);
		if (offers[i].subtypes) {
			client_send(client, "\23", 1);
			client_expect(client, "\0\2", 2);
			client_send(client, "\0\2", 2);
			client_expect(client, "\0", 1);
			client_expect(client, offers[i].subtypes,
					offers[i].subtypes_bytes);
		}
		assert_int_equal(client->input_used, 0);
		client_close(client);
	}
}

static void expect_no_types(struct rig *rig, const char *version)
{
	static const char why[] = "This server has no certificate to show yet";
	struct client *client = client_connect(rig);

	client_expect(client, "RFB 003.008\n", 12);
	client_send(client, version, 12);
	client_expect(client, "\0\0\0\0\52", 5);
	client_expect(client, why, sizeof(why) - 1);
	client_expect_end(client);
	client_close(client);
}

static void without_a_certificate_there_is_no_x509(void **state)
{
	struct rig *rig = *state;

	log_set_level((enum log_level) - 1);
	desk_open(rig, VNC_SECURITY_X509PLAIN | VNC_SECURITY_X509VNC);
	expect_no_types(rig, "RFB 003.008\n");
	rig_stop(rig);
	assert_int_equal(net_tls_create(&rig->options.tls), 0);
	rig_start(rig);
	expect_no_types(rig, "RFB 003.008\n");
	expect_no_types(rig, "RFB 003.007\n");
}

/* Types that need none are there all the same. */
static void without_a_certificate_the_rest_is_offered(void **state)
{
	struct rig *rig = *state;
	struct client *client;

	log_set_level((enum log_level) - 1);
	assert_int_equal(net_tls_create(&rig->options.tls), 0);
	desk_open(rig, ALL_BUT_NONE);
	client = client_connect(rig);
	client_send(client, "RFB 003.008\n\23\0\2", 15);
	client_expect(client, "RFB 003.008\n\2\23\2\0\2\0", 18);
	client_expect(client, "\3\0\0\1\3\0\0\1\2\0\0\1\0", 13);
	client_close(client);
}

static void rfb_3_3_is_told_what_it_lacks(void **state)
{
	struct rig *rig = *state;
	uint8_t head[8], why[256];
	struct client *client;

	rig_make_tls(rig);
	desk_open(rig, ALL_BUT_NONE & ~(unsigned)VNC_SECURITY_VNCAUTH);
	client = client_connect(rig);
	client_expect(client, "RFB 003.008\n", 12);
	client_send(client, "RFB 003.003\n", 12);
	client_receive(client, head, 8);
	assert_memory_equal(head, "\0\0\0\0\0\0\0", 7);
	client_receive(client, why, head[7]);
	why[head[7]] = '\0';
	assert_non_null(strstr((char *)why, "RFB 3.3"));
	client_expect_end(client);
	client_close(client);
}

/* Types that are offered, and what a viewer may not make of them. */
static void only_offered_types_can_be_chosen(void **state)
{
	static const uint8_t types[] = {0, 1, 2, 5, 16, 18, 20, 30, 255};
	static const char why[] = "This security type was not offered";
	struct rig *rig = *state;
	struct desk *desk;

	rig_make_tls(rig);
	desk = desk_open(rig, VNC_SECURITY_X509PLAIN | VNC_SECURITY_X509VNC);
	for (size_t i = 0; i < sizeof(types); i++) {
		struct client *client = client_connect(rig);

		client_expect(client, "RFB 003.008\n", 12);
		client_send(client, "RFB 003.008\n", 12);
		client_expect(client, "\1\23", 2);
		client_send(client, &types[i], 1);
		client_send(client, "\1", 1);
		client_expect(client, "\0\0\0\1\0\0\0\42", 8);
		client_expect(client, why, sizeof(why) - 1);
		client_expect_end(client);
		assert_int_equal(client->input_used, 0);
		client_close(client);
	}
	assert_int_equal(desk->logins, 0);
}

static void vencrypt_is_not_chosen_unoffered(void **state)
{
	struct rig *rig = *state;
	struct client *client;

	rig_make_tls(rig);
	desk_open(rig, VNC_SECURITY_VNCAUTH);
	client = client_connect(rig);
	client_send(client, "RFB 003.008\n\23", 13);
	client_expect(client, "RFB 003.008\n\1\2\0\0\0\1", 18);
	client_expect_end(client);
	client_close(client);
}

/* ---- in VeNCrypt ------------------------------------------------------------
 */

/* Those with something to prove. */
static size_t list_ways(struct way ways[WAYS_MAX])
{
	size_t all = ways_list(ways), count = 0;

	for (size_t i = 0; i < all; i++)
		if (ways[i].proof != VNC_PROOF_NONE)
			ways[count++] = ways[i];
	return count;
}

/* In 3.8. */
static struct way find_way(const char *name)
{
	struct way ways[WAYS_MAX];

	for (size_t i = list_ways(ways); i > 0; i--)
		if (strcmp(ways[i - 1].name, name) == 0)
			return ways[i - 1];
	fail_msg("no way %s", name);
	return ways[0];
}

static void expect_login(const struct desk *desk, const struct way *way)
{
	bool user = way->proof == VNC_PROOF_USER;

	assert_string_equal(desk->security, way->name);
	assert_int_equal(desk->proof, way->proof);
	assert_int_equal(desk->proved, !user);
	assert_string_equal(desk->user, user ? WAY_USER : "-");
	assert_string_equal(desk->secret, user ? WAY_SECRET : "-");
}

static void every_way_leads_to_the_picture(void **state)
{
	struct rig *rig = *state;
	struct way ways[WAYS_MAX];
	size_t ways_n = list_ways(ways);
	struct client_message message;
	struct desk *desk;

	rig_make_tls(rig);
	desk = desk_open(rig, ALL_BUT_NONE);
	desk->at_once = true;
	for (size_t i = 0; i < ways_n; i++) {
		struct client *client = client_connect(rig);

		assert_true(way_walk(&ways[i], client));
		expect_login(desk, &ways[i]);
		client_request_all(client, false);
		client_next_update(client, &message);
		client_expect_picture(client);
		client_close(client);
	}
	assert_int_equal(desk->joins, ways_n);
}

/* Only 3.8 has a place for the reason, inside TLS, too. */
static void every_way_can_be_refused(void **state)
{
	struct rig *rig = *state;
	struct way ways[WAYS_MAX];
	size_t ways_n = list_ways(ways);
	struct desk *desk;

	rig_make_tls(rig);
	desk = desk_open(rig, ALL_BUT_NONE);
	desk->at_once = true;
	desk->refusal = "Not today";
	for (size_t i = 0; i < ways_n; i++) {
		struct client *client = client_connect(rig);

		assert_true(way_walk_to_proof(&ways[i], client));
		assert_true(way_prove(&ways[i], client));
		client_send(client, "\1", 1); /* as if it were in */
		client_expect(client, "\0\0\0\1", 4);
		if (ways[i].version[10] == '8')
			client_expect(client, "\0\0\0\11Not today", 13);
		client_expect_end(client);
		assert_int_equal(client->input_used, 0);
		client_close(client);
	}
	assert_int_equal(desk->joins, 0);
}

static void a_wrong_answer_is_not_proved(void **state)
{
	const struct way way = find_way("x509vnc");
	struct rig *rig = *state;
	uint8_t challenge[16], response[16];
	struct client *client;
	struct desk *desk;

	rig_make_tls(rig);
	desk = desk_open(rig, ALL_BUT_NONE);
	desk->at_once = true;
	desk->proved = true;
	client = client_connect(rig);
	assert_true(way_walk_to_proof(&way, client));
	client_receive(client, challenge, 16);
	client_prove("guess", challenge, response);
	client_send(client, response, 16);
	client_expect(client, "\0\0\0\0", 4);
	assert_false(desk->proved);
	client_close(client);
}

/* Nobody may come by a name alone where nobody looks at names. */
static void names_need_somebody_who_knows_them(void **state)
{
	static const char why[] = "Users are not known here";
	const struct way way = find_way("x509plain");
	struct rig *rig = *state;
	struct client *client;

	rig_make_tls(rig);
	desk_open(rig, VNC_SECURITY_X509PLAIN);
	rig_stop(rig);
	rig->handler.login = NULL;
	rig->handler.joined = NULL;
	rig->handler.may = NULL;
	rig->handler.left = NULL;
	rig_start(rig);
	client = client_connect(rig);
	assert_true(way_walk_to_proof(&way, client));
	assert_true(way_prove(&way, client));
	client_expect(client, "\0\0\0\1\0\0\0\30", 8);
	client_expect(client, why, sizeof(why) - 1);
	client_expect_end(client);
	client_close(client);
}

static void other_versions_are_refused(void **state)
{
	static const char *const versions[] = {
			"\0\0", "\0\1", "\0\3", "\1\2", "\2\0", "\377\377"};
	struct rig *rig = *state;

	rig_make_tls(rig);
	desk_open(rig, ALL_BUT_NONE);
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct client *client = client_connect(rig);

		client_send(client, "RFB 003.008\n\23", 13);
		client_expect(client, "RFB 003.008\n\2\23\2\0\2", 17);
		client_send(client, versions[i], 2);
		client_expect(client, "\1", 1);
		client_expect_end(client);
		assert_int_equal(client->input_used, 0);
		client_close(client);
	}
}

/* Past the list of subtypes, of which there are `subtypes_n`. */
static struct client *choose(
		struct rig *rig, unsigned subtypes_n, uint32_t subtype)
{
	const uint8_t bytes[] = {(uint8_t)(subtype >> 24),
			(uint8_t)(subtype >> 16), (uint8_t)(subtype >> 8),
			(uint8_t)subtype};
	struct client *client = client_connect(rig);
	uint8_t list[1 + 4 * 5];

	assert_true(way_enter_vencrypt(client, "RFB 003.008\n"));
	client_receive(client, list, 1 + 4 * subtypes_n);
	client_send(client, bytes, sizeof(bytes));
	return client;
}

/* The upper half of a subtype counts, too. */
static void only_offered_subtypes_can_be_chosen(void **state)
{
	static const uint32_t subtypes[] = {0, 1, 2, 19, 256, 257, 258, 259,
			260, 263, 264, 65535, 0x10106, 0x1000105};
	uint8_t plain[WAY_PLAIN_BYTES];
	size_t plain_bytes = way_write_plain(plain, WAY_USER, WAY_SECRET);
	struct rig *rig = *state;
	struct desk *desk;

	rig_make_tls(rig);
	desk = desk_open(rig, VNC_SECURITY_X509PLAIN | VNC_SECURITY_X509VNC);
	for (size_t i = 0; i < sizeof(subtypes) / sizeof(subtypes[0]); i++) {
		struct client *client = choose(rig, 2, subtypes[i]);

		client_expect(client, "\0", 1);
		client_send(client, plain, plain_bytes);
		client_expect_end(client);
		assert_int_equal(client->input_used, 0);
		client_close(client);
	}
	assert_int_equal(desk->logins, 0);
}

/* A certificate is not shown to who asked for none. */
static void the_kind_of_tls_is_the_chosen_one(void **state)
{
	struct rig *rig = *state;
	struct client *client;
	struct desk *desk;

	rig_make_tls(rig);
	desk = desk_open(rig, ALL_BUT_NONE);
	log_set_level((enum log_level) - 1);
	client = choose(rig, 5, 258);
	client_expect(client, "\1", 1);
	assert_true(client_start_tls(client, false) < 0);
	client_close(client);
	assert_int_equal(desk->logins, 0);
}

/* ---- name and password ------------------------------------------------------
 */

#define CHECK(text, expected)                                                  \
	assert_int_equal(vnc_plain_read(&plain, (const uint8_t *)(text),       \
					 sizeof(text) - 1),                    \
			expected)

static void plain_is_read_whole_or_not_at_all(void **state)
{
	static const char whole[] = "\0\0\0\4\0\0\0\5annahorse+";
	struct vnc_plain plain;

	(void)state;
	for (size_t size = 0; size < 17; size++) {
		assert_int_equal(vnc_plain_read(&plain, (const uint8_t *)whole,
						 size),
				0);
		assert_string_equal(plain.user, "");
	}
	CHECK(whole, 17);
	assert_string_equal(plain.user, "anna");
	assert_string_equal(plain.secret, "horse");
	CHECK("\0\0\0\0\0\0\0\0", 8);
	assert_string_equal(plain.user, "");
	assert_string_equal(plain.secret, "");
}

/* From the lengths alone: nobody waits for four gigabytes. */
static void plain_has_a_greatest_length(void **state)
{
	struct vnc_plain plain;
	uint8_t bytes[8 + VNC_USER_MAX_BYTES + VNC_SECRET_MAX_BYTES] = {
			0, 0, 0, VNC_USER_MAX_BYTES, 0, 0, 1, 0};

	(void)state;
	memset(bytes + 8, 'a', sizeof(bytes) - 8);
	assert_int_equal(vnc_plain_read(&plain, bytes, sizeof(bytes)),
			sizeof(bytes));
	assert_int_equal(strlen(plain.user), VNC_USER_MAX_BYTES);
	assert_int_equal(strlen(plain.secret), VNC_SECRET_MAX_BYTES);
	bytes[3]++;
	assert_int_equal(vnc_plain_read(&plain, bytes, 8), -EMSGSIZE);
	bytes[3]--;
	bytes[7]++;
	assert_int_equal(vnc_plain_read(&plain, bytes, 8), -EMSGSIZE);
	CHECK("\377\377\377\377\0\0\0\1", -EMSGSIZE);
	CHECK("\0\0\0\1\377\377\377\377", -EMSGSIZE);
	CHECK("\200\0\0\0\200\0\0\0", -EMSGSIZE);
}

static void names_are_printable(void **state)
{
	struct vnc_plain plain;

	(void)state;
	CHECK("\0\0\0\3\0\0\0\1a\0bx", -EILSEQ);
	CHECK("\0\0\0\3\0\0\0\1a\nbx", -EILSEQ);
	CHECK("\0\0\0\3\0\0\0\1a\33bx", -EILSEQ);
	CHECK("\0\0\0\3\0\0\0\1a\177bx", -EILSEQ);
	CHECK("\0\0\0\3\0\0\0\1a\202bx", -EILSEQ);
	CHECK("\0\0\0\3\0\0\0\1a bx", 12);
	/* A zero would hide what follows it. */
	CHECK("\0\0\0\1\0\0\0\3ab\0c", -EILSEQ);
	assert_string_equal(plain.user, "");
	CHECK("\0\0\0\1\0\0\0\3a\33\377\t", 12);
}

static void bad_plain_is_answered(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *why;
	} cases[] = {
			{"\377\377\377\377\0\0\0\1", 8,
					"The name or the password is too long"},
			{"\0\0\0\3\0\0\0\1a\0bx", 12,
					"This is no name or no password"},
	};
	const struct way way = find_way("x509plain");
	struct rig *rig = *state;
	struct desk *desk;

	rig_make_tls(rig);
	desk = desk_open(rig, ALL_BUT_NONE);
	for (size_t i = 0; i < 2; i++) {
		struct client *client = client_connect(rig);

		assert_true(way_walk_to_proof(&way, client));
		client_send(client, cases[i].bytes, cases[i].size);
		client_expect(client, "\0\0\0\1\0\0\0", 7);
		client_expect(client, &(uint8_t){(uint8_t)strlen(cases[i].why)},
				1);
		client_expect(client, cases[i].why, strlen(cases[i].why));
		client_expect_end(client);
		client_close(client);
	}
	assert_int_equal(desk->logins, 0);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, rig_set_up, desk_close)
	const struct CMUnitTest tests[] = {
			test(what_is_configured_is_offered),
			test(without_a_certificate_there_is_no_x509),
			test(without_a_certificate_the_rest_is_offered),
			test(rfb_3_3_is_told_what_it_lacks),
			test(only_offered_types_can_be_chosen),
			test(vencrypt_is_not_chosen_unoffered),
			test(every_way_leads_to_the_picture),
			test(every_way_can_be_refused),
			test(a_wrong_answer_is_not_proved),
			test(names_need_somebody_who_knows_them),
			test(other_versions_are_refused),
			test(only_offered_subtypes_can_be_chosen),
			test(the_kind_of_tls_is_the_chosen_one),
			cmocka_unit_test(plain_is_read_whole_or_not_at_all),
			cmocka_unit_test(plain_has_a_greatest_length),
			cmocka_unit_test(names_are_printable),
			test(bad_plain_is_answered),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
