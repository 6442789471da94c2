/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * One-time codes of six digits, a new one every 30 s, as phones show them (RFC
 * 6238 with SHA-1, which all of them know). A secret is base32 text.
 *
 * Threads: any.
 * Errors:  0 or -errno.
 */
#define SERVER_TOTP_BYTES 65
#define SERVER_TOTP_DIGITS 6
#define SERVER_TOTP_STEP_S 30

/* 160 bits. */
int server_totp_make(char secret[SERVER_TOTP_BYTES]);

/*
 * What apps for such codes take:
 * "otpauth://totp/rackhand:anna@rack?secret=...".
 */
#define SERVER_TOTP_ADDRESS_BYTES 640
void server_totp_format_address(char address[SERVER_TOTP_ADDRESS_BYTES],
		const char *user, const char *host, const char *secret);

/* Base32 in capitals of 80 to 320 bits. */
bool server_totp_is_good(const char *secret);

/*
 * The step of time whose code this is: the present one, the one before or the
 * one after; 0: none of these. Takes as long whatever the code is.
 */
uint64_t server_totp_check(
		const char *secret, const char *code, uint64_t now_s);

/*
 * The code of that user was wrong: say so in the log, with what this machine
 * takes for the time, since its clock is the usual cause.
 */
void server_totp_log_wrong(const char *user, uint64_t now_s);
