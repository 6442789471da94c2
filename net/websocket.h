/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "net/transport.h"

/*
 * The server's end of a WebSocket (RFC 6455, version 13, no extensions) from
 * the byte behind the HTTP answer on: another transport whose bytes travel in
 * binary messages. Messages have no meaning: what they carry is one run of
 * bytes either way.
 *
 * Pings are answered, the newest alone where the other end takes no answers.
 * An end is said to the other end wherever a frame of ours is not half sent.
 *
 * Threads: loop thread only.
 * Errors:  of receive and send, with the words in get_why: -EPROTO, the other
 *          end breaks the protocol or does not mask; -EMSGSIZE, a message is
 *          too long; -ENOTSUP, it is a text; -EILSEQ, its good-bye is no UTF-8.
 */

/* Of one message, all its fragments together. */
#define NET_WEBSOCKET_MESSAGE_MAX_BYTES ((size_t)64 << 10)

/* `inner` is taken on success. -ENOMEM. */
int net_websocket_wrap(struct net_transport **out, struct net_transport *inner);
