/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/clipboard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ALICE 1
#define BOB 2

static void take(struct server_clipboard *clipboard, vnc_viewer_id viewer,
		const char *text)
{
	server_clipboard_take(
			clipboard, viewer, (const uint8_t *)text, strlen(text));
}

static void assert_text(const struct server_clipboard *clipboard,
		vnc_viewer_id viewer, const char *wanted)
{
	size_t size;
	char *text = server_clipboard_get(clipboard, viewer, &size);

	if (!wanted) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_int_equal(size, strlen(wanted));
	assert_memory_equal(text, wanted, size);
	free(text);
}

static void pieces_become_utf_8(void **state)
{
	struct server_clipboard clipboard = {0};

	(void)state;
	assert_text(&clipboard, ALICE, NULL);
	assert_text(&clipboard, 0, NULL); /* nobody's is empty, too */
	server_clipboard_take(&clipboard, ALICE, NULL, 5);
	take(&clipboard, ALICE, "gr");
	assert_text(&clipboard, ALICE, NULL); /* not all of it */
	take(&clipboard, ALICE,
			"\xfc\xdf"
			"e");
	assert_text(&clipboard, ALICE,
			"gr\xc3\xbc\xc3\x9f"
			"e");
	assert_text(&clipboard, BOB, NULL);
	assert_text(&clipboard, 0, NULL);
	server_clipboard_finish(&clipboard);
}

static void the_last_one_counts(void **state)
{
	struct server_clipboard clipboard = {0};

	(void)state;
	server_clipboard_take(&clipboard, ALICE, NULL, 4);
	take(&clipboard, ALICE, "al");
	server_clipboard_take(&clipboard, BOB, NULL, 3);
	take(&clipboard, ALICE, "ic"); /* of one that is forgotten */
	take(&clipboard, BOB, "bob");
	take(&clipboard, BOB, "too much");
	assert_text(&clipboard, ALICE, NULL);
	assert_text(&clipboard, BOB, "bob");
	server_clipboard_finish(&clipboard);
}

static void who_leaves_takes_it_along(void **state)
{
	struct server_clipboard clipboard = {0};

	(void)state;
	server_clipboard_take(&clipboard, ALICE, NULL, 1);
	take(&clipboard, ALICE, "a");
	server_clipboard_leave(&clipboard, BOB);
	assert_text(&clipboard, ALICE, "a");
	server_clipboard_leave(&clipboard, ALICE);
	assert_text(&clipboard, ALICE, NULL);
	server_clipboard_finish(&clipboard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(pieces_become_utf_8),
			cmocka_unit_test(the_last_one_counts),
			cmocka_unit_test(who_leaves_takes_it_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
