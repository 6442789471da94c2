/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/framing.h"

#include <string.h>
#include <strings.h>

#include "web/server.h"

#define METHOD_MAX_BYTES 16
#define LENGTH_MAX_DIGITS 18
#define CHUNK_MAX_DIGITS 8

enum state {
	METHOD,
	TARGET_BEGIN,
	TARGET,
	VERSION,
	LINE_FEED, /* behind the version, or a header */
	HEADER_BEGIN,
	NAME,
	VALUE,
	HEAD_LINE_FEED, /* behind all headers */
	BODY,
	CHUNK_SIZE_BEGIN,
	CHUNK_SIZE,
	CHUNK_SIZE_LINE_FEED,
	CHUNK,
	CHUNK_END,
	CHUNK_LINE_FEED,
	LAST_CHUNK_END,
	LAST_CHUNK_LINE_FEED,
	STATES
};

#define FAULT(name, number, text)                                              \
	static const struct web_framing_fault name = {number, text}

FAULT(bad_line, 400, "the first line is to be: method path HTTP/1.1");
FAULT(bad_end, 400, "a line is to end in CR LF");
FAULT(bad_name, 400, "a header is to be one line: name, colon, value");
FAULT(bad_value, 400, "a header may have no control characters");
FAULT(too_long, 431, "first line and headers may have 8 KiB in all");
FAULT(bad_length, 400, "Content-Length is to be there once, as a number");
FAULT(bad_coding, 400,
		"Transfer-Encoding is to be there once, as chunked, and without Content-Length");
FAULT(bad_chunk, 400,
		"a chunk is to be: size in hexadecimal, CR LF, so many bytes, CR LF");

#undef FAULT

typedef const struct web_framing_fault *step(
		struct web_framing *framing, uint8_t byte);

/* ---- characters -----------------------------------------------------------*/

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* What names of methods and headers are made of (RFC 9110). */
static bool is_token(uint8_t byte)
{
	return is_digit(byte) || (byte >= 'A' && byte <= 'Z') ||
			(byte >= 'a' && byte <= 'z') ||
			(byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte));
}

/* -1: none. */
static int hexadecimal(uint8_t byte)
{
	if (is_digit(byte))
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static void add(struct web_framing_word *word, uint8_t byte)
{
	if (word->length < sizeof(word->text) - 1)
		word->text[word->length] = (char)byte;
	word->length++;
}

static bool is_word(const struct web_framing_word *word, const char *text)
{
	return word->length == strlen(text) &&
			word->length < sizeof(word->text) &&
			strncasecmp(word->text, text, word->length) == 0;
}

/* The step to a state, where the byte is the one that leads there. */
static const struct web_framing_fault *expect(struct web_framing *framing,
		uint8_t byte, char expected, int next,
		const struct web_framing_fault *fault)
{
	if (byte != (uint8_t)expected)
		return fault;
	framing->state = next;
	return NULL;
}

/* ---- the first line -------------------------------------------------------*/

static const struct web_framing_fault *read_method(
		struct web_framing *framing, uint8_t byte)
{
	if (framing->at > 0 && byte == ' ') {
		framing->state = TARGET_BEGIN;
		return NULL;
	}
	framing->at++;
	return is_token(byte) && framing->at <= METHOD_MAX_BYTES ? NULL
								 : &bad_line;
}

static const struct web_framing_fault *read_target(
		struct web_framing *framing, uint8_t byte)
{
	bool first = framing->state == TARGET_BEGIN;

	framing->state = TARGET;
	if (!first && byte == ' ') {
		framing->state = VERSION;
		framing->at = 0;
		return NULL;
	}
	return byte > ' ' && byte < 0x7f ? NULL : &bad_line;
}

static const struct web_framing_fault *read_version(
		struct web_framing *framing, uint8_t byte)
{
	static const char form[] = "HTTP/0.0\r";
	char wanted = form[framing->at++];

	if (wanted == '\r')
		return expect(framing, byte, '\r', LINE_FEED, &bad_line);
	return wanted == '0'
			? is_digit(byte) ? NULL : &bad_line
			: expect(framing, byte, wanted, VERSION, &bad_line);
}

/* ---- headers --------------------------------------------------------------*/

static const struct web_framing_fault *read_header_begin(
		struct web_framing *framing, uint8_t byte)
{
	memset(&framing->name, 0, sizeof(framing->name));
	memset(&framing->value, 0, sizeof(framing->value));
	if (byte == '\r') {
		framing->state = HEAD_LINE_FEED;
		return NULL;
	}
	framing->state = NAME;
	add(&framing->name, byte);
	return is_token(byte) ? NULL : &bad_name;
}

static const struct web_framing_fault *read_name(
		struct web_framing *framing, uint8_t byte)
{
	if (byte == ':') {
		framing->state = VALUE;
		return NULL;
	}
	add(&framing->name, byte);
	return is_token(byte) ? NULL : &bad_name;
}

static void trim(struct web_framing_word *word)
{
	while (word->length > 0 && word->length < sizeof(word->text) &&
			strchr(" \t", word->text[word->length - 1]))
		word->length--;
}

static const struct web_framing_fault *note_length(struct web_framing *framing)
{
	const struct web_framing_word *value = &framing->value;

	if (framing->has_length || value->length == 0 ||
			value->length > LENGTH_MAX_DIGITS)
		return &bad_length;
	framing->has_length = true;
	framing->left_bytes = 0;
	for (size_t i = 0; i < value->length; i++) {
		if (!is_digit((uint8_t)value->text[i]))
			return &bad_length;
		framing->left_bytes = framing->left_bytes * 10 +
				(uint64_t)(value->text[i] - '0');
	}
	return framing->has_chunks ? &bad_coding : NULL;
}

static const struct web_framing_fault *note_coding(struct web_framing *framing)
{
	if (framing->has_chunks || framing->has_length ||
			!is_word(&framing->value, "chunked"))
		return &bad_coding;
	framing->has_chunks = true;
	return NULL;
}

static const struct web_framing_fault *read_value(
		struct web_framing *framing, uint8_t byte)
{
	if (byte == '\r') {
		framing->state = LINE_FEED;
		trim(&framing->value);
		if (is_word(&framing->name, "Content-Length"))
			return note_length(framing);
		if (is_word(&framing->name, "Transfer-Encoding"))
			return note_coding(framing);
		return NULL;
	}
	if (framing->value.length > 0 || (byte != ' ' && byte != '\t'))
		add(&framing->value, byte);
	return (byte >= ' ' && byte != 0x7f) || byte == '\t' ? NULL
							     : &bad_value;
}

static const struct web_framing_fault *read_line_feed(
		struct web_framing *framing, uint8_t byte)
{
	return expect(framing, byte, '\n', HEADER_BEGIN, &bad_end);
}

static const struct web_framing_fault *read_head_line_feed(
		struct web_framing *framing, uint8_t byte)
{
	if (byte != '\n')
		return &bad_end;
	if (framing->has_chunks)
		framing->state = CHUNK_SIZE_BEGIN;
	else if (framing->has_length && framing->left_bytes > 0)
		framing->state = BODY;
	else
		web_framing_init(framing);
	return NULL;
}

/* ---- chunks ---------------------------------------------------------------*/

static const struct web_framing_fault *read_chunk_size(
		struct web_framing *framing, uint8_t byte)
{
	int digit = hexadecimal(byte);

	if (framing->state == CHUNK_SIZE_BEGIN) {
		framing->state = CHUNK_SIZE;
		framing->left_bytes = 0;
		framing->at = 0;
	}
	if (digit >= 0 && framing->at++ < CHUNK_MAX_DIGITS) {
		framing->left_bytes =
				framing->left_bytes * 16 + (uint64_t)digit;
		return NULL;
	}
	if (framing->at == 0)
		return &bad_chunk;
	return expect(framing, byte, '\r', CHUNK_SIZE_LINE_FEED, &bad_chunk);
}

static const struct web_framing_fault *read_chunk_size_line_feed(
		struct web_framing *framing, uint8_t byte)
{
	return expect(framing, byte, '\n',
			framing->left_bytes > 0 ? CHUNK : LAST_CHUNK_END,
			&bad_chunk);
}

static const struct web_framing_fault *read_chunk_end(
		struct web_framing *framing, uint8_t byte)
{
	return expect(framing, byte, '\r', CHUNK_LINE_FEED, &bad_chunk);
}

static const struct web_framing_fault *read_chunk_line_feed(
		struct web_framing *framing, uint8_t byte)
{
	return expect(framing, byte, '\n', CHUNK_SIZE_BEGIN, &bad_chunk);
}

static const struct web_framing_fault *read_last_chunk_end(
		struct web_framing *framing, uint8_t byte)
{
	return expect(framing, byte, '\r', LAST_CHUNK_LINE_FEED, &bad_chunk);
}

static const struct web_framing_fault *read_last_chunk_line_feed(
		struct web_framing *framing, uint8_t byte)
{
	web_framing_init(framing);
	return byte == '\n' ? NULL : &bad_chunk;
}

/* ---- all of it ------------------------------------------------------------*/

/* Those of BODY and CHUNK are passed over, not read. */
static step *const steps[STATES] = {
		[METHOD] = read_method,
		[TARGET_BEGIN] = read_target,
		[TARGET] = read_target,
		[VERSION] = read_version,
		[LINE_FEED] = read_line_feed,
		[HEADER_BEGIN] = read_header_begin,
		[NAME] = read_name,
		[VALUE] = read_value,
		[HEAD_LINE_FEED] = read_head_line_feed,
		[CHUNK_SIZE_BEGIN] = read_chunk_size,
		[CHUNK_SIZE] = read_chunk_size,
		[CHUNK_SIZE_LINE_FEED] = read_chunk_size_line_feed,
		[CHUNK_END] = read_chunk_end,
		[CHUNK_LINE_FEED] = read_chunk_line_feed,
		[LAST_CHUNK_END] = read_last_chunk_end,
		[LAST_CHUNK_LINE_FEED] = read_last_chunk_line_feed,
};

void web_framing_init(struct web_framing *framing)
{
	memset(framing, 0, sizeof(*framing));
}

static size_t pass_over(struct web_framing *framing, size_t size)
{
	if (size > framing->left_bytes)
		size = (size_t)framing->left_bytes;
	framing->left_bytes -= size;
	if (framing->left_bytes > 0)
		return size;
	if (framing->state == CHUNK)
		framing->state = CHUNK_END;
	else
		web_framing_init(framing);
	return size;
}

const struct web_framing_fault *web_framing_read(
		struct web_framing *framing, const uint8_t *bytes, size_t size)
{
	const struct web_framing_fault *fault;

	for (size_t i = 0; i < size;) {
		if (framing->state == BODY || framing->state == CHUNK) {
			i += pass_over(framing, size - i);
			continue;
		}
		if (framing->state <= HEAD_LINE_FEED &&
				++framing->head_bytes > WEB_HEADER_MAX_BYTES)
			return &too_long;
		fault = steps[framing->state](framing, bytes[i++]);
		if (fault)
			return fault;
	}
	return NULL;
}
