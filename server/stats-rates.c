/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/stats-rates.h"

#include <stdbool.h>
#include <string.h>

#include "server/text.h"

#define NAME_WIDTH 16
#define CELL_WIDTH 10
#define US_PER_S 1000000.0

static const struct {
	const char *key; /* of the counters */
	const char *heading;
} counters[] = {
		{"frames", "FRAMES/S"},
		{"dropped", "DROPPED/S"},
		{"updates", "UPDATES/S"},
		{"encodes", "ENCODES/S"},
		{"copy_rects", "COPIES/S"},
};
#define COUNTERS (sizeof(counters) / sizeof(counters[0]))

void server_stats_rates_print_heading(FILE *out)
{
	fprintf(out, "%-*s%*s", NAME_WIDTH, "TARGET", CELL_WIDTH, "VIEWERS");
	for (size_t i = 0; i < COUNTERS; i++)
		fprintf(out, "%*s", CELL_WIDTH, counters[i].heading);
	fprintf(out, "%*s\n", CELL_WIDTH, "BYTES/S");
}

static const json_t *find(const json_t *stats, const char *name)
{
	const json_t *target;
	size_t i;

	json_array_foreach(json_object_get(stats, "targets"), i,
			target) if (strcmp(server_text_get(target, "name"),
						    name) == 0) return target;
	return NULL;
}

static json_int_t sum(const json_t *bytes)
{
	json_int_t total = 0;
	const char *kind;
	json_t *value;

	json_object_foreach((json_t *)bytes, kind, value)
			total += json_integer_value(value);
	return total;
}

/* Counters begin anew when a target is served anew. */
static bool is_same(const json_t *before, const json_t *after)
{
	return json_is_true(json_object_get(before, "served")) &&
			json_is_true(json_object_get(after, "served")) &&
			server_text_number(after, "since_s") >=
			server_text_number(before, "since_s");
}

static double rate(json_int_t before, json_int_t after, uint64_t between_us)
{
	return (double)(after - before) * US_PER_S / (double)between_us;
}

static void print_rates(FILE *out, const json_t *before, const json_t *after,
		uint64_t between_us)
{
	json_int_t bytes = sum(json_object_get(after, "bytes"));
	char cell[SERVER_CELL_BYTES];

	for (size_t i = 0; i < COUNTERS; i++)
		fprintf(out, "%*.1f", CELL_WIDTH,
				rate(server_text_number(
						     before, counters[i].key),
						server_text_number(after,
								counters[i].key),
						between_us));
	server_text_format_bytes(
			(json_int_t)rate(sum(json_object_get(before, "bytes")),
					bytes, between_us),
			cell);
	fprintf(out, "%*s", CELL_WIDTH, cell);
}

void server_stats_rates_print(FILE *out, const json_t *before,
		const json_t *after, uint64_t between_us)
{
	const json_t *target;
	size_t i;

	json_array_foreach(json_object_get(after, "targets"), i, target)
	{
		const char *name = server_text_get(target, "name");
		const json_t *was = find(before, name);

		server_text_print(out, name);
		fprintf(out, "%*s%*" JSON_INTEGER_FORMAT,
				(int)strlen(name) < NAME_WIDTH
						? NAME_WIDTH - (int)strlen(name)
						: 1,
				"", CELL_WIDTH,
				server_text_number(target, "viewers"));
		if (between_us > 0 && is_same(was, target))
			print_rates(out, json_object_get(was, "counters"),
					json_object_get(target, "counters"),
					between_us);
		else
			for (size_t j = 0; j <= COUNTERS; j++)
				fprintf(out, "%*s", CELL_WIDTH,
						SERVER_TEXT_NONE);
		fputc('\n', out);
	}
}
