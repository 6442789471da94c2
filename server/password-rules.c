/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/password-rules.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/passwords.h"

/* So many of the same are as good as one. */
#define RUN_MIN 3

/* More digits and signs than that are a secret of their own. */
#define OTHERS_MAX 8

/* What the passwords that are used most are made of. */
static const char *const common[] = {"0123456789", "1234567890", "12345678",
		"123456", "12345", "1234", "0987654321", "987654321",
		"87654321", "654321", "54321", "4321", "112233", "121212",
		"123123", "1q2w3e4r5t6y", "1q2w3e4r", "1q2w3e", "1qaz2wsx3edc",
		"1qaz2wsx", "q1w2e3r4", "qazwsx", "qazwsxedc", "qwertyuiop",
		"qwertzuiop", "azertyuiop", "qwerty", "qwertz", "azerty",
		"asdfghjkl", "asdfgh", "asdf", "zxcvbnm", "yxcvbnm", "zxcvbn",
		"abcdefghijklm", "nopqrstuvwxyz", "abcdefgh", "abcdef", "abcd",
		"abc123", "abc", "password", "passwort", "passw0rd", "p@ssw0rd",
		"p@ssword", "pass", "secret", "letmein", "welcome", "changeme",
		"change", "default", "administrator", "admin", "root", "user",
		"guest", "operator", "viewer", "login", "master", "super",
		"server", "system", "test", "temp", "iloveyou", "love",
		"monkey", "dragon", "football", "baseball", "sunshine",
		"princess", "shadow", "superman", "batman", "trustno",
		"whatever", "hello", "freedom", "computer", "internet",
		"starwars", "michael", "summer", "winter", "spring", "autumn",
		"rackhand", "raspberry", "raspberrypi", "kvm", "console"};
#define COMMON_N (sizeof(common) / sizeof(common[0]))

/* Bytes that continue a character of UTF-8 are none of their own. */
static size_t count_characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static size_t match(const char *text, const char *word)
{
	size_t length = strlen(word);

	return strncasecmp(text, word, length) == 0 ? length : 0;
}

static size_t count_run(const char *text)
{
	size_t n = 1;

	while (text[n] && text[n] == text[0])
		n++;
	return n >= RUN_MIN ? n : 0;
}

/* The length of what everybody knows that stands here; 0: nothing. */
static size_t match_known(const char *text, const char *name, const char *host)
{
	size_t longest = match(text, name);
	size_t length = match(text, host);

	if (length > longest)
		longest = length;
	for (size_t i = 0; i < COMMON_N; i++) {
		length = match(text, common[i]);
		if (length > longest)
			longest = length;
	}
	length = count_run(text);
	return length > longest ? length : longest;
}

/*
 * "Admin-password-2024!" is what many think of: known words, with some digits
 * and signs between and behind them.
 */
static bool is_known(const char *text, const char *name, const char *host)
{
	size_t others_n = 0;

	while (*text) {
		unsigned char c = (unsigned char)*text;
		size_t length = match_known(text, name, host);

		if (length == 0) {
			if (isalpha(c) || c >= 0x80)
				return false;
			others_n++;
			length = 1;
		}
		text += length;
	}
	return others_n <= OTHERS_MAX;
}

int server_password_check_rules(const char *password, const char *name,
		const char *host, char why[SERVER_PASSWORD_WHY_BYTES])
{
	const char *what = NULL;

	if (count_characters(password) < SERVER_PASSWORD_MIN_CHARACTERS)
		what = "a password has at least 12 characters; four words do well";
	else if (strlen(password) > SERVER_PASSWORD_MAX_BYTES)
		what = "a password has at most 256 bytes";
	else if (is_known(password, name, host))
		what = "this is one of the passwords that are tried first; four words that have nothing to do with each other do well";
	if (!what)
		return 0;
	snprintf(why, SERVER_PASSWORD_WHY_BYTES, "%s", what);
	return -EINVAL;
}
