/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/security.h"

#include <errno.h>
#include <nettle/des.h>
#include <nettle/memops.h>
#include <string.h>
#include <sys/random.h>

/*
 * Best first. An encrypted type (VeNCrypt, 19) goes above the others, with a
 * step of its own that puts another transport under the stream.
 */
static const struct vnc_security_type all_types[] = {
		{2, "vncauth", true, VNC_SECURITY_VNCAUTH, VNC_STEP_CHALLENGE},
		{1, "none", true, VNC_SECURITY_NONE, VNC_STEP_ADMIT},
};

#define ALL_TYPES (sizeof(all_types) / sizeof(all_types[0]))
_Static_assert(ALL_TYPES <= VNC_SECURITY_TYPES_MAX, "the list must hold all");

size_t vnc_security_list(unsigned security,
		const struct vnc_security_type **types, size_t types_n)
{
	size_t count = 0;

	for (size_t i = 0; i < ALL_TYPES && count < types_n; i++)
		if (all_types[i].security & security)
			types[count++] = &all_types[i];
	return count;
}

const struct vnc_security_type *vnc_security_find(
		unsigned security, uint8_t number)
{
	for (size_t i = 0; i < ALL_TYPES; i++)
		if (all_types[i].security & security &&
				all_types[i].number == number)
			return &all_types[i];
	return NULL;
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
