/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "config/config.h"
#include "config/report.h"

/*
 * A configuration while its file is being read, and the rules for it: the
 * table of keys, from which the parser is made and with which the man page is
 * compared, and the checks at the end of each section.
 *
 * The draft owns the configuration and the target that is being read.
 *
 * Threads: any.
 * Errors:  -EINVAL with a complaint, -ENOMEM.
 */
enum config_section {
	CONFIG_SECTION_TOP, /* outside of any */
	CONFIG_SECTION_WEB,
	CONFIG_SECTION_TARGET,
	CONFIG_SECTION_CAPTURE,
	CONFIG_SECTION_USB,
	CONFIG_SECTION_VNC,
	CONFIG_SECTION_KEYBOARD,
	CONFIG_SECTION_MACRO, /* in a target or outside of any */
	CONFIG_SECTIONS
};

/* In the file; the top has none. */
extern const char *const config_section_names[CONFIG_SECTIONS];

enum config_key_id {
	CONFIG_KEY_LOG_LEVEL,
	CONFIG_KEY_TLS_CERTIFICATE,
	CONFIG_KEY_TLS_KEY,
	CONFIG_KEY_WEB_LISTEN,
	CONFIG_KEY_WEB_NAMES,
	CONFIG_KEY_WEB_REDIRECT,
	CONFIG_KEY_SOURCE,
	CONFIG_KEY_DEVICE,
	CONFIG_KEY_SUBDEVICE,
	CONFIG_KEY_FORMAT,
	CONFIG_KEY_EDID,
	CONFIG_KEY_DAMAGE_THRESHOLD,
	CONFIG_KEY_FILE,
	CONFIG_KEY_SIZE,
	CONFIG_KEY_COLOUR,
	CONFIG_KEY_RATE,
	CONFIG_KEY_UDC,
	CONFIG_KEY_POINTER,
	CONFIG_KEY_LISTEN,
	CONFIG_KEY_SECURITY,
	CONFIG_KEY_PASSWORD_FILE,
	CONFIG_KEY_PASSWORD_ROLE,
	CONFIG_KEY_VIEWERS_MAX,
	CONFIG_KEY_SHARED,
	CONFIG_KEY_CONTROL,
	CONFIG_KEY_BANNER,
	CONFIG_KEY_LOGIN_LIMIT,
	CONFIG_KEY_IDLE_LIMIT,
	CONFIG_KEY_SESSION_LIMIT,
	CONFIG_KEY_LAYOUT,
	CONFIG_KEY_VARIANT,
	CONFIG_KEY_DELAY,
	CONFIG_KEY_KEYS,
	CONFIG_KEYS
};

struct config_draft {
	struct config_report report;
	struct config *config;
	struct config_target target; /* the one being read */
	char *macro_keys; /* of the macro being read; NULL: none yet */
	/* Where each stood, for the file and this target; 0: not yet. */
	unsigned key_lines[CONFIG_KEYS];
	unsigned section_lines[CONFIG_SECTIONS];
};

struct config_key {
	enum config_section section;
	const char *name;
	/* -EINVAL, without a complaint: not as `wants` says. */
	int (*take)(struct config_draft *draft, const char *value);
	const char *wants; /* ends "... is wrong; write " */
};

extern const struct config_key config_keys[CONFIG_KEYS];

/* -1 when the section has no such key. */
int config_key_find(enum config_section section, const char *name);

/* What the next target starts from; frees what is in the current one. */
void config_draft_reset_target(struct config_draft *draft);

/* A key with its value, as it is read. */
int config_draft_take(struct config_draft *draft, enum config_section section,
		enum config_key_id key, const char *value, unsigned line);

/*
 * A section within `parent` is complete: it began in `line`. Of a target and a
 * macro, `title` is the name; both become part of the configuration.
 */
int config_draft_close(struct config_draft *draft, enum config_section parent,
		enum config_section section, const char *title, unsigned line);

/* The whole file was read. */
int config_draft_finish(struct config_draft *draft);
