/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/state.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NOBODY 65534
#define MAX_BYTES 4096

struct place {
	char directory[64];
	char path[80];
	char next[80];
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	strcpy(place->directory, "/tmp/rackhand-state-XXXXXX");
	assert_non_null(mkdtemp(place->directory));
	snprintf(place->path, sizeof(place->path), "%s/users",
			place->directory);
	snprintf(place->next, sizeof(place->next), "%s/users.new",
			place->directory);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	chmod(place->directory, 0700);
	unlink(place->path);
	unlink(place->next);
	rmdir(place->directory);
	free(place);
	return 0;
}

static void expect_text(const struct place *place, const char *text)
{
	char *bytes;
	size_t size;

	assert_int_equal(server_state_read(place->directory, "users", MAX_BYTES,
					 &bytes, &size),
			0);
	assert_int_equal(size, strlen(text));
	assert_string_equal(bytes, text);
	free(bytes);
}

static int replace(const struct place *place, const char *text)
{
	return server_state_replace(
			place->directory, "users", text, strlen(text));
}

static void paths_that_are_too_long_are_refused(void **state)
{
	char path[SERVER_STATE_PATH_BYTES];
	char directory[SERVER_STATE_PATH_BYTES];

	(void)state;
	assert_int_equal(server_state_format(path, "/a", SERVER_STATE_KEY), 0);
	assert_string_equal(path, "/a/tls/key.pem");
	memset(directory, 'd', sizeof(directory));
	directory[sizeof(directory) - 1] = '\0';
	assert_int_equal(server_state_format(path, directory, "x"),
			-ENAMETOOLONG);
}

static void the_new_file_takes_the_old_ones_place(void **state)
{
	const struct place *place = *state;
	struct stat status;
	mode_t mask = umask(0);

	assert_int_equal(replace(place, "old"), 0);
	expect_text(place, "old");
	assert_int_equal(replace(place, "and new"), 0);
	expect_text(place, "and new");
	umask(mask);
	assert_int_equal(stat(place->path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(access(place->next, F_OK), -1);
}

static void what_an_interrupted_writer_left_is_no_hindrance(void **state)
{
	const struct place *place = *state;
	int fd = open(place->next, O_WRONLY | O_CREAT, 0644);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, "half a fi", 9), 9);
	close(fd);
	assert_int_equal(replace(place, "whole"), 0);
	expect_text(place, "whole");
	assert_int_equal(access(place->next, F_OK), -1);
}

/* Neither to write through nor to read through. */
static void links_are_not_followed(void **state)
{
	const struct place *place = *state;
	char aim[96];
	char *bytes;
	size_t size;

	snprintf(aim, sizeof(aim), "%s/aim", place->directory);
	assert_int_equal(symlink(aim, place->next), 0);
	assert_int_equal(symlink(aim, place->path), 0);
	assert_int_equal(server_state_read(place->directory, "users", MAX_BYTES,
					 &bytes, &size),
			-ELOOP);
	assert_null(bytes);
	assert_int_equal(replace(place, "mine"), 0);
	expect_text(place, "mine");
	assert_int_equal(access(aim, F_OK), -1);
}

static void reads_only_what_is_its_own(void **state)
{
	const struct place *place = *state;
	char *bytes;
	size_t size;

	assert_int_equal(server_state_read(place->directory, "users", MAX_BYTES,
					 &bytes, &size),
			-ENOENT);
	assert_int_equal(replace(place, "abc"), 0);
	assert_int_equal(server_state_read(place->directory, "users", 2, &bytes,
					 &size),
			-EFBIG);
	assert_int_equal(chmod(place->path, 0640), 0);
	assert_int_equal(server_state_read(place->directory, "users", 9, &bytes,
					 &size),
			-EPERM);
	assert_int_equal(chmod(place->path, 0602), 0);
	assert_int_equal(server_state_read(place->directory, "users", 9, &bytes,
					 &size),
			-EPERM);
	unlink(place->path);
	assert_int_equal(mkfifo(place->path, 0600), 0);
	assert_int_equal(server_state_read(place->directory, "users", 9, &bytes,
					 &size),
			-EINVAL);
	assert_int_equal(server_state_read("/nonexistent", "users", 9, &bytes,
					 &size),
			-ENOENT);
}

/* The limit stands for a disk that is full: some of the bytes fit. */
static void a_full_disk_leaves_the_old_file(void **state)
{
	const struct place *place = *state;
	struct rlimit before, limit;
	char large[2000];

	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	assert_int_equal(replace(place, "old"), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	limit = before;
	limit.rlim_cur = 1000;
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(replace(place, large), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &before);
	expect_text(place, "old");
	assert_int_equal(access(place->next, F_OK), -1);
}

/* Runs `what` as somebody without rights, or as we are if we have none. */
static int as_nobody(const struct place *place,
		int (*what)(const struct place *place))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (geteuid() == 0 &&
				(setgid(NOBODY) == -1 || setuid(NOBODY) == -1))
			_exit(99);
		_exit(-what(place));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static int replace_by_new(const struct place *place)
{
	return replace(place, "new");
}

static void without_permission_the_old_file_stays(void **state)
{
	const struct place *place = *state;

	assert_int_equal(replace(place, "old"), 0);
	assert_int_equal(chmod(place->directory, 0555), 0);
	assert_int_equal(as_nobody(place, replace_by_new), -EACCES);
	expect_text(place, "old");

	if (geteuid() != 0)
		return;
	/* Who may write there, but whose file the owner could not read. */
	assert_int_equal(chmod(place->directory, 0777), 0);
	assert_int_equal(as_nobody(place, replace_by_new), -EPERM);
	expect_text(place, "old");
	assert_int_equal(access(place->next, F_OK), -1);
}

static void what_root_writes_is_the_directory_owners(void **state)
{
	const struct place *place = *state;
	struct stat status;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(place->directory, NOBODY, NOBODY), 0);
	assert_int_equal(replace(place, "by root"), 0);
	assert_int_equal(stat(place->path, &status), 0);
	assert_int_equal(status.st_uid, NOBODY);
	assert_int_equal(status.st_gid, NOBODY);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(as_nobody(place, replace_by_new), 0);
	expect_text(place, "new");
}

/* Many add one to a number, each in a process of its own: none is lost. */
static void writers_under_the_lock_lose_nothing(void **state)
{
	enum { WRITERS = 4, ROUNDS = 25 };
	const struct place *place = *state;
	pid_t pids[WRITERS];

	assert_int_equal(replace(place, "0"), 0);
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] != 0)
			continue;
		for (int round = 0; round < ROUNDS; round++) {
			char text[16];
			char *bytes;
			size_t size;
			int fd;

			if (server_state_lock(&fd, place->directory) < 0 ||
					server_state_read(place->directory,
							"users", MAX_BYTES,
							&bytes, &size) < 0)
				_exit(1);
			snprintf(text, sizeof(text), "%d", atoi(bytes) + 1);
			free(bytes);
			if (replace(place, text) < 0)
				_exit(1);
			close(fd);
		}
		_exit(0);
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	expect_text(place, "100");
}

static void a_lock_needs_its_directory(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(server_state_lock(&fd, "/nonexistent"), -ENOENT);
	assert_int_equal(fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(paths_that_are_too_long_are_refused),
			cmocka_unit_test_setup_teardown(
					the_new_file_takes_the_old_ones_place,
					set_up, tear_down),
			cmocka_unit_test_setup_teardown(
					what_an_interrupted_writer_left_is_no_hindrance,
					set_up, tear_down),
			cmocka_unit_test_setup_teardown(links_are_not_followed,
					set_up, tear_down),
			cmocka_unit_test_setup_teardown(
					reads_only_what_is_its_own, set_up,
					tear_down),
			cmocka_unit_test_setup_teardown(
					a_full_disk_leaves_the_old_file, set_up,
					tear_down),
			cmocka_unit_test_setup_teardown(
					without_permission_the_old_file_stays,
					set_up, tear_down),
			cmocka_unit_test_setup_teardown(
					what_root_writes_is_the_directory_owners,
					set_up, tear_down),
			cmocka_unit_test_setup_teardown(
					writers_under_the_lock_lose_nothing,
					set_up, tear_down),
			cmocka_unit_test(a_lock_needs_its_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
