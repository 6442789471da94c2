/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit-line.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"

#define TIME_BYTES sizeof("2026-11-20T19:46:16.123Z")
#define CUT ",\"cut\":true"
#define DELETE 0x7f /* JSON leaves it as it is */
#define DELETE_ESCAPED "\\u007f"

/*
 * All that a line may hold besides number, time and hash, in this order. What
 * is not here is not written, so that no secret gets in by a slip: think before
 * adding one. Nothing that was typed into the target, no password, no code.
 */
static const struct member {
	const char *name;
	json_type type; /* JSON_ARRAY: of strings */
} members[] = {
		{"target", JSON_STRING},
		{"session", JSON_INTEGER},
		{"user", JSON_STRING},
		{"role", JSON_STRING},
		{"peer", JSON_STRING},  /* address and port */
		{"how", JSON_STRING},   /* "x509plain" */
		{"from", JSON_STRING},  /* the user before */
		{"uid", JSON_INTEGER},  /* of the peer on the control socket */
		{"by", JSON_STRING},    /* who did it over HTTP */
		{"macro", JSON_STRING}, /* its name */
		{"token", JSON_STRING}, /* its name */
		{"reason", JSON_STRING},
		{"duration_s", JSON_INTEGER},
		{"count", JSON_INTEGER},
		{"users", JSON_ARRAY},
		{"targets", JSON_INTEGER},
		{"version", JSON_STRING},
		{"file", JSON_STRING},
		{"fingerprint", JSON_STRING},
		/* Of the log itself. */
		{"bytes", JSON_INTEGER},
		{"hash", JSON_STRING},
};
#define MEMBERS_N (sizeof(members) / sizeof(members[0]))

/* ---- what happened --------------------------------------------------------
 */

struct text {
	char *bytes;
	size_t used;
	size_t room; /* of bytes, the NUL not counted */
};

static bool append(struct text *text, const char *bytes, size_t size_bytes)
{
	if (size_bytes > text->room - text->used)
		return false;
	memcpy(text->bytes + text->used, bytes, size_bytes);
	text->used += size_bytes;
	return true;
}

static bool append_string(struct text *text, const char *string)
{
	return append(text, string, strlen(string));
}

static bool append_value(struct text *text, const json_t *value)
{
	char dumped[SERVER_AUDIT_BODY_BYTES];
	size_t size_bytes = json_dumpb(value, dumped, sizeof(dumped),
			JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
	bool fits = size_bytes > 0 && size_bytes <= sizeof(dumped);

	for (size_t i = 0; fits && i < size_bytes; i++)
		fits = dumped[i] == DELETE ? append_string(text, DELETE_ESCAPED)
					   : append(text, &dumped[i], 1);
	return fits;
}

/* New, and not longer than a string may be. NULL: out of memory. */
static json_t *clip_string(const json_t *value)
{
	const char *string = json_string_value(value);
	size_t length = SERVER_AUDIT_TEXT_MAX_BYTES;

	if (json_string_length(value) <= length)
		return json_stringn(string, json_string_length(value));
	while (((unsigned char)string[length] & 0xc0) == 0x80)
		length--; /* not within a character */
	return json_sprintf("%.*s...", (int)length, string);
}

static bool append_clipped(struct text *text, const json_t *value)
{
	json_t *clipped = clip_string(value);
	bool fits = clipped && append_value(text, clipped);

	json_decref(clipped);
	return fits;
}

/* As many of them as there is room for. */
static bool append_strings(struct text *text, const json_t *array)
{
	size_t n = json_array_size(array);
	size_t i;

	if (!append_string(text, "["))
		return false;
	text->room--; /* for the bracket */
	for (i = 0; i < n; i++) {
		size_t used = text->used;

		if ((i > 0 && !append_string(text, ",")) ||
				!append_clipped(text,
						json_array_get(array, i))) {
			text->used = used;
			break;
		}
	}
	text->room++;
	append_string(text, "]");
	return i == n;
}

static bool append_any(struct text *text, const json_t *value)
{
	if (json_is_string(value))
		return append_clipped(text, value);
	if (json_is_array(value))
		return append_strings(text, value);
	return append_value(text, value);
}

static bool has_type(const json_t *value, json_type type)
{
	if (json_typeof(value) != type)
		return false;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!json_is_string(json_array_get(value, i)))
			return false;
	return true;
}

static const struct member *find_member(const char *name)
{
	for (size_t i = 0; i < MEMBERS_N; i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	return NULL;
}

/* The names only: what they hold may be the secret. */
static void complain_of_strangers(const char *event, const json_t *details)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)details, name, value)
	{
		const struct member *member = find_member(name);

		if (!member || !has_type(value, member->type))
			log_warning("audit: left out of \"%s\", as no line may hold such a member: %s",
					event, name);
	}
}

/* False: it, or some of it, was left out for want of room. */
static bool append_member(struct text *text, const struct member *member,
		const json_t *value)
{
	size_t used = text->used;

	if (append_string(text, ",\"") && append_string(text, member->name) &&
			append_string(text, "\":") && append_any(text, value))
		return true;
	if (!json_is_array(value) || text->bytes[text->used - 1] != ']')
		text->used = used;
	return false;
}

static bool is_event(const char *event)
{
	size_t length = strspn(event, "abcdefghijklmnopqrstuvwxyz-");

	return length > 0 && length <= SERVER_AUDIT_EVENT_MAX_BYTES &&
			event[length] == '\0';
}

static uint64_t wall_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * CLOCK_US_PER_S +
			(uint64_t)now.tv_nsec / 1000;
}

void server_audit_entry_init(struct server_audit_entry *entry,
		const char *event, const json_t *details)
{
	struct text text = {.bytes = entry->body,
			.room = sizeof(entry->body) - sizeof(CUT)};
	bool cut = false;

	assert(is_event(event));
	entry->time_us = wall_now_us();
	entry->monotonic_us = clock_now_us();
	entry->lost = 0;
	append_string(&text, "\"event\":\"");
	append_string(&text, event);
	append_string(&text, "\"");
	for (size_t i = 0; i < MEMBERS_N; i++) {
		const json_t *value = json_object_get(details, members[i].name);

		if (value && has_type(value, members[i].type) &&
				!append_member(&text, &members[i], value))
			cut = true;
	}
	text.room = sizeof(entry->body) - 1;
	if (cut)
		append_string(&text, CUT);
	text.bytes[text.used] = '\0';
	complain_of_strangers(event, details);
}

/* ---- the line -------------------------------------------------------------
 */

static void format_time(char text[TIME_BYTES], uint64_t time_us)
{
	time_t seconds = (time_t)(time_us / CLOCK_US_PER_S);
	struct tm utc;
	size_t used;

	gmtime_r(&seconds, &utc);
	used = strftime(text, TIME_BYTES, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text + used, TIME_BYTES - used, ".%03uZ",
			(unsigned)(time_us / CLOCK_US_PER_MS % 1000));
}

size_t server_audit_line_compose(char line[SERVER_AUDIT_LINE_MAX_BYTES],
		const struct server_audit_entry *entry, uint64_t number,
		uint64_t lost, const char *previous)
{
	char time[TIME_BYTES];
	char missing[32] = "";
	int length;

	format_time(time, entry->time_us);
	if (lost > 0)
		snprintf(missing, sizeof(missing), ",\"lost\":%" PRIu64, lost);
	length = snprintf(line, SERVER_AUDIT_LINE_MAX_BYTES,
			"{\"number\":%" PRIu64
			",\"time\":\"%s\",\"monotonic_us\":%" PRIu64
			",%s%s%s%s%s}%s",
			number, time, entry->monotonic_us, entry->body, missing,
			previous ? ",\"previous\":\"" : "",
			previous ? previous : "", previous ? "\"" : "",
			previous ? "\n" : "");
	assert(length > 0 && length < SERVER_AUDIT_LINE_MAX_BYTES);
	return (size_t)length;
}

void server_audit_line_finish_hash(
		struct sha256_ctx *context, char hash[SERVER_AUDIT_HASH_BYTES])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hash + 2 * i, 3, "%02x", digest[i]);
}

void server_audit_line_hash(const void *bytes, size_t size_bytes,
		char hash[SERVER_AUDIT_HASH_BYTES])
{
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, size_bytes, bytes);
	server_audit_line_finish_hash(&context, hash);
}

static bool is_hash(const char *text)
{
	return text && strspn(text, "0123456789abcdef") == strlen(text) &&
			strlen(text) == SERVER_AUDIT_HASH_BYTES - 1;
}

static bool is_time(const char *text)
{
	static const char like[] = "dddd-dd-ddTdd:dd:dd.dddZ";

	if (!text || strlen(text) != sizeof(like) - 1)
		return false;
	for (size_t i = 0; i < sizeof(like) - 1; i++)
		if (like[i] == 'd' ? text[i] < '0' || text[i] > '9'
				   : text[i] != like[i])
			return false;
	return true;
}

uint64_t server_audit_line_number(const json_t *line, const char *member)
{
	json_int_t number = json_integer_value(json_object_get(line, member));

	return number > 0 ? (uint64_t)number : 0;
}

static bool is_line(const json_t *line)
{
	const json_t *lost = json_object_get(line, "lost");
	const char *event = json_string_value(json_object_get(line, "event"));

	return server_audit_line_number(line, "number") > 0 &&
			(!lost || server_audit_line_number(line, "lost") > 0) &&
			event && is_event(event) &&
			is_time(json_string_value(
					json_object_get(line, "time"))) &&
			is_hash(json_string_value(
					json_object_get(line, "previous")));
}

json_t *server_audit_line_parse(const char *bytes, size_t size_bytes)
{
	json_t *line;

	if (size_bytes >= SERVER_AUDIT_LINE_MAX_BYTES)
		return NULL;
	line = json_loadb(bytes, size_bytes, JSON_REJECT_DUPLICATES, NULL);
	if (line && !is_line(line)) {
		json_decref(line);
		line = NULL;
	}
	return line;
}
