/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *kind_name(unsigned kind)
{
	return content_name((enum content_kind)kind);
}

static const char *layout_name(unsigned layout)
{
	return content_layout_name((enum content_layout)layout);
}

static unsigned find(const char *wanted, const char *(*name)(unsigned),
		unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (strcmp(wanted, name(i)) == 0)
			return i;
	}
	fprintf(stderr, "%s is none of", wanted);
	for (unsigned i = 0; i < count; i++)
		fprintf(stderr, " %s", name(i));
	fprintf(stderr, "\n");
	exit(2);
}

enum content_kind name_to_kind(const char *name)
{
	return (enum content_kind)find(name, kind_name, CONTENT_KINDS);
}

enum content_layout name_to_layout(const char *name)
{
	return (enum content_layout)find(name, layout_name, CONTENT_LAYOUTS);
}
