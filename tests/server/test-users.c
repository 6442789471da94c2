/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/users.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/state.h"

#define HASH                                                                   \
	"$y$j75$m3HCI.qIZMO.k3iGV6rAL1$2JagWWyhw8EKn/99cHeaG40fgNS9cBme.qtl/AnaoQ0"
#define ALICE "alice operator " HASH " - 00000000000000a1\n"
#define BOB "bob viewer@rack1,admin@rack2,viewer " HASH " - 00000000000000b1\n"
#define PATIENCE_US (20 * CLOCK_US_PER_S)

struct rig {
	char directory[64];
	char path[80];
	sd_event *event;
	struct server_users *users;
	unsigned changed;
};

static void on_changed(void *context)
{
	struct rig *rig = context;

	rig->changed++;
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	strcpy(rig->directory, "/tmp/rackhand-users-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	snprintf(rig->path, sizeof(rig->path), "%s/users", rig->directory);
	assert_true(sd_event_new(&rig->event) >= 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	server_users_destroy(rig->users);
	sd_event_unref(rig->event);
	unlink(rig->path);
	rmdir(rig->directory);
	free(rig);
	return 0;
}

static void start(struct rig *rig)
{
	assert_int_equal(server_users_create(&rig->users, rig->event,
					 rig->directory, on_changed, rig),
			0);
}

static void put(const struct rig *rig, const char *text)
{
	assert_int_equal(server_state_replace(rig->directory, "users", text,
					 strlen(text)),
			0);
}

/* Works off all that has happened until now. */
static void turn(struct rig *rig)
{
	while (sd_event_run(rig->event, 0) > 0)
		;
}

static void wait_for_change(struct rig *rig, unsigned changed)
{
	uint64_t end_us = clock_now_us() + PATIENCE_US;

	while (rig->changed < changed && clock_now_us() < end_us)
		sd_event_run(rig->event, 1000000);
	turn(rig);
	assert_int_equal(rig->changed, changed);
}

static void without_a_file_there_are_none(void **state)
{
	struct rig *rig = *state;

	start(rig);
	assert_int_equal(server_users_count(rig->users), 0);
	assert_false(server_users_is_broken(rig->users));
	assert_null(server_users_find(rig->users, "alice"));
	put(rig, ALICE);
	wait_for_change(rig, 1);
	assert_int_equal(server_users_count(rig->users), 1);
	assert_non_null(server_users_find(rig->users, "alice"));
}

static void without_a_directory_there_are_none(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(server_users_create(&rig->users, rig->event,
					 "/nonexistent/rackhand", on_changed,
					 rig),
			0);
	assert_int_equal(server_users_count(rig->users), 0);
	turn(rig);
}

static void reads_at_start_without_a_word(void **state)
{
	struct rig *rig = *state;

	put(rig, ALICE BOB);
	start(rig);
	turn(rig);
	assert_int_equal(rig->changed, 0);
	assert_int_equal(server_users_count(rig->users), 2);
}

static enum server_role role(
		const struct rig *rig, const char *name, const char *target)
{
	return server_user_role(server_users_find(rig->users, name), target);
}

/* The best of those that are for every target and those for this one. */
static void the_best_role_counts(void **state)
{
	struct rig *rig = *state;

	put(rig,
			ALICE BOB
			"carl operator@rack1 " HASH " - 00000000000000c1\n"
			"dora admin,viewer@rack1 " HASH " - 00000000000000d1\n"
			"erna viewer,operator@rack1 " HASH
			" - 00000000000000e1\n");
	start(rig);
	assert_int_equal(role(rig, "alice", "rack1"), SERVER_ROLE_OPERATOR);
	assert_int_equal(role(rig, "alice", "any"), SERVER_ROLE_OPERATOR);
	assert_int_equal(role(rig, "bob", "rack1"), SERVER_ROLE_VIEWER);
	assert_int_equal(role(rig, "bob", "rack2"), SERVER_ROLE_ADMIN);
	assert_int_equal(role(rig, "bob", "rack3"), SERVER_ROLE_VIEWER);
	assert_int_equal(role(rig, "carl", "rack1"), SERVER_ROLE_OPERATOR);
	assert_int_equal(role(rig, "carl", "rack11"), SERVER_ROLE_NONE);
	assert_int_equal(role(rig, "carl", "rack"), SERVER_ROLE_NONE);
	assert_int_equal(role(rig, "carl", ""), SERVER_ROLE_NONE);
	assert_int_equal(role(rig, "dora", "rack1"), SERVER_ROLE_ADMIN);
	assert_int_equal(role(rig, "erna", "rack1"), SERVER_ROLE_OPERATOR);
}

static void another_file_counts_at_once(void **state)
{
	struct rig *rig = *state;
	const struct server_user *alice;

	put(rig, ALICE);
	start(rig);
	put(rig, "alice admin " HASH " - 00000000000000a2\n");
	wait_for_change(rig, 1);
	alice = server_users_find(rig->users, "alice");
	assert_true(server_user_generation(alice) == 0xa2);
	assert_int_equal(server_user_role(alice, "x"), SERVER_ROLE_ADMIN);

	/* Written in place, as an editor may. */
	{
		int fd = open(rig->path, O_WRONLY | O_TRUNC);

		assert_int_equal(write(fd, BOB, strlen(BOB)), strlen(BOB));
		close(fd);
	}
	wait_for_change(rig, 2);
	assert_null(server_users_find(rig->users, "alice"));
	assert_non_null(server_users_find(rig->users, "bob"));
}

static void no_file_any_more_means_nobody(void **state)
{
	struct rig *rig = *state;
	char away[sizeof(rig->directory) + 8];

	put(rig, ALICE);
	start(rig);
	assert_int_equal(unlink(rig->path), 0);
	wait_for_change(rig, 1);
	assert_int_equal(server_users_count(rig->users), 0);

	put(rig, ALICE);
	wait_for_change(rig, 2);
	snprintf(away, sizeof(away), "%s/away", rig->directory);
	assert_int_equal(rename(rig->path, away), 0);
	wait_for_change(rig, 3);
	unlink(away);
	assert_int_equal(server_users_count(rig->users), 0);
}

static void the_same_users_are_no_news(void **state)
{
	struct rig *rig = *state;

	put(rig, ALICE BOB);
	start(rig);
	put(rig, "# with a word about them\n" ALICE BOB);
	turn(rig);
	assert_int_equal(rig->changed, 0);
}

/* What is logged while it is caught. */
static int begin_log(FILE **file)
{
	int saved = dup(STDERR_FILENO);

	fflush(stderr);
	*file = tmpfile();
	assert_non_null(*file);
	assert_int_not_equal(dup2(fileno(*file), STDERR_FILENO), -1);
	return saved;
}

static unsigned end_log(FILE *file, int saved, const char *text)
{
	unsigned count = 0;
	char line[512];

	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	while (fgets(line, sizeof(line), file))
		count += strstr(line, text) != NULL;
	fclose(file);
	return count;
}

static void a_broken_file_changes_nothing(void **state)
{
	struct rig *rig = *state;
	FILE *log;
	int saved;

	put(rig, ALICE);
	start(rig);
	saved = begin_log(&log);
	for (int i = 0; i < 3; i++) {
		put(rig, ALICE "bob viewer\n");
		turn(rig);
	}
	assert_int_equal(
			end_log(log, saved,
					"users: line 2: a user is name, roles"),
			1);
	assert_true(server_users_is_broken(rig->users));
	assert_int_equal(rig->changed, 0);
	assert_non_null(server_users_find(rig->users, "alice"));

	put(rig, ALICE BOB);
	wait_for_change(rig, 1);
	assert_false(server_users_is_broken(rig->users));
	assert_int_equal(server_users_count(rig->users), 2);

	saved = begin_log(&log);
	put(rig, "what\n");
	turn(rig);
	assert_int_equal(end_log(log, saved, "users: line 1: "), 1);
}

static void a_file_that_others_can_read_is_refused(void **state)
{
	struct rig *rig = *state;
	FILE *log;
	int saved = begin_log(&log);

	put(rig, ALICE);
	assert_int_equal(chmod(rig->path, 0644), 0);
	start(rig);
	assert_int_equal(server_users_count(rig->users), 0);
	assert_true(server_users_is_broken(rig->users));
	assert_int_equal(
			end_log(log, saved, "others may read it; chmod 600 it"),
			1);

	/* Its cure is enough. */
	assert_int_equal(chmod(rig->path, 0600), 0);
	wait_for_change(rig, 1);
	assert_int_equal(server_users_count(rig->users), 1);
}

static void another_file_of_the_directory_is_not_looked_at(void **state)
{
	struct rig *rig = *state;
	char aside[96];

	start(rig);
	snprintf(aside, sizeof(aside), "%s/aside", rig->directory);
	assert_int_equal(server_state_replace(rig->directory, "aside", ALICE,
					 strlen(ALICE)),
			0);
	turn(rig);
	assert_int_equal(rig->changed, 0);
	unlink(aside);
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			WITH_RIG(without_a_file_there_are_none),
			WITH_RIG(without_a_directory_there_are_none),
			WITH_RIG(reads_at_start_without_a_word),
			WITH_RIG(the_best_role_counts),
			WITH_RIG(another_file_counts_at_once),
			WITH_RIG(no_file_any_more_means_nobody),
			WITH_RIG(the_same_users_are_no_news),
			WITH_RIG(a_broken_file_changes_nothing),
			WITH_RIG(a_file_that_others_can_read_is_refused),
			WITH_RIG(another_file_of_the_directory_is_not_looked_at),
	};
#undef WITH_RIG

	return cmocka_run_group_tests(tests, NULL, NULL);
}
