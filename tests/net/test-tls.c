/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/tls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/net/tls-rig.h"

#define ORDINARY "NORMAL"
#define ANONYMOUS "NORMAL:+ANON-ECDH:+ANON-DH" /* as TigerVNC asks */

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
	size_t size;

	tls_rig_client_write(rig, "hello", 5);
	tls_rig_run(rig);
	bytes = net_stream_peek(rig->stream, &size);
	assert_int_equal(size, 5);
	assert_memory_equal(bytes, "hello", 5);
	net_stream_write(rig->stream, "and ", 4);
	net_stream_write(rig->stream, "good-bye", 8);
	net_stream_flush(rig->stream);
	tls_rig_run(rig);
	assert_int_equal(
			gnutls_record_recv(rig->client, answer, sizeof(answer)),
			12);
	assert_memory_equal(answer, "and good-bye", 12);
}

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

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(both_kinds_carry_bytes_both_ways),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
