/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

#include <errno.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/certificates.h"
#include "server/secret.h"
#include "server/sharing.h"

static void on_key(
		void *context, vnc_viewer_id viewer, const struct vnc_key *key)
{
	struct server_target *target = context;

	server_typist_key(target->typist, viewer, key);
}

static void on_pointer(void *context, vnc_viewer_id viewer,
		const struct vnc_pointer *pointer)
{
	struct server_target *target = context;

	server_typist_point(target->typist, viewer, pointer);
}

static void on_cut_text(void *context, vnc_viewer_id viewer,
		const uint8_t *bytes, size_t size)
{
	struct server_target *target = context;

	server_clipboard_take(&target->clipboard, viewer, bytes, size);
}

struct server_session *server_target_find_session(
		const struct server_target *target, vnc_viewer_id viewer)
{
	return server_session_find(target->shared->access->sessions,
			&target->place, viewer);
}

static void on_login(void *context, vnc_viewer_id viewer,
		const struct vnc_login *login)
{
	struct server_target *target = context;

	server_login_ask(target->login, viewer, login);
}

static void answer_login(void *context, vnc_viewer_id viewer,
		const struct server_login_refusal *refused)
{
	struct server_target *target = context;
	const char *refusal = refused ? refused->words : NULL;

	if (!refused)
		refusal = server_sharing_refuse(
				target->shared->access->sessions,
				server_target_find_session(target, viewer),
				target->config->vnc.shared);
	vnc_server_answer_login(target->vnc, viewer, refusal);
}

static void on_joined(void *context, vnc_viewer_id viewer, bool alone)
{
	struct server_target *target = context;
	struct server_session *session =
			server_target_find_session(target, viewer);

	server_session_join(session);
	server_target_say_changed(target);
	server_limits_watch(target->limits);
	server_sharing_apply(target->shared->access->sessions, session,
			target->config->vnc.shared, alone);
}

static bool on_may(
		void *context, vnc_viewer_id viewer, enum vnc_message_kind kind)
{
	return server_session_may(
			server_target_find_session(context, viewer), kind);
}

static void on_left(void *context, vnc_viewer_id viewer, const char *why)
{
	struct server_target *target = context;

	server_clipboard_leave(&target->clipboard, viewer);
	server_login_leave(target->login, viewer);
	server_turn_leave(target->turn, viewer);
	server_target_say_changed(target);
	server_session_end(server_target_find_session(target, viewer), why);
}

/* Of a session: whose it is has to go. */
static void close_viewer(void *context, vnc_viewer_id viewer, const char *why)
{
	struct server_target *target = context;

	vnc_server_close_viewer(target->vnc, viewer, why);
}

static void on_watched(void *context, bool watched)
{
	server_target_set_viewed(context, watched);
}

static const struct vnc_server_handler vnc_handler = {
		.watched = on_watched,
		.login = on_login,
		.joined = on_joined,
		.may = on_may,
		.key = on_key,
		.pointer = on_pointer,
		.cut_text = on_cut_text,
		.left = on_left,
};

static int read_password(const struct config_target *config,
		char password[VNC_PASSWORD_BYTES])
{
	char why[SERVER_SECRET_WHY_BYTES];
	int rc;

	if (!config->vnc.password_file)
		return 0;
	rc = server_secret_read(config->vnc.password_file, password,
			VNC_PASSWORD_BYTES, why);
	if (rc < 0)
		log_error("%s: %s: %s", config->name, config->vnc.password_file,
				why);
	return rc;
}

static enum server_role password_role(enum config_role role)
{
	static const enum server_role roles[] = {
			[CONFIG_ROLE_VIEWER] = SERVER_ROLE_VIEWER,
			[CONFIG_ROLE_OPERATOR] = SERVER_ROLE_OPERATOR,
			[CONFIG_ROLE_ADMIN] = SERVER_ROLE_ADMIN,
	};

	return roles[role];
}

static unsigned vnc_security(unsigned config)
{
	static const struct {
		enum config_security config;
		enum vnc_security vnc;
	} map[] = {
			{CONFIG_SECURITY_X509PLAIN, VNC_SECURITY_X509PLAIN},
			{CONFIG_SECURITY_X509VNC, VNC_SECURITY_X509VNC},
			{CONFIG_SECURITY_TLSPLAIN, VNC_SECURITY_TLSPLAIN},
			{CONFIG_SECURITY_TLSVNC, VNC_SECURITY_TLSVNC},
			{CONFIG_SECURITY_VNCAUTH, VNC_SECURITY_VNCAUTH},
			{CONFIG_SECURITY_PLAIN, VNC_SECURITY_PLAIN},
			{CONFIG_SECURITY_NONE, VNC_SECURITY_NONE},
	};
	unsigned security = 0;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (config & map[i].config)
			security |= map[i].vnc;
	return security;
}

static int create_vnc(struct server_target *target, int listen_fd)
{
	const struct config_vnc *config = &target->config->vnc;
	struct vnc_server_options options = {
			.name = target->config->name,
			.listen = config->listen,
			.listen_fd = listen_fd,
			.security = vnc_security(config->security),
			.viewers_max = config->viewers_max,
			.handshake_us = config->login_limit_s * CLOCK_US_PER_S,
			.tls = target->shared->tls,
			.doorkeeper = target->shared->access->doorkeeper,
	};
	int rc;

	if (server_certificates_are_for(target->config) &&
			!net_tls_has_certificate(target->shared->tls))
		return -ENOKEY;
	memcpy(options.password, target->password, sizeof(options.password));
	rc = vnc_server_create(&target->vnc, target->shared->event,
			target->shared->workers, target->shared->library,
			target->screen, &options, &vnc_handler, target);
	explicit_bzero(options.password, sizeof(options.password));
	return rc;
}

static int create_login(struct server_target *target)
{
	const struct server_access *access = target->shared->access;
	const struct config_vnc *config = &target->config->vnc;
	const struct server_login_parts parts = {
			.doorkeeper = access->doorkeeper,
			.users = access->users,
			.passwords = access->passwords,
			.audit = access->audit,
			.sessions = access->sessions,
			.now_us = clock_now_us,
	};
	const struct server_login_options options = {
			.place = &target->place,
			.password_role = password_role(config->password_role),
			.has_password = config->password_file != NULL,
			.answer = answer_login,
			.context = target,
	};

	return server_login_create(&target->login, &parts, &options);
}

static int create_limits(struct server_target *target)
{
	const struct config_vnc *config = &target->config->vnc;

	return server_limits_create(&target->limits, target->shared->event,
			target->shared->access->sessions, &target->place,
			config->idle_limit_s * CLOCK_US_PER_S,
			config->session_limit_s * CLOCK_US_PER_S);
}

int server_target_adopt(struct server_target *target, struct net_stream *stream,
		const struct core_address *peer, uint64_t session)
{
	vnc_viewer_id viewer;

	return vnc_server_adopt(target->vnc, stream, peer, session, &viewer);
}

int server_target_create_viewers(struct server_target *target, int listen_fd)
{
	int rc;

	target->place = (struct server_session_place){
			.target = target->config->name,
			.close = close_viewer,
			.context = target,
	};
	rc = read_password(target->config, target->password);
	if (rc == 0)
		rc = create_login(target);
	if (rc == 0)
		rc = create_limits(target);
	if (rc == 0)
		rc = create_vnc(target, listen_fd);
	return rc;
}

/* The server says goodbye to nobody, and to nobody of whom. */
void server_target_destroy_viewers(struct server_target *target)
{
	vnc_server_destroy(target->vnc);
	target->vnc = NULL; /* other parts still call back */
	server_login_destroy(target->login);
	server_limits_destroy(target->limits);
	server_session_end_place(target->shared->access->sessions,
			&target->place, "the target is not served any more");
	explicit_bzero(target->password, sizeof(target->password));
}

void server_target_reload_viewers(struct server_target *target)
{
	char password[VNC_PASSWORD_BYTES] = {0};

	target->place.target = target->config->name;
	if (target->config->vnc.password_file &&
			read_password(target->config, password) == 0 &&
			memcmp(password, target->password, sizeof(password)) !=
					0) {
		memcpy(target->password, password, sizeof(password));
		vnc_server_set_password(target->vnc, password);
		server_session_close_password(target->shared->access->sessions,
				&target->place);
	}
	explicit_bzero(password, sizeof(password));
}
