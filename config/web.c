/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "config/check.h"

#define NAME_CHARACTERS                                                        \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"

/* Browsers know no sockets that are files. */
static int take_address(struct core_address *address, const char *value)
{
	int rc = core_address_parse(address, value);

	if (rc == 0 && address->storage.ss_family == AF_UNIX)
		rc = -EINVAL;
	return rc;
}

int config_web_take_listen(struct config_draft *draft, const char *value)
{
	return take_address(&draft->config->web.listen, value);
}

int config_web_take_redirect(struct config_draft *draft, const char *value)
{
	return take_address(&draft->config->web.redirect, value);
}

/* A host without a port; only an address of IPv6 has colons. */
static bool is_host(const char *name)
{
	struct in6_addr ipv6;

	return name[strspn(name, NAME_CHARACTERS)] == '\0' ||
			inet_pton(AF_INET6, name, &ipv6) == 1;
}

int config_web_take_names(struct config_draft *draft, const char *value)
{
	struct config_web *web = &draft->config->web;

	for (;;) {
		size_t length = strcspn(value, " ");

		if (length == 0 || length > CONFIG_WEB_NAME_MAX ||
				web->names_n == CONFIG_WEB_NAMES_MAX)
			return -EINVAL;
		snprintf(web->names[web->names_n], CONFIG_WEB_NAME_MAX + 1,
				"%.*s", (int)length, value);
		if (!is_host(web->names[web->names_n++]))
			return -EINVAL;
		if (value[length] == '\0')
			return 0;
		value += length + 1;
	}
}

int config_web_check(struct config_draft *draft, unsigned line)
{
	if (!draft->key_lines[CONFIG_KEY_WEB_LISTEN])
		return config_report_write(&draft->report, line,
				"section web lacks its address; add listen = \"[::]:443\"");
	draft->config->web.enabled = true;
	return 0;
}

static int check_address(struct config_draft *draft, enum config_key_id key,
		const struct core_address *address)
{
	const struct config *config = draft->config;

	for (size_t i = 0; i < config->targets_n; i++)
		if (config_address_overlaps(
				    address, &config->targets[i].vnc.listen))
			return config_report_write(&draft->report,
					draft->key_lines[key],
					"target \"%s\" already listens there; write another port",
					config->targets[i].name);
	return 0;
}

int config_web_check_addresses(struct config_draft *draft)
{
	const struct config_web *web = &draft->config->web;
	unsigned redirect_line = draft->key_lines[CONFIG_KEY_WEB_REDIRECT];
	int rc;

	if (!web->enabled)
		return 0;
	rc = check_address(draft, CONFIG_KEY_WEB_LISTEN, &web->listen);
	if (rc < 0 || !redirect_line)
		return rc;
	if (config_address_overlaps(&web->listen, &web->redirect))
		return config_report_write(&draft->report, redirect_line,
				"redirect and listen are the same address; write another port");
	return check_address(draft, CONFIG_KEY_WEB_REDIRECT, &web->redirect);
}

static bool address_equal(
		const struct core_address *a, const struct core_address *b)
{
	return a->length == b->length &&
			memcmp(&a->storage, &b->storage, a->length) == 0;
}

bool config_web_equal(const struct config_web *a, const struct config_web *b)
{
	if (a->enabled != b->enabled || a->names_n != b->names_n ||
			!address_equal(&a->listen, &b->listen) ||
			!address_equal(&a->redirect, &b->redirect))
		return false;
	for (size_t i = 0; i < a->names_n; i++)
		if (strcmp(a->names[i], b->names[i]) != 0)
			return false;
	return true;
}
