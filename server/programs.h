/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/options.h"

/*
 * The command lines of the three programs: each table, and the places of its
 * options in the array of values that server_options_parse fills.
 */

enum server_rackhandd_option {
	SERVER_RACKHANDD_CONFIG,
	SERVER_RACKHANDD_CHECK_CONFIG,
	SERVER_RACKHANDD_SOCKET,
	SERVER_RACKHANDD_STATE,
	SERVER_RACKHANDD_OPTIONS
};

enum server_gadget_option { SERVER_GADGET_CONFIG, SERVER_GADGET_OPTIONS };

enum server_rackhand_option {
	SERVER_RACKHAND_SOCKET,
	SERVER_RACKHAND_STATE,
	SERVER_RACKHAND_URL,
	SERVER_RACKHAND_TOKEN_FILE,
	SERVER_RACKHAND_CACERT,
	SERVER_RACKHAND_PIN,
	SERVER_RACKHAND_TARGET,
	SERVER_RACKHAND_JSON,
	SERVER_RACKHAND_FOLLOW,
	SERVER_RACKHAND_OUTPUT,
	SERVER_RACKHAND_WIDTH,
	SERVER_RACKHAND_LAYOUT,
	SERVER_RACKHAND_VARIANT,
	SERVER_RACKHAND_DELAY,
	SERVER_RACKHAND_DRY_RUN,
	SERVER_RACKHAND_CLICK,
	SERVER_RACKHAND_SINCE,
	SERVER_RACKHAND_EVENT,
	SERVER_RACKHAND_EXPECT,
	SERVER_RACKHAND_ROLE,
	SERVER_RACKHAND_EXPIRES,
	SERVER_RACKHAND_OFF,
	SERVER_RACKHAND_OPTIONS
};

extern const struct server_program server_program_rackhandd;
extern const struct server_program server_program_gadget;
/* In server/cli-verbs.c, with what its verbs do. */
extern const struct server_program server_program_rackhand;

#define SERVER_CONFIG_PATH RACKHAND_SYSCONFDIR "/rackhand/rackhand.conf"
#define SERVER_SOCKET_PATH "/run/rackhand/control.sock"
#define SERVER_STATE_PATH "/var/lib/rackhand"
