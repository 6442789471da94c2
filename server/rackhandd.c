/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The daemon: reads the configuration, serves its targets, answers on the
 * control socket. Everything happens on one loop; signals come to it too.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "config/config.h"
#include "core/log.h"
#include "server/api.h"
#include "server/certificates.h"
#include "server/check.h"
#include "server/control-api.h"
#include "server/daemon.h"
#include "server/loop.h"
#include "server/options.h"
#include "server/programs.h"
#include "server/state.h"
#include "server/web.h"
#include "vnc/fallback.h"

#define EXIT_FAILED 1

struct program {
	const char *config_path;
	const char *socket_path;
	const char *state_path; /* a directory; need not be there */
	sd_event *event;
	struct server_daemon *daemon;
	struct server_api *api;
	struct server_web *web;
	struct server_control *control;
	struct server_loop loop;
};

static void complain_to_stderr(void *context, const char *line)
{
	(void)context;
	fprintf(stderr, "%s\n", line);
}

static void complain_to_log(void *context, const char *line)
{
	(void)context;
	log_error("%s", line);
}

static void record_file(struct program *program, const char *event)
{
	server_audit_write(server_daemon_get_audit(program->daemon), event,
			json_pack("{s:o}", "file",
					server_audit_text(
							program->config_path)));
}

/* ---- signals --------------------------------------------------------------
 */

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info,
		void *userdata)
{
	struct program *program = userdata;
	const char *signal_name = strsignal((int)info->ssi_signo);

	log_info("stopping: %s", signal_name);
	server_audit_write(server_daemon_get_audit(program->daemon), "stop",
			json_pack("{s:s}", "reason", signal_name));
	sd_notify(0, "STOPPING=1");
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int on_reload(sd_event_source *source,
		const struct signalfd_siginfo *info, void *userdata)
{
	struct program *program = userdata;
	struct config *config;

	(void)source;
	(void)info;
	sd_notify(0, "RELOADING=1");
	if (server_check_load(&config, program->config_path, complain_to_log,
			    NULL) < 0) {
		log_error("%s is not good: the configuration stays as it was",
				program->config_path);
		record_file(program, "reload-failed");
	} else {
		record_file(program, "reload");
		server_daemon_apply(program->daemon, config);
		server_web_apply(program->web);
		log_info("%s is in force", program->config_path);
	}
	sd_notify(0, "READY=1");
	return 0;
}

/* Blocked before any thread starts, so that only the loop sees them. */
static int take_signals(struct program *program)
{
	sigset_t mine;
	int rc;

	sigemptyset(&mine);
	sigaddset(&mine, SIGTERM);
	sigaddset(&mine, SIGINT);
	sigaddset(&mine, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &mine, NULL) == -1)
		return -errno;
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	rc = sd_event_add_signal(
			program->event, NULL, SIGTERM, on_stop, program);
	if (rc >= 0)
		rc = sd_event_add_signal(
				program->event, NULL, SIGINT, on_stop, program);
	if (rc >= 0)
		rc = sd_event_add_signal(program->event, NULL, SIGHUP,
				on_reload, program);
	return rc < 0 ? rc : 0;
}

/* ---- life -----------------------------------------------------------------
 */

static int start(struct program *program, struct config *config)
{
	size_t targets_n, running_n;
	int rc;

	/* Whoever needs it says what is wrong with it. */
	(void)server_state_make(program->state_path);
	rc = server_daemon_create(
			&program->daemon, program->event, program->state_path);
	if (rc < 0) {
		config_destroy(config);
		return rc;
	}
	server_audit_write(server_daemon_get_audit(program->daemon), "start",
			json_pack("{s:s, s:I}", "version", RACKHAND_VERSION,
					"targets",
					(json_int_t)config->targets_n));
	server_daemon_apply(program->daemon, config);
	targets_n = server_daemon_count(program->daemon, &running_n);
	if (running_n == 0) {
		log_error("none of the %zu targets can be served", targets_n);
		return -EIO;
	}
	rc = server_api_create(&program->api, program->daemon, &program->loop,
			server_api_handlers, server_api_handlers_n);
	if (rc < 0)
		return rc;
	rc = server_web_create(&program->web, program->daemon, program->api);
	if (rc < 0)
		return rc;
	rc = server_control_create(&program->control, program->event,
			program->socket_path, server_control_api_ask,
			program->api);
	if (rc < 0)
		return rc;
	log_info("rackhandd " RACKHAND_VERSION " serves %zu of %zu targets",
			running_n, targets_n);
	return 0;
}

static int serve(struct program *program, struct config *config)
{
	int rc = sd_event_default(&program->event);

	if (rc >= 0)
		rc = take_signals(program);
	if (rc < 0) {
		config_destroy(config);
		return rc;
	}
	rc = start(program, config);
	if (rc >= 0) {
		sd_event_set_watchdog(program->event, true);
		sd_notify(0, "READY=1");
		rc = server_loop_run(&program->loop, program->event);
	}
	server_control_destroy(program->control);
	server_web_destroy(program->web);
	server_daemon_destroy(program->daemon);
	server_api_destroy(program->api);
	sd_event_unref(program->event);
	return rc;
}

int main(int argc, char *argv[])
{
	const char *values[SERVER_OPTIONS_MAX] = {NULL};
	struct program program = {.config_path = SERVER_CONFIG_PATH,
			.socket_path = SERVER_SOCKET_PATH,
			.state_path = SERVER_STATE_PATH};
	struct config *config;
	int operand;
	int rc = server_options_parse(&server_program_rackhandd, argc, argv,
			values, &operand);

	if (rc < 0)
		return server_options_exit_code(rc);
	if (values[SERVER_RACKHANDD_CONFIG])
		program.config_path = values[SERVER_RACKHANDD_CONFIG];
	if (values[SERVER_RACKHANDD_SOCKET])
		program.socket_path = values[SERVER_RACKHANDD_SOCKET];
	if (values[SERVER_RACKHANDD_STATE])
		program.state_path = values[SERVER_RACKHANDD_STATE];
	rc = server_check_load(
			&config, program.config_path, complain_to_stderr, NULL);
	if (rc < 0)
		return SERVER_EXIT_USAGE;
	if (values[SERVER_RACKHANDD_CHECK_CONFIG]) {
		if (server_certificates_check(config, program.config_path,
				    complain_to_stderr, NULL) < 0) {
			config_destroy(config);
			return SERVER_EXIT_USAGE;
		}
		printf("%s: good, %zu target%s\n", program.config_path,
				config->targets_n,
				config->targets_n == 1 ? "" : "s");
		config_destroy(config);
		return EXIT_SUCCESS;
	}
	log_set_level(config->log_level);
	rc = vnc_fallback_check_link_order();
	if (rc < 0) {
		log_error_errno(rc,
				"built wrongly: libturbojpeg must be "
				"linked before libvncserver");
		config_destroy(config);
		return EXIT_FAILED;
	}
	return serve(&program, config) < 0 ? EXIT_FAILED : EXIT_SUCCESS;
}
