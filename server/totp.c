/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/totp.h"

#include <errno.h>
#include <liboath/oath.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/timex.h>
#include <time.h>

#include "core/log.h"

#define SECRET_BYTES 20
#define BUILT_S 1767225600 /* the year in which this was written, 2026 */
#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

int server_totp_make(char secret[SERVER_TOTP_BYTES])
{
	char bytes[SECRET_BYTES];
	char *text;
	size_t length;
	int rc = -EIO;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return rc;
	if (oath_base32_encode(bytes, sizeof(bytes), &text, &length) != OATH_OK)
		return -ENOMEM;
	if (length < SERVER_TOTP_BYTES) {
		memcpy(secret, text, length);
		secret[length] = '\0';
		rc = 0;
	}
	explicit_bzero(text, length);
	free(text);
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

/* Whatever the machine is called, it stands in the address as text. */
static void print_escaped(FILE *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@";

	for (; *text; text++) {
		if (strchr(plain, *text))
			fputc(*text, out);
		else
			fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

void server_totp_format_address(char address[SERVER_TOTP_ADDRESS_BYTES],
		const char *user, const char *host, const char *secret)
{
	FILE *out = fmemopen(address, SERVER_TOTP_ADDRESS_BYTES, "w");

	address[0] = '\0';
	if (!out)
		return;
	fputs("otpauth://totp/rackhand:", out);
	print_escaped(out, user);
	fputc('@', out);
	print_escaped(out, host);
	fprintf(out, "?secret=%s&issuer=rackhand", secret);
	fclose(out);
}

bool server_totp_is_good(const char *secret)
{
	size_t length = strlen(secret);

	return length >= 16 && length < SERVER_TOTP_BYTES && length % 8 == 0 &&
			strspn(secret, ALPHABET) == length;
}

uint64_t server_totp_check(const char *secret, const char *code, uint64_t now_s)
{
	uint64_t now = now_s / SERVER_TOTP_STEP_S;
	uint64_t found = 0;
	char wanted[SERVER_TOTP_DIGITS + 1];
	char *key = NULL;
	size_t length;

	if (oath_base32_decode(secret, strlen(secret), &key, &length) !=
			OATH_OK)
		return 0;
	for (uint64_t step = now > 0 ? now - 1 : 0; step <= now + 1; step++) {
		if (oath_totp_generate(key, length,
				    (time_t)(step * SERVER_TOTP_STEP_S),
				    SERVER_TOTP_STEP_S, 0, SERVER_TOTP_DIGITS,
				    wanted) != OATH_OK)
			continue;
		if (memeql_sec(wanted, code, SERVER_TOTP_DIGITS))
			found = step;
	}
	explicit_bzero(wanted, sizeof(wanted));
	explicit_bzero(key, length);
	free(key);
	return found;
}

/* Nobody can say before this was written; else as far as the kernel tells. */
static bool is_clock_doubtful(uint64_t now_s)
{
	struct timex timex = {0}; /* only asks */

	return now_s < BUILT_S ||
			(adjtimex(&timex) != -1 && timex.status & STA_UNSYNC);
}

void server_totp_log_wrong(const char *user, uint64_t now_s)
{
	time_t now = (time_t)now_s;
	struct tm parts;
	char text[32] = "?";

	if (gmtime_r(&now, &parts))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
	log_warning("user %s: wrong one-time code; this machine's clock says %s UTC%s",
			user, text,
			is_clock_doubtful(now_s)
					? ", and is not synchronised: see timedatectl"
					: "");
}
