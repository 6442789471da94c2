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

static bool tell_subtype(struct client *client, unsigned number)
{
	const uint8_t bytes[] = {0, 0, (uint8_t)(number >> 8), (uint8_t)number};

	return tell(client, bytes, sizeof(bytes));
}

static bool enter_vencrypt(const struct way *way, struct client *client)
{
	const uint8_t offered[] = {1, 0, 0, (uint8_t)(way->number >> 8),
			(uint8_t)way->number};

	client_expect(client, "\1\23", 2);
	if (!tell(client, "\23", 1))
		return false;
	client_expect(client, "\0\2", 2);
	if (!tell(client, "\0\2", 2))
		return false;
	client_expect(client, "\0", 1);
	client_expect(client, offered, sizeof(offered));
	if (!tell_subtype(client, way->number))
		return false;
	if (!way->tls)
		return true;
	client_expect(client, "\1", 1);
	return client_start_tls(client, way->anonymous) == 0;
}

bool way_walk_to_proof(const struct way *way, struct client *client)
{
	const uint8_t number = (uint8_t)way->number;
	const uint8_t list[] = {1, number}, decided[] = {0, 0, 0, number};

	client_expect(client, "RFB 003.008\n", 12);
	if (!tell(client, way->version, 12))
		return false;
	if (way->vencrypt)
		return enter_vencrypt(way, client);
	if (way->version[10] == '3') {
		client_expect(client, decided, sizeof(decided));
		return true;
	}
	client_expect(client, list, sizeof(list));
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

static bool prove(const struct way *way, struct client *client)
{
	uint8_t challenge[16], response[16], plain[WAY_PLAIN_BYTES];

	switch (way->proof) {
	case VNC_PROOF_NONE:
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
	if (way->proof != VNC_PROOF_NONE || way->version[10] == '8')
		client_expect(client, "\0\0\0\0", 4);
	return true;
}

bool way_walk(const struct way *way, struct client *client)
{
	if (!way_walk_to_proof(way, client) || !prove(way, client))
		return false;
	client_init(client, false);
	return !client->cut;
}
