/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/tokens.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/state.h"

#define PATIENCE_US (20 * CLOCK_US_PER_S)
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DAY_S UINT64_C(86400)

/* ---- the text ------------------------------------------------------------ */

static struct server_tokens_table table;

static int parse(const char *text, char why[SERVER_TOKENS_WHY_BYTES])
{
	why[0] = '\0';
	return server_tokens_parse(&table, text, strlen(text), why);
}

static void reads_what_there_is(void **state)
{
	char why[SERVER_TOKENS_WHY_BYTES];

	(void)state;
	assert_int_equal(parse("# tokens\n\n"
			       "backup viewer@rack1 " HASH " 1000 2000\n"
			       " \tci\toperator,admin@rack2 " HASH
			       " 0 999999999999",
					 why),
			0);
	assert_int_equal(table.tokens_n, 2);
	assert_string_equal(table.tokens[0].name, "backup");
	assert_int_equal(table.tokens[0].hash[0], 0x01);
	assert_int_equal(table.tokens[0].hash[31], 0xef);
	assert_int_equal(table.tokens[0].made_s, 1000);
	assert_int_equal(table.tokens[0].expires_s, 2000);
	assert_int_equal(server_grants_role(&table.tokens[1].grants, "rack2"),
			SERVER_ROLE_ADMIN);
	assert_ptr_equal(server_tokens_table_find(&table, "ci"),
			&table.tokens[1]);
	assert_null(server_tokens_table_find(&table, "c"));
}

static void says_what_is_wrong(void **state)
{
	static const struct {
		const char *text;
		const char *why;
	} cases[] = {
			{"a viewer " HASH " 1\n", "line 1: a token is name"},
			{"a viewer " HASH " 1 2 3\n",
					"line 1: a token is name"},
			{"\na! viewer " HASH " 1 2\n",
					"line 2: a user's name has"},
			{"a root " HASH " 1 2\n", "line 1: a role is"},
			{"a viewer 12 1 2\n",
					"line 1: the third word is no SHA-256"},
			{"a viewer G123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef 1 2\n",
					"line 1: the third word is no SHA-256"},
			{"a viewer " HASH " -1 2\n",
					"line 1: the last two words are times"},
			{"a viewer " HASH " 1 1234567890123\n",
					"line 1: the last two words are times"},
			{"a viewer " HASH " 1 2\na admin " HASH " 1 2\n",
					"line 2: this name stands here a second time"},
	};
	char why[SERVER_TOKENS_WHY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(cases[i].text, why), -EINVAL);
		if (strncmp(why, cases[i].why, strlen(cases[i].why)) != 0)
			fail_msg("%s", why);
	}
	assert_int_equal(server_tokens_parse(&table, "a\0b", 3, why), -EINVAL);
}

static void writes_what_it_reads(void **state)
{
	char why[SERVER_TOKENS_WHY_BYTES];
	char *text;
	char *again;

	(void)state;
	parse("a viewer@rack1,admin " HASH " 1 2\nb operator " HASH " 3 4\n",
			why);
	text = server_tokens_format(&table);
	assert_int_equal(parse(text, why), 0);
	again = server_tokens_format(&table);
	assert_string_equal(text, again);
	assert_non_null(strstr(text, "\nb operator " HASH " 3 4\n"));
	free(text);
	free(again);
}

static void no_token_is_like_another(void **state)
{
	char a[SERVER_TOKEN_BYTES], b[SERVER_TOKEN_BYTES];

	(void)state;
	assert_int_equal(server_token_make(a), 0);
	assert_int_equal(server_token_make(b), 0);
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), SERVER_TOKEN_BYTES - 1);
	assert_memory_equal(a, "rh_", 3);
}

/* ---- the store ----------------------------------------------------------- */

struct rig {
	char directory[64];
	sd_event *event;
	struct core_workers *workers;
	struct server_tokens *tokens;
	uint64_t now_s;
	unsigned answers;
	int rc;
	char token[SERVER_TOKEN_BYTES];
	uint64_t ended;
};

static uint64_t read_now(void *context)
{
	return ((struct rig *)context)->now_s;
}

static void on_ended(void *context, uint64_t id)
{
	((struct rig *)context)->ended = id;
}

static void on_done(void *context, int rc, const char *token, const char *why)
{
	struct rig *rig = context;

	(void)why;
	rig->answers++;
	rig->rc = rc;
	snprintf(rig->token, sizeof(rig->token), "%s", token);
}

static void start(struct rig *rig)
{
	const struct server_tokens_options options = {
			.directory = rig->directory,
			.workers = rig->workers,
			.now_s = read_now,
			.context = rig,
	};

	assert_int_equal(server_tokens_create(
					 &rig->tokens, rig->event, &options),
			0);
	server_tokens_set_ended(rig->tokens, on_ended, rig);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	log_set_level(LOG_LEVEL_ERROR);
	strcpy(rig->directory, "/tmp/rackhand-tokens-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(core_workers_create(&rig->workers, rig->event, 1), 0);
	rig->now_s = 1000000;
	start(rig);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	char path[SERVER_STATE_PATH_BYTES];

	core_workers_destroy(rig->workers);
	server_tokens_destroy(rig->tokens);
	server_tokens_destroy(NULL);
	sd_event_unref(rig->event);
	server_state_format(path, rig->directory, SERVER_STATE_TOKENS);
	unlink(path);
	assert_int_equal(rmdir(rig->directory), 0);
	free(rig);
	return 0;
}

static void wait_for_answer(struct rig *rig)
{
	uint64_t give_up_us = clock_now_us() + PATIENCE_US;

	while (rig->answers == 0) {
		assert_true(clock_now_us() < give_up_us);
		sd_event_run(rig->event, CLOCK_US_PER_MS);
	}
	rig->answers = 0;
}

static const char *add(struct rig *rig, const char *name, unsigned days)
{
	struct server_grants grants;
	char why[SERVER_GRANTS_WHY_BYTES];

	assert_int_equal(server_grants_parse(&grants, "viewer@rack1", why), 0);
	assert_int_equal(server_tokens_add(rig->tokens, name, &grants, days,
					 on_done, rig),
			0);
	wait_for_answer(rig);
	assert_int_equal(rig->rc, 0);
	return rig->token;
}

static const struct server_token *find(const struct rig *rig, const char *token)
{
	bool expired;

	return server_tokens_find(rig->tokens, token, &expired);
}

static char *read_file(const struct rig *rig)
{
	char *bytes;
	size_t size;

	assert_int_equal(server_state_read(rig->directory, SERVER_STATE_TOKENS,
					 SERVER_TOKENS_FILE_MAX_BYTES, &bytes,
					 &size),
			0);
	return bytes;
}

static void a_token_is_good_after_a_restart_too(void **state)
{
	struct rig *rig = *state;
	const char *token = add(rig, "backup", 90);
	char *file = read_file(rig);

	assert_string_equal(find(rig, token)->name, "backup");
	assert_null(find(rig, "rh_"));
	assert_null(find(rig, ""));
	assert_null(strstr(file, token)); /* its hash alone */
	assert_null(strstr(file, token + 3));
	free(file);
	server_tokens_destroy(rig->tokens);
	start(rig);
	assert_string_equal(find(rig, token)->name, "backup");
	assert_int_equal(server_grants_role(&find(rig, token)->grants, "rack1"),
			SERVER_ROLE_VIEWER);
}

static void a_token_has_a_last_day(void **state)
{
	struct rig *rig = *state;
	const char *token = add(rig, "backup", 90);
	bool expired;

	rig->now_s += 90 * DAY_S - 1;
	assert_non_null(server_tokens_find(rig->tokens, token, &expired));
	assert_false(expired);
	rig->now_s++;
	assert_null(server_tokens_find(rig->tokens, token, &expired));
	assert_true(expired);
}

static void who_is_removed_ends_at_once(void **state)
{
	struct rig *rig = *state;
	char token[SERVER_TOKEN_BYTES];
	uint64_t id;

	strcpy(token, add(rig, "backup", 90));
	add(rig, "other", 90);
	id = find(rig, token)->id;
	assert_int_equal(server_tokens_remove(
					 rig->tokens, "backup", on_done, rig),
			0);
	assert_int_equal(rig->ended, 0);
	wait_for_answer(rig);
	assert_int_equal(rig->ended, id);
	assert_null(find(rig, token));
	assert_int_equal(server_tokens_get_all(rig->tokens)->tokens_n, 1);
}

static void refuses_what_cannot_be(void **state)
{
	struct rig *rig = *state;
	struct server_grants grants = {0};

	add(rig, "backup", 1);
	assert_int_equal(server_tokens_add(rig->tokens, "backup", &grants, 1,
					 on_done, rig),
			-EEXIST);
	assert_int_equal(server_tokens_remove(
					 rig->tokens, "nobody", on_done, rig),
			-ENOENT);
	assert_int_equal(server_tokens_remove(
					 rig->tokens, "backup", on_done, rig),
			0);
	assert_int_equal(server_tokens_remove(
					 rig->tokens, "backup", on_done, rig),
			-EBUSY);
	wait_for_answer(rig);
}

static void what_cannot_be_written_is_not_in_force(void **state)
{
	struct rig *rig = *state;
	struct server_grants grants = {0};
	char blocked[96];

	snprintf(blocked, sizeof(blocked), "%s/tokens.new", rig->directory);
	assert_int_equal(mkdir(blocked, 0700), 0);
	assert_int_equal(server_tokens_add(rig->tokens, "backup", &grants, 1,
					 on_done, rig),
			0);
	wait_for_answer(rig);
	assert_true(rig->rc < 0);
	assert_null(find(rig, rig->token));
	assert_int_equal(rmdir(blocked), 0);
}

static void a_file_that_is_not_good_has_no_tokens(void **state)
{
	struct rig *rig = *state;
	static const char text[] = "a viewer " HASH " 1 2\nb nonsense\n";

	assert_int_equal(server_state_replace(rig->directory,
					 SERVER_STATE_TOKENS, text,
					 strlen(text)),
			0);
	server_tokens_destroy(rig->tokens);
	start(rig);
	assert_int_equal(server_tokens_get_all(rig->tokens)->tokens_n, 0);
}

static void a_file_that_is_not_good_is_not_written_over(void **state)
{
	struct rig *rig = *state;
	const struct server_grants grants = {
			.n = 1, .list = {{SERVER_ROLE_VIEWER, ""}}};

	a_file_that_is_not_good_has_no_tokens(state);
	assert_int_equal(server_tokens_add(rig->tokens, "a", &grants, 1,
					 on_done, rig),
			-EBADMSG);
	assert_int_equal(server_tokens_remove(rig->tokens, "b", on_done, rig),
			-EBADMSG);
}

int main(void)
{
#define STORE(function)                                                        \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(reads_what_there_is),
			cmocka_unit_test(says_what_is_wrong),
			cmocka_unit_test(writes_what_it_reads),
			cmocka_unit_test(no_token_is_like_another),
			STORE(a_token_is_good_after_a_restart_too),
			STORE(a_token_has_a_last_day),
			STORE(who_is_removed_ends_at_once),
			STORE(refuses_what_cannot_be),
			STORE(what_cannot_be_written_is_not_in_force),
			STORE(a_file_that_is_not_good_has_no_tokens),
			STORE(a_file_that_is_not_good_is_not_written_over),
	};
#undef STORE

	return cmocka_run_group_tests(tests, NULL, NULL);
}
