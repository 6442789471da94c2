/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/security.h"

#include <errno.h>
#include <nettle/des.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "core/log.h"

/* Best first: a viewer takes the first that it knows. */
static const struct vnc_security_type all_types[] = {
		{
				.name = "x509plain",
				.security = VNC_SECURITY_X509PLAIN,
				.number = 262,
				.vencrypt = true,
				.tls = true,
				.tls_kind = NET_TLS_CERTIFICATE,
				.proof = VNC_PROOF_USER,
		},
		{
				.name = "x509vnc",
				.security = VNC_SECURITY_X509VNC,
				.number = 261,
				.vencrypt = true,
				.tls = true,
				.tls_kind = NET_TLS_CERTIFICATE,
				.proof = VNC_PROOF_PASSWORD,
		},
		{
				.name = "tlsplain",
				.security = VNC_SECURITY_TLSPLAIN,
				.number = 259,
				.vencrypt = true,
				.tls = true,
				.tls_kind = NET_TLS_ANONYMOUS,
				.proof = VNC_PROOF_USER,
				.risk = "who stands between viewer and server can pass for either, and reads names and passwords",
		},
		{
				.name = "tlsvnc",
				.security = VNC_SECURITY_TLSVNC,
				.number = 258,
				.vencrypt = true,
				.tls = true,
				.tls_kind = NET_TLS_ANONYMOUS,
				.proof = VNC_PROOF_PASSWORD,
				.risk = "who stands between viewer and server can pass for either, and sees and types all",
		},
		{
				.name = "plain",
				.security = VNC_SECURITY_PLAIN,
				.number = 256,
				.vencrypt = true,
				.proof = VNC_PROOF_USER,
				.risk = "names, passwords, pictures and keys cross the network in the clear",
		},
		{
				.name = "vncauth",
				.security = VNC_SECURITY_VNCAUTH,
				.number = 2,
				.in_3_3 = true,
				.proof = VNC_PROOF_PASSWORD,
				.risk = "pictures and keys cross the network in the clear, and who listens can find the password of eight characters",
		},
		{
				.name = "none",
				.security = VNC_SECURITY_NONE,
				.number = 1,
				.in_3_3 = true,
				.proof = VNC_PROOF_NONE,
		},
		{
				.name = "browser",
				.security = VNC_SECURITY_BROWSER,
				.number = 1,
				.in_3_3 = true,
				.proof = VNC_PROOF_TICKET,
		},
};

#define ALL_TYPES (sizeof(all_types) / sizeof(all_types[0]))
_Static_assert(ALL_TYPES <= VNC_SECURITY_TYPES_MAX, "the list must hold all");

static bool is_to_be_had(
		const struct vnc_security_type *type, const struct net_tls *tls)
{
	if (!type->tls)
		return true;
	return tls &&
			(type->tls_kind == NET_TLS_ANONYMOUS ||
					net_tls_has_certificate(tls));
}

unsigned vnc_security_available(unsigned security, const struct net_tls *tls)
{
	for (size_t i = 0; i < ALL_TYPES; i++)
		if (!is_to_be_had(&all_types[i], tls))
			security &= ~all_types[i].security;
	return security;
}

size_t vnc_security_list(unsigned security, bool vencrypt,
		const struct vnc_security_type **types, size_t types_n)
{
	size_t count = 0;

	for (size_t i = 0; i < ALL_TYPES && count < types_n; i++)
		if (all_types[i].security & security &&
				all_types[i].vencrypt == vencrypt)
			types[count++] = &all_types[i];
	return count;
}

const struct vnc_security_type *vnc_security_find(
		unsigned security, bool vencrypt, uint32_t number)
{
	for (size_t i = 0; i < ALL_TYPES; i++)
		if (all_types[i].security & security &&
				all_types[i].vencrypt == vencrypt &&
				all_types[i].number == number)
			return &all_types[i];
	return NULL;
}

void vnc_security_describe(
		unsigned security, char text[VNC_SECURITY_TEXT_BYTES])
{
	size_t used = 0;

	snprintf(text, VNC_SECURITY_TEXT_BYTES, "nothing");
	for (size_t i = 0; i < ALL_TYPES; i++)
		if (all_types[i].security & security)
			used += (size_t)snprintf(text + used,
					VNC_SECURITY_TEXT_BYTES - used, "%s%s",
					used > 0 ? ", " : "",
					all_types[i].name);
}

int vnc_security_check(const char *name, const struct core_address *address,
		unsigned security)
{
	bool local = core_address_is_local(address);
	char text[CORE_ADDRESS_TEXT_BYTES];

	core_address_format(address, text);
	if (security & VNC_SECURITY_NONE && !local) {
		log_error("%s: security \"none\" on %s would let everybody in: it is for loopback addresses and Unix sockets",
				name, text);
		return -EACCES;
	}
	if (security & VNC_SECURITY_NONE)
		log_warning("%s: no password on %s: whoever reaches it has the machine",
				name, text);
	for (size_t i = 0; i < ALL_TYPES && !local; i++)
		if (all_types[i].security & security && all_types[i].risk)
			log_warning("%s: %s on %s: %s", name, all_types[i].name,
					text, all_types[i].risk);
	return 0;
}

int vnc_security_make_challenge(uint8_t challenge[VNC_CHALLENGE_BYTES])
{
	ssize_t got = getrandom(challenge, VNC_CHALLENGE_BYTES, GRND_NONBLOCK);

	if (got == -1)
		return -errno;
	return got == VNC_CHALLENGE_BYTES ? 0 : -EIO;
}

/* VNC's DES takes each byte of the key with its bits in reverse. */
static uint8_t reverse_bits(uint8_t byte)
{
	uint8_t reversed = 0;

	for (unsigned bit = 0; bit < 8; bit++)
		if (byte & 1U << bit)
			reversed |= (uint8_t)(0x80U >> bit);
	return reversed;
}

bool vnc_security_is_proved(const char password[VNC_PASSWORD_BYTES],
		const uint8_t challenge[VNC_CHALLENGE_BYTES],
		const uint8_t response[VNC_CHALLENGE_BYTES])
{
	uint8_t key[DES_KEY_SIZE];
	uint8_t expected[VNC_CHALLENGE_BYTES];
	struct des_ctx des;
	uint8_t any = 0;
	int equal;

	_Static_assert(DES_KEY_SIZE == VNC_PASSWORD_BYTES, "one key, one word");
	for (size_t i = 0; i < sizeof(key); i++) {
		key[i] = reverse_bits((uint8_t)password[i]);
		any |= key[i];
	}
	des_set_key(&des,
			key); /* "weak" is said of keys it sets all the same */
	des_encrypt(&des, sizeof(expected), expected, challenge);
	equal = memeql_sec(expected, response, sizeof(expected));
	explicit_bzero(key, sizeof(key));
	explicit_bzero(expected, sizeof(expected));
	explicit_bzero(&des, sizeof(des));
	return (equal & (any != 0)) == 1;
}
