/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/tls.h"

#include <gnutls/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "tests/net/tls-rig.h"

/* Records as no library of ours sends them: sealed by hand. */

#define TAG_BYTES 16
#define SALT_BYTES 4
#define NONCE_BYTES 12
#define SEQUENCE_BYTES 8

static const struct way {
	enum net_tls_kind kind;
	const char *priority;
	bool is_1_3;
} ways[] = {
		{NET_TLS_CERTIFICATE,
				"NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-256-GCM",
				true},
		{NET_TLS_CERTIFICATE,
				"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM",
				false},
		{NET_TLS_ANONYMOUS, "NORMAL:+ANON-DH:-CIPHER-ALL:+AES-256-GCM",
				false},
};

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

static void send_sealed(struct tls_rig *rig, const gnutls_datum_t *key,
		const uint8_t nonce[NONCE_BYTES], const void *vouched,
		size_t vouched_bytes, const void *inside, size_t inside_bytes,
		const void *head, size_t head_bytes)
{
	gnutls_aead_cipher_hd_t cipher;
	uint8_t record[64];
	size_t size = sizeof(record) - head_bytes;

	memcpy(record, head, head_bytes);
	assert_int_equal(gnutls_aead_cipher_init(&cipher,
					 GNUTLS_CIPHER_AES_256_GCM, key),
			0);
	assert_int_equal(gnutls_aead_cipher_encrypt(cipher, nonce, NONCE_BYTES,
					 vouched, vouched_bytes, TAG_BYTES,
					 inside, inside_bytes,
					 record + head_bytes, &size),
			0);
	gnutls_aead_cipher_deinit(cipher);
	size += head_bytes;
	assert_int_equal(send(rig->peer, record, size, MSG_NOSIGNAL), size);
}

/* RFC 5288: the sequence number is the nonce's other part, and is sent. */
static void send_empty_1_2(struct tls_rig *rig, const gnutls_datum_t *key,
		const gnutls_datum_t *salt,
		const uint8_t sequence[SEQUENCE_BYTES])
{
	uint8_t nonce[NONCE_BYTES], vouched[SEQUENCE_BYTES + 5],
			head[5 + SEQUENCE_BYTES] = {23, 3, 3, 0,
					SEQUENCE_BYTES + TAG_BYTES};

	assert_int_equal(salt->size, SALT_BYTES);
	memcpy(nonce, salt->data, SALT_BYTES);
	memcpy(nonce + SALT_BYTES, sequence, SEQUENCE_BYTES);
	memcpy(head + 5, sequence, SEQUENCE_BYTES);
	memcpy(vouched, sequence, SEQUENCE_BYTES);
	memcpy(vouched + SEQUENCE_BYTES, "\x17\3\3\0\0", 5);
	send_sealed(rig, key, nonce, vouched, sizeof(vouched), "", 0, head,
			sizeof(head));
}

/* RFC 8446, 5.2: the sequence number changes the nonce; the kind is inside. */
static void send_empty_1_3(struct tls_rig *rig, const gnutls_datum_t *key,
		const gnutls_datum_t *salt,
		const uint8_t sequence[SEQUENCE_BYTES])
{
	static const uint8_t head[] = {23, 3, 3, 0, 1 + TAG_BYTES};
	uint8_t nonce[NONCE_BYTES];

	assert_int_equal(salt->size, NONCE_BYTES);
	memcpy(nonce, salt->data, NONCE_BYTES);
	for (size_t i = 0; i < SEQUENCE_BYTES; i++)
		nonce[NONCE_BYTES - SEQUENCE_BYTES + i] ^= sequence[i];
	send_sealed(rig, key, nonce, head, sizeof(head), "\x17", 1, head,
			sizeof(head));
}

static void send_empty(struct tls_rig *rig, bool is_1_3)
{
	uint8_t sequence[SEQUENCE_BYTES];
	gnutls_datum_t salt, key;

	assert_int_equal(gnutls_record_get_state(rig->client, 0, NULL, &salt,
					 &key, sequence),
			0);
	(is_1_3 ? send_empty_1_3 : send_empty_1_2)(rig, &key, &salt, sequence);
	sequence[SEQUENCE_BYTES - 1]++;
	assert_int_equal(gnutls_record_set_state(rig->client, 0, sequence), 0);
}

/* Nothing is said by it, least of all that it was the last. */
static void an_empty_record_is_no_good_bye(void **state)
{
	struct tls_rig *rig = *state;
	uint8_t bytes[8];

	tls_rig_fill(bytes, sizeof(bytes), 0);
	for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
		tls_rig_connect(rig, ways[way].kind, ways[way].priority);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		rig->greedy = true;
		for (unsigned i = 0; i < 3; i++) {
			send_empty(rig, ways[way].is_1_3);
			tls_rig_run(rig);
			assert_int_equal(rig->closed, 0);
		}
		tls_rig_client_write(rig, bytes, sizeof(bytes));
		tls_rig_run(rig);
		assert_int_equal(rig->closed, 0);
		assert_int_equal(rig->taken, sizeof(bytes));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup_teardown(
					an_empty_record_is_no_good_bye, set_up,
					tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
