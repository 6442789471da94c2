/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/web.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/api-asker.h"
#include "server/web-private.h"

#define RETRY_US UINT64_C(5000000)

/* By these names systemd hands over their sockets. */
#define LISTENER "web"
#define REDIRECT_LISTENER "web-redirect"

/* ---- where it listens -----------------------------------------------------
 */

static uint16_t port_of(const struct core_address *address)
{
	const struct sockaddr_in *in =
			(const struct sockaddr_in *)&address->storage;
	const struct sockaddr_in6 *in6 =
			(const struct sockaddr_in6 *)&address->storage;

	return ntohs(address->storage.ss_family == AF_INET6 ? in6->sin6_port
							    : in->sin_port);
}

static void explain(const char *listener, const struct core_address *address,
		int rc)
{
	if (rc == -EACCES)
		log_error("%s: rackhandd itself may not open port %u, as all below 1024; \"systemctl enable --now rackhandd-%s.socket\" hands it over",
				listener, port_of(address), listener);
	else if (rc == -ENOKEY)
		log_error("%s: there is no certificate yet; see above",
				listener);
}

static void tell_address(const struct server_web *web)
{
	struct core_address address;
	char text[CORE_ADDRESS_TEXT_BYTES];

	web_server_get_address(web->server, &address);
	core_address_format(&address, text);
	log_info("web: https://%s/", text);
}

static int serve(struct server_web *web, const struct web_server_options *as)
{
	const struct server_shared *shared =
			server_daemon_get_shared(web->daemon);
	struct web_server_options options = *as;
	int rc;

	if (!net_tls_has_certificate(shared->tls))
		return -ENOKEY;
	options.tls = shared->tls;
	rc = web_server_create(&web->server, shared->event, &options,
			&server_web_handler, web);
	if (rc == 0)
		tell_address(web);
	return rc;
}

static int send_on(struct server_web *web, const struct web_server_options *as)
{
	struct core_address address;

	web_server_get_address(web->server, &address);
	return web_redirect_create(&web->redirect,
			server_daemon_get_shared(web->daemon)->event, as,
			port_of(&address));
}

/* Listen so, on a socket of systemd's if there is one of that name. */
static int listen_as(struct server_web *web, const char *listener,
		const struct core_address *address,
		int (*create)(struct server_web *web,
				const struct web_server_options *as))
{
	const char *names[CONFIG_WEB_NAMES_MAX];
	const struct web_server_options options = {
			.name = listener,
			.listen = *address,
			.listen_fd = server_daemon_copy_listener(
					web->daemon, listener),
			.doorkeeper = web->access->doorkeeper,
			.names = names,
			.names_n = web->config.names_n,
	};
	int rc;

	for (size_t i = 0; i < web->config.names_n; i++)
		names[i] = web->config.names[i];
	rc = create(web, &options);
	if (rc == 0)
		return 0;
	if (options.listen_fd != -1)
		close(options.listen_fd);
	explain(listener, address, rc);
	return rc;
}

static void start(struct server_web *web)
{
	const struct config_web *config = &web->config;
	int rc = 0;

	if (!web->server)
		rc = listen_as(web, LISTENER, &config->listen, serve);
	if (rc == 0 && !web->redirect && config->redirect.length > 0)
		rc = listen_as(web, REDIRECT_LISTENER, &config->redirect,
				send_on);
	if (rc == 0)
		return;
	sd_event_source_set_time(web->retry, clock_now_us() + RETRY_US);
	sd_event_source_set_enabled(web->retry, SD_EVENT_ONESHOT);
}

static void stop(struct server_web *web)
{
	web_redirect_destroy(web->redirect);
	web->redirect = NULL;
	web_server_destroy(web->server);
	web->server = NULL;
	sd_event_source_set_enabled(web->retry, SD_EVENT_OFF);
}

static int on_retry(sd_event_source *source, uint64_t due_us, void *userdata)
{
	(void)source;
	(void)due_us;
	start(userdata);
	return 0;
}

/* ---- life -----------------------------------------------------------------
 */

static void on_ended(void *context, uint64_t session)
{
	struct server_web *web = context;

	server_api_end_caller(web->api, SERVER_CALLER_SESSION, session);
}

static void on_token_ended(void *context, uint64_t id)
{
	struct server_web *web = context;

	server_api_end_caller(web->api, SERVER_CALLER_TOKEN, id);
}

int server_web_create(struct server_web **out, struct server_daemon *daemon,
		struct server_api *api)
{
	const struct server_shared *shared = server_daemon_get_shared(daemon);
	struct server_web *web = calloc(1, sizeof(*web));
	int rc;

	*out = NULL;
	if (!web)
		return -ENOMEM;
	web->daemon = daemon;
	web->api = api;
	web->access = shared->access;
	rc = sd_event_add_time(shared->event, &web->retry, CLOCK_MONOTONIC, 0,
			0, on_retry, web);
	if (rc < 0)
		goto fail;
	sd_event_source_set_enabled(web->retry, SD_EVENT_OFF);
	server_web_logins_set_ended(web->access->web_logins, on_ended, web);
	server_tokens_set_ended(web->access->tokens, on_token_ended, web);
	server_web_apply(web);
	*out = web;
	return 0;

fail:
	server_web_destroy(web);
	return rc;
}

void server_web_apply(struct server_web *web)
{
	const struct config_web *config =
			server_daemon_get_web_config(web->daemon);

	if (config_web_equal(&web->config, config))
		return;
	stop(web);
	web->config = *config;
	if (web->config.enabled)
		start(web);
}

void server_web_destroy(struct server_web *web)
{
	if (!web)
		return;
	web_redirect_destroy(web->redirect);
	web_server_destroy(web->server);
	server_web_logins_set_ended(web->access->web_logins, NULL, NULL);
	server_tokens_set_ended(web->access->tokens, NULL, NULL);
	sd_event_source_disable_unref(web->retry);
	free(web);
}
