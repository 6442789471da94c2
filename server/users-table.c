/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/users-table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define NAME_CHARACTERS LETTERS DIGITS "._-@"
#define GENERATION_DIGITS 16
#define NO_SECRET "-"

static const char heading[] =
		"# Users of rackhand, as rackhand-users(5) says. \"rackhand user\" changes them;\n"
		"# it keeps no comments.\n";

enum field { NAME, ROLES, HASH, SECRET, GENERATION, FIELDS };

__attribute__((format(printf, 2, 3))) static int refuse(
		char why[SERVER_USERS_WHY_BYTES], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, SERVER_USERS_WHY_BYTES, format, args);
	va_end(args);
	return -EINVAL;
}

int server_user_check_name(const char *name, char why[SERVER_USERS_WHY_BYTES])
{
	size_t length = strlen(name);

	if (length == 0 || length > SERVER_USER_NAME_MAX_BYTES ||
			strspn(name, NAME_CHARACTERS) != length ||
			name[0] == '-')
		return refuse(why,
				"a user's name has 1 to %d of the characters A-Z a-z 0-9 . _ - @, and does not begin with -",
				SERVER_USER_NAME_MAX_BYTES);
	return 0;
}

/* ---- reading ------------------------------------------------------------- */

static int take_hash(struct server_user *user, const char *text,
		char why[SERVER_USERS_WHY_BYTES])
{
	if (!server_hash_is_good(text))
		return refuse(why,
				"the third word is no yescrypt hash; rackhand user passwd makes one");
	strcpy(user->hash, text);
	return 0;
}

static int take_secret(struct server_user *user, const char *text,
		char why[SERVER_USERS_WHY_BYTES])
{
	if (strcmp(text, NO_SECRET) == 0)
		return 0;
	if (!server_totp_is_good(text))
		return refuse(why,
				"the fourth word is neither " NO_SECRET
				" nor a TOTP secret of 16, 24 ... 64 characters A-Z 2-7; rackhand user totp makes one");
	strcpy(user->totp, text);
	return 0;
}

static int take_generation(struct server_user *user, const char *text,
		char why[SERVER_USERS_WHY_BYTES])
{
	if (strlen(text) == GENERATION_DIGITS &&
			strspn(text, DIGITS "abcdef") == GENERATION_DIGITS)
		user->generation = strtoull(text, NULL, 16);
	if (user->generation == 0)
		return refuse(why,
				"the last word is no number of %d digits 0-9 a-f that is not 0",
				GENERATION_DIGITS);
	return 0;
}

/* Blanks and tabs part the words; there is no empty word. */
static int split(char *line, char *words[FIELDS],
		char why[SERVER_USERS_WHY_BYTES])
{
	static const char blanks[] = " \t";
	char *rest;
	int n = 0;

	for (char *word = strtok_r(line, blanks, &rest); word;
			word = strtok_r(NULL, blanks, &rest), n++)
		if (n < FIELDS)
			words[n] = word;
	if (n != FIELDS)
		return refuse(why,
				"a user is name, roles, hash, TOTP secret or " NO_SECRET
				", and generation: %d words, not %s",
				FIELDS, n > FIELDS ? "more" : "fewer");
	return 0;
}

static int take_user(struct server_users_table *table, char *line,
		char why[SERVER_USERS_WHY_BYTES])
{
	struct server_user *user = &table->users[table->users_n];
	char *words[FIELDS];
	int rc = split(line, words, why);

	if (rc < 0)
		return rc;
	if (table->users_n == SERVER_USERS_MAX)
		return refuse(why, "there are more than %d users",
				SERVER_USERS_MAX);
	memset(user, 0, sizeof(*user)); /* padding too: tables are compared */
	rc = server_user_check_name(words[NAME], why);
	if (rc == 0 && server_users_table_find(table, words[NAME]))
		rc = refuse(why, "user %s stands here a second time",
				words[NAME]);
	if (rc == 0)
		rc = server_grants_parse(&user->grants, words[ROLES], why);
	if (rc == 0)
		rc = take_hash(user, words[HASH], why);
	if (rc == 0)
		rc = take_secret(user, words[SECRET], why);
	if (rc == 0)
		rc = take_generation(user, words[GENERATION], why);
	if (rc < 0)
		return rc;
	strcpy(user->name, words[NAME]);
	table->users_n++;
	return 0;
}

static int take_line(struct server_users_table *table, const char *bytes,
		size_t length, char why[SERVER_USERS_WHY_BYTES])
{
	char line[SERVER_USERS_LINE_MAX_BYTES];
	int rc = 0;

	if (length >= sizeof(line))
		return refuse(why, "more than %d characters",
				SERVER_USERS_LINE_MAX_BYTES - 1);
	for (size_t i = 0; i < length; i++)
		if ((bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] > '~')
			return refuse(why,
					"a character that is not ASCII text");
	memcpy(line, bytes, length);
	line[length] = '\0';
	if (line[strspn(line, " \t")] != '\0' && line[0] != '#')
		rc = take_user(table, line, why);
	explicit_bzero(line, sizeof(line));
	return rc;
}

int server_users_parse(struct server_users_table *table, const char *bytes,
		size_t size, char why[SERVER_USERS_WHY_BYTES])
{
	unsigned number = 0;

	table->users_n = 0;
	if (size > SERVER_USERS_FILE_MAX_BYTES)
		return refuse(why, "it has more than %zu bytes",
				SERVER_USERS_FILE_MAX_BYTES);
	while (size > 0) {
		const char *end = memchr(bytes, '\n', size);
		size_t length = end ? (size_t)(end - bytes) : size;
		char what[SERVER_USERS_WHY_BYTES];

		number++;
		/* A half written file must not pass for a whole one. */
		if (!end)
			return refuse(why, "line %u: it has no end", number);
		if (take_line(table, bytes, length, what) < 0)
			return refuse(why, "line %u: %.200s", number, what);
		bytes += length + 1;
		size -= length + 1;
	}
	return 0;
}

/* ---- writing ------------------------------------------------------------- */

char *server_users_format(const struct server_users_table *table)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs(heading, out);
	for (size_t i = 0; i < table->users_n; i++) {
		const struct server_user *user = &table->users[i];
		char roles[SERVER_GRANTS_TEXT_BYTES];

		server_grants_format(&user->grants, roles);
		fprintf(out, "%s %s %s %s %0*" PRIx64 "\n", user->name, roles,
				user->hash,
				user->totp[0] ? user->totp : NO_SECRET,
				GENERATION_DIGITS, user->generation);
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

struct server_user *server_users_table_find(
		struct server_users_table *table, const char *name)
{
	struct server_user *found = NULL;

	for (size_t i = 0; i < table->users_n; i++)
		if (strcmp(table->users[i].name, name) == 0)
			found = &table->users[i];
	return found;
}

int server_user_renew(struct server_user *user)
{
	do {
		if (getrandom(&user->generation, sizeof(user->generation), 0) !=
				sizeof(user->generation))
			return -EIO;
	} while (user->generation == 0);
	return 0;
}
