/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/permissions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool may(enum server_role role, enum vnc_message_kind kind)
{
	return server_permissions_suffice(
			role, server_permissions_for_message(kind));
}

static void lists_every_message(void **state)
{
	(void)state;
	for (int kind = 0; kind < VNC_MESSAGE_KINDS; kind++)
		assert_int_not_equal(
				server_permissions_for_message(
						(enum vnc_message_kind)kind),
				SERVER_ROLE_NONE);
}

static void denies_what_it_does_not_list(void **state)
{
	(void)state;
	assert_int_equal(server_permissions_for_message(VNC_MESSAGE_KINDS),
			SERVER_ROLE_NONE);
	assert_int_equal(server_permissions_for_message(
					 (enum vnc_message_kind) - 1),
			SERVER_ROLE_NONE);
	for (int role = 0; role < SERVER_ROLES; role++)
		assert_false(server_permissions_suffice(
				(enum server_role)role, SERVER_ROLE_NONE));
}

static void a_viewer_looks_and_nothing_else(void **state)
{
	(void)state;
	assert_true(may(SERVER_ROLE_VIEWER, VNC_MESSAGE_SET_PIXEL_FORMAT));
	assert_true(may(SERVER_ROLE_VIEWER, VNC_MESSAGE_SET_ENCODINGS));
	assert_true(may(SERVER_ROLE_VIEWER, VNC_MESSAGE_UPDATE_REQUEST));
	assert_true(may(SERVER_ROLE_VIEWER, VNC_MESSAGE_CONTINUOUS_UPDATES));
	assert_true(may(SERVER_ROLE_VIEWER, VNC_MESSAGE_FENCE));
	assert_false(may(SERVER_ROLE_VIEWER, VNC_MESSAGE_KEY));
	assert_false(may(SERVER_ROLE_VIEWER, VNC_MESSAGE_POINTER));
	assert_false(may(SERVER_ROLE_VIEWER, VNC_MESSAGE_CUT_TEXT));
	assert_false(may(SERVER_ROLE_VIEWER, VNC_MESSAGE_SET_DESKTOP_SIZE));
}

/* Without a role nothing, and with a higher one whatever a lower one has. */
static void each_role_may_what_the_one_before_may(void **state)
{
	(void)state;
	for (int i = 0; i < VNC_MESSAGE_KINDS; i++) {
		enum vnc_message_kind kind = (enum vnc_message_kind)i;

		assert_false(may(SERVER_ROLE_NONE, kind));
		for (int role = SERVER_ROLE_VIEWER; role < SERVER_ROLE_ADMIN;
				role++)
			if (may((enum server_role)role, kind))
				assert_true(may((enum server_role)(role + 1),
						kind));
		assert_true(may(SERVER_ROLE_OPERATOR, kind));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(lists_every_message),
			cmocka_unit_test(denies_what_it_does_not_list),
			cmocka_unit_test(a_viewer_looks_and_nothing_else),
			cmocka_unit_test(each_role_may_what_the_one_before_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
