/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/web-logins.h"

#include <assert.h>
#include <errno.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/min-max.h"
#include "server/users-table.h"
#include "vnc/viewer.h"

#define WHY_BYTES 192
#define GUESSES_MAX SERVER_PASSWORDS_MAX

/* One that is being looked at. */
struct guess {
	vnc_viewer_id number; /* 0: the place is free */
	server_web_login_done *done;
	void *context;
};

struct entry {
	struct server_web_login login; /* first: one is the other */
	vnc_viewer_id number;          /* 0: the place is free */
	bool closed;                   /* is over, and ends in the next turn */
	uint8_t hash[SHA256_DIGEST_SIZE];
	struct server_grants grants; /* as it logged in with */
	char why[WHY_BYTES];         /* it ends */
};

struct server_web_logins {
	struct server_login_parts parts;
	void (*ended)(void *context, uint64_t session);
	void *context;
	struct server_session_place place;
	struct server_login *asking;
	sd_event_source *sweep; /* on: something has closed */
	sd_event_source *timer; /* of whose time is over first */
	vnc_viewer_id last_number;
	struct guess guesses[GUESSES_MAX];
	struct entry entries[SERVER_WEB_LOGINS_MAX];
};

/* ---- how long --------------------------------------------------------------
 */

/* Input to a target that was opened with it counts for it, too. */
static uint64_t end_us(const struct server_web_login *login)
{
	return core_min_u64(login->session->input_us + SERVER_WEB_LOGIN_IDLE_US,
			login->session->login_us + SERVER_WEB_LOGIN_US);
}

uint64_t server_web_login_left_us(const struct server_web_logins *logins,
		const struct server_web_login *login)
{
	uint64_t now_us = logins->parts.now_us();
	uint64_t due_us = end_us(login);

	return due_us > now_us ? due_us - now_us : 0;
}

static void set_timer(struct server_web_logins *logins)
{
	uint64_t due_us = UINT64_MAX;

	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++)
		if (logins->entries[i].number && !logins->entries[i].closed)
			due_us = core_min_u64(due_us,
					end_us(&logins->entries[i].login));
	sd_event_source_set_enabled(logins->timer,
			due_us == UINT64_MAX ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
	if (due_us != UINT64_MAX)
		sd_event_source_set_time(logins->timer, due_us);
}

/* ---- how it ends ----------------------------------------------------------
 */

static void close_entry(struct server_web_logins *logins, struct entry *entry)
{
	if (entry->closed)
		return;
	entry->closed = true;
	explicit_bzero(entry->hash, sizeof(entry->hash));
	sd_event_source_set_enabled(logins->sweep, SD_EVENT_ONESHOT);
	if (logins->ended)
		logins->ended(logins->context, entry->login.session->id);
}

/* Of the session, which is being walked over, maybe. */
static void on_close(void *context, vnc_viewer_id viewer, const char *why)
{
	struct server_web_logins *logins = context;

	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++)
		if (logins->entries[i].number == viewer) {
			snprintf(logins->entries[i].why, WHY_BYTES, "%s", why);
			close_entry(logins, &logins->entries[i]);
		}
}

static void free_entry(struct entry *entry)
{
	server_session_end(entry->login.session, entry->why);
	explicit_bzero(entry, sizeof(*entry));
}

static int on_sweep(sd_event_source *source, void *userdata)
{
	struct server_web_logins *logins = userdata;

	(void)source;
	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++)
		if (logins->entries[i].closed)
			free_entry(&logins->entries[i]);
	set_timer(logins);
	return 0;
}

void server_web_login_end(struct server_web_logins *logins,
		struct server_web_login *login, const char *why)
{
	(void)logins;
	server_session_close(login->session, why);
}

/* Both of them, by a clock that nobody can set. */
static void end_what_is_over(struct server_web_logins *logins)
{
	uint64_t now_us = logins->parts.now_us();

	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++) {
		struct entry *entry = &logins->entries[i];

		if (!entry->number || entry->closed ||
				now_us < end_us(&entry->login))
			continue;
		server_web_login_end(logins, &entry->login,
				now_us < entry->login.session->login_us + SERVER_WEB_LOGIN_US
						? "nobody did anything for 30 minutes"
						: "its 12 hours are over");
	}
}

static int on_time(sd_event_source *source, uint64_t due_us, void *userdata)
{
	struct server_web_logins *logins = userdata;

	(void)source;
	(void)due_us;
	end_what_is_over(logins);
	set_timer(logins);
	return 0;
}

void server_web_logins_review(struct server_web_logins *logins)
{
	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++) {
		struct entry *entry = &logins->entries[i];
		const struct server_user *user;

		if (!entry->number || entry->closed)
			continue;
		user = server_users_find(logins->parts.users,
				entry->login.session->user);
		if (user &&
				memcmp(&user->grants, &entry->grants,
						sizeof(entry->grants)) != 0)
			server_web_login_end(logins, &entry->login,
					"this user's role was changed");
	}
}

/* ---- how it begins --------------------------------------------------------
 */

static struct entry *find_free(struct server_web_logins *logins)
{
	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++)
		if (!logins->entries[i].number)
			return &logins->entries[i];
	return NULL;
}

/*
 * Who logs in again and again, as programs do that should have a token, loses
 * the oldest of its own, so that it keeps nobody else out.
 */
static void make_room(struct server_web_logins *logins, const char *user)
{
	struct entry *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++) {
		struct entry *entry = &logins->entries[i];

		if (!entry->number || entry->closed ||
				strcmp(entry->login.session->user, user) != 0)
			continue;
		n++;
		if (!oldest ||
				entry->login.session->input_us <
						oldest->login.session->input_us)
			oldest = entry;
	}
	if (n > SERVER_WEB_LOGINS_PER_USER_MAX)
		server_web_login_end(logins, &oldest->login,
				"this user logged in too often since");
}

static int fill_entry(struct server_web_logins *logins, struct entry *entry,
		struct server_session *session,
		char cookie[SERVER_BEARER_BYTES])
{
	const struct server_user *user =
			server_users_find(logins->parts.users, session->user);
	int rc = server_bearer_make(cookie);

	if (rc == 0)
		rc = server_bearer_make(entry->login.csrf);
	if (rc < 0 || !user)
		return rc < 0 ? rc : -ENOENT;
	server_bearer_hash(cookie, entry->hash);
	entry->number = session->viewer;
	entry->grants = user->grants;
	entry->login.session = session;
	set_timer(logins);
	return 0;
}

static struct guess take_guess(
		struct server_web_logins *logins, vnc_viewer_id number)
{
	struct guess guess;
	size_t i = 0;

	while (logins->guesses[i].number != number) {
		i++;
		assert(i < GUESSES_MAX); /* only who was asked answers */
	}
	guess = logins->guesses[i];
	logins->guesses[i].number = 0;
	return guess;
}

static const struct server_login_refusal full = {SERVER_LOGIN_BUSY,
		.words = "Too many are logged in: try again later"};

static void on_answer(void *context, vnc_viewer_id viewer,
		const struct server_login_refusal *refusal)
{
	struct server_web_logins *logins = context;
	struct guess guess = take_guess(logins, viewer);
	char cookie[SERVER_BEARER_BYTES];
	struct server_session *session;
	struct entry *entry;

	if (refusal) {
		guess.done(guess.context, NULL, NULL, refusal);
		return;
	}
	session = server_session_find(
			logins->parts.sessions, &logins->place, viewer);
	entry = find_free(logins);
	if (!entry || fill_entry(logins, entry, session, cookie) < 0) {
		server_session_end(session, full.words);
		guess.done(guess.context, NULL, NULL, &full);
		return;
	}
	server_session_join(session);
	make_room(logins, session->user);
	guess.done(guess.context, &entry->login, cookie, NULL);
	explicit_bzero(cookie, sizeof(cookie));
}

void server_web_login_ask(struct server_web_logins *logins,
		const struct core_address *peer, const char *user,
		const char *password, server_web_login_done *done,
		void *context)
{
	const struct vnc_login proof = {
			.peer = peer,
			.security = "https",
			.proof = VNC_PROOF_USER,
			.user = user,
			.secret = password,
	};
	struct guess *guess = NULL;

	for (size_t i = 0; i < GUESSES_MAX && !guess; i++)
		if (!logins->guesses[i].number)
			guess = &logins->guesses[i];
	if (!guess) {
		done(context, NULL, NULL, &full);
		return;
	}
	*guess = (struct guess){++logins->last_number, done, context};
	server_login_ask(logins->asking, guess->number, &proof);
}

/* ---- who is it ------------------------------------------------------------
 */

/* All are looked at, whichever it is: the time tells nothing. */
struct server_web_login *server_web_login_find(
		struct server_web_logins *logins, const char *cookie)
{
	uint8_t hash[SHA256_DIGEST_SIZE];
	struct entry *found = NULL;

	server_bearer_hash(cookie, hash);
	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++)
		if (logins->entries[i].number && !logins->entries[i].closed &&
				memeql_sec(hash, logins->entries[i].hash,
						sizeof(hash)))
			found = &logins->entries[i];
	if (!found || server_web_login_left_us(logins, &found->login) == 0)
		return NULL;
	return &found->login;
}

struct server_web_login *server_web_login_find_session(
		struct server_web_logins *logins, uint64_t session)
{
	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++)
		if (logins->entries[i].number && !logins->entries[i].closed &&
				logins->entries[i].login.session->id == session)
			return &logins->entries[i].login;
	return NULL;
}

void server_web_login_touch(struct server_web_logins *logins,
		struct server_web_login *login)
{
	login->session->input_us = logins->parts.now_us();
}

bool server_web_login_get_caller(const struct server_web_logins *logins,
		const struct server_web_login *login,
		const struct core_address *peer, struct server_caller *caller)
{
	const struct server_user *user = server_users_find(
			logins->parts.users, login->session->user);

	if (!user)
		return false;
	*caller = (struct server_caller){
			.kind = SERVER_CALLER_SESSION,
			.session = login->session->id,
			.address = *peer,
			.grants = user->grants,
	};
	snprintf(caller->name, sizeof(caller->name), "%s",
			login->session->user);
	vnc_viewer_describe_peer(peer, caller->peer);
	return true;
}

/* ---- life -----------------------------------------------------------------
 */

static int create_asking(struct server_web_logins *logins)
{
	const struct server_login_options options = {
			.place = &logins->place,
			.answer = on_answer,
			.context = logins,
	};

	return server_login_create(&logins->asking, &logins->parts, &options);
}

int server_web_logins_create(struct server_web_logins **out, sd_event *event,
		const struct server_login_parts *parts)
{
	struct server_web_logins *logins = calloc(1, sizeof(*logins));
	int rc;

	*out = NULL;
	if (!logins)
		return -ENOMEM;
	logins->parts = *parts;
	logins->place.close = on_close;
	logins->place.context = logins;
	rc = create_asking(logins);
	if (rc < 0)
		goto fail;
	rc = sd_event_add_defer(event, &logins->sweep, on_sweep, logins);
	if (rc < 0)
		goto fail;
	sd_event_source_set_enabled(logins->sweep, SD_EVENT_OFF);
	rc = sd_event_add_time(event, &logins->timer, CLOCK_MONOTONIC, 0, 0,
			on_time, logins);
	if (rc < 0)
		goto fail;
	set_timer(logins);
	*out = logins;
	return 0;

fail:
	server_web_logins_destroy(logins);
	return rc;
}

void server_web_logins_destroy(struct server_web_logins *logins)
{
	if (!logins)
		return;
	server_login_destroy(logins->asking);
	for (size_t i = 0; i < SERVER_WEB_LOGINS_MAX; i++)
		if (logins->entries[i].number)
			server_session_end(logins->entries[i].login.session,
					"rackhandd stops");
	sd_event_source_disable_unref(logins->sweep);
	sd_event_source_disable_unref(logins->timer);
	explicit_bzero(logins, sizeof(*logins));
	free(logins);
}

void server_web_logins_set_ended(struct server_web_logins *logins,
		void (*ended)(void *context, uint64_t session), void *context)
{
	logins->ended = ended;
	logins->context = context;
}
