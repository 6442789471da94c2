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

static const struct server_verb gadget_verbs[] = {
		{"up", {"TARGET..."},
				.help = "build the USB gadgets of all targets, or of those named"},
		{"down", {"TARGET..."}, .help = "take them down"},
		{"status", {"TARGET..."}, .help = "print what there is"},
		{"wanted", .help = "exit with 0 if any target has a usb section, else with 1"},
};

static const struct server_verb *gadget_verb_at(size_t i)
{
	return i < COUNT(gadget_verbs) ? &gadget_verbs[i] : NULL;
}

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
		.verb_at = gadget_verb_at,
		.exits = gadget_exits,
		.exits_n = COUNT(gadget_exits),
};

#undef COUNT
