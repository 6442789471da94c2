/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/doorkeeper.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int set_up(void **state)
{
	return net_doorkeeper_create((struct net_doorkeeper **)state);
}

static int tear_down(void **state)
{
	net_doorkeeper_destroy(*state);
	return 0;
}

static struct core_address from(const char *text)
{
	struct core_address address;

	assert_int_equal(core_address_parse(&address, text), 0);
	return address;
}

static int admit(struct net_doorkeeper *doorkeeper, const char *text,
		struct net_stranger **stranger)
{
	struct core_address address = from(text);

	return net_doorkeeper_admit(doorkeeper, &address, stranger);
}

/* Fill one source's places, and see that `other` is (not) counted with it. */
static void one_source(struct net_doorkeeper *doorkeeper, const char *source,
		const char *other, int expected)
{
	struct net_stranger *strangers[NET_STRANGERS_PER_SOURCE_MAX];
	struct net_stranger *more;

	for (size_t i = 0; i < NET_STRANGERS_PER_SOURCE_MAX; i++)
		assert_int_equal(admit(doorkeeper, source, &strangers[i]), 0);
	assert_int_equal(admit(doorkeeper, other, &more), expected);
	net_stranger_dismiss(more); /* NULL is allowed */
	for (size_t i = 0; i < NET_STRANGERS_PER_SOURCE_MAX; i++)
		net_stranger_dismiss(strangers[i]);
}

static void a_source_has_its_share(void **state)
{
	one_source(*state, "192.0.2.1:1", "192.0.2.1:2", -EDQUOT);
	one_source(*state, "192.0.2.1:1", "192.0.2.2:1", 0);
	one_source(*state, "[2001:db8:1:2::1]:1", "[2001:db8:1:2:ffff::9]:1",
			-EDQUOT);
	one_source(*state, "[2001:db8:1:2::1]:1", "[2001:db8:1:3::1]:1", 0);
	one_source(*state, "[::1]:1", "127.0.0.1:1", 0);
	one_source(*state, "[::ffff:192.0.2.1]:1", "192.0.2.1:1", -EDQUOT);
	one_source(*state, "[::ffff:192.0.2.1]:1", "192.0.2.2:1", 0);
	one_source(*state, "unix:/a", "unix:/a", 0);
}

static void who_is_dismissed_makes_room(void **state)
{
	struct net_stranger *strangers[NET_STRANGERS_PER_SOURCE_MAX], *more;

	for (size_t i = 0; i < NET_STRANGERS_PER_SOURCE_MAX; i++)
		assert_int_equal(
				admit(*state, "192.0.2.1:1", &strangers[i]), 0);
	net_stranger_dismiss(strangers[3]);
	assert_int_equal(admit(*state, "192.0.2.1:1", &strangers[3]), 0);
	assert_int_equal(admit(*state, "192.0.2.1:1", &more), -EDQUOT);
	assert_null(more);
	for (size_t i = 0; i < NET_STRANGERS_PER_SOURCE_MAX; i++)
		net_stranger_dismiss(strangers[i]);
}

static void fill_from(struct net_doorkeeper *doorkeeper, unsigned each,
		struct net_stranger *strangers[NET_STRANGERS_MAX])
{
	for (unsigned i = 0; i < NET_STRANGERS_MAX; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%u:1", i / each);
		assert_int_equal(admit(doorkeeper, text, &strangers[i]), 0);
	}
}

static void give_up(void *context)
{
	struct net_stranger **stranger = context;

	net_stranger_dismiss(*stranger);
	*stranger = NULL;
}

static void all_may_give_up(struct net_stranger *strangers[NET_STRANGERS_MAX])
{
	for (size_t i = 0; i < NET_STRANGERS_MAX; i++)
		net_stranger_set_displaced(
				strangers[i], give_up, &strangers[i]);
}

static void dismiss_all(struct net_stranger *strangers[NET_STRANGERS_MAX])
{
	for (size_t i = 0; i < NET_STRANGERS_MAX; i++)
		net_stranger_dismiss(strangers[i]);
}

static void all_have_a_limit_together(void **state)
{
	struct net_stranger *strangers[NET_STRANGERS_MAX], *more;

	fill_from(*state, 4, strangers);
	assert_int_equal(admit(*state, "198.51.100.1:1", &more), -EUSERS);
	assert_int_equal(admit(*state, "unix:/a", &more), -EUSERS);
	dismiss_all(strangers);
}

static void who_comes_from_elsewhere_takes_the_oldest_place(void **state)
{
	struct net_stranger *strangers[NET_STRANGERS_MAX], *more[2];

	fill_from(*state, 1, strangers);
	net_stranger_dismiss(strangers[5]);
	assert_int_equal(admit(*state, "192.0.2.5:1", &strangers[5]), 0);
	all_may_give_up(strangers);
	assert_int_equal(admit(*state, "198.51.100.1:1", &more[0]), 0);
	assert_null(strangers[0]);
	assert_non_null(strangers[1]);
	assert_int_equal(admit(*state, "unix:/a", &more[1]), 0);
	assert_null(strangers[1]);
	assert_non_null(strangers[2]);

	net_stranger_dismiss(more[0]);
	net_stranger_dismiss(more[1]);
	dismiss_all(strangers);
}

static void who_came_far_stays_longer(void **state)
{
	struct net_stranger *strangers[NET_STRANGERS_MAX], *more;

	fill_from(*state, 1, strangers);
	all_may_give_up(strangers);
	for (size_t i = 0; i < NET_STRANGERS_MAX; i++)
		net_stranger_set_progress(strangers[i], i == 40 ? 1 : 2);
	net_stranger_set_progress(strangers[0], 3);
	assert_int_equal(admit(*state, "198.51.100.1:1", &more), 0);
	assert_null(strangers[40]);
	net_stranger_set_progress(more, 3);
	assert_int_equal(admit(*state, "198.51.100.2:1", &strangers[40]), 0);
	assert_non_null(strangers[0]);
	assert_null(strangers[1]);

	net_stranger_dismiss(more);
	dismiss_all(strangers);
}

static void who_holds_most_loses_first(void **state)
{
	struct net_stranger *strangers[NET_STRANGERS_MAX], *more;

	fill_from(*state, 8, strangers);
	all_may_give_up(strangers);
	net_stranger_dismiss(strangers[0]); /* the first source holds 7 */
	assert_int_equal(admit(*state, "198.51.100.1:1", &strangers[0]), 0);
	assert_int_equal(admit(*state, "198.51.100.2:1", &more), 0);
	assert_non_null(strangers[1]);
	assert_null(strangers[8]);

	net_stranger_dismiss(more);
	dismiss_all(strangers);
}

/* Else two would push each other out for ever. */
static void who_holds_as_many_displaces_nobody(void **state)
{
	struct net_stranger *strangers[NET_STRANGERS_MAX], *more;

	fill_from(*state, 4, strangers);
	all_may_give_up(strangers);
	assert_int_equal(admit(*state, "192.0.2.1:1", &more), -EUSERS);
	net_stranger_dismiss(strangers[4]);
	strangers[4] = NULL;
	assert_int_equal(admit(*state, "192.0.2.0:1", &strangers[4]), 0);
	all_may_give_up(strangers);
	assert_int_equal(admit(*state, "192.0.2.2:1", &more), -EUSERS);
	assert_int_equal(admit(*state, "192.0.2.1:1", &more), 0);
	assert_null(strangers[0]);

	net_stranger_dismiss(more);
	dismiss_all(strangers);
}

/* A thousand strangers are one line now, and one later. */
static void the_log_is_not_filled(void **state)
{
	char text[4096];
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t length;

	assert_non_null(file);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	for (unsigned i = 0; i < 1000; i++)
		net_doorkeeper_log(*state, "stranger %u", i);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	assert_non_null(strstr(text, "stranger 0\n"));
	assert_null(strstr(text, "stranger 1"));
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(a_source_has_its_share),
			test(who_is_dismissed_makes_room),
			test(all_have_a_limit_together),
			test(who_comes_from_elsewhere_takes_the_oldest_place),
			test(who_came_far_stays_longer),
			test(who_holds_most_loses_first),
			test(who_holds_as_many_displaces_nobody),
			test(the_log_is_not_filled),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
