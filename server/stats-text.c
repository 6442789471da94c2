/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/stats-text.h"

#include <stdlib.h>
#include <string.h>

#include "server/text.h"

/* What the daemon calls it, and what people do. */
struct row {
	const char *key;
	const char *label;
};

static const struct row timings[] = {
		{"capture_age_us", "capture age"},
		{"damage_us", "damage"},
		{"queue_wait_us", "queue wait"},
		{"encode_us", "encode"},
		{"frame_to_sent_us", "frame to last byte"},
		{"key_to_hidg_us", "key to hidg"},
};

static const struct row loops[] = {
		{"hold_us", "loop hold"},
		{"cpu_us", "of it, computing"},
};

static const struct row counters[] = {
		{"frames", "frames"},
		{"dropped", "frames dropped"},
		{"copied", "frames copied"},
		{"encodes", "encodes"},
		{"encodes_shared", "encodes shared"},
		{"updates", "updates"},
		{"refinements", "of these, refined"},
		{"rectangles", "rectangles"},
		{"copy_rects", "rectangles copied"},
		{"forbidden", "messages forbidden"},
};

static const struct row kinds[] = {
		{"lossless", "bytes, lossless"},
		{"q50", "bytes, class q50"},
		{"q80", "bytes, class q80"},
		{"q92", "bytes, class q92"},
		{"raw", "bytes, raw"},
		{"fallback", "bytes, fallback"},
};

static const struct row columns[] = {
		{"p50", "P50"}, {"p90", "P90"}, {"p99", "P99"}, {"max", "MAX"}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LABEL_WIDTH 20
#define COUNT_WIDTH 10
#define CELL_WIDTH 9

static void print_heading(FILE *out)
{
	fprintf(out, "%-*s%*s", LABEL_WIDTH, "", COUNT_WIDTH, "COUNT");
	for (size_t i = 0; i < COUNT(columns); i++)
		fprintf(out, "%*s", CELL_WIDTH, columns[i].label);
	fputc('\n', out);
}

static void print_count(FILE *out, const json_t *object, const struct row *row)
{
	const json_t *number = json_object_get(object, row->key);

	if (json_is_integer(number))
		fprintf(out, "%-*s%*" JSON_INTEGER_FORMAT, LABEL_WIDTH,
				row->label, COUNT_WIDTH,
				json_integer_value(number));
	else
		fprintf(out, "%-*s%*s", LABEL_WIDTH, row->label, COUNT_WIDTH,
				SERVER_TEXT_NONE);
}

static void print_timing(FILE *out, const json_t *all, const struct row *row)
{
	const json_t *timing = json_object_get(all, row->key);
	const struct row samples = {"samples", row->label};
	char cell[SERVER_CELL_BYTES];

	print_count(out, timing, &samples);
	for (size_t i = 0; i < COUNT(columns); i++) {
		strcpy(cell, SERVER_TEXT_NONE);
		if (server_text_number(timing, "samples") > 0)
			server_text_format_us(server_text_number(timing,
							      columns[i].key),
					cell);
		fprintf(out, "%*s", CELL_WIDTH, cell);
	}
	fputc('\n', out);
}

static void print_bytes(FILE *out, const json_t *bytes, const struct row *row)
{
	char cell[SERVER_CELL_BYTES];

	server_text_format_bytes(server_text_number(bytes, row->key), cell);
	fprintf(out, "%-*s%*s\n", LABEL_WIDTH, row->label, COUNT_WIDTH, cell);
}

static void print_figures(FILE *out, const json_t *target)
{
	const json_t *timed = json_object_get(target, "timings");
	const json_t *counted = json_object_get(target, "counters");
	const json_t *bytes = json_object_get(counted, "bytes");

	print_heading(out);
	for (size_t i = 0; i < COUNT(timings); i++)
		print_timing(out, timed, &timings[i]);
	for (size_t i = 0; i < COUNT(counters); i++) {
		print_count(out, counted, &counters[i]);
		fputc('\n', out);
	}
	for (size_t i = 0; i < COUNT(kinds); i++)
		print_bytes(out, bytes, &kinds[i]);
}

static void print_target(FILE *out, const json_t *target)
{
	json_int_t viewers = server_text_number(target, "viewers");
	char since[SERVER_CELL_BYTES];

	server_text_print(out, server_text_get(target, "name"));
	if (json_is_false(json_object_get(target, "served"))) {
		fputs(": not served: ", out);
		server_text_print(out, server_text_get(target, "detail"));
		fputc('\n', out);
		return;
	}
	server_text_format_since(server_text_number(target, "since_s"), since);
	fprintf(out, ": %" JSON_INTEGER_FORMAT " viewer%s, figures of %s\n",
			viewers, viewers == 1 ? "" : "s", since);
	print_figures(out, target);
}

static void print_loop(FILE *out, const json_t *loop)
{
	char since[SERVER_CELL_BYTES];

	server_text_format_since(server_text_number(loop, "since_s"), since);
	fprintf(out, "rackhandd: figures of %s\n", since);
	print_heading(out);
	for (size_t i = 0; i < COUNT(loops); i++)
		print_timing(out, loop, &loops[i]);
}

char *server_stats_format(const json_t *stats)
{
	const json_t *targets = json_object_get(stats, "targets");
	const json_t *loop = json_object_get(stats, "loop");
	const json_t *target;
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	json_array_foreach(targets, i, target)
	{
		if (i > 0)
			fputc('\n', out);
		print_target(out, target);
	}
	if (loop) {
		fputc('\n', out);
		print_loop(out, loop);
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

#undef COUNT
