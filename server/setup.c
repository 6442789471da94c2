/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/setup.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <liboath/oath.h>
#include <limits.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/workers.h"
#include "server/api.h"
#include "server/hash.h"
#include "server/password-rules.h"
#include "server/passwords.h"
#include "server/state.h"
#include "server/users-file.h"

#define CODE_RANDOM_BYTES 10
#define CODE_CHARACTERS 16
#define GROUP_CHARACTERS 4
#define TEXT_BYTES 512

/* The first user, on its way into the file. */
struct first_user {
	struct core_job job; /* the first member */
	struct server_setup *setup;
	struct server_api_call *call;
	struct server_user user;
	char password[SERVER_PASSWORD_MAX_BYTES + 1]; /* "": it is hashed */
	int rc;
	char why[SERVER_USERS_FILE_WHY_BYTES];
};

struct server_setup {
	struct server_setup_options options;
	char *directory;
	char *issue; /* NULL: no console */
	struct core_workers *workers;
	sd_event_source *end; /* of the code's time */
	uint64_t end_us;
	unsigned tries_left;            /* 0: no more codes until a restart */
	char code[CODE_CHARACTERS + 1]; /* "": there is none */
	bool wanted;
	bool busy; /* a first user is being written */
};

/* ---- the code, and who shows it ------------------------------------------ */

static int make_code(char code[CODE_CHARACTERS + 1])
{
	char bytes[CODE_RANDOM_BYTES];
	char *text;
	size_t length;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -EIO;
	if (oath_base32_encode(bytes, sizeof(bytes), &text, &length) != OATH_OK)
		return -ENOMEM;
	assert(length == CODE_CHARACTERS);
	memcpy(code, text, CODE_CHARACTERS);
	code[CODE_CHARACTERS] = '\0';
	explicit_bzero(text, length);
	free(text);
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

/* "ABCDEFGH..." as "ABCD-EFGH-...", which people can read and type. */
static void group_code(const char *code, char text[SERVER_SETUP_CODE_BYTES])
{
	for (size_t i = 0; code[i]; i++) {
		if (i > 0 && i % GROUP_CHARACTERS == 0)
			*text++ = '-';
		*text++ = code[i];
	}
	*text = '\0';
}

/* Between newlines, since it stands among other text on the console. */
static size_t format_notice(const char *grouped, char text[TEXT_BYTES])
{
	return (size_t)snprintf(text, TEXT_BYTES,
			"\nrackhand has no users yet. Its page in a browser, or \"rackhand setup NAME\", makes\n"
			"the first, and asks for this code, good for 30 minutes after rackhandd started:\n"
			"\n    %s\n\n",
			grouped);
}

/* In the runtime directory, which no other program writes to. */
static int write_issue(const char *path, const char *text, size_t length)
{
	int fd = open(path,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int rc = 0;

	if (fd == -1)
		return -errno;
	if (write(fd, text, length) != (ssize_t)length)
		rc = -EIO;
	close(fd);
	return rc;
}

static void show_code(const struct server_setup *setup)
{
	char grouped[SERVER_SETUP_CODE_BYTES + 1];
	char text[TEXT_BYTES];
	size_t length;
	int rc;

	group_code(setup->code, grouped);
	length = format_notice(grouped, text);
	if (setup->issue) {
		rc = write_issue(setup->issue, text, length);
		if (rc < 0)
			log_warning_errno(rc,
					"%s: the console cannot show the setup code",
					setup->issue);
	}
	if (setup->options.terminal != -1 &&
			write(setup->options.terminal, text, length) == -1)
		log_warning_errno(-errno,
				"the terminal cannot show the setup code");
	strcat(grouped, "\n");
	rc = server_state_replace(setup->directory, SERVER_STATE_SETUP_CODE,
			grouped, strlen(grouped));
	if (rc < 0)
		log_warning_errno(rc,
				"%s/" SERVER_STATE_SETUP_CODE
				": cannot be written",
				setup->directory);
	else
		log_info("there are no users: \"rackhand setup NAME\" makes the first, with the code in %s/" SERVER_STATE_SETUP_CODE
			 " and on the console",
				setup->directory);
	explicit_bzero(grouped, sizeof(grouped));
	explicit_bzero(text, sizeof(text));
}

/* Also what an earlier daemon left, which had no time to. */
static void hide_code(struct server_setup *setup)
{
	char path[SERVER_STATE_PATH_BYTES];

	explicit_bzero(setup->code, sizeof(setup->code));
	if (server_state_format(path, setup->directory,
			    SERVER_STATE_SETUP_CODE) == 0)
		unlink(path);
	if (setup->issue)
		unlink(setup->issue);
	sd_event_source_set_enabled(setup->end, SD_EVENT_OFF);
}

/* ---- when there is one --------------------------------------------------- */

static bool is_over(const struct server_setup *setup)
{
	return setup->tries_left == 0 ||
			setup->options.now_us(setup->options.context) >=
			setup->end_us;
}

static int on_end(sd_event_source *source, uint64_t due_us, void *userdata)
{
	struct server_setup *setup = userdata;

	(void)source;
	(void)due_us;
	log_info("the setup code's time is over; restart rackhandd for a new one");
	setup->tries_left = 0;
	hide_code(setup);
	return 0;
}

static void offer(struct server_setup *setup)
{
	int rc = make_code(setup->code);

	if (rc < 0) {
		log_error_errno(rc, "no setup code could be made");
		return;
	}
	sd_event_source_set_enabled(setup->end, SD_EVENT_ONESHOT);
	show_code(setup);
}

void server_setup_review(struct server_setup *setup)
{
	const struct server_users *users = setup->options.users;
	bool needed = setup->wanted && server_users_count(users) == 0 &&
			!server_users_is_broken(users) && !is_over(setup);

	if (needed && setup->code[0] == '\0')
		offer(setup);
	else if (!needed && setup->code[0] != '\0')
		hide_code(setup);
}

void server_setup_want(struct server_setup *setup, bool wanted)
{
	setup->wanted = wanted;
	server_setup_review(setup);
}

/* ---- the first user ------------------------------------------------------ */

/* Into a file without users only: whoever came first is not pushed aside. */
static int add(struct first_user *first)
{
	struct server_users_file file;
	int rc = server_users_file_open(
			&file, first->setup->directory, first->why);

	if (rc < 0)
		return rc;
	if (file.table->users_n > 0) {
		snprintf(first->why, sizeof(first->why),
				"there are users already");
		rc = -EEXIST;
	} else {
		file.table->users[0] = first->user;
		file.table->users_n = 1;
		rc = server_users_file_store(&file, first->why);
	}
	server_users_file_close(&file);
	return rc;
}

static void run(struct core_job *job)
{
	struct first_user *first = (struct first_user *)job;

	first->rc = 0;
	if (first->password[0])
		first->rc = server_hash_make(first->user.hash, first->password,
				SERVER_HASH_COST);
	if (first->rc < 0)
		strcpy(first->why, "the password cannot be hashed");
	else
		first->rc = add(first);
}

static void audit(const struct server_setup *setup, const char *event,
		const char *user, const char *reason)
{
	server_audit_write(setup->options.audit, event,
			json_pack("{s:s*, s:s*}", "user", user, "reason",
					reason));
}

static void forget(struct first_user *first)
{
	explicit_bzero(first, sizeof(*first));
	free(first);
}

static void on_done(struct core_job *job)
{
	struct first_user *first = (struct first_user *)job;
	struct server_setup *setup = first->setup;

	setup->busy = false;
	if (first->rc == 0) {
		log_info("user %s is the first", first->user.name);
		audit(setup, "setup", first->user.name, NULL);
		setup->tries_left = 0;
		hide_code(setup);
		server_api_call_reply(first->call,
				json_pack("{s:s}", "name", first->user.name));
	} else {
		log_error("setup: %s", first->why);
		server_api_call_fail(first->call, 409, NULL, "%s", first->why);
	}
	forget(first);
}

/* ---- the control verb ---------------------------------------------------- */

/* Why no code is taken; NULL: one is. */
static const char *objection(const struct server_setup *setup)
{
	const struct server_users *users = setup->options.users;

	if (server_users_count(users) > 0)
		return "there are users already; \"rackhand user add NAME\" makes more";
	if (server_users_is_broken(users))
		return "there is a users file, but not a good one; the log says why";
	if (setup->busy)
		return "somebody else is just doing that";
	if (is_over(setup))
		return "the setup code is no longer good; restart rackhandd for a new one";
	if (setup->code[0] == '\0')
		return "no target lets in users";
	return NULL;
}

bool server_setup_is_open(const struct server_setup *setup)
{
	return !objection(setup);
}

/* As it is shown, in small letters, without dashes, with blanks: all the same.
 */
static bool is_code(const struct server_setup *setup, const char *text)
{
	char typed[CODE_CHARACTERS] = {0};
	size_t n = 0;
	bool same;

	for (; *text; text++) {
		if (*text == '-' || *text == ' ')
			continue;
		if (n < CODE_CHARACTERS)
			typed[n] = (char)toupper((unsigned char)*text);
		n++;
	}
	same = memeql_sec(typed, setup->code, CODE_CHARACTERS);
	explicit_bzero(typed, sizeof(typed));
	return same && n == CODE_CHARACTERS;
}

/* Only who is on this machine can use up the code. */
static void count_wrong_code(
		struct server_setup *setup, const struct server_caller *caller)
{
	audit(setup, "setup-failed", NULL, "wrong-code");
	if (caller->kind != SERVER_CALLER_LOCAL) {
		net_doorkeeper_count_failure(
				setup->options.doorkeeper, &caller->address);
		return;
	}
	setup->tries_left--;
	if (setup->tries_left > 0)
		return;
	log_warning("the setup code was wrong too often; restart rackhandd for a new one");
	hide_code(setup);
}

/* False: it is wrong, and the call has failed. */
static bool try_code(struct server_setup *setup, struct server_api_call *call,
		const char *code)
{
	if (is_code(setup, code))
		return true;
	count_wrong_code(setup, server_api_call_get_caller(call));
	server_api_call_fail(call, 403, NULL, "this is not the setup code%s",
			setup->tries_left > 0
					? ""
					: ", and it is no longer good; restart rackhandd for a new one");
	return false;
}

static const char *take_password(struct first_user *first, const char *password,
		char why[SERVER_USERS_WHY_BYTES])
{
	char host[HOST_NAME_MAX + 1] = "";

	gethostname(host, sizeof(host) - 1);
	if (server_password_check_rules(password, first->user.name, host, why) <
			0)
		return why;
	strcpy(first->password, password); /* the rules say how long */
	return NULL;
}

/* What is wrong with it, and how it would be right; NULL: nothing. */
static const char *take_user(struct first_user *first, const char *name,
		const char *hash, const char *password,
		char why[SERVER_USERS_WHY_BYTES])
{
	struct server_user *user = &first->user;

	if (server_user_check_name(name, why) < 0)
		return why;
	strcpy(user->name, name);
	if (password)
		return take_password(first, password, why);
	if (!server_hash_is_good(hash))
		return "this is no yescrypt hash";
	strcpy(user->hash, hash);
	return NULL;
}

static const char *take_rights(
		struct first_user *first, char why[SERVER_USERS_WHY_BYTES])
{
	if (server_grants_parse(&first->user.grants,
			    server_role_text(SERVER_ROLE_ADMIN), why) < 0)
		return why;
	return server_user_renew(&first->user) < 0 ? "no random numbers" : NULL;
}

static const char *text_of(
		const json_t *request, const char *member, const char *other)
{
	const char *text = json_string_value(json_object_get(request, member));

	return text ? text : json_string_value(json_object_get(request, other));
}

/* NULL: it may be tried, if the code is right. */
static const char *read_request(struct first_user *first, const json_t *request,
		char why[SERVER_USERS_WHY_BYTES])
{
	const char *name = text_of(request, "name", "user");
	const char *hash = json_string_value(json_object_get(request, "hash"));
	const char *password =
			json_string_value(json_object_get(request, "password"));
	const char *wrong;

	if (!name || (!hash && !password))
		return "setup wants name, code and hash or password, three strings";
	wrong = take_user(first, name, hash, password, why);
	return wrong ? wrong : take_rights(first, why);
}

static void make_user(struct server_setup *setup, const json_t *request,
		struct server_api_call *call, const char *code)
{
	char why[SERVER_USERS_WHY_BYTES];
	struct first_user *first = calloc(1, sizeof(*first));
	const char *wrong = "memory is short";

	if (first)
		wrong = read_request(first, request, why);
	if (wrong)
		server_api_call_fail(call, 422, NULL, "%s", wrong);
	if (wrong || !try_code(setup, call, code)) {
		if (first)
			forget(first);
		return;
	}
	first->setup = setup;
	first->call = call;
	first->rc = -ECANCELED; /* unless it is run */
	strcpy(first->why, "rackhandd stops");
	first->job.run = run;
	first->job.done = on_done;
	setup->busy = true;
	core_workers_submit(setup->workers, &first->job);
}

/* Whether it was, because its source has guessed too often. */
static bool refuse_waiting(
		struct server_setup *setup, struct server_api_call *call)
{
	const struct server_caller *caller = server_api_call_get_caller(call);
	uint64_t wait_us = 0;
	unsigned wait_s;

	if (caller->kind != SERVER_CALLER_LOCAL)
		wait_us = net_doorkeeper_get_wait_us(
				setup->options.doorkeeper, &caller->address);
	if (wait_us == 0)
		return false;
	wait_s = (unsigned)((wait_us + CLOCK_US_PER_S - 1) / CLOCK_US_PER_S);
	server_api_call_fail(call, 429,
			json_pack("{s:I}", "retry_s", (json_int_t)wait_s),
			"Too many failed logins from your address: wait %u s",
			wait_s);
	return true;
}

void server_setup_begin(struct server_setup *setup, const json_t *request,
		struct server_api_call *call)
{
	const char *code = json_string_value(json_object_get(request, "code"));
	const char *wrong = objection(setup);

	if (wrong)
		server_api_call_fail(call, 409, NULL, "%s", wrong);
	else if (!json_object_get(request, "code"))
		server_api_call_reply(call, json_object());
	else if (!code)
		server_api_call_fail(call, 422, NULL,
				"setup wants name, code and hash or password, three strings");
	else if (!refuse_waiting(setup, call))
		make_user(setup, request, call, code);
}

/* ---- life ---------------------------------------------------------------- */

int server_setup_create(struct server_setup **out, sd_event *event,
		const struct server_setup_options *options)
{
	struct server_setup *setup = calloc(1, sizeof(*setup));
	int rc = -ENOMEM;

	*out = NULL;
	if (!setup)
		return rc;
	setup->options = *options;
	setup->tries_left = SERVER_SETUP_TRIES;
	setup->end_us = options->now_us(options->context) +
			(options->valid_us ? options->valid_us
					   : SERVER_SETUP_VALID_US);
	setup->directory = strdup(options->directory);
	if (!setup->directory)
		goto fail;
	if (options->issue) {
		setup->issue = strdup(options->issue);
		if (!setup->issue)
			goto fail;
	}
	rc = sd_event_add_time(event, &setup->end, CLOCK_MONOTONIC,
			setup->end_us, 0, on_end, setup);
	if (rc < 0)
		goto fail;
	rc = core_workers_create(&setup->workers, event, 1);
	if (rc < 0)
		goto fail;
	hide_code(setup);
	*out = setup;
	return 0;

fail:
	server_setup_destroy(setup);
	return rc;
}

void server_setup_destroy(struct server_setup *setup)
{
	if (!setup)
		return;
	core_workers_destroy(setup->workers);
	if (setup->directory)
		hide_code(setup);
	sd_event_source_disable_unref(setup->end);
	free(setup->issue);
	free(setup->directory);
	explicit_bzero(setup, sizeof(*setup));
	free(setup);
}
