/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "net/own-names.h"

/*
 * What a client calls us in "Host", and whether we are called that. A page of
 * somebody else whose name was made to lead to our address (DNS rebinding) says
 * its own name there, and so is found out.
 *
 * Ours are: localhost, the machine's names and addresses, the address through
 * which the connection came, and the names of the configuration, which may be
 * addresses: of a router, say, that hands on to us. Any port will do: what
 * stands in between may have changed it.
 *
 * Threads: any. Errors: -EINVAL: not "NAME", "NAME:PORT", "[IPV6]:PORT"...
 */
struct web_host {
	char name[NET_NAME_BYTES]; /* as written, without brackets */
	bool is_ipv6;              /* it had brackets */
	bool port_written;
	unsigned port;
};

int web_host_parse(
		struct web_host *host, const char *text, unsigned usual_port);

bool web_host_is_ours(const char *text, const struct net_own_names *own,
		const struct core_address *local, const char *const *names,
		size_t names_n);
