/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/layout-list.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX 2048

struct hid_layout_list {
	char *text; /* cut into the strings of the items */
	size_t count;
	struct hid_layout_item items[ITEMS_MAX];
};

static const char us_only[] = "! layout\n  us English (US)\n";

/* Up to the next blank, and what follows it. */
static char *cut_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");

	*rest = word + strcspn(word, " \t");
	if (**rest != '\0')
		*(*rest)++ = '\0';
	*rest += strspn(*rest, " \t");
	return word;
}

static void add(struct hid_layout_list *list, const char *layout,
		const char *variant, const char *name)
{
	if (list->count == ITEMS_MAX || layout[0] == '\0' ||
			!hid_layout_name_is_valid(layout) ||
			!hid_layout_name_is_valid(variant))
		return;
	list->items[list->count++] =
			(struct hid_layout_item){layout, variant, name};
}

/* "de  German", which is no layout when it is called "custom". */
static void read_layout(struct hid_layout_list *list, char *line)
{
	const char *layout = cut_word(&line);

	if (strcmp(layout, "custom") != 0)
		add(list, layout, "", line);
}

/* "nodeadkeys  de: German (no dead keys)" */
static void read_variant(struct hid_layout_list *list, char *line)
{
	const char *variant = cut_word(&line);
	char *colon = strstr(line, ": ");

	if (variant[0] == '\0' || !colon)
		return;
	*colon = '\0';
	add(list, line, variant, colon + 2);
}

static void read_lines(struct hid_layout_list *list)
{
	void (*read)(struct hid_layout_list *, char *) = NULL;
	char *rest = list->text;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] != '!') {
			if (read)
				read(list, line);
			continue;
		}
		read = strcmp(line, "! layout") == 0             ? read_layout
				: strcmp(line, "! variant") == 0 ? read_variant
								 : NULL;
	}
}

static int compare(const void *a, const void *b)
{
	const struct hid_layout_item *left = a;
	const struct hid_layout_item *right = b;
	int order = strcmp(left->layout, right->layout);

	return order ? order : strcmp(left->variant, right->variant);
}

int hid_layout_list_parse(
		struct hid_layout_list **out, const char *text, size_t size)
{
	struct hid_layout_list *list;

	*out = NULL;
	if (size > HID_LAYOUT_LIST_BYTES_MAX || memchr(text, '\0', size))
		return -EINVAL;
	list = calloc(1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	list->text = strndup(text, size);
	if (!list->text) {
		hid_layout_list_destroy(list);
		return -ENOMEM;
	}
	read_lines(list);
	qsort(list->items, list->count, sizeof(list->items[0]), compare);
	*out = list;
	return 0;
}

int hid_layout_list_create(struct hid_layout_list **out,
		const struct hid_layout_paths *paths)
{
	char path[256];
	char *text;
	FILE *file;
	size_t size;
	int rc;

	*out = NULL;
	snprintf(path, sizeof(path), "%s/rules/evdev.lst", paths->xkb);
	file = fopen(path, "re");
	if (!file)
		return hid_layout_list_parse(out, us_only, sizeof(us_only) - 1);
	text = malloc(HID_LAYOUT_LIST_BYTES_MAX + 1);
	size = text ? fread(text, 1, HID_LAYOUT_LIST_BYTES_MAX + 1, file) : 0;
	fclose(file);
	if (!text)
		return -ENOMEM;
	rc = hid_layout_list_parse(out, text, size);
	free(text);
	return rc;
}

void hid_layout_list_destroy(struct hid_layout_list *list)
{
	if (!list)
		return;
	free(list->text);
	free(list);
}

const struct hid_layout_item *hid_layout_list_get(
		const struct hid_layout_list *list, size_t index)
{
	return index < list->count ? &list->items[index] : NULL;
}
