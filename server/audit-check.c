/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit-check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void server_audit_check_init(
		struct server_audit_check *check, const char *expected)
{
	*check = (struct server_audit_check){.expected_found = !expected};
	memcpy(check->hash, SERVER_AUDIT_NO_HASH, sizeof(check->hash));
	if (expected)
		snprintf(check->expected, sizeof(check->expected), "%s",
				expected);
}

__attribute__((format(printf, 3, 4))) static int fail(
		struct server_audit_check *check, const char *where,
		const char *format, ...)
{
	va_list arguments;
	int used = snprintf(check->why, sizeof(check->why), "%s: ", where);

	va_start(arguments, format);
	vsnprintf(check->why + used, sizeof(check->why) - (size_t)used, format,
			arguments);
	va_end(arguments);
	return -EBADMSG;
}

/* ---- what is no line ------------------------------------------------------
 */

static void take_damage(struct server_audit_check *check, const char *bytes,
		size_t size_bytes, const char *where)
{
	if (check->damaged == 0) {
		sha256_init(&check->damaged_hash);
		snprintf(check->damaged_where, sizeof(check->damaged_where),
				"%s", where);
	}
	sha256_update(&check->damaged_hash, size_bytes, (const uint8_t *)bytes);
	check->damaged += size_bytes;
	check->ended = size_bytes > 0 && bytes[size_bytes - 1] == '\n';
}

static bool is_named_damage(
		const struct server_audit_check *check, const json_t *line)
{
	struct sha256_ctx context = check->damaged_hash;
	char hash[SERVER_AUDIT_HASH_BYTES];
	const char *named = json_string_value(json_object_get(line, "hash"));

	server_audit_line_finish_hash(&context, hash);
	return server_audit_line_number(line, "bytes") == check->damaged &&
			named && strcmp(named, hash) == 0;
}

/* Bytes that are no line have to be named by the line behind them. */
static int check_damage(struct server_audit_check *check, const json_t *line,
		const char *where)
{
	const char *event = json_string_value(json_object_get(line, "event"));
	bool named = strcmp(event, "log-damaged") == 0;

	if (check->damaged == 0)
		return named ? fail(check, where,
					       "missing: the damage that this line names is not there")
			     : 0;
	if (!named)
		return fail(check, check->damaged_where,
				"changed: this is no line of an audit log");
	if (!is_named_damage(check, line))
		return fail(check, check->damaged_where,
				"changed: this is not the damage that is named behind it");
	snprintf(check->note, sizeof(check->note),
			"%zu bytes before this line are damaged, as the server found at its start",
			check->damaged);
	check->damaged = 0;
	return 0;
}

/* ---- lines ----------------------------------------------------------------
 */

/* The first may be any, as old files are thrown away. */
static int check_first(struct server_audit_check *check, const json_t *line,
		const char *where)
{
	uint64_t number = server_audit_line_number(line, "number");
	uint64_t lost = server_audit_line_number(line, "lost");
	const char *previous =
			json_string_value(json_object_get(line, "previous"));

	if (number == 1 + lost && strcmp(previous, SERVER_AUDIT_NO_HASH) != 0)
		return fail(check, where,
				"changed: number 1 has no line before it");
	if (number > 1 + lost)
		snprintf(check->note, sizeof(check->note),
				"begins with number %" PRIu64
				"; what was before is not here",
				number);
	check->first_number = number;
	snprintf(check->first_time, sizeof(check->first_time), "%s",
			json_string_value(json_object_get(line, "time")));
	return 0;
}

static int check_next(struct server_audit_check *check, const json_t *line,
		const char *where)
{
	uint64_t number = server_audit_line_number(line, "number");
	uint64_t lost = server_audit_line_number(line, "lost");
	uint64_t due = check->number + 1 + lost;

	if (number <= check->number)
		return fail(check, where,
				"inserted: number %" PRIu64
				" comes after number %" PRIu64,
				number, check->number);
	if (number > due)
		return fail(check, where,
				"missing: numbers %" PRIu64 " to %" PRIu64
				" ought to stand before it",
				check->number + 1, number - 1 - lost);
	if (number < due ||
			strcmp(json_string_value(json_object_get(
					       line, "previous")),
					check->hash) != 0)
		return fail(check, check->where,
				"changed: number %" PRIu64
				" holds another hash of this line",
				number);
	return 0;
}

static void note(struct server_audit_check *check, const json_t *line)
{
	const char *event = json_string_value(json_object_get(line, "event"));
	uint64_t lost = server_audit_line_number(line, "lost");

	if (strcmp(event, "log-missing") == 0)
		snprintf(check->note, sizeof(check->note),
				"the file had been taken away or replaced");
	if (lost > 0)
		snprintf(check->note, sizeof(check->note),
				"%" PRIu64
				" events before this line could not be written",
				lost);
}

static int check_line(struct server_audit_check *check, const json_t *line,
		const char *where)
{
	int rc;

	check->note[0] = '\0';
	note(check, line);
	rc = check_damage(check, line, where);
	if (rc == 0)
		rc = check->lines_n == 0 ? check_first(check, line, where)
					 : check_next(check, line, where);
	if (rc < 0)
		return rc;
	check->lines_n++;
	check->number = server_audit_line_number(line, "number");
	snprintf(check->time, sizeof(check->time), "%s",
			json_string_value(json_object_get(line, "time")));
	snprintf(check->where, sizeof(check->where), "%s", where);
	return 0;
}

int server_audit_check_piece(struct server_audit_check *check,
		const char *bytes, size_t size_bytes, bool begins,
		const char *where)
{
	bool ends = size_bytes > 0 && bytes[size_bytes - 1] == '\n';
	json_t *line = NULL;
	int rc;

	check->note[0] = '\0';
	if (begins && ends)
		line = server_audit_line_parse(bytes, size_bytes - 1);
	if (!line) {
		take_damage(check, bytes, size_bytes, where);
		return 0;
	}
	rc = check_line(check, line, where);
	json_decref(line);
	if (rc < 0)
		return rc;
	server_audit_line_hash(bytes, size_bytes, check->hash);
	if (strcmp(check->hash, check->expected) == 0)
		check->expected_found = true;
	return 0;
}

int server_audit_check_end(struct server_audit_check *check)
{
	check->note[0] = '\0';
	if (check->damaged > 0)
		return fail(check, check->damaged_where,
				check->ended ? "changed: this is no line of an audit log"
					     : "cut: the last line has no end");
	if (!check->expected_found)
		return fail(check, check->where,
				"cut or changed: no line up to the last has the hash that is expected");
	return 0;
}
