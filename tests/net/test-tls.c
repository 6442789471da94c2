/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/tls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "net/certificate.h"
#include "tests/net/papers.h"
#include "tests/net/tls-rig.h"

#define ORDINARY "NORMAL"
#define ANONYMOUS "NORMAL:+ANON-ECDH:+ANON-DH" /* as TigerVNC asks */
#define ONLY_1_2 ":-VERS-ALL:+VERS-TLS1.2"
#define ONLY_1_3 ":-VERS-ALL:+VERS-TLS1.3"

static int set_up(void **state)
{
	*state = tls_rig_create();
	return 0;
}

static int tear_down(void **state)
{
	tls_rig_destroy(*state);
	return 0;
}

static void talk(struct tls_rig *rig)
{
	char answer[16];
	const uint8_t *bytes;
	ssize_t got;
	size_t size;

	tls_rig_client_write(rig, "hello", 5);
	tls_rig_run(rig);
	bytes = net_stream_peek(rig->stream, &size);
	assert_int_equal(size, 5);
	assert_memory_equal(bytes, "hello", 5);
	net_stream_consume(rig->stream, size);
	net_stream_write(rig->stream, "and ", 4);
	net_stream_write(rig->stream, "good-bye", 8);
	net_stream_flush(rig->stream);
	tls_rig_run(rig);
	got = gnutls_record_recv(rig->client, answer, sizeof(answer));
	if (got == GNUTLS_E_AGAIN) /* it was told of new keys first */
		got = gnutls_record_recv(rig->client, answer, sizeof(answer));
	assert_int_equal(got, 12);
	assert_memory_equal(answer, "and good-bye", 12);
}

/* ---- what is spoken --------------------------------------------------------
 */

static void both_kinds_carry_bytes_both_ways(void **state)
{
	struct tls_rig *rig = *state;

	tls_rig_connect(rig, NET_TLS_CERTIFICATE, ORDINARY);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	talk(rig);
	assert_int_equal(gnutls_protocol_get_version(rig->client),
			GNUTLS_TLS1_3);
	tls_rig_connect(rig, NET_TLS_ANONYMOUS, ANONYMOUS);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	talk(rig);
	assert_int_equal(gnutls_protocol_get_version(rig->client),
			GNUTLS_TLS1_2);
	assert_int_equal(gnutls_kx_get(rig->client), GNUTLS_KX_ANON_DH);
	assert_true(gnutls_dh_get_prime_bits(rig->client) >= 2048);
}

/* Everything that is accepted, each from a client that has nothing else. */
static void these_ciphers_are_spoken(void **state)
{
	static const struct {
		enum net_tls_kind kind;
		const char *priority;
		gnutls_cipher_algorithm_t cipher;
	} cases[] = {
			{NET_TLS_CERTIFICATE,
					ORDINARY ONLY_1_3
					":-CIPHER-ALL:+AES-128-GCM",
					GNUTLS_CIPHER_AES_128_GCM},
			{NET_TLS_CERTIFICATE,
					ORDINARY ONLY_1_3
					":-CIPHER-ALL:+AES-256-GCM",
					GNUTLS_CIPHER_AES_256_GCM},
			{NET_TLS_CERTIFICATE,
					ORDINARY ONLY_1_3
					":-CIPHER-ALL:+CHACHA20-POLY1305",
					GNUTLS_CIPHER_CHACHA20_POLY1305},
			{NET_TLS_CERTIFICATE,
					ORDINARY ONLY_1_2
					":-CIPHER-ALL:+AES-128-GCM",
					GNUTLS_CIPHER_AES_128_GCM},
			{NET_TLS_CERTIFICATE,
					ORDINARY ONLY_1_2
					":-CIPHER-ALL:+AES-256-GCM",
					GNUTLS_CIPHER_AES_256_GCM},
			{NET_TLS_CERTIFICATE,
					ORDINARY ONLY_1_2
					":-CIPHER-ALL:+CHACHA20-POLY1305",
					GNUTLS_CIPHER_CHACHA20_POLY1305},
			{NET_TLS_ANONYMOUS,
					ANONYMOUS ":-CIPHER-ALL:+AES-128-GCM",
					GNUTLS_CIPHER_AES_128_GCM},
			{NET_TLS_ANONYMOUS,
					ANONYMOUS ":-CIPHER-ALL:+AES-256-GCM",
					GNUTLS_CIPHER_AES_256_GCM},
	};
	struct tls_rig *rig = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tls_rig_connect(rig, cases[i].kind, cases[i].priority);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		assert_int_equal(gnutls_cipher_get(rig->client),
				cases[i].cipher);
		talk(rig);
	}
}

static const struct {
	enum net_tls_kind kind;
	const char *priority;
	const char *why;
} refused[] = {
		{NET_TLS_CERTIFICATE, "NORMAL:-VERS-ALL:+VERS-TLS1.0",
				"before 1.2"},
		{NET_TLS_CERTIFICATE, "NORMAL:-VERS-ALL:+VERS-TLS1.1",
				"before 1.2"},
		{NET_TLS_ANONYMOUS, ANONYMOUS ":-VERS-ALL:+VERS-TLS1.0",
				"before 1.2"},
		{NET_TLS_ANONYMOUS, ANONYMOUS ":-VERS-ALL:+VERS-TLS1.1",
				"before 1.2"},
		/* CBC, CCM, Camellia, no forward secrecy */
		{NET_TLS_CERTIFICATE,
				ORDINARY ONLY_1_2
				":-CIPHER-ALL:+AES-128-CBC:+AES-256-CBC",
				"no cipher in common"},
		{NET_TLS_CERTIFICATE,
				ORDINARY ONLY_1_2
				":-CIPHER-ALL:+AES-128-CCM:+AES-256-CCM",
				"no cipher in common"},
		{NET_TLS_CERTIFICATE,
				ORDINARY ONLY_1_2
				":-CIPHER-ALL:+CAMELLIA-128-GCM",
				"no cipher in common"},
		{NET_TLS_CERTIFICATE,
				ORDINARY ONLY_1_3 ":-CIPHER-ALL:+AES-128-CCM",
				"no cipher in common"},
		{NET_TLS_CERTIFICATE, ORDINARY ONLY_1_2 ":-KX-ALL:+RSA",
				"no cipher in common"},
		{NET_TLS_CERTIFICATE, ORDINARY ONLY_1_2 ":-KX-ALL:+DHE-RSA",
				"no cipher in common"},
		{NET_TLS_ANONYMOUS,
				ANONYMOUS
				":-CIPHER-ALL:+AES-128-CBC:+AES-256-CBC",
				"ADH"},
		{NET_TLS_ANONYMOUS, ANONYMOUS ":-GROUP-FFDHE2048", "ADH"},
		/* each wants the other kind */
		{NET_TLS_CERTIFICATE, "NORMAL:-KX-ALL:+ANON-DH" ONLY_1_2,
				"ECDHE"},
		{NET_TLS_ANONYMOUS, ORDINARY, "ADH"},
		{NET_TLS_ANONYMOUS, ORDINARY ONLY_1_3, "1.2"},
};

/* Neither end is left waiting, and the log can say what the client wants. */
static void all_others_are_refused_with_a_reason(void **state)
{
	struct tls_rig *rig = *state;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		tls_rig_connect(rig, refused[i].kind, refused[i].priority);
		if (tls_rig_shake_hands(rig) != GNUTLS_E_FATAL_ALERT_RECEIVED)
			fail_msg("%s is not refused", refused[i].priority);
		tls_rig_run_until_closed(rig);
		assert_int_equal(rig->rc, -EPROTO);
		if (!rig->why || !strstr(rig->why, refused[i].why))
			fail_msg("%s: %s", refused[i].priority, rig->why);
		assert_int_equal(rig->readable, 0);
	}
}

/* Who has AES in the processor has it faster; who has not, ChaCha20. */
static void the_processor_decides_which_cipher_is_first(void **state)
{
	static const struct {
		bool has_aes;
		const char *client;
		gnutls_cipher_algorithm_t cipher;
	} cases[] = {
			{true, ORDINARY, GNUTLS_CIPHER_AES_128_GCM},
			{false, ORDINARY, GNUTLS_CIPHER_CHACHA20_POLY1305},
			{true, ORDINARY ONLY_1_2, GNUTLS_CIPHER_AES_128_GCM},
			{false, ORDINARY ONLY_1_2,
					GNUTLS_CIPHER_CHACHA20_POLY1305},
			/* and the client does not */
			{true, ORDINARY ":-CIPHER-ALL:+CHACHA20-POLY1305:+AES-128-GCM",
					GNUTLS_CIPHER_AES_128_GCM},
	};
	struct tls_rig *rig = *state;
	char why[NET_TLS_WHY_BYTES];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		net_tls_destroy(rig->tls);
		assert_int_equal(
				net_tls_create_for(&rig->tls, cases[i].has_aes),
				0);
		assert_int_equal(net_tls_load(rig->tls, rig->certificate,
						 rig->key, why),
				0);
		tls_rig_connect(rig, NET_TLS_CERTIFICATE, cases[i].client);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		assert_int_equal(gnutls_cipher_get(rig->client),
				cases[i].cipher);
		talk(rig);
	}
}

static void nobody_negotiates_anew(void **state)
{
	struct tls_rig *rig = *state;

	tls_rig_connect(rig, NET_TLS_CERTIFICATE, ORDINARY ONLY_1_2);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	talk(rig);
	assert_true(tls_rig_shake_hands(rig) < 0);
	tls_rig_run_until_closed(rig);
	assert_non_null(strstr(rig->why, "negotiate anew"));
}

/* TLS 1.3 does it another way, which is no handshake. */
static void keys_may_be_renewed(void **state)
{
	struct tls_rig *rig = *state;

	tls_rig_connect(rig, NET_TLS_CERTIFICATE, ORDINARY ONLY_1_3);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	for (unsigned i = 0; i < 5; i++) {
		talk(rig);
		assert_int_equal(gnutls_session_key_update(
						 rig->client, GNUTLS_KU_PEER),
				0);
	}
	talk(rig);
}

/* ---- certificates ----------------------------------------------------------
 */

static size_t seen_certificates(struct tls_rig *rig,
		char fingerprint[NET_FINGERPRINT_TEXT_BYTES])
{
	unsigned char digest[32];
	size_t size = sizeof(digest);
	unsigned seen_n = 0;
	const gnutls_datum_t *seen =
			gnutls_certificate_get_peers(rig->client, &seen_n);

	assert_non_null(seen);
	gnutls_fingerprint(GNUTLS_DIG_SHA256, seen, digest, &size);
	for (size_t i = 0; i < size; i++)
		sprintf(fingerprint + 3 * i, "%02X%s", digest[i],
				i + 1 < size ? ":" : "");
	return seen_n;
}

static void make_papers(struct tls_rig *rig, const struct papers *papers)
{
	char why[NET_TLS_WHY_BYTES];

	papers_make(papers, rig->certificate, rig->key);
	if (net_tls_load(rig->tls, rig->certificate, rig->key, why) < 0)
		fail_msg("%s", why);
}

/* Of any usual kind, alone or with who vouches for it. */
static void the_user_may_bring_a_certificate(void **state)
{
	static const struct papers all[] = {
			{.vouched = true},
			{.rsa_bits = 2048},
			{.rsa_bits = 2048, .vouched = true},
	};
	static const char *const clients[] = {
			ORDINARY ONLY_1_2, ORDINARY ONLY_1_3};
	char shown[NET_FINGERPRINT_TEXT_BYTES], why[NET_TLS_WHY_BYTES];
	struct net_certificate_info info;
	struct tls_rig *rig = *state;

	for (size_t i = 0; i < 6; i++) {
		const struct papers *papers = &all[i / 2];

		make_papers(rig, papers);
		tls_rig_connect(rig, NET_TLS_CERTIFICATE, clients[i % 2]);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		talk(rig);
		assert_int_equal(seen_certificates(rig, shown),
				papers->vouched ? 2 : 1);
		assert_int_equal(net_certificate_read(&info, rig->certificate,
						 NULL, why),
				0);
		assert_string_equal(shown, info.fingerprint);
	}
}

/* Who is connected stays so; who comes sees the new one. */
static void a_new_certificate_drops_nobody(void **state)
{
	char before[NET_FINGERPRINT_TEXT_BYTES];
	char after[NET_FINGERPRINT_TEXT_BYTES];
	struct tls_rig *rig = *state;

	tls_rig_connect(rig, NET_TLS_CERTIFICATE, ORDINARY);
	assert_int_equal(gnutls_handshake(rig->client), GNUTLS_E_AGAIN);
	make_papers(rig, &(struct papers){.name = "second"});
	assert_int_equal(tls_rig_shake_hands(rig), 0); /* begun before */
	seen_certificates(rig, before);
	make_papers(rig, &(struct papers){.name = "third"});
	talk(rig);
	tls_rig_connect(rig, NET_TLS_CERTIFICATE, ORDINARY);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	seen_certificates(rig, after);
	assert_string_not_equal(before, after);
	talk(rig);
}

/* It outlives its owner as long as somebody is connected. */
static void connections_keep_what_they_use(void **state)
{
	struct tls_rig *rig = *state;

	tls_rig_connect(rig, NET_TLS_CERTIFICATE, ORDINARY);
	net_tls_destroy(rig->tls);
	rig->tls = NULL;
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	talk(rig);
}

static void spoil(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* In a new pair of files; "" is left as it is. */
static void a_bad_one_leaves_the_old_in_force(void **state)
{
	static const struct {
		struct papers papers;
		const char *certificate; /* in its place */
		const char *key;
		mode_t key_mode;
		int rc;
		const char *why;
	} cases[] = {
			{{0}, "", "", 0644, -EPERM, "chmod o="},
			{{0}, "nonsense", "", 0600, -EINVAL,
					"no certificate in PEM"},
			{{0}, "", "nonsense", 0600, -EINVAL,
					"no private key in PEM"},
			{{.passphrase = "secret"}, "", "", 0600, -EINVAL,
					"passphrase"},
			{{.rsa_bits = 1024}, "", "", 0600, -EKEYREJECTED,
					"1024 bits is too weak"},
	};
	char before[NET_FINGERPRINT_TEXT_BYTES];
	char after[NET_FINGERPRINT_TEXT_BYTES];
	char certificate[64], key[64], why[NET_TLS_WHY_BYTES];
	struct tls_rig *rig = *state;

	snprintf(certificate, sizeof(certificate), "%s/new", rig->directory);
	snprintf(key, sizeof(key), "%s/new-key", rig->directory);
	tls_rig_connect(rig, NET_TLS_CERTIFICATE, ORDINARY);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	seen_certificates(rig, before);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		papers_make(&cases[i].papers, certificate, key);
		if (cases[i].certificate[0])
			spoil(certificate, cases[i].certificate);
		if (cases[i].key[0])
			spoil(key, cases[i].key);
		chmod(key, cases[i].key_mode);
		assert_int_equal(net_tls_load(rig->tls, certificate, key, why),
				cases[i].rc);
		assert_non_null(strstr(why, cases[i].why));
		assert_non_null(strstr(why, rig->directory));
	}
	unlink(key);
	assert_int_equal(
			net_tls_load(rig->tls, certificate, key, why), -ENOENT);
	assert_int_equal(net_tls_load(rig->tls, rig->directory, key, why),
			-EINVAL);
	papers_make(&(struct papers){0}, certificate, key);
	assert_int_equal(net_tls_load(rig->tls, certificate, rig->key, why),
			-EKEYREJECTED);
	assert_non_null(strstr(why, "not that of the certificate"));

	tls_rig_connect(rig, NET_TLS_CERTIFICATE, ORDINARY);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	seen_certificates(rig, after);
	assert_string_equal(before, after);
}

/* Anonymous connections need none. */
static void without_a_certificate_only_anonymous_ones_come_about(void **state)
{
	struct tls_rig *rig = *state;

	net_tls_destroy(rig->tls);
	assert_int_equal(net_tls_create(&rig->tls), 0);
	assert_false(net_tls_has_certificate(rig->tls));
	tls_rig_connect_plain(rig);
	assert_int_equal(net_stream_start_tls(rig->stream, rig->tls,
					 NET_TLS_CERTIFICATE),
			-ENOKEY);
	tls_rig_connect(rig, NET_TLS_ANONYMOUS, ANONYMOUS);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	talk(rig);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(both_kinds_carry_bytes_both_ways),
			test(these_ciphers_are_spoken),
			test(all_others_are_refused_with_a_reason),
			test(the_processor_decides_which_cipher_is_first),
			test(nobody_negotiates_anew),
			test(keys_may_be_renewed),
			test(the_user_may_bring_a_certificate),
			test(a_new_certificate_drops_nobody),
			test(connections_keep_what_they_use),
			test(a_bad_one_leaves_the_old_in_force),
			test(without_a_certificate_only_anonymous_ones_come_about),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
