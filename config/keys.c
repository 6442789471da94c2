/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/draft.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "config/keyboard.h"
#include "config/web.h"

#define VIEWERS_MAX 100
#define DAMAGE_THRESHOLD_MAX 64
#define SIDE_MAX_PX 9999
#define RATE_MAX 240
#define DURATION_MAX 999
#define LOGIN_LIMIT_MIN_S 5
#define LOGIN_LIMIT_MAX_S 300
#define WORD_MAX_BYTES 16
#define UDC_MAX_BYTES 64

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

struct choice {
	const char *text;
	int value;
};

/* Whoever asks for a value that is not in the table gets -EINVAL. */
static int choose(const struct choice *choices, size_t choices_n,
		const char *text, int *value)
{
	for (size_t i = 0; i < choices_n; i++) {
		if (strcmp(choices[i].text, text) != 0)
			continue;
		*value = choices[i].value;
		return 0;
	}
	return -EINVAL;
}

#define CHOOSE(choices, text, value)                                           \
	choose(choices, sizeof(choices) / sizeof((choices)[0]), text, value)

static int keep(char **field, const char *value)
{
	*field = strdup(value);
	return *field ? 0 : -ENOMEM;
}

static int keep_path(char **field, const char *value)
{
	if (value[0] != '/' || value[1] == '\0' || strlen(value) >= PATH_MAX)
		return -EINVAL;
	return keep(field, value);
}

/* Digits from `*text` on, then `end`; *text goes to what follows that. */
static int parse_number(const char **text, char end, unsigned min, unsigned max,
		unsigned *number)
{
	size_t digits = strspn(*text, DIGITS);

	if (digits < 1 || digits > 4 || (*text)[digits] != end)
		return -EINVAL;
	*number = (unsigned)strtoul(*text, NULL, 10);
	*text += digits + 1;
	return *number >= min && *number <= max ? 0 : -EINVAL;
}

static int take_log_level(struct config_draft *draft, const char *value)
{
	static const struct choice choices[] = {
			{"error", LOG_LEVEL_ERROR},
			{"warning", LOG_LEVEL_WARNING},
			{"info", LOG_LEVEL_INFO},
			{"debug", LOG_LEVEL_DEBUG},
	};
	int level;

	if (CHOOSE(choices, value, &level) < 0)
		return -EINVAL;
	draft->config->log_level = (enum log_level)level;
	return 0;
}

static int take_tls_certificate(struct config_draft *draft, const char *value)
{
	return keep_path(&draft->config->tls_certificate, value);
}

static int take_tls_key(struct config_draft *draft, const char *value)
{
	return keep_path(&draft->config->tls_key, value);
}

static int take_source(struct config_draft *draft, const char *value)
{
	static const struct choice choices[] = {
			{"v4l2", CONFIG_SOURCE_V4L2},
			{"demo", CONFIG_SOURCE_DEMO},
			{"file", CONFIG_SOURCE_FILE},
	};
	int source;

	if (CHOOSE(choices, value, &source) < 0)
		return -EINVAL;
	draft->target.capture.source = (enum config_source)source;
	return 0;
}

static int take_device(struct config_draft *draft, const char *value)
{
	return keep_path(&draft->target.capture.device, value);
}

static int take_subdevice(struct config_draft *draft, const char *value)
{
	return keep_path(&draft->target.capture.subdevice, value);
}

static int take_format(struct config_draft *draft, const char *value)
{
	if (strlen(value) != 4 || strspn(value, LETTERS DIGITS) != 4)
		return -EINVAL;
	return keep(&draft->target.capture.format, value);
}

static int take_edid(struct config_draft *draft, const char *value)
{
	static const struct choice presets[] = {
			{"1080p60", 0},
			{"1080p50", 0},
			{"720p60", 0},
			{"1280x1024", 0},
	};
	int unused;

	if (CHOOSE(presets, value, &unused) == 0)
		return keep(&draft->target.capture.edid, value);
	return keep_path(&draft->target.capture.edid, value);
}

static int take_file(struct config_draft *draft, const char *value)
{
	return keep_path(&draft->target.capture.file, value);
}

static int take_size(struct config_draft *draft, const char *value)
{
	struct config_capture *capture = &draft->target.capture;
	int rc = parse_number(&value, 'x', 1, SIDE_MAX_PX, &capture->width_px);

	if (rc < 0)
		return rc;
	return parse_number(&value, '\0', 1, SIDE_MAX_PX, &capture->height_px);
}

static int take_colour(struct config_draft *draft, const char *value)
{
	static const struct choice choices[] = {
			{"bt601 full", 0},
			{"bt601 limited", 0},
			{"bt709 full", 0},
			{"bt709 limited", 0},
			{"bt2020 full", 0},
			{"bt2020 limited", 0},
	};
	int unused;

	if (CHOOSE(choices, value, &unused) < 0)
		return -EINVAL;
	return keep(&draft->target.capture.colour, value);
}

static int take_rate(struct config_draft *draft, const char *value)
{
	unsigned *field = &draft->target.capture.rate;

	return parse_number(&value, '\0', 0, RATE_MAX, field);
}

static int take_damage_threshold(struct config_draft *draft, const char *value)
{
	unsigned *field = &draft->target.capture.damage_threshold;

	return parse_number(&value, '\0', 0, DAMAGE_THRESHOLD_MAX, field);
}

/* A name in sysfs: never a path, nor what could lead out of its folder. */
static int take_udc(struct config_draft *draft, const char *value)
{
	size_t length = strlen(value);

	if (length == 0 || length > UDC_MAX_BYTES || value[0] == '.' ||
			strspn(value, LETTERS DIGITS "_.:@-") != length)
		return -EINVAL;
	return keep(&draft->target.usb.udc, value);
}

static int take_pointer(struct config_draft *draft, const char *value)
{
	static const struct choice choices[] = {
			{"absolute", CONFIG_POINTER_ABSOLUTE},
			{"relative", CONFIG_POINTER_RELATIVE},
	};
	int pointer;

	if (CHOOSE(choices, value, &pointer) < 0)
		return -EINVAL;
	draft->target.usb.pointer = (enum config_pointer)pointer;
	return 0;
}

static int take_listen(struct config_draft *draft, const char *value)
{
	return core_address_parse(&draft->target.vnc.listen, value);
}

static int take_security(struct config_draft *draft, const char *value)
{
	static const struct choice choices[] = {
			{"x509plain", CONFIG_SECURITY_X509PLAIN},
			{"x509vnc", CONFIG_SECURITY_X509VNC},
			{"tlsplain", CONFIG_SECURITY_TLSPLAIN},
			{"tlsvnc", CONFIG_SECURITY_TLSVNC},
			{"vncauth", CONFIG_SECURITY_VNCAUTH},
			{"plain", CONFIG_SECURITY_PLAIN},
			{"none", CONFIG_SECURITY_NONE},
	};
	char word[WORD_MAX_BYTES + 1];
	int security;

	draft->target.vnc.security = 0;
	for (;;) {
		size_t length = strcspn(value, " ");

		if (length > WORD_MAX_BYTES)
			return -EINVAL;
		memcpy(word, value, length);
		word[length] = '\0';
		if (CHOOSE(choices, word, &security) < 0)
			return -EINVAL;
		draft->target.vnc.security |= (unsigned)security;
		if (value[length] == '\0')
			return 0;
		value += length + 1;
	}
}

static int take_password_role(struct config_draft *draft, const char *value)
{
	static const struct choice choices[] = {
			{"viewer", CONFIG_ROLE_VIEWER},
			{"operator", CONFIG_ROLE_OPERATOR},
			{"admin", CONFIG_ROLE_ADMIN},
	};
	int role;

	if (CHOOSE(choices, value, &role) < 0)
		return -EINVAL;
	draft->target.vnc.password_role = (enum config_role)role;
	return 0;
}

static int take_shared(struct config_draft *draft, const char *value)
{
	static const struct choice choices[] = {
			{"asked", CONFIG_SHARED_ASKED},
			{"always", CONFIG_SHARED_ALWAYS},
			{"never", CONFIG_SHARED_NEVER},
	};
	int shared;

	if (CHOOSE(choices, value, &shared) < 0)
		return -EINVAL;
	draft->target.vnc.shared = (enum config_shared)shared;
	return 0;
}

static int take_control(struct config_draft *draft, const char *value)
{
	static const struct choice choices[] = {
			{"idle", CONFIG_CONTROL_IDLE},
			{"ask", CONFIG_CONTROL_ASK},
			{"seize", CONFIG_CONTROL_SEIZE},
	};
	int control;

	if (CHOOSE(choices, value, &control) < 0)
		return -EINVAL;
	draft->target.vnc.control = (enum config_control)control;
	return 0;
}

static int take_banner(struct config_draft *draft, const char *value)
{
	static const struct choice choices[] = {
			{"off", CONFIG_BANNER_OFF},
			{"changes", CONFIG_BANNER_CHANGES},
			{"always", CONFIG_BANNER_ALWAYS},
	};
	int banner;

	if (CHOOSE(choices, value, &banner) < 0)
		return -EINVAL;
	draft->target.vnc.banner = (enum config_banner)banner;
	return 0;
}

/* "90s", "30m", "12h", "7d", or "0" for no limit. */
static int parse_duration(const char *text, unsigned *seconds)
{
	static const struct {
		char unit;
		unsigned seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	unsigned number;

	*seconds = 0;
	if (strcmp(text, "0") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const char *rest = text;

		if (parse_number(&rest, units[i].unit, 1, DURATION_MAX,
				    &number) < 0 ||
				*rest != '\0')
			continue;
		*seconds = number * units[i].seconds;
		return 0;
	}
	return -EINVAL;
}

/* Strangers hold a place for so long: there is an end. */
static int take_login_limit(struct config_draft *draft, const char *value)
{
	unsigned *field = &draft->target.vnc.login_limit_s;
	int rc = parse_duration(value, field);

	if (rc < 0)
		return rc;
	return *field >= LOGIN_LIMIT_MIN_S && *field <= LOGIN_LIMIT_MAX_S
			? 0
			: -EINVAL;
}

static int take_idle_limit(struct config_draft *draft, const char *value)
{
	return parse_duration(value, &draft->target.vnc.idle_limit_s);
}

static int take_session_limit(struct config_draft *draft, const char *value)
{
	return parse_duration(value, &draft->target.vnc.session_limit_s);
}

static int take_password_file(struct config_draft *draft, const char *value)
{
	return keep_path(&draft->target.vnc.password_file, value);
}

static int take_viewers_max(struct config_draft *draft, const char *value)
{
	unsigned *field = &draft->target.vnc.viewers_max;

	return parse_number(&value, '\0', 1, VIEWERS_MAX, field);
}

#undef CHOOSE

const char *const config_section_names[CONFIG_SECTIONS] = {
		[CONFIG_SECTION_WEB] = "web",
		[CONFIG_SECTION_TARGET] = "target",
		[CONFIG_SECTION_CAPTURE] = "capture",
		[CONFIG_SECTION_USB] = "usb",
		[CONFIG_SECTION_VNC] = "vnc",
		[CONFIG_SECTION_KEYBOARD] = "keyboard",
		[CONFIG_SECTION_MACRO] = "macro",
};

const struct config_key config_keys[CONFIG_KEYS] = {
		[CONFIG_KEY_LOG_LEVEL] = {CONFIG_SECTION_TOP, "log_level",
				take_log_level,
				"\"error\", \"warning\", \"info\" or \"debug\""},
		[CONFIG_KEY_TLS_CERTIFICATE] = {CONFIG_SECTION_TOP,
				"tls_certificate", take_tls_certificate,
				"an absolute path such as \"/etc/rackhand/tls.crt\""},
		[CONFIG_KEY_TLS_KEY] = {CONFIG_SECTION_TOP, "tls_key",
				take_tls_key,
				"an absolute path such as \"/etc/rackhand/tls.key\""},
		[CONFIG_KEY_WEB_LISTEN] = {CONFIG_SECTION_WEB, "listen",
				config_web_take_listen,
				"an address and port such as \"[::]:443\" or \"127.0.0.1:8443\""},
		[CONFIG_KEY_WEB_NAMES] = {CONFIG_SECTION_WEB, "names",
				config_web_take_names,
				"1 to 8 names or addresses of machines, without ports, with a space between them, such as \"kvm1.example.org kvm1\""},
		[CONFIG_KEY_WEB_REDIRECT] = {CONFIG_SECTION_WEB, "redirect",
				config_web_take_redirect,
				"an address and port such as \"[::]:80\""},
		[CONFIG_KEY_SOURCE] = {CONFIG_SECTION_CAPTURE, "source",
				take_source, "\"v4l2\", \"demo\" or \"file\""},
		[CONFIG_KEY_DEVICE] = {CONFIG_SECTION_CAPTURE, "device",
				take_device,
				"an absolute path such as \"/dev/video0\""},
		[CONFIG_KEY_SUBDEVICE] = {CONFIG_SECTION_CAPTURE, "subdevice",
				take_subdevice,
				"an absolute path such as \"/dev/v4l-subdev0\""},
		[CONFIG_KEY_FORMAT] = {CONFIG_SECTION_CAPTURE, "format",
				take_format,
				"four letters or digits such as \"YUYV\" or \"MJPG\""},
		[CONFIG_KEY_EDID] = {CONFIG_SECTION_CAPTURE, "edid", take_edid,
				"\"1080p60\", \"1080p50\", \"720p60\", \"1280x1024\" or the absolute path of a file"},
		[CONFIG_KEY_DAMAGE_THRESHOLD] = {CONFIG_SECTION_CAPTURE,
				"damage_threshold", take_damage_threshold,
				"a number from 0 to 64"},
		[CONFIG_KEY_FILE] = {CONFIG_SECTION_CAPTURE, "file", take_file,
				"the absolute path of a file with raw frames"},
		[CONFIG_KEY_SIZE] = {CONFIG_SECTION_CAPTURE, "size", take_size,
				"width and height in pixels such as \"1920x1080\""},
		[CONFIG_KEY_COLOUR] = {CONFIG_SECTION_CAPTURE, "colour",
				take_colour,
				"\"bt601\", \"bt709\" or \"bt2020\", a space, and \"full\" or \"limited\""},
		[CONFIG_KEY_RATE] = {CONFIG_SECTION_CAPTURE, "rate", take_rate,
				"frames a second from 1 to 240, or 0 for full speed"},
		[CONFIG_KEY_UDC] = {CONFIG_SECTION_USB, "udc", take_udc,
				"a name as in /sys/class/udc, such as \"fe980000.usb\""},
		[CONFIG_KEY_POINTER] = {CONFIG_SECTION_USB, "pointer",
				take_pointer, "\"absolute\" or \"relative\""},
		[CONFIG_KEY_LISTEN] = {CONFIG_SECTION_VNC, "listen",
				take_listen,
				"an address and port such as \"127.0.0.1:5900\" or \"[::1]:5900\", or \"unix:\" and an absolute path"},
		[CONFIG_KEY_SECURITY] = {CONFIG_SECTION_VNC, "security",
				take_security,
				"one or more of x509plain, x509vnc, tlsplain, tlsvnc, vncauth and plain with a space between them, or \"none\""},
		[CONFIG_KEY_PASSWORD_FILE] = {CONFIG_SECTION_VNC,
				"password_file", take_password_file,
				"an absolute path such as \"/etc/rackhand/rack1.password\""},
		[CONFIG_KEY_PASSWORD_ROLE] = {CONFIG_SECTION_VNC,
				"password_role", take_password_role,
				"\"viewer\", \"operator\" or \"admin\""},
		[CONFIG_KEY_VIEWERS_MAX] = {CONFIG_SECTION_VNC, "viewers_max",
				take_viewers_max, "a number from 1 to 100"},
		[CONFIG_KEY_SHARED] = {CONFIG_SECTION_VNC, "shared",
				take_shared,
				"\"asked\", \"always\" or \"never\""},
		[CONFIG_KEY_CONTROL] = {CONFIG_SECTION_VNC, "control",
				take_control, "\"idle\", \"ask\" or \"seize\""},
		[CONFIG_KEY_BANNER] = {CONFIG_SECTION_VNC, "banner",
				take_banner,
				"\"off\", \"changes\" or \"always\""},
		[CONFIG_KEY_LOGIN_LIMIT] = {CONFIG_SECTION_VNC, "login_limit",
				take_login_limit,
				"a time from \"5s\" to \"5m\""},
		[CONFIG_KEY_IDLE_LIMIT] = {CONFIG_SECTION_VNC, "idle_limit",
				take_idle_limit,
				"a time from 1 to 999 of s, m, h or d such as \"30m\", or \"0\" for none"},
		[CONFIG_KEY_SESSION_LIMIT] = {CONFIG_SECTION_VNC,
				"session_limit", take_session_limit,
				"a time from 1 to 999 of s, m, h or d such as \"12h\", or \"0\" for none"},
		[CONFIG_KEY_LAYOUT] = {CONFIG_SECTION_KEYBOARD, "layout",
				config_keyboard_take_layout,
				"a layout of xkeyboard-config such as \"us\" or \"de\""},
		[CONFIG_KEY_VARIANT] = {CONFIG_SECTION_KEYBOARD, "variant",
				config_keyboard_take_variant,
				"a variant of that layout such as \"nodeadkeys\""},
		[CONFIG_KEY_DELAY] = {CONFIG_SECTION_KEYBOARD, "delay",
				config_keyboard_take_delay,
				"\"auto\", or a time from \"1ms\" to \"1000ms\""},
		[CONFIG_KEY_KEYS] = {CONFIG_SECTION_MACRO, "keys",
				config_keyboard_take_keys,
				"keys such as \"ctrl-alt-f1, wait 500ms, text 'root', enter\", at most 4096 bytes"},
};

int config_key_find(enum config_section section, const char *name)
{
	for (int i = 0; i < CONFIG_KEYS; i++)
		if (config_keys[i].section == section &&
				strcmp(config_keys[i].name, name) == 0)
			return i;
	return -1;
}
