/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/log.h"

/*
 * The configuration file as plain data. Whoever loads it owns it; the strings
 * belong to it. What loads without error is complete and consistent: no value
 * needs another check, no name stands twice, no two targets share an address,
 * a capture device or a UDC.
 *
 * Threads: any, but one load at a time: libconfuse has one lexer.
 * Errors:  -EINVAL for a file that says something wrong, every complaint
 *          passed to the caller as one line "file:line: what is wrong and
 *          what would be right"; -ENOENT and others for a file that cannot be
 *          read, with such a line too.
 */

#define CONFIG_TARGETS_MAX 16
#define CONFIG_NAME_MAX 32 /* bytes of a target's name: A-Z a-z 0-9 _ - */

enum config_source {
	CONFIG_SOURCE_V4L2,
	CONFIG_SOURCE_DEMO,
	CONFIG_SOURCE_FILE,
	CONFIG_SOURCES
};

/* What a target offers to viewers: any of them together, but NONE alone. */
enum config_security {
	CONFIG_SECURITY_X509PLAIN = 1
			<< 0,             /* TLS, certificate; user, password */
	CONFIG_SECURITY_X509VNC = 1 << 1, /* the same; the target's password */
	CONFIG_SECURITY_TLSPLAIN = 1 << 2, /* TLS that shows no certificate */
	CONFIG_SECURITY_TLSVNC = 1 << 3,
	CONFIG_SECURITY_VNCAUTH = 1 << 4, /* no encryption from here on */
	CONFIG_SECURITY_PLAIN = 1 << 5,
	CONFIG_SECURITY_NONE = 1 << 6,
};
#define CONFIG_SECURITY_USUAL                                                  \
	(CONFIG_SECURITY_X509PLAIN | CONFIG_SECURITY_X509VNC)

/* Who has the target's password has this role. */
enum config_role {
	CONFIG_ROLE_VIEWER,
	CONFIG_ROLE_OPERATOR,
	CONFIG_ROLE_ADMIN
};

/* How the keyboard goes from one operator to another. */
enum config_control {
	CONFIG_CONTROL_IDLE,  /* asked for; taken from who has been idle */
	CONFIG_CONTROL_ASK,   /* only given, or free */
	CONFIG_CONTROL_SEIZE, /* taken by whoever wants it */
};

/* What becomes of viewers that want to be alone, and of the others. */
enum config_shared {
	CONFIG_SHARED_ASKED,  /* who may operate is left alone if it asks */
	CONFIG_SHARED_ALWAYS, /* nobody is sent away */
	CONFIG_SHARED_NEVER,  /* one viewer at a time */
};

/* When the picture says who operates. */
enum config_banner {
	CONFIG_BANNER_OFF,
	CONFIG_BANNER_CHANGES,
	CONFIG_BANNER_ALWAYS
};

struct config_capture {
	enum config_source source;
	char *device;       /* v4l2 only, absolute path; else NULL */
	char *subdevice;    /* NULL: none */
	char *format;       /* fourcc; NULL: chosen; not NULL for a file */
	char *edid;         /* preset or absolute file; NULL: left alone */
	unsigned edid_line; /* for complaints that only others can have */
	char *file;         /* file only, absolute path; else NULL */
	unsigned file_line;
	uint32_t width_px; /* file only */
	uint32_t height_px;
	char *colour;              /* "bt709 limited"; NULL: not said */
	unsigned damage_threshold; /* steps of a sample that are noise */
	unsigned rate; /* frames a second; 0: as fast as they are taken */
};

enum config_pointer { CONFIG_POINTER_ABSOLUTE, CONFIG_POINTER_RELATIVE };

struct config_usb {
	bool enabled; /* a usb section is there; a demo brings its own */
	char *udc;    /* NULL: the only one */
	enum config_pointer pointer; /* which one follows the viewer */
};

/* The target's keyboard, as its own system is set. */
struct config_keyboard {
	char *layout;      /* of xkeyboard-config; NULL: "us" */
	char *variant;     /* NULL: none */
	unsigned delay_ms; /* behind each typed character; 0: as LEDs say */
	unsigned line;     /* of the section */
};

#define CONFIG_MACROS_MAX 64

struct config_macro {
	char *name; /* A-Z a-z 0-9 _ - */
	char *keys; /* not looked into */
	unsigned line;
};

struct config_macros {
	size_t count;
	struct config_macro items[CONFIG_MACROS_MAX];
};

struct config_vnc {
	struct core_address listen;
	unsigned security;   /* of CONFIG_SECURITY_ */
	char *password_file; /* absolute; NULL: nobody gets in by password */
	unsigned password_file_line;
	enum config_role password_role;
	unsigned viewers_max;
	enum config_shared shared;
	enum config_control control;
	enum config_banner banner;
	unsigned login_limit_s;   /* from connecting to being in */
	unsigned idle_limit_s;    /* without input; 0: none */
	unsigned session_limit_s; /* from login on; 0: none */
};

struct config_target {
	char *name;
	struct config_capture capture;
	struct config_usb usb;
	struct config_vnc vnc;
	struct config_keyboard keyboard;
	struct config_macros macros;
};

#define CONFIG_WEB_NAMES_MAX 8
#define CONFIG_WEB_NAME_MAX 253

/* The console in a browser, and the interface for machines. */
struct config_web {
	bool enabled; /* the section is there */
	struct core_address listen;
	struct core_address redirect; /* length 0: none */
	size_t names_n;
	/* What it is called besides what the machine itself knows. */
	char names[CONFIG_WEB_NAMES_MAX][CONFIG_WEB_NAME_MAX + 1];
};

struct config {
	enum log_level log_level;
	char *tls_certificate; /* absolute; NULL: the machine's own */
	char *tls_key;         /* NULL if and only if there is no certificate */
	struct config_web web;
	struct config_macros macros; /* for all targets */
	size_t targets_n;
	struct config_target targets[CONFIG_TARGETS_MAX];
};

typedef void config_complain(void *context, const char *line);

/* *out is NULL unless 0 is returned. */
int config_load(struct config **out, const char *path,
		config_complain *complain, void *context);

/* The same from memory; complaints call it `name`. */
int config_read(struct config **out, const char *name, const char *text,
		size_t size, config_complain *complain, void *context);

/* NULL is allowed. */
void config_destroy(struct config *config);

/* NULL if there is none of that name. */
const struct config_target *config_find_target(
		const struct config *config, const char *name);

/* Same in every setting that a target cannot take over while it runs: it can
 * the keyboard's, and macros. */
bool config_web_equal(const struct config_web *a, const struct config_web *b);
bool config_target_equal(
		const struct config_target *a, const struct config_target *b);
