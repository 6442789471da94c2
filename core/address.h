/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Where to listen, as a person writes it:
 *   "127.0.0.1:5900"   "[::1]:5900"   "0.0.0.0:5900"   "[::]:5900"
 *   "unix:/run/rackhand/rack1.sock"   (absolute, at most 107 bytes)
 * Names are not looked up: a KVM must come up without a resolver.
 *
 * Threads: any.
 * Errors:  -EINVAL for anything else, port 0 included.
 */
struct core_address {
	struct sockaddr_storage storage;
	socklen_t length;
};

int core_address_parse(struct core_address *address, const char *text);

/* Reachable from this machine only: 127.0.0.0/8, ::1 or a Unix socket. */
bool core_address_is_local(const struct core_address *address);

/* Write it as core_address_parse would read it; always ends with a NUL. */
#define CORE_ADDRESS_TEXT_BYTES 128
void core_address_format(const struct core_address *address,
		char text[CORE_ADDRESS_TEXT_BYTES]);
