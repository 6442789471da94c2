/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "server/api.h"
#include "server/hash.h"
#include "server/setup.h"
#include "server/state.h"
#include "server/users-table.h"

/*
 * A setup with users and a doorkeeper, in a directory of its own; calls and the
 * audit are fakes. For one file of a program to include.
 */

#define HASH                                                                   \
	"$y$j75$m3HCI.qIZMO.k3iGV6rAL1$2JagWWyhw8EKn/99cHeaG40fgNS9cBme.qtl/AnaoQ0"
#define ALICE "alice operator " HASH " - 00000000000000a1\n"
#define PATIENCE_US (20 * CLOCK_US_PER_S)
#define USED_UP                                                                \
	"the setup code is no longer good; restart rackhandd for a new one"

/*
 * A call as the table of operations has them, and the audit, for this test to
 * see.
 */
struct server_api_call {
	unsigned replies;
	bool good;
	unsigned status; /* of a failure */
	struct server_caller caller;
	char why[512];
};

static char audited[64];

void server_api_call_reply(struct server_api_call *call, json_t *result)
{
	call->replies++;
	call->good = result != NULL;
	json_decref(result);
}

void server_api_call_fail(struct server_api_call *call, unsigned status,
		json_t *details, const char *format, ...)
{
	va_list args;

	assert_in_range(status, 400, 499);
	json_decref(details);
	call->status = status;
	call->replies++;
	va_start(args, format);
	vsnprintf(call->why, sizeof(call->why), format, args);
	va_end(args);
}

const struct server_caller *server_api_call_get_caller(
		const struct server_api_call *call)
{
	return &call->caller;
}

void server_audit_write(
		struct server_audit *audit, const char *event, json_t *details)
{
	(void)audit;
	snprintf(audited, sizeof(audited), "%s", event);
	json_decref(details);
}

struct rig {
	char directory[64];
	char users_path[96];
	char code_path[96];
	char issue_path[96];
	sd_event *event;
	struct net_doorkeeper *doorkeeper;
	struct server_users *users;
	struct server_setup *setup;
	uint64_t later_us; /* than it is */
	uint64_t valid_us; /* 0: the usual */
	int terminal[2];
};

static inline uint64_t read_now(void *context)
{
	const struct rig *rig = context;

	return clock_now_us() + rig->later_us;
}

static inline void on_changed(void *context)
{
	struct rig *rig = context;

	if (rig->setup)
		server_setup_review(rig->setup);
}

static inline void start(struct rig *rig)
{
	const struct server_setup_options options = {
			.users = rig->users,
			.doorkeeper = rig->doorkeeper,
			.directory = rig->directory,
			.issue = rig->issue_path,
			.terminal = rig->terminal[1],
			.valid_us = rig->valid_us,
			.now_us = read_now,
			.context = rig,
	};

	assert_int_equal(server_setup_create(&rig->setup, rig->event, &options),
			0);
}

static inline int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	strcpy(rig->directory, "/tmp/rackhand-setup-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	snprintf(rig->users_path, sizeof(rig->users_path), "%s/users",
			rig->directory);
	snprintf(rig->code_path, sizeof(rig->code_path), "%s/setup-code",
			rig->directory);
	snprintf(rig->issue_path, sizeof(rig->issue_path), "%s/issue",
			rig->directory);
	assert_int_equal(pipe(rig->terminal), 0);
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(net_doorkeeper_create(&rig->doorkeeper), 0);
	assert_int_equal(server_users_create(&rig->users, rig->event,
					 rig->directory, on_changed, rig),
			0);
	start(rig);
	audited[0] = '\0';
	*state = rig;
	return 0;
}

static inline int tear_down(void **state)
{
	struct rig *rig = *state;

	server_setup_destroy(rig->setup);
	server_users_destroy(rig->users);
	net_doorkeeper_destroy(rig->doorkeeper);
	sd_event_unref(rig->event);
	assert_int_equal(access(rig->code_path, F_OK), -1);
	assert_int_equal(access(rig->issue_path, F_OK), -1);
	unlink(rig->users_path);
	rmdir(rig->directory);
	close(rig->terminal[0]);
	close(rig->terminal[1]);
	free(rig);
	return 0;
}

/* The code as the file has it; "" if there is none. */
static inline const char *read_code(
		const struct rig *rig, char code[SERVER_SETUP_CODE_BYTES])
{
	FILE *file = fopen(rig->code_path, "r");

	code[0] = '\0';
	if (!file)
		return code;
	assert_non_null(fgets(code, SERVER_SETUP_CODE_BYTES, file));
	assert_int_equal(fgetc(file), '\n');
	assert_int_equal(fgetc(file), EOF);
	fclose(file);
	return code;
}

static inline bool is_offered(const struct rig *rig)
{
	return access(rig->code_path, F_OK) == 0 &&
			access(rig->issue_path, F_OK) == 0;
}

static inline void wait_for(struct rig *rig, struct server_api_call *call)
{
	uint64_t give_up_us = clock_now_us() + PATIENCE_US;

	while (call->replies == 0) {
		assert_true(clock_now_us() < give_up_us);
		sd_event_run(rig->event, 100000);
	}
	assert_int_equal(call->replies, 1);
}

static inline struct server_api_call local(void)
{
	struct server_api_call call = {0};

	server_caller_init_local(&call.caller, 0);
	return call;
}

static inline struct server_api_call from_network(void)
{
	struct server_api_call call = {
			.caller = {.kind = SERVER_CALLER_NOBODY}};

	assert_int_equal(core_address_parse(&call.caller.address,
					 "192.0.2.7:4711"),
			0);
	return call;
}

/* "" or what is wrong. */
static inline const char *ask(
		struct rig *rig, struct server_api_call *call, json_t *request)
{
	const struct server_caller caller = call->caller;

	*call = (struct server_api_call){.caller = caller};
	assert_non_null(request);
	server_setup_begin(rig->setup, request, call);
	json_decref(request);
	wait_for(rig, call);
	assert_true(call->good == (call->why[0] == '\0'));
	return call->why;
}

static inline json_t *request_for(const char *name, const char *code)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "verb", "setup", "name", name,
			"code", code, "hash", HASH);
}

static inline void put_users(const struct rig *rig, const char *text)
{
	assert_int_equal(server_state_replace(rig->directory, "users", text,
					 strlen(text)),
			0);
}

static inline void turn(struct rig *rig)
{
	while (sd_event_run(rig->event, 0) > 0)
		;
}
