/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

#include "hid-gadget/layout.h"

/*
 * The layouts that there are, by name and in words, from the list that comes
 * with xkeyboard-config. Without it there is "us".
 *
 * Threads: any; reading takes a few milliseconds.
 * Errors:  -ENOMEM; -EINVAL for a list that makes no sense.
 */
struct hid_layout_list;

struct hid_layout_item {
	const char *layout;
	const char *variant; /* "": the layout's own */
	const char *name;    /* "German (no dead keys)" */
};

#define HID_LAYOUT_LIST_BYTES_MAX ((size_t)1 << 20)

int hid_layout_list_create(struct hid_layout_list **out,
		const struct hid_layout_paths *paths);

/* The same from text that is in memory already. */
int hid_layout_list_parse(
		struct hid_layout_list **out, const char *text, size_t size);

/* NULL is allowed. */
void hid_layout_list_destroy(struct hid_layout_list *list);

/* A layout's own comes before its variants; NULL after the last. */
const struct hid_layout_item *hid_layout_list_get(
		const struct hid_layout_list *list, size_t index);
