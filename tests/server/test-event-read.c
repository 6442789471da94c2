/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/event-read.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/events.h"

static char taken[1024];

static int on_event(void *context, const char *name, const json_t *data)
{
	char *text = json_dumps(data, JSON_COMPACT);

	assert_ptr_equal(context, taken);
	strcat(taken, name);
	strcat(taken, " ");
	strcat(taken, text);
	strcat(taken, ";");
	free(text);
	return strcmp(name, "stop") == 0 ? -ECANCELED : 0;
}

/* In pieces of so many bytes. */
static int read_pieces(const char *text, size_t piece)
{
	struct server_event_reader reader = {
			.take = on_event, .context = taken};
	size_t size = strlen(text);
	int rc = 0;

	taken[0] = '\0';
	for (size_t at = 0; at < size && rc == 0; at += piece)
		rc = server_event_reader_feed(&reader, text + at,
				piece < size - at ? piece : size - at);
	server_event_reader_finish(&reader);
	return rc;
}

static void reads_events(void **state)
{
	static const struct {
		const char *text;
		const char *taken;
		int rc;
	} cases[] = {
			{"event: a\ndata: {}\n\n", "a {};", 0},
			{"event: a\ndata: {\"b\":1}\n\nevent: c\ndata: {}\n\n",
					"a {\"b\":1};c {};", 0},
			{":\n\n:words\nid: 7\nevent: a\ndata: {}\n\n", "a {};",
					0},
			{"event: a\ndata: {}\n", "", 0},
			{"event: a\n\ndata: {}\n\n", "", 0},
			{"\n\n\n", "", 0},
			{"event: a\ndata: 1\n\n", "", -EBADMSG},
			{"event: a\ndata: {\n\n", "", -EBADMSG},
			{"event: a\ndata: {\"b\":1,\"b\":2}\n\n", "", -EBADMSG},
			{"data: {}\ndata: {}\n\n", "", -EBADMSG},
			{"event: abcdefghijklmnopqrstuvwxyz0123456\n", "",
					-EBADMSG},
			{"event: stop\ndata: {}\n\nevent: a\ndata: {}\n\n",
					"stop {};", -ECANCELED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t piece = 1; piece < 80; piece++) {
			assert_int_equal(read_pieces(cases[i].text, piece),
					cases[i].rc);
			assert_string_equal(taken, cases[i].taken);
		}
}

static void reads_what_the_daemon_writes(void **state)
{
	json_t *data = json_pack("{s:s}", "name",
			"r\xc3\xa4"
			"ck\n");
	struct core_bytes *bytes;
	char text[256];

	(void)state;
	assert_int_equal(server_event_format(&bytes, SERVER_EVENT_TARGET, data),
			0);
	assert_true(bytes->size < sizeof(text));
	memcpy(text, bytes->data, bytes->size);
	text[bytes->size] = '\0';
	assert_int_equal(read_pieces(text, 5), 0);
	assert_string_equal(taken,
			"target {\"name\":\"r\xc3\xa4"
			"ck\\n\"};");
	core_bytes_unref(bytes);
	json_decref(data);
}

static void bounds_a_line(void **state)
{
	struct server_event_reader reader = {
			.take = on_event, .context = taken};
	size_t size = SERVER_EVENT_LINE_MAX_BYTES;
	char *line = malloc(size);

	(void)state;
	assert_non_null(line);
	memset(line, ':', size);
	assert_int_equal(server_event_reader_feed(&reader, line, size), 0);
	assert_int_equal(server_event_reader_feed(&reader, "\n", 1), 0);
	assert_int_equal(server_event_reader_feed(&reader, line, size), 0);
	assert_int_equal(server_event_reader_feed(&reader, ":", 1), -EMSGSIZE);
	server_event_reader_finish(&reader);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(reads_events),
			cmocka_unit_test(reads_what_the_daemon_writes),
			cmocka_unit_test(bounds_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
