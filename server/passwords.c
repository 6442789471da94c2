/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/passwords.h"

#include <assert.h>
#include <errno.h>
#include <nettle/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/random.h>
#include <time.h>

#include "core/log.h"
#include "core/workers.h"
#include "net/source.h"
#include "server/used-codes.h"
#include "server/users-table.h"

#define KEY_BYTES 32

/* Which hash an unknown user costs where there is none; nobody's password. */
static const struct server_user nobody = {
		.hash = "$y$jAT$PKTgz1fK9f8m3O1.wYkEc1$NU2Ph3PoBVI0HDhC5x8cKTN7X9h1Tq6CRvUYS4n5hx.",
};

/* Of the same length as those that server_totp_make makes. */
static const char dummy_secret[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct server_password_check {
	struct core_job job; /* the first member */
	struct server_passwords *passwords;
	struct net_source source;
	bool known;
	struct server_user user; /* one that stands in for it, if not known */
	char password[SERVER_PASSWORD_MAX_BYTES + SERVER_TOTP_DIGITS + 1];
	bool right;
	void (*done)(void *context, bool right); /* NULL: nobody cares */
	void *context;
	TAILQ_ENTRY(server_password_check) in_passwords;
};

/* When a check of a source was begun: the how-manieth of all it was. */
struct look {
	struct net_source source;
	uint64_t number; /* 0: nobody's */
};

struct server_passwords {
	struct core_workers *workers;
	const struct server_users *users;
	/* The worker's alone once it runs; NULL: nobody gets in with TOTP. */
	struct server_used_codes *used_codes;
	uint64_t (*now_s)(void *context);
	void *context;
	uint8_t key[KEY_BYTES]; /* which user stands in for whom */
	struct server_password_check *running; /* with the worker, or NULL */
	TAILQ_HEAD(, server_password_check) waiting; /* the newest first */
	uint64_t looks_n;                            /* ever */
	struct look looks[SERVER_PASSWORDS_MAX]; /* the last of each source */
};

/* ---- on the worker ------------------------------------------------------- */

/* The last digits of a password that is long enough; always as much work. */
static void take_code(const struct server_user *user, char *password,
		char code[SERVER_TOTP_DIGITS + 1])
{
	size_t length = strlen(password);

	memset(code, ' ', SERVER_TOTP_DIGITS);
	code[SERVER_TOTP_DIGITS] = '\0';
	if (length < SERVER_TOTP_DIGITS)
		return;
	length -= SERVER_TOTP_DIGITS;
	memcpy(code, password + length, SERVER_TOTP_DIGITS);
	if (user->totp[0])
		password[length] = '\0';
}

/* The password was right, so whoever it is may learn what else is wrong. */
static bool use_up(struct server_password_check *check, uint64_t step,
		uint64_t now_s)
{
	struct server_used_codes *codes = check->passwords->used_codes;
	int rc;

	if (step == 0) {
		server_totp_log_wrong(check->user.name, now_s);
		return false;
	}
	rc = codes ? server_used_codes_burn(codes, check->user.generation, step)
		   : -EIO;
	if (rc == -EALREADY)
		log_warning("user %s: this one-time code was used before; wait for the next",
				check->user.name);
	else if (rc < 0)
		log_error("user %s: no login with TOTP, since used codes cannot be kept",
				check->user.name);
	return rc == 0;
}

/*
 * The same for whoever it is: the hash, and a code as well. Only who has the
 * right password goes further.
 */
static void run(struct core_job *job)
{
	struct server_password_check *check =
			(struct server_password_check *)job;
	const struct server_user *user = &check->user;
	uint64_t now_s = check->passwords->now_s(check->passwords->context);
	char code[SERVER_TOTP_DIGITS + 1];
	uint64_t step;
	int rc;

	take_code(user, check->password, code);
	step = server_totp_check(
			user->totp[0] ? user->totp : dummy_secret, code, now_s);
	rc = server_hash_check(user->hash, check->password, &check->right);
	if (rc < 0)
		log_error_errno(rc, "a password cannot be looked at");
	check->right &= check->known;
	if (check->right && user->totp[0])
		check->right = use_up(check, step, now_s);
	explicit_bzero(check->password, sizeof(check->password));
	explicit_bzero(code, sizeof(code));
}

/* ---- on the loop --------------------------------------------------------- */

static void forget(struct server_password_check *check)
{
	explicit_bzero(check, sizeof(*check));
	free(check);
}

/* Of that source, or the one that is the oldest of all. */
static struct look *find_look(struct server_passwords *passwords,
		const struct net_source *source)
{
	struct look *oldest = &passwords->looks[0];

	for (size_t i = 0; i < SERVER_PASSWORDS_MAX; i++) {
		struct look *look = &passwords->looks[i];

		if (net_source_equal(&look->source, source))
			return look;
		if (look->number < oldest->number)
			oldest = look;
	}
	oldest->source = *source;
	oldest->number = 0;
	return oldest;
}

/* The last check of that source that was begun; 0: none, or it is long ago. */
static uint64_t last_look(const struct server_passwords *passwords,
		const struct net_source *source)
{
	for (size_t i = 0; i < SERVER_PASSWORDS_MAX; i++)
		if (net_source_equal(&passwords->looks[i].source, source))
			return passwords->looks[i].number;
	return 0;
}

/*
 * Whose turn was longest ago goes first: a few sources that come again and
 * again keep nobody out, not even if they leave each time before they are
 * answered, which is held against nobody. Among those the newest: who is here
 * among a thousand that guess gets in, while the oldest of a long queue have no
 * time left in any case.
 */
static struct server_password_check *choose(
		const struct server_passwords *passwords)
{
	struct server_password_check *chosen = NULL, *check;
	uint64_t least = 0;

	TAILQ_FOREACH(check, &passwords->waiting, in_passwords)
	{
		uint64_t number = last_look(passwords, &check->source);

		if (chosen && number >= least)
			continue;
		chosen = check;
		least = number;
	}
	return chosen;
}

static void run_next(struct server_passwords *passwords)
{
	struct server_password_check *check;

	if (passwords->running)
		return;
	check = choose(passwords);
	if (!check)
		return;
	find_look(passwords, &check->source)->number = ++passwords->looks_n;
	TAILQ_REMOVE(&passwords->waiting, check, in_passwords);
	passwords->running = check;
	core_workers_submit(passwords->workers, &check->job);
}

static void on_done(struct core_job *job)
{
	struct server_password_check *check =
			(struct server_password_check *)job;
	struct server_passwords *passwords = check->passwords;
	void (*done)(void *context, bool right) = check->done;
	void *context = check->context;
	bool right = check->right;

	forget(check);
	passwords->running = NULL;
	run_next(passwords);
	if (done)
		done(context, right);
}

/* Whether the source, or all, have as many under way as they may. */
static bool is_busy(const struct server_passwords *passwords,
		const struct net_source *source)
{
	const struct server_password_check *check = passwords->running;
	size_t all = check ? 1 : 0;
	size_t same = check && net_source_equal(&check->source, source);

	TAILQ_FOREACH(check, &passwords->waiting, in_passwords)
	{
		all++;
		same += net_source_equal(&check->source, source);
	}
	return all >= SERVER_PASSWORDS_MAX ||
			same >= SERVER_PASSWORDS_WAITING_MAX;
}

/*
 * An unknown name costs what some user costs, always the same one: so names
 * that are cheap to look at are no more often known than others.
 */
static const struct server_user *find_stand_in(
		const struct server_passwords *passwords, const char *name)
{
	size_t users_n = server_users_count(passwords->users);
	struct hmac_sha256_ctx hmac;
	uint64_t number;

	if (users_n == 0)
		return &nobody;
	hmac_sha256_set_key(&hmac, KEY_BYTES, passwords->key);
	hmac_sha256_update(&hmac, strlen(name), (const uint8_t *)name);
	hmac_sha256_digest(&hmac, sizeof(number), (uint8_t *)&number);
	return server_users_get(passwords->users, number % users_n);
}

static void fill(struct server_password_check *check, const char *name,
		const char *password)
{
	const struct server_users *users = check->passwords->users;
	const struct server_user *user = server_users_find(users, name);
	const struct server_user *stand_in =
			find_stand_in(check->passwords, name);
	size_t length = strnlen(password, sizeof(check->password));

	check->known = user && length < sizeof(check->password);
	check->user = *(user ? user : stand_in);
	if (length == sizeof(check->password))
		length--;
	memcpy(check->password, password, length);
}

int server_passwords_check(struct server_password_check **out,
		struct server_passwords *passwords,
		const struct core_address *source, const char *name,
		const char *password, void (*done)(void *context, bool right),
		void *context)
{
	struct net_source from = net_source_of(source);
	struct server_password_check *check;

	*out = NULL;
	if (is_busy(passwords, &from))
		return -EBUSY;
	check = calloc(1, sizeof(*check));
	if (!check)
		return -ENOMEM;
	check->passwords = passwords;
	check->source = from;
	check->done = done;
	check->context = context;
	check->job.run = run;
	check->job.done = on_done;
	fill(check, name, password);
	TAILQ_INSERT_HEAD(&passwords->waiting, check, in_passwords);
	run_next(passwords);
	*out = check;
	return 0;
}

/* What is being looked at keeps its place until then: that is what it costs. */
void server_password_check_cancel(struct server_password_check *check)
{
	if (!check)
		return;
	check->done = NULL;
	if (check == check->passwords->running)
		return;
	TAILQ_REMOVE(&check->passwords->waiting, check, in_passwords);
	forget(check);
}

/* ---- life ---------------------------------------------------------------- */

int server_passwords_create_with_clock(struct server_passwords **out,
		sd_event *event, const struct server_users *users,
		const char *directory, uint64_t (*now_s)(void *context),
		void *context)
{
	struct server_passwords *passwords = calloc(1, sizeof(*passwords));
	int rc;

	*out = NULL;
	if (!passwords)
		return -ENOMEM;
	TAILQ_INIT(&passwords->waiting);
	passwords->users = users;
	passwords->now_s = now_s;
	passwords->context = context;
	if (getrandom(passwords->key, KEY_BYTES, 0) != KEY_BYTES) {
		rc = -EIO;
		goto fail;
	}
	rc = server_used_codes_create(&passwords->used_codes, directory);
	if (rc == -ENOMEM)
		goto fail;
	rc = core_workers_create(&passwords->workers, event, 1);
	if (rc < 0)
		goto fail;
	*out = passwords;
	return 0;

fail:
	server_passwords_destroy(passwords);
	return rc;
}

static uint64_t read_clock(void *context)
{
	(void)context;
	return (uint64_t)time(NULL);
}

int server_passwords_create(struct server_passwords **out, sd_event *event,
		const struct server_users *users, const char *directory)
{
	return server_passwords_create_with_clock(
			out, event, users, directory, read_clock, NULL);
}

void server_passwords_destroy(struct server_passwords *passwords)
{
	struct server_password_check *check;

	if (!passwords)
		return;
	while ((check = TAILQ_FIRST(&passwords->waiting)))
		server_password_check_cancel(check);
	server_password_check_cancel(passwords->running);
	core_workers_destroy(passwords->workers);
	server_used_codes_destroy(passwords->used_codes);
	explicit_bzero(passwords, sizeof(*passwords));
	free(passwords);
}
