/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct way kinds[] = {
		{.name = "none",
				.security = VNC_SECURITY_NONE,
				.number = 1,
				.proof = VNC_PROOF_NONE},
		{.name = "vncauth",
				.security = VNC_SECURITY_VNCAUTH,
				.number = 2,
				.proof = VNC_PROOF_PASSWORD},
		{.name = "plain",
				.security = VNC_SECURITY_PLAIN,
				.vencrypt = true,
				.number = 256,
				.proof = VNC_PROOF_USER},
		{.name = "tlsvnc",
				.security = VNC_SECURITY_TLSVNC,
				.vencrypt = true,
				.number = 258,
				.tls = true,
				.anonymous = true,
				.proof = VNC_PROOF_PASSWORD},
		{.name = "tlsplain",
				.security = VNC_SECURITY_TLSPLAIN,
				.vencrypt = true,
				.number = 259,
				.tls = true,
				.anonymous = true,
				.proof = VNC_PROOF_USER},
		{.name = "x509vnc",
				.security = VNC_SECURITY_X509VNC,
				.vencrypt = true,
				.number = 261,
				.tls = true,
				.proof = VNC_PROOF_PASSWORD},
		{.name = "x509plain",
				.security = VNC_SECURITY_X509PLAIN,
				.vencrypt = true,
				.number = 262,
				.tls = true,
				.proof = VNC_PROOF_USER},
};

size_t ways_list(struct way ways[WAYS_MAX])
{
	static const char *const versions[] = {
			"RFB 003.003\n", "RFB 003.007\n", "RFB 003.008\n"};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t v = kinds[i].vencrypt; v < 3; v++) {
			ways[count] = kinds[i];
			ways[count++].version = versions[v];
		}
	assert_true(count <= WAYS_MAX);
	return count;
}

/* What comes after a client was cut is not waited for. */
static bool tell(struct client *client, const void *bytes, size_t size)
{
	client_send(client, bytes, size);
	return !client->cut;
}

/* Of what the server lists, one is `number`; each takes `bytes`. */
static void expect_listed(
		struct client *client, unsigned number, unsigned bytes)
{
	uint8_t count, item[4];
	bool listed = false;

	client_receive(client, &count, 1);
	for (unsigned i = 0; i < count; i++) {
		client_receive(client, item, bytes);
		listed |= number ==
				(bytes == 1 ? item[0]
					    : (unsigned)item[2] << 8 | item[3]);
	}
	assert_true(listed);
}

bool way_enter_vencrypt(struct client *client, const char *version)
{
	client_expect(client, "RFB 003.008\n", 12);
	if (!tell(client, version, 12))
		return false;
	expect_listed(client, 19, 1);
	if (!tell(client, "\23", 1))
		return false;
	client_expect(client, "\0\2", 2);
	if (!tell(client, "\0\2", 2))
		return false;
	client_expect(client, "\0", 1);
	return true;
}

static bool choose_subtype(const struct way *way, struct client *client)
{
	const uint8_t number[] = {0, 0, (uint8_t)(way->number >> 8),
			(uint8_t)way->number};

	if (!way_enter_vencrypt(client, way->version))
		return false;
	expect_listed(client, way->number, 4);
	if (!tell(client, number, 4))
		return false;
	if (!way->tls)
		return true;
	client_expect(client, "\1", 1);
	return client_start_tls(client, way->anonymous) == 0;
}

bool way_walk_to_proof(const struct way *way, struct client *client)
{
	const uint8_t number = (uint8_t)way->number;
	const uint8_t decided[] = {0, 0, 0, number};

	if (way->vencrypt)
		return choose_subtype(way, client);
	client_expect(client, "RFB 003.008\n", 12);
	if (!tell(client, way->version, 12))
		return false;
	if (way->version[10] == '3') {
		client_expect(client, decided, sizeof(decided));
		return true;
	}
	expect_listed(client, number, 1);
	return tell(client, &number, 1);
}

size_t way_write_plain(unsigned char bytes[WAY_PLAIN_BYTES], const char *user,
		const char *secret)
{
	size_t user_bytes = strlen(user), secret_bytes = strlen(secret);

	assert_true(user_bytes < 256 && secret_bytes < 256);
	memset(bytes, 0, 8);
	bytes[3] = (uint8_t)user_bytes;
	bytes[7] = (uint8_t)secret_bytes;
	memcpy(bytes + 8, user, user_bytes);
	memcpy(bytes + 8 + user_bytes, secret, secret_bytes);
	return 8 + user_bytes + secret_bytes;
}

bool way_prove(const struct way *way, struct client *client)
{
	uint8_t challenge[16], response[16], plain[WAY_PLAIN_BYTES];

	switch (way->proof) {
	case VNC_PROOF_NONE:
	case VNC_PROOF_TICKET:
		break;
	case VNC_PROOF_PASSWORD:
		client_receive(client, challenge, 16);
		client_prove(DESK_PASSWORD, challenge, response);
		if (!tell(client, response, 16))
			return false;
		break;
	case VNC_PROOF_USER:
		if (!tell(client, plain,
				    way_write_plain(plain, WAY_USER,
						    WAY_SECRET)))
			return false;
		break;
	}
	return true;
}

bool way_walk(const struct way *way, struct client *client)
{
	if (!way_walk_to_proof(way, client) || !way_prove(way, client))
		return false;
	if (way->proof != VNC_PROOF_NONE || way->version[10] == '8')
		client_expect(client, "\0\0\0\0", 4);
	client_init(client, false);
	return !client->cut;
}
