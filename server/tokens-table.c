/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/tokens-table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/users-table.h"

#define SECONDS_DIGITS_MAX 12
#define DIGITS "0123456789"

enum field { NAME, ROLES, HASH, MADE, EXPIRES, FIELDS };

static const char heading[] =
		"# Tokens of rackhand: name, roles, SHA-256, made, expires. \"rackhand token\"\n"
		"# changes them; rackhandd reads them when it starts.\n";

__attribute__((format(printf, 2, 3))) static int refuse(
		char why[SERVER_TOKENS_WHY_BYTES], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, SERVER_TOKENS_WHY_BYTES, format, args);
	va_end(args);
	return -EINVAL;
}

int server_token_make(char token[SERVER_TOKEN_BYTES])
{
	strcpy(token, SERVER_TOKEN_PREFIX);
	return server_bearer_make(token + strlen(SERVER_TOKEN_PREFIX));
}

/* ---- reading ------------------------------------------------------------- */

static int digit_of(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static int take_hash(uint8_t hash[SHA256_DIGEST_SIZE], const char *text)
{
	if (strlen(text) != 2 * (size_t)SHA256_DIGEST_SIZE)
		return -EINVAL;
	for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++) {
		int high = digit_of(text[2 * i]);
		int low = digit_of(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		hash[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

static int take_seconds(uint64_t *seconds, const char *text)
{
	size_t length = strlen(text);

	if (length < 1 || length > SECONDS_DIGITS_MAX ||
			strspn(text, DIGITS) != length)
		return -EINVAL;
	*seconds = strtoull(text, NULL, 10);
	return 0;
}

static int split(char *line, char *words[FIELDS])
{
	static const char blanks[] = " \t";
	char *rest;
	int n = 0;

	for (char *word = strtok_r(line, blanks, &rest); word;
			word = strtok_r(NULL, blanks, &rest), n++)
		if (n < FIELDS)
			words[n] = word;
	return n == FIELDS ? 0 : -EINVAL;
}

static int take_token(struct server_tokens_table *table, char *line,
		char why[SERVER_TOKENS_WHY_BYTES])
{
	struct server_token *token = &table->tokens[table->tokens_n];
	char *words[FIELDS];

	if (split(line, words) < 0)
		return refuse(why,
				"a token is name, roles, SHA-256, made and expires: 5 words");
	if (table->tokens_n == SERVER_TOKENS_MAX)
		return refuse(why, "there are more than %d tokens",
				SERVER_TOKENS_MAX);
	if (server_tokens_table_find(table, words[NAME]))
		return refuse(why, "this name stands here a second time");
	memset(token, 0, sizeof(*token));
	if (server_user_check_name(words[NAME], why) < 0 ||
			server_grants_parse(&token->grants, words[ROLES], why) <
					0)
		return -EINVAL;
	strcpy(token->name, words[NAME]);
	if (take_hash(token->hash, words[HASH]) < 0)
		return refuse(why,
				"the third word is no SHA-256, 64 digits 0-9 a-f");
	if (take_seconds(&token->made_s, words[MADE]) < 0 ||
			take_seconds(&token->expires_s, words[EXPIRES]) < 0)
		return refuse(why,
				"the last two words are times, as seconds since 1970");
	table->tokens_n++;
	return 0;
}

static int take_line(struct server_tokens_table *table, char *line,
		unsigned number, char why[SERVER_TOKENS_WHY_BYTES])
{
	char what[SERVER_TOKENS_WHY_BYTES];
	int rc;

	line += strspn(line, " \t");
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	rc = take_token(table, line, what);
	if (rc < 0)
		refuse(why, "line %u: %.*s", number,
				SERVER_TOKENS_WHY_BYTES - 32, what);
	return rc;
}

int server_tokens_parse(struct server_tokens_table *table, const char *bytes,
		size_t size, char why[SERVER_TOKENS_WHY_BYTES])
{
	char *text;
	char *rest;
	char *line;
	unsigned number = 0;
	int rc = 0;

	table->tokens_n = 0;
	if (size > SERVER_TOKENS_FILE_MAX_BYTES)
		return refuse(why, "the file is too large");
	if (memchr(bytes, '\0', size))
		return refuse(why, "there is a NUL in it; it must be text");
	text = strndup(bytes, size);
	if (!text)
		return -ENOMEM;
	rest = text;
	while (rc == 0 && (line = strsep(&rest, "\n")))
		rc = take_line(table, line, ++number, why);
	free(text);
	return rc;
}

/* ---- writing ------------------------------------------------------------- */

static void write_token(FILE *out, const struct server_token *token)
{
	char roles[SERVER_GRANTS_TEXT_BYTES];

	server_grants_format(&token->grants, roles);
	fprintf(out, "%s %s ", token->name, roles);
	for (size_t i = 0; i < sizeof(token->hash); i++)
		fprintf(out, "%02x", token->hash[i]);
	fprintf(out, " %" PRIu64 " %" PRIu64 "\n", token->made_s,
			token->expires_s);
}

char *server_tokens_format(const struct server_tokens_table *table)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs(heading, out);
	for (size_t i = 0; i < table->tokens_n; i++)
		write_token(out, &table->tokens[i]);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

struct server_token *server_tokens_table_find(
		struct server_tokens_table *table, const char *name)
{
	for (size_t i = 0; i < table->tokens_n; i++)
		if (strcmp(table->tokens[i].name, name) == 0)
			return &table->tokens[i];
	return NULL;
}
