/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/draft.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/keyboard.h"
#include "config/target.h"
#include "config/web.h"

/* People who type their password take longer: see rackhand.conf(5). */
#define LOGIN_LIMIT_DEFAULT_S 10
#define VIEWERS_DEFAULT 100
#define RATE_DEFAULT 30

void config_draft_reset_target(struct config_draft *draft)
{
	config_target_finish(&draft->target);
	memset(&draft->target, 0, sizeof(draft->target));
	draft->target.vnc.viewers_max = VIEWERS_DEFAULT;
	draft->target.vnc.security = CONFIG_SECURITY_USUAL;
	draft->target.vnc.password_role = CONFIG_ROLE_OPERATOR;
	draft->target.vnc.login_limit_s = LOGIN_LIMIT_DEFAULT_S;
	draft->target.capture.rate = RATE_DEFAULT;
	free(draft->macro_keys);
	draft->macro_keys = NULL;
	for (int i = 0; i < CONFIG_KEYS; i++)
		if (config_keys[i].section >= CONFIG_SECTION_TARGET)
			draft->key_lines[i] = 0;
	for (int i = CONFIG_SECTION_TARGET; i < CONFIG_SECTIONS; i++)
		draft->section_lines[i] = 0;
}

static int complain_twice(struct config_draft *draft,
		enum config_section section, unsigned line)
{
	return config_report_write(&draft->report, line,
			"section %s stands twice in this %s, first in line %u; join the two",
			config_section_names[section],
			section < CONFIG_SECTION_TARGET ? "file" : "target",
			draft->section_lines[section]);
}

int config_draft_take(struct config_draft *draft, enum config_section section,
		enum config_key_id key, const char *value, unsigned line)
{
	const struct config_key *entry = &config_keys[key];
	int rc;

	if (draft->section_lines[section])
		return complain_twice(draft, section, line);
	if (draft->key_lines[key])
		return config_report_write(&draft->report, line,
				"key \"%s\" stands twice, first in line %u; remove one",
				entry->name, draft->key_lines[key]);
	draft->key_lines[key] = line;
	rc = entry->take(draft, value);
	if (rc == -EINVAL)
		return config_report_write(&draft->report, line,
				"%s = \"%.64s\" is wrong; write %s",
				entry->name, value, entry->wants);
	return rc;
}

static void note_lines(struct config_draft *draft)
{
	struct config_target *target = &draft->target;

	target->capture.edid_line = draft->key_lines[CONFIG_KEY_EDID];
	target->capture.file_line = draft->key_lines[CONFIG_KEY_FILE];
	target->vnc.password_file_line =
			draft->key_lines[CONFIG_KEY_PASSWORD_FILE];
}

/* The target moves from the draft into the configuration. */
static int add_target(
		struct config_draft *draft, const char *title, unsigned line)
{
	struct config *config = draft->config;
	int rc;

	if (config->targets_n == CONFIG_TARGETS_MAX)
		return config_report_write(&draft->report, line,
				"too many targets; at most %d",
				CONFIG_TARGETS_MAX);
	draft->target.name = strdup(title);
	if (!draft->target.name)
		return -ENOMEM;
	rc = config_check_target(draft, line);
	if (rc < 0)
		return rc;
	note_lines(draft);
	config->targets[config->targets_n++] = draft->target;
	memset(&draft->target, 0, sizeof(draft->target));
	config_draft_reset_target(draft);
	return 0;
}

int config_draft_close(struct config_draft *draft, enum config_section parent,
		enum config_section section, const char *title, unsigned line)
{
	if (section == CONFIG_SECTION_MACRO)
		return config_keyboard_close_macro(draft,
				parent == CONFIG_SECTION_TARGET, title, line);
	if (section == CONFIG_SECTION_TARGET)
		return add_target(draft, title, line);
	if (draft->section_lines[section])
		return complain_twice(draft, section, line);
	draft->section_lines[section] = line;
	return config_check_section(draft, section, line);
}

/* A certificate is of no use without its key. */
static int check_tls(struct config_draft *draft)
{
	unsigned certificate = draft->key_lines[CONFIG_KEY_TLS_CERTIFICATE];
	unsigned key = draft->key_lines[CONFIG_KEY_TLS_KEY];

	if (certificate && !key)
		return config_report_write(&draft->report, certificate,
				"tls_certificate lacks its key; add tls_key = \"/etc/rackhand/tls.key\"");
	if (key && !certificate)
		return config_report_write(&draft->report, key,
				"tls_key lacks its certificate; add tls_certificate = \"/etc/rackhand/tls.crt\"");
	return 0;
}

int config_draft_finish(struct config_draft *draft)
{
	int rc = check_tls(draft);

	if (rc == 0)
		rc = config_web_check_addresses(draft);
	if (rc < 0)
		return rc;
	if (draft->config->targets_n > 0)
		return 0;
	return config_report_write(&draft->report, 0,
			"there is no target; add one, for example target \"demo\" { capture { source = \"demo\" } vnc { listen = \"127.0.0.1:5901\" security = \"none\" } }");
}
