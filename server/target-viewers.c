/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

#include <errno.h>
#include <string.h>

#include "core/log.h"
#include "server/certificates.h"
#include "server/secret.h"

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

static void on_left(void *context, vnc_viewer_id viewer, const char *why)
{
	struct server_target *target = context;

	(void)why;
	server_turn_leave(target->turn, viewer);
}

static void on_watched(void *context, bool watched)
{
	server_target_set_watched(context, watched);
}

static const struct vnc_server_handler vnc_handler = {
		.watched = on_watched,
		.key = on_key,
		.pointer = on_pointer,
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

int server_target_create_vnc(struct server_target *target, int listen_fd)
{
	const struct config_vnc *config = &target->config->vnc;
	struct vnc_server_options options = {
			.name = target->config->name,
			.listen = config->listen,
			.listen_fd = listen_fd,
			.security = vnc_security(config->security),
			.viewers_max = config->viewers_max,
			.tls = target->shared->tls,
			.doorkeeper = target->shared->doorkeeper,
	};
	int rc = read_password(target->config, options.password);

	if (rc == 0 && server_certificates_are_for(target->config) &&
			!net_tls_has_certificate(target->shared->tls))
		rc = -ENOKEY;
	if (rc == 0)
		rc = vnc_server_create(&target->vnc, target->shared->event,
				target->shared->workers,
				target->shared->library, target->screen,
				&options, &vnc_handler, target);
	explicit_bzero(options.password, sizeof(options.password));
	return rc;
}

void server_target_reload_password(struct server_target *target)
{
	char password[VNC_PASSWORD_BYTES] = {0};

	if (target->config->vnc.password_file &&
			read_password(target->config, password) == 0)
		vnc_server_set_password(target->vnc, password);
	explicit_bzero(password, sizeof(password));
}
