/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <systemd/sd-event.h>

#include "config/config.h"
#include "net/tls.h"

/*
 * What the daemon shows of itself to viewers that come by TLS: the certificate
 * that the configuration names, or one of its own in the state directory, made
 * when it is first needed. A new one that is no good leaves the old in force.
 * What is soon to expire is said once a day.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM and others at creation; later failures are logged with the
 *          cure, once until they change, and nobody is served by certificate
 *          while there is none.
 */
struct server_certificates;

int server_certificates_create(struct server_certificates **out,
		sd_event *event, const char *state_path);

/* NULL is allowed. */
void server_certificates_destroy(struct server_certificates *certificates);

/* Of the certificate that is shown; "": none is. */
const char *server_certificates_get_fingerprint(
		const struct server_certificates *certificates);

/* For connections; the same one all the time. */
struct net_tls *server_certificates_get_tls(
		const struct server_certificates *certificates);

/*
 * Load what `config` wants, also where the names of the files are as they were;
 * nothing, where no target shows a certificate. `config` is not kept.
 */
void server_certificates_apply(struct server_certificates *certificates,
		const struct config *config);

/* The same once more, where nothing could be loaded so far. */
void server_certificates_retry(struct server_certificates *certificates,
		const struct config *config);

/* Does it show a certificate to its viewers? */
bool server_certificates_are_for(const struct config_target *target);

/*
 * Whether the files that `config` names can be used. Complaints that leave it
 * usable (it soon expires) are no error. -EINVAL: some are.
 */
int server_certificates_check(const struct config *config,
		const char *config_path, config_complain *complain,
		void *context);
