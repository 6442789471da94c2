/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "net/certificate.h"
#include "server/certificates.h"
#include "server/choices.h"
#include "server/macros.h"

#define RETRY_US UINT64_C(5000000)

/* A socket that systemd bound for the target of the same name. */
struct inherited_listener {
	char *name;
	int fd;
};

struct server_daemon {
	struct server_shared shared;
	struct server_certificates *certificates;
	char fingerprint[NET_FINGERPRINT_TEXT_BYTES]; /* audited last */
	struct config *config;
	struct server_target *targets[CONFIG_TARGETS_MAX]; /* as in config */
	int failures[CONFIG_TARGETS_MAX]; /* why it is NULL; 0: it is not */
	sd_event_source *retry_timer;
	size_t listeners_n;
	struct inherited_listener *listeners;
};

static int take_listeners(struct server_daemon *daemon)
{
	char **names = NULL;
	int fds_n = sd_listen_fds_with_names(1, &names);
	int rc = 0;

	if (fds_n <= 0)
		return fds_n;
	daemon->listeners = calloc((size_t)fds_n, sizeof(*daemon->listeners));
	if (!daemon->listeners)
		rc = -ENOMEM;
	for (int i = 0; i < fds_n; i++) {
		if (rc < 0) {
			free(names[i]);
			continue;
		}
		daemon->listeners[i] = (struct inherited_listener){
				names[i], SD_LISTEN_FDS_START + i};
		daemon->listeners_n++;
	}
	free(names);
	return rc;
}

/* Systemd's socket outlives a reload, so who listens gets a copy. */
int server_daemon_copy_listener(
		const struct server_daemon *daemon, const char *name)
{
	for (size_t i = 0; i < daemon->listeners_n; i++)
		if (strcmp(daemon->listeners[i].name, name) == 0)
			return fcntl(daemon->listeners[i].fd, F_DUPFD_CLOEXEC,
					3);
	return -1;
}

static void start_target(struct server_daemon *daemon, size_t index)
{
	const struct config_target *config = &daemon->config->targets[index];
	int listen_fd = server_daemon_copy_listener(daemon, config->name);
	int rc = server_target_create(&daemon->targets[index], &daemon->shared,
			config, listen_fd);

	daemon->failures[index] = rc;
	server_events_publish(daemon->shared.events, SERVER_EVENT_TARGET,
			config->name, NULL);
	if (rc < 0 && listen_fd != -1)
		close(listen_fd);
}

static void record_certificate(struct server_daemon *daemon)
{
	const char *fingerprint = server_certificates_get_fingerprint(
			daemon->certificates);

	if (strcmp(fingerprint, daemon->fingerprint) == 0)
		return;
	snprintf(daemon->fingerprint, sizeof(daemon->fingerprint), "%s",
			fingerprint);
	server_audit_write(daemon->shared.access->audit, "certificate",
			json_pack("{s:s}", "fingerprint", fingerprint));
}

static void start_missing(struct server_daemon *daemon)
{
	size_t running_n;

	server_certificates_retry(daemon->certificates, daemon->config);
	record_certificate(daemon);
	for (size_t i = 0; i < daemon->config->targets_n; i++)
		if (!daemon->targets[i])
			start_target(daemon, i);
	if (server_daemon_count(daemon, &running_n) == running_n)
		return;
	sd_event_source_set_time(
			daemon->retry_timer, clock_now_us() + RETRY_US);
	sd_event_source_set_enabled(daemon->retry_timer, SD_EVENT_ONESHOT);
}

static int on_retry(sd_event_source *source, uint64_t now_us, void *userdata)
{
	(void)source;
	(void)now_us;
	start_missing(userdata);
	return 0;
}

static void on_session_changed(
		void *context, const struct server_session *session, bool here)
{
	struct server_daemon *daemon = context;

	server_events_publish(daemon->shared.events, SERVER_EVENT_SESSION,
			session->place->target,
			json_pack("{s:I, s:s*, s:s, s:b}", "id",
					(json_int_t)session->id, "target",
					session->place->target, "user",
					session->user, "here", here));
}

static int create_access(struct server_daemon *daemon, const char *state_path)
{
	int rc = server_events_create(
			&daemon->shared.events, daemon->shared.event);

	if (rc < 0)
		return rc;
	rc = server_access_create(&daemon->shared.access, daemon->shared.event,
			state_path);
	if (rc < 0)
		return rc;
	server_sessions_set_changed(daemon->shared.access->sessions,
			on_session_changed, daemon);
	return 0;
}

/* What was put by the interface, and lasts. */
static int create_kept(struct server_daemon *daemon, const char *state_path)
{
	struct core_workers *files = daemon->shared.access->files;
	int rc = server_macros_create(
			&daemon->shared.macros, state_path, files);

	return rc < 0 ? rc
		      : server_choices_create(&daemon->shared.choices,
					state_path, files);
}

int server_daemon_create(struct server_daemon **out, sd_event *event,
		const char *state_path)
{
	struct server_daemon *daemon = calloc(1, sizeof(*daemon));
	int rc;

	*out = NULL;
	if (!daemon)
		return -ENOMEM;
	daemon->shared.event = event;
	rc = take_listeners(daemon);
	if (rc < 0)
		goto fail;
	rc = core_workers_create(&daemon->shared.workers, event, 0);
	if (rc < 0)
		goto fail;
	rc = core_workers_create(&daemon->shared.library, event, 1);
	if (rc < 0)
		goto fail;
	rc = create_access(daemon, state_path);
	if (rc < 0)
		goto fail;
	rc = server_layouts_create(&daemon->shared.layouts,
			daemon->shared.workers, &hid_layout_paths_system);
	if (rc < 0)
		goto fail;
	rc = create_kept(daemon, state_path);
	if (rc < 0)
		goto fail;
	rc = server_certificates_create(
			&daemon->certificates, event, state_path);
	if (rc < 0)
		goto fail;
	daemon->shared.tls = server_certificates_get_tls(daemon->certificates);
	rc = sd_event_add_time(event, &daemon->retry_timer, CLOCK_MONOTONIC, 0,
			0, on_retry, daemon);
	if (rc < 0)
		goto fail;
	sd_event_source_set_enabled(daemon->retry_timer, SD_EVENT_OFF);
	*out = daemon;
	return 0;

fail:
	log_error_errno(rc, "cannot start");
	server_daemon_destroy(daemon);
	return rc;
}

void server_daemon_destroy(struct server_daemon *daemon)
{
	if (!daemon)
		return;
	server_layouts_stop(daemon->shared.layouts);
	for (size_t i = 0; i < CONFIG_TARGETS_MAX; i++) {
		server_target_destroy(daemon->targets[i]);
		daemon->targets[i] = NULL; /* jobs still look for it */
	}
	sd_event_source_disable_unref(daemon->retry_timer);
	server_certificates_destroy(daemon->certificates);
	server_access_destroy(daemon->shared.access);
	server_events_destroy(daemon->shared.events);
	core_workers_destroy(daemon->shared.library);
	core_workers_destroy(daemon->shared.workers);
	server_layouts_destroy(daemon->shared.layouts);
	server_macros_destroy(daemon->shared.macros);
	server_choices_destroy(daemon->shared.choices);
	for (size_t i = 0; i < daemon->listeners_n; i++) {
		free(daemon->listeners[i].name);
		close(daemon->listeners[i].fd);
	}
	free(daemon->listeners);
	config_destroy(daemon->config);
	free(daemon);
}

/* Takes the running target out if `config` wants it exactly as it is. */
static struct server_target *take_equal(struct server_daemon *daemon,
		const struct config_target *config)
{
	for (size_t i = 0; i < CONFIG_TARGETS_MAX; i++) {
		struct server_target *target = daemon->targets[i];

		if (!target ||
				!config_target_equal(config,
						server_target_get_config(
								target)))
			continue;
		daemon->targets[i] = NULL;
		server_target_set_config(target, config);
		return target;
	}
	return NULL;
}

static bool lets_in_users(const struct config *config)
{
	const unsigned with_users = CONFIG_SECURITY_X509PLAIN |
			CONFIG_SECURITY_TLSPLAIN | CONFIG_SECURITY_PLAIN;

	for (size_t i = 0; i < config->targets_n; i++)
		if (config->targets[i].vnc.security & with_users)
			return true;
	return config->web.enabled;
}

void server_daemon_apply(struct server_daemon *daemon, struct config *config)
{
	struct server_target *kept[CONFIG_TARGETS_MAX] = {NULL};

	for (size_t i = 0; i < config->targets_n; i++)
		kept[i] = take_equal(daemon, &config->targets[i]);
	for (size_t i = 0; i < CONFIG_TARGETS_MAX; i++) {
		if (daemon->targets[i])
			log_info("%s: no longer served as it was",
					server_target_get_config(
							daemon->targets[i])
							->name);
		server_target_destroy(daemon->targets[i]);
		daemon->targets[i] = kept[i];
		daemon->failures[i] = 0;
	}
	config_destroy(daemon->config);
	daemon->config = config;
	log_set_level(config->log_level);
	server_certificates_apply(daemon->certificates, config);
	server_setup_want(daemon->shared.access->setup, lets_in_users(config));
	start_missing(daemon);
	server_events_publish(
			daemon->shared.events, SERVER_EVENT_HELLO, NULL, NULL);
}

size_t server_daemon_count(
		const struct server_daemon *daemon, size_t *running_n)
{
	*running_n = 0;
	for (size_t i = 0; i < CONFIG_TARGETS_MAX; i++)
		if (daemon->targets[i])
			(*running_n)++;
	return daemon->config ? daemon->config->targets_n : 0;
}

struct server_target *server_daemon_get_target(
		const struct server_daemon *daemon, size_t index)
{
	return daemon->targets[index];
}

struct server_target *server_daemon_find_target(
		const struct server_daemon *daemon, const char *name)
{
	for (size_t i = 0; i < daemon->config->targets_n; i++)
		if (strcmp(daemon->config->targets[i].name, name) == 0)
			return daemon->targets[i];
	return NULL;
}

int server_daemon_get_failure(const struct server_daemon *daemon, size_t index)
{
	return daemon->failures[index];
}

int server_daemon_find_failure(
		const struct server_daemon *daemon, const char *name)
{
	for (size_t i = 0; i < daemon->config->targets_n; i++)
		if (strcmp(daemon->config->targets[i].name, name) == 0)
			return daemon->failures[i];
	return -ENOENT;
}

const struct config_target *server_daemon_get_config(
		const struct server_daemon *daemon, size_t index)
{
	return &daemon->config->targets[index];
}

const struct config_macros *server_daemon_get_macros(
		const struct server_daemon *daemon)
{
	return &daemon->config->macros;
}

const struct server_shared *server_daemon_get_shared(
		const struct server_daemon *daemon)
{
	return &daemon->shared;
}

const struct config_web *server_daemon_get_web_config(
		const struct server_daemon *daemon)
{
	return &daemon->config->web;
}

struct server_sessions *server_daemon_get_sessions(
		const struct server_daemon *daemon)
{
	return daemon->shared.access->sessions;
}

struct server_events *server_daemon_get_events(
		const struct server_daemon *daemon)
{
	return daemon->shared.events;
}

struct server_audit *server_daemon_get_audit(const struct server_daemon *daemon)
{
	return daemon->shared.access->audit;
}

struct server_setup *server_daemon_get_setup(const struct server_daemon *daemon)
{
	return daemon->shared.access->setup;
}
