/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/programs.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct server_option rackhandd_options[] = {
		[SERVER_RACKHANDD_CONFIG] = {'c', "config", "FILE",
				"read this configuration, not " SERVER_CONFIG_PATH},
		[SERVER_RACKHANDD_CHECK_CONFIG] = {0, "check-config", NULL,
				"check the configuration, open no device, leave"},
		[SERVER_RACKHANDD_SOCKET] = {'s', "socket", "PATH",
				"control socket, not " SERVER_SOCKET_PATH},
		[SERVER_RACKHANDD_STATE] = {'d', "state-directory", "DIR",
				"users, keys and audit, not in " SERVER_STATE_PATH},
};
_Static_assert(COUNT(rackhandd_options) == SERVER_RACKHANDD_OPTIONS,
		"an option lacks its table entry");

static const struct server_help_line rackhandd_exits[] = {
		{"0", "stopped as asked, or the configuration is good"},
		{"1", "could not start, or failed while running"},
		{"2", "the command line or the configuration is wrong"},
};

const struct server_program server_program_rackhandd = {
		.name = "rackhandd",
		.summary = "serve the screens, keyboards and mice of target machines",
		.options = rackhandd_options,
		.options_n = COUNT(rackhandd_options),
		.exits = rackhandd_exits,
		.exits_n = COUNT(rackhandd_exits),
};

static const struct server_option gadget_options[] = {
		[SERVER_GADGET_CONFIG] = {'c', "config", "FILE",
				"read this configuration, not " SERVER_CONFIG_PATH},
};
_Static_assert(COUNT(gadget_options) == SERVER_GADGET_OPTIONS,
		"an option lacks its table entry");

static const struct server_help_line gadget_verbs[] = {
		{"up", "build the USB gadgets of all targets, or of those named"},
		{"down", "take them down"},
		{"status", "print what there is"},
		{"wanted", "exit with 0 if any target has a usb section, else with 1"},
};

static const struct server_help_line gadget_exits[] = {
		{"0", "done"},
		{"1", "it failed; the cause is on stderr"},
		{"2", "the command line or the configuration is wrong"},
};

const struct server_program server_program_gadget = {
		.name = "rackhand-gadget",
		.summary = "build and take down the USB gadgets that targets see",
		.operands = "VERB [TARGET...]",
		.options = gadget_options,
		.options_n = COUNT(gadget_options),
		.verbs = gadget_verbs,
		.verbs_n = COUNT(gadget_verbs),
		.exits = gadget_exits,
		.exits_n = COUNT(gadget_exits),
};

static const struct server_option rackhand_options[] = {
		[SERVER_RACKHAND_SOCKET] = {'s', "socket", "PATH",
				"control socket, not " SERVER_SOCKET_PATH},
		[SERVER_RACKHAND_STATE] = {'d', "state-directory", "DIR",
				"users, keys and audit, not in " SERVER_STATE_PATH},
		[SERVER_RACKHAND_JSON] = {0, "json", NULL,
				"print the answer as JSON"},
		[SERVER_RACKHAND_SINCE] = {0, "since", "TIME",
				"show what was audited since then"},
		[SERVER_RACKHAND_EXPECT] = {0, "expect", "HASH",
				"find the audit line that has this hash"},
		[SERVER_RACKHAND_ROLE] = {0, "role", "ROLES",
				"of a new user: viewer@rack1,admin@rack2, not viewer"},
		[SERVER_RACKHAND_OFF] = {0, "off", NULL,
				"no one-time codes any more"},
};
_Static_assert(COUNT(rackhand_options) == SERVER_RACKHAND_OPTIONS,
		"an option lacks its table entry");

static const struct server_help_line rackhand_verbs[] = {
		{"status", "print the state of every target"},
		{"stats", "print what was timed and counted of every target, or one"},
		{"sessions", "print who is logged in, where, and as what"},
		{"disconnect", "send away the session of a number, and say why"},
		{"control give",
				"give the keyboard of its target to a session"},
		{"control release",
				"take the keyboard of a target from who has it"},
		{"tls fingerprint",
				"print what a certificate says, the machine's own or a file's"},
		{"audit show", "print who did what, when, from where"},
		{"audit verify", "tell whether the audit log was changed"},
		{"setup", "make the first user, an admin, with the code of a new machine"},
		{"user add", "make a user, and ask for its password"},
		{"user passwd", "give a user another password"},
		{"user role", "give a user other roles"},
		{"user totp", "make a user append one-time codes to its password"},
		{"user remove", "remove a user"},
		{"user list", "print all users"},
};

static const struct server_help_line rackhand_exits[] = {
		{"0", "done"},
		{"1", "it failed, or the daemon answered with an error or not at all"},
		{"2", "the command line is wrong"},
		{"3", "no daemon listens on the socket, or it may not be used"},
};

const struct server_program server_program_rackhand = {
		.name = "rackhand",
		.summary = "ask rackhandd, and manage its users",
		.operands = "VERB [OPERAND]...",
		.options = rackhand_options,
		.options_n = COUNT(rackhand_options),
		.verbs = rackhand_verbs,
		.verbs_n = COUNT(rackhand_verbs),
		.exits = rackhand_exits,
		.exits_n = COUNT(rackhand_exits),
};

#undef COUNT
