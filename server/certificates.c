/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/certificates.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"
#include "net/certificate.h"
#include "server/state.h"

#define DAY_S INT64_C(86400)
#define SOON_S (30 * DAY_S)

struct server_certificates {
	struct net_tls *tls;
	sd_event_source *daily;
	char own_certificate[SERVER_STATE_PATH_BYTES];
	char own_key[SERVER_STATE_PATH_BYTES];
	struct net_certificate_info shown;    /* of the one in force */
	char said[NET_CERTIFICATE_WHY_BYTES]; /* the failure logged last */
};

/* Where they are; borrowed. */
struct files {
	const char *certificate;
	const char *key;
};

/* ---- time ------------------------------------------------------------------
 */

enum age { AGE_GOOD, AGE_SOON, AGE_OVER };

static enum age get_age(const struct net_certificate_info *info)
{
	int64_t left_s = info->until_s - (int64_t)time(NULL);

	return left_s <= 0 ? AGE_OVER : left_s <= SOON_S ? AGE_SOON : AGE_GOOD;
}

#define DAY_BYTES 32
static const char *format_day(int64_t at_s, char text[DAY_BYTES])
{
	time_t at = (time_t)at_s;
	struct tm tm;

	if (!gmtime_r(&at, &tm) || strftime(text, DAY_BYTES, "%F", &tm) == 0)
		return "?";
	return text;
}

static void say_age(const struct net_certificate_info *info)
{
	char day[DAY_BYTES];

	format_day(info->until_s, day);
	switch (get_age(info)) {
	case AGE_OVER:
		log_error("the TLS certificate has expired on %s: viewers may refuse it; put a new one in its place and reload",
				day);
		break;
	case AGE_SOON:
		log_warning("the TLS certificate expires on %s; put a new one in its place and reload",
				day);
		break;
	case AGE_GOOD:
		break;
	}
}

static int on_daily(sd_event_source *source, uint64_t now_us, void *userdata)
{
	struct server_certificates *certificates = userdata;

	if (net_tls_has_certificate(certificates->tls))
		say_age(&certificates->shown);
	sd_event_source_set_time(
			source, now_us + (uint64_t)DAY_S * CLOCK_US_PER_S);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---- loading ---------------------------------------------------------------
 */

/* An expired one is shown if it must be: a machine must be reached. */
static int check_renewal(const struct server_certificates *certificates,
		const struct net_certificate_info *info,
		const struct files *files, char why[NET_CERTIFICATE_WHY_BYTES])
{
	char day[DAY_BYTES];

	if (!net_tls_has_certificate(certificates->tls) ||
			get_age(info) != AGE_OVER ||
			strcmp(info->fingerprint,
					certificates->shown.fingerprint) == 0)
		return 0;
	snprintf(why, NET_CERTIFICATE_WHY_BYTES, "%.400s: it has expired on %s",
			files->certificate, format_day(info->until_s, day));
	return -EKEYEXPIRED;
}

static int load(struct server_certificates *certificates,
		const struct files *files, char why[NET_CERTIFICATE_WHY_BYTES])
{
	struct net_certificate_info info;
	int rc = net_certificate_read(
			&info, files->certificate, files->key, why);

	if (rc == 0)
		rc = check_renewal(certificates, &info, files, why);
	if (rc == 0)
		rc = net_tls_load(certificates->tls, files->certificate,
				files->key, why);
	if (rc < 0)
		return rc;
	if (strcmp(info.fingerprint, certificates->shown.fingerprint) != 0)
		log_info("TLS certificate %s for %s; its SHA-256 fingerprint is %s",
				files->certificate, info.names,
				info.fingerprint);
	certificates->shown = info;
	say_age(&info);
	return 0;
}

static void say_failure(struct server_certificates *certificates,
		const char why[NET_CERTIFICATE_WHY_BYTES])
{
	if (strcmp(certificates->said, why) == 0)
		return;
	strcpy(certificates->said, why);
	if (net_tls_has_certificate(certificates->tls))
		log_error("%s; the TLS certificate stays as it was", why);
	else
		log_error("%s; nobody can come by TLS with a certificate until that is done",
				why);
}

bool server_certificates_are_for(const struct config_target *target)
{
	return target->vnc.security &
			(CONFIG_SECURITY_X509PLAIN | CONFIG_SECURITY_X509VNC);
}

static bool are_wanted(const struct config *config)
{
	for (size_t i = 0; i < config->targets_n; i++)
		if (server_certificates_are_for(&config->targets[i]))
			return true;
	return config->web.enabled;
}

void server_certificates_retry(struct server_certificates *certificates,
		const struct config *config)
{
	if (!net_tls_has_certificate(certificates->tls))
		server_certificates_apply(certificates, config);
}

void server_certificates_apply(struct server_certificates *certificates,
		const struct config *config)
{
	struct files files = {config->tls_certificate, config->tls_key};
	char why[NET_CERTIFICATE_WHY_BYTES] = "";
	int rc = 0;

	if (!are_wanted(config))
		return;
	if (!files.certificate) {
		files = (struct files){certificates->own_certificate,
				certificates->own_key};
		rc = net_certificate_ensure(files.certificate, files.key, why);
	}
	if (rc == 0)
		rc = load(certificates, &files, why);
	if (rc == 0)
		certificates->said[0] = '\0';
	else
		say_failure(certificates, why);
}

int server_certificates_check(const struct config *config,
		const char *config_path, config_complain *complain,
		void *context)
{
	char line[NET_CERTIFICATE_WHY_BYTES + 256], day[DAY_BYTES];
	char why[NET_CERTIFICATE_WHY_BYTES];
	struct net_certificate_info info;
	const char *about = NULL;
	int rc;

	if (!config->tls_certificate)
		return 0;
	rc = net_certificate_read(
			&info, config->tls_certificate, config->tls_key, why);
	if (rc == 0 && get_age(&info) == AGE_GOOD)
		return 0;
	if (rc == 0) {
		about = get_age(&info) == AGE_OVER ? "has expired on"
						   : "expires on";
		snprintf(why, sizeof(why), "%.400s: it %s %s; get a new one",
				config->tls_certificate, about,
				format_day(info.until_s, day));
	}
	snprintf(line, sizeof(line), "%s: TLS: %s", config_path, why);
	complain(context, line);
	return rc == 0 && get_age(&info) == AGE_SOON ? 0 : -EINVAL;
}

/* ---- life ------------------------------------------------------------------
 */

int server_certificates_create(struct server_certificates **out,
		sd_event *event, const char *state_path)
{
	struct server_certificates *certificates =
			calloc(1, sizeof(*certificates));
	int rc;

	*out = NULL;
	if (!certificates)
		return -ENOMEM;
	rc = server_state_format(certificates->own_certificate, state_path,
			SERVER_STATE_CERTIFICATE);
	if (rc == 0)
		rc = server_state_format(certificates->own_key, state_path,
				SERVER_STATE_KEY);
	if (rc < 0)
		goto fail;
	rc = net_tls_create(&certificates->tls);
	if (rc < 0)
		goto fail;
	rc = sd_event_add_time_relative(event, &certificates->daily,
			CLOCK_MONOTONIC, (uint64_t)DAY_S * CLOCK_US_PER_S,
			60 * CLOCK_US_PER_S, on_daily, certificates);
	if (rc < 0)
		goto fail;
	*out = certificates;
	return 0;

fail:
	server_certificates_destroy(certificates);
	return rc;
}

void server_certificates_destroy(struct server_certificates *certificates)
{
	if (!certificates)
		return;
	sd_event_source_disable_unref(certificates->daily);
	net_tls_destroy(certificates->tls);
	free(certificates);
}

struct net_tls *server_certificates_get_tls(
		const struct server_certificates *certificates)
{
	return certificates->tls;
}

const char *server_certificates_get_fingerprint(
		const struct server_certificates *certificates)
{
	return net_tls_has_certificate(certificates->tls)
			? certificates->shown.fingerprint
			: "";
}
