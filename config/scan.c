/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/scan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct scanner {
	const struct config_report *report;
	const char *data;
	size_t size;
	size_t at; /* the next byte */
	unsigned line;
	struct config_scan *scan;
	size_t used;                           /* of scan->text */
	unsigned open_lines[CONFIG_DEPTH_MAX]; /* of sections not closed */
	size_t depth;
};

/* 0 after the end; a NUL in the file has been refused before. */
static char peek(const struct scanner *scanner, size_t ahead)
{
	if (scanner->at + ahead >= scanner->size)
		return '\0';
	return scanner->data[scanner->at + ahead];
}

static void put(struct scanner *scanner, char c)
{
	scanner->scan->text[scanner->used++] = c;
}

/* Copy one byte, and count its line. */
static void copy(struct scanner *scanner)
{
	char c = scanner->data[scanner->at++];

	if (c == '\n')
		scanner->line++;
	put(scanner, c);
}

/* Replace one byte of a comment; lines stay. */
static void blank(struct scanner *scanner)
{
	char c = scanner->data[scanner->at++];

	if (c == '\n')
		scanner->line++;
	put(scanner, c == '\n' ? '\n' : ' ');
}

static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t' && c != '\n') || c == 0x7f;
}

/* No control character anywhere, comments included. */
static int check_bytes(const struct scanner *scanner)
{
	unsigned line = 1;

	for (size_t i = 0; i < scanner->size; i++) {
		char c = scanner->data[i];

		if (c == '\r')
			return config_report_write(scanner->report, line,
					"carriage return; save the file with Unix line ends");
		if (is_control(c))
			return config_report_write(scanner->report, line,
					"control character 0x%02x; the file must be plain text",
					(unsigned)(unsigned char)c);
		line += c == '\n';
	}
	return 0;
}

static void scan_line_comment(struct scanner *scanner)
{
	while (scanner->at < scanner->size && peek(scanner, 0) != '\n')
		blank(scanner);
}

static int scan_block_comment(struct scanner *scanner)
{
	unsigned line = scanner->line;

	blank(scanner);
	blank(scanner);
	while (scanner->at < scanner->size) {
		if (peek(scanner, 0) == '*' && peek(scanner, 1) == '/') {
			blank(scanner);
			blank(scanner);
			return 0;
		}
		blank(scanner);
	}
	return config_report_write(scanner->report, line,
			"this comment does not end; close it with */");
}

/* A backslash and what it escapes. */
static int scan_escape(struct scanner *scanner, char quote)
{
	char escaped = peek(scanner, 1);

	if (escaped != '\\' && escaped != quote)
		return config_report_write(scanner->report, scanner->line,
				"\"\\\" before something else than \"\\\" or the quote; write a plain backslash as \"\\\\\"");
	copy(scanner);
	copy(scanner);
	return 0;
}

static int scan_string(struct scanner *scanner)
{
	char quote = peek(scanner, 0);
	size_t start = scanner->at;

	if (peek(scanner, 1) == quote)
		return config_report_write(scanner->report, scanner->line,
				"an empty string; write something between the quotes");
	copy(scanner);
	while (scanner->at < scanner->size && peek(scanner, 0) != '\n') {
		char c = peek(scanner, 0);

		if (scanner->at - start > CONFIG_STRING_MAX_BYTES)
			return config_report_write(scanner->report,
					scanner->line,
					"this string is too long; at most %d bytes",
					CONFIG_STRING_MAX_BYTES);
		if (c == '\\') {
			if (scan_escape(scanner, quote) < 0)
				return -EINVAL;
			continue;
		}
		if (c == '$' && quote == '"')
			put(scanner, '\\');
		copy(scanner);
		if (c == quote)
			return 0;
	}
	return config_report_write(scanner->report, scanner->line,
			"this string does not end; close it with %c on the same line",
			quote);
}

static int open_section(struct scanner *scanner)
{
	if (scanner->depth == CONFIG_DEPTH_MAX)
		return config_report_write(scanner->report, scanner->line,
				"sections nest too deep; a \"}\" is missing above");
	scanner->open_lines[scanner->depth++] = scanner->line;
	copy(scanner);
	return 0;
}

static int close_section(struct scanner *scanner)
{
	struct config_scan *scan = scanner->scan;

	if (scanner->depth == 0)
		return config_report_write(scanner->report, scanner->line,
				"\"}\" closes nothing; remove it, or add the \"{\" that is missing above");
	if (scan->sections_n == CONFIG_SECTIONS_MAX)
		return config_report_write(scanner->report, scanner->line,
				"too many sections; at most %d",
				CONFIG_SECTIONS_MAX);
	scan->section_lines[scan->sections_n++] =
			scanner->open_lines[--scanner->depth];
	copy(scanner);
	return 0;
}

/* What may stand outside strings; libconfuse would skip most of the rest. */
static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') ||
			(c != '\0' && strchr(" \t\n=_-./:", c));
}

static int scan_bare(struct scanner *scanner)
{
	char c = peek(scanner, 0);

	if ((unsigned char)c >= 0x80)
		return config_report_write(scanner->report, scanner->line,
				"a letter that is not ASCII; put values in quotes");
	if (!is_bare(c))
		return config_report_write(scanner->report, scanner->line,
				"unexpected \"%c\"; write key = \"value\" or section { ... }, with values in quotes",
				c);
	copy(scanner);
	return 0;
}

static int scan_one(struct scanner *scanner)
{
	char c = peek(scanner, 0);

	if (c == '#' || (c == '/' && peek(scanner, 1) == '/')) {
		scan_line_comment(scanner);
		return 0;
	}
	if (c == '/' && peek(scanner, 1) == '*')
		return scan_block_comment(scanner);
	if (c == '"' || c == '\'')
		return scan_string(scanner);
	if (c == '{')
		return open_section(scanner);
	if (c == '}')
		return close_section(scanner);
	return scan_bare(scanner);
}

static int scan_all(struct scanner *scanner)
{
	int rc = check_bytes(scanner);

	while (rc == 0 && scanner->at < scanner->size)
		rc = scan_one(scanner);
	if (rc < 0)
		return rc;
	if (scanner->depth > 0)
		return config_report_write(scanner->report,
				scanner->open_lines[scanner->depth - 1],
				"the file ends inside the section that begins here; a \"}\" is missing, or the file was cut off");
	put(scanner, '\0');
	return 0;
}

int config_scan_create(struct config_scan **out, const char *data, size_t size,
		const struct config_report *report)
{
	struct scanner scanner = {
			.report = report,
			.data = data,
			.size = size,
			.line = 1,
	};
	int rc = -ENOMEM;

	*out = NULL;
	if (size > CONFIG_FILE_MAX_BYTES)
		return config_report_write(report, 0,
				"the file is too large; at most %zu bytes",
				CONFIG_FILE_MAX_BYTES);
	scanner.scan = calloc(1, sizeof(*scanner.scan));
	if (!scanner.scan)
		return rc;
	/* At worst every byte is a "$" and becomes two. */
	scanner.scan->text = malloc(2 * size + 1);
	if (!scanner.scan->text)
		goto fail;
	rc = scan_all(&scanner);
	if (rc < 0)
		goto fail;
	*out = scanner.scan;
	return 0;

fail:
	config_scan_destroy(scanner.scan);
	return rc;
}

void config_scan_destroy(struct config_scan *scan)
{
	if (!scan)
		return;
	free(scan->text);
	free(scan);
}
