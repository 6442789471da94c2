/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/check.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "config/keyboard.h"
#include "config/web.h"

#define FOR(source) (1u << CONFIG_SOURCE_##source)

/* Which sources a key of the section goes with; with all, when not here. */
static const struct {
	unsigned sources;
	const char *texts;
} key_sources[CONFIG_KEYS] = {
		[CONFIG_KEY_DEVICE] = {FOR(V4L2), "\"v4l2\""},
		[CONFIG_KEY_SUBDEVICE] = {FOR(V4L2), "\"v4l2\""},
		[CONFIG_KEY_FORMAT] = {FOR(V4L2) | FOR(FILE),
				"\"v4l2\" or \"file\""},
		[CONFIG_KEY_EDID] = {FOR(V4L2), "\"v4l2\""},
		[CONFIG_KEY_DAMAGE_THRESHOLD] = {FOR(V4L2) | FOR(FILE),
				"\"v4l2\" or \"file\""},
		[CONFIG_KEY_FILE] = {FOR(FILE), "\"file\""},
		[CONFIG_KEY_SIZE] = {FOR(FILE), "\"file\""},
		[CONFIG_KEY_COLOUR] = {FOR(FILE), "\"file\""},
		[CONFIG_KEY_RATE] = {FOR(FILE), "\"file\""},
};

#undef FOR

static const struct {
	const char *name;
	struct {
		enum config_key_id key;
		const char *cure;
	} needs[3]; /* without a cure: no more */
} sources[CONFIG_SOURCES] = {
		[CONFIG_SOURCE_V4L2] = {"v4l2",
				{{CONFIG_KEY_DEVICE,
						"device; add device = \"/dev/video0\" or a path below /dev/v4l/by-path"}}},
		[CONFIG_SOURCE_DEMO] = {"demo", {{0}}},
		[CONFIG_SOURCE_FILE] = {"file",
				{{CONFIG_KEY_FILE,
						 "file; add file = \"/path/frames.yuyv\""},
						{CONFIG_KEY_SIZE,
								"size; add size = \"1920x1080\""},
						{CONFIG_KEY_FORMAT,
								"format; add format = \"YUYV\""}}},
};

static int check_keys(struct config_draft *draft, enum config_source source)
{
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		if (key_sources[i].sources && draft->key_lines[i] &&
				!(key_sources[i].sources & 1u << source))
			return config_report_write(&draft->report,
					draft->key_lines[i],
					"%s does not go with source = \"%s\"; remove it, or write source = %s",
					config_keys[i].name,
					sources[source].name,
					key_sources[i].texts);
	return 0;
}

static int check_capture(struct config_draft *draft, unsigned line)
{
	enum config_source source = draft->target.capture.source;
	int rc;

	if (!draft->key_lines[CONFIG_KEY_SOURCE])
		return config_report_write(&draft->report, line,
				"section capture lacks its source; add source = %s",
				config_keys[CONFIG_KEY_SOURCE].wants);
	rc = check_keys(draft, source);
	for (size_t i = 0; rc == 0 && i < 3; i++)
		if (sources[source].needs[i].cure &&
				!draft->key_lines[sources[source].needs[i].key])
			return config_report_write(&draft->report, line,
					"source = \"%s\" lacks its %s",
					sources[source].name,
					sources[source].needs[i].cure);
	return rc;
}

static int check_usb(struct config_draft *draft, unsigned line)
{
	(void)line;
	draft->target.usb.enabled = true;
	return 0;
}

static int check_vnc_none(struct config_draft *draft)
{
	if (draft->target.vnc.security != CONFIG_SECURITY_NONE)
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_SECURITY],
				"security = \"none\" stands alone: with it, nobody would need the others; remove one or the other");
	if (!core_address_is_local(&draft->target.vnc.listen))
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_SECURITY],
				"security = \"none\" would let the whole network type; listen on 127.0.0.1, [::1] or a Unix socket, or remove the key to let in users by an encrypted way");
	return 0;
}

#define BY_PASSWORD                                                            \
	(CONFIG_SECURITY_X509VNC | CONFIG_SECURITY_TLSVNC |                    \
			CONFIG_SECURITY_VNCAUTH)

/* A password that nobody could use is a mistake, and so is one that lacks. */
static int check_vnc_password(struct config_draft *draft)
{
	const struct config_vnc *vnc = &draft->target.vnc;

	if (draft->key_lines[CONFIG_KEY_SECURITY] &&
			vnc->security & BY_PASSWORD && !vnc->password_file)
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_SECURITY],
				"security with x509vnc, tlsvnc or vncauth lacks its secret; add password_file = \"/etc/rackhand/rack1.password\"");
	if (vnc->password_file && !(vnc->security & BY_PASSWORD))
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_PASSWORD_FILE],
				"password_file does not go with this security; remove it, or add x509vnc to security");
	if (draft->key_lines[CONFIG_KEY_PASSWORD_ROLE] && !vnc->password_file)
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_PASSWORD_ROLE],
				"password_role without a password_file means nothing; remove it, or add password_file = \"/etc/rackhand/rack1.password\"");
	return 0;
}

#undef BY_PASSWORD

static int check_vnc(struct config_draft *draft, unsigned line)
{
	if (!draft->key_lines[CONFIG_KEY_LISTEN])
		return config_report_write(&draft->report, line,
				"section vnc lacks its address; add listen = \"127.0.0.1:5900\"");
	if (draft->target.vnc.security & CONFIG_SECURITY_NONE &&
			check_vnc_none(draft) < 0)
		return -EINVAL;
	return check_vnc_password(draft);
}

int config_check_section(struct config_draft *draft,
		enum config_section section, unsigned line)
{
	static int (*const checks[CONFIG_SECTIONS])(
			struct config_draft * draft, unsigned line) = {
			[CONFIG_SECTION_WEB] = config_web_check,
			[CONFIG_SECTION_CAPTURE] = check_capture,
			[CONFIG_SECTION_USB] = check_usb,
			[CONFIG_SECTION_VNC] = check_vnc,
			[CONFIG_SECTION_KEYBOARD] = config_keyboard_check,
	};

	return checks[section](draft, line);
}

/* The name becomes part of file names, log lines and the gadget's name. */
static int check_name(struct config_draft *draft, unsigned line)
{
	const char *name = draft->target.name;
	size_t length = strlen(name);

	if (length >= 1 && length <= CONFIG_NAME_MAX &&
			strspn(name,
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"abcdefghijklmnopqrstuvwxyz"
					"0123456789_-") == length)
		return 0;
	return config_report_write(&draft->report, line,
			"target name \"%.64s\" is wrong; write 1 to %d of A-Z a-z 0-9 _ -",
			name, CONFIG_NAME_MAX);
}

static int check_complete(struct config_draft *draft, unsigned line)
{
	if (!draft->section_lines[CONFIG_SECTION_CAPTURE])
		return config_report_write(&draft->report, line,
				"target \"%s\" has no picture; add capture { source = ... }",
				draft->target.name);
	if (!draft->section_lines[CONFIG_SECTION_VNC])
		return config_report_write(&draft->report, line,
				"target \"%s\" cannot be reached; add vnc { listen = ... }",
				draft->target.name);
	if (draft->target.usb.enabled &&
			draft->target.capture.source == CONFIG_SOURCE_DEMO)
		return config_report_write(&draft->report,
				draft->section_lines[CONFIG_SECTION_USB],
				"a target with source = \"demo\" brings its own USB; remove section usb");
	return 0;
}

static in_port_t port_of(const struct core_address *address)
{
	if (address->storage.ss_family == AF_INET)
		return ((const struct sockaddr_in *)&address->storage)
				->sin_port;
	if (address->storage.ss_family == AF_INET6)
		return ((const struct sockaddr_in6 *)&address->storage)
				->sin6_port;
	return 0;
}

/* 0.0.0.0 takes in all of IPv4, and [::] everything. */
static bool takes_in(const struct core_address *wide,
		const struct core_address *other)
{
	const struct sockaddr_in *in =
			(const struct sockaddr_in *)&wide->storage;
	const struct sockaddr_in6 *in6 =
			(const struct sockaddr_in6 *)&wide->storage;

	if (port_of(wide) != port_of(other))
		return false;
	if (wide->storage.ss_family == AF_INET)
		return in->sin_addr.s_addr == INADDR_ANY &&
				other->storage.ss_family == AF_INET;
	return wide->storage.ss_family == AF_INET6 &&
			IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

bool config_address_overlaps(
		const struct core_address *a, const struct core_address *b)
{
	if (a->length == b->length &&
			memcmp(&a->storage, &b->storage, a->length) == 0)
		return true;
	return takes_in(a, b) || takes_in(b, a);
}

static bool text_shared(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Two that each want "the only UDC", or one of them another. */
static int check_udc(
		struct config_draft *draft, const struct config_target *other)
{
	const struct config_target *target = &draft->target;

	if (!target->usb.enabled || !other->usb.enabled)
		return 0;
	if (!target->usb.udc || !other->usb.udc)
		return config_report_write(&draft->report,
				draft->section_lines[CONFIG_SECTION_USB],
				"targets \"%s\" and \"%s\" both have a usb section; add udc = \"...\" to each, with different names",
				other->name, target->name);
	if (text_shared(target->usb.udc, other->usb.udc))
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_UDC],
				"udc \"%s\" already belongs to target \"%s\"; write another",
				target->usb.udc, other->name);
	return 0;
}

static int check_pair(
		struct config_draft *draft, const struct config_target *other)
{
	const struct config_target *target = &draft->target;
	char address[CORE_ADDRESS_TEXT_BYTES];

	if (text_shared(target->capture.device, other->capture.device))
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_DEVICE],
				"device \"%s\" already belongs to target \"%s\"; write another",
				target->capture.device, other->name);
	if (text_shared(target->capture.subdevice, other->capture.subdevice))
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_SUBDEVICE],
				"subdevice \"%s\" already belongs to target \"%s\"; write another",
				target->capture.subdevice, other->name);
	if (config_address_overlaps(&target->vnc.listen, &other->vnc.listen)) {
		core_address_format(&other->vnc.listen, address);
		return config_report_write(&draft->report,
				draft->key_lines[CONFIG_KEY_LISTEN],
				"target \"%s\" already listens on \"%s\"; write another port",
				other->name, address);
	}
	return check_udc(draft, other);
}

int config_check_target(struct config_draft *draft, unsigned line)
{
	int rc = check_name(draft, line);

	if (rc == 0)
		rc = check_complete(draft, line);
	for (size_t i = 0; i < draft->config->targets_n && rc == 0; i++)
		rc = check_pair(draft, &draft->config->targets[i]);
	return rc;
}
