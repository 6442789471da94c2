/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/vencrypt.h"

#include <errno.h>
#include <string.h>

static uint32_t read_u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
			(uint32_t)bytes[2] << 8 | bytes[3];
}

int vnc_vencrypt_read_version(const uint8_t bytes[VNC_VENCRYPT_VERSION_BYTES])
{
	return bytes[0] == 0 && bytes[1] == 2 ? 0 : -EPROTONOSUPPORT;
}

uint32_t vnc_vencrypt_read_subtype(
		const uint8_t bytes[VNC_VENCRYPT_SUBTYPE_BYTES])
{
	return read_u32(bytes);
}

/* Whatever is shown of a name must not steer a terminal. */
static bool is_name(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] < ' ' || bytes[i] > '~')
			return false;
	return true;
}

ssize_t vnc_plain_read(
		struct vnc_plain *plain, const uint8_t *bytes, size_t size)
{
	uint32_t user_bytes, secret_bytes;

	memset(plain, 0, sizeof(*plain));
	if (size < VNC_PLAIN_HEAD_BYTES)
		return 0;
	user_bytes = read_u32(bytes);
	secret_bytes = read_u32(bytes + 4);
	if (user_bytes > VNC_USER_MAX_BYTES ||
			secret_bytes > VNC_SECRET_MAX_BYTES)
		return -EMSGSIZE;
	bytes += VNC_PLAIN_HEAD_BYTES;
	size -= VNC_PLAIN_HEAD_BYTES;
	if (size < user_bytes + secret_bytes)
		return 0;
	if (!is_name(bytes, user_bytes) ||
			memchr(bytes + user_bytes, 0, secret_bytes))
		return -EILSEQ;
	memcpy(plain->user, bytes, user_bytes);
	memcpy(plain->secret, bytes + user_bytes, secret_bytes);
	return (ssize_t)(VNC_PLAIN_HEAD_BYTES + user_bytes + secret_bytes);
}
