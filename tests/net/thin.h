/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "net/transport.h"

/*
 * A transport as on a bad day: it takes and gives at most so many bytes at a
 * time, and every other time it takes nothing at all.
 */
struct net_transport *thin_create(struct net_transport *inner, size_t most);
