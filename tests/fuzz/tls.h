/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/tls.h"

/*
 * Both ends of TLS for a server under test: one for the whole process
 * with a certificate and one without, made when first asked for, and a client
 * that trusts everybody.
 */
struct net_tls *fuzz_tls_get_server(bool certificate);

struct fuzz_tls;
void fuzz_tls_create(struct fuzz_tls **out, int fd, bool anonymous);

/* Does not say goodbye. NULL is allowed. */
void fuzz_tls_destroy(struct fuzz_tls *tls);

/* 0: done; -EAGAIN: the server has to run; -EPROTO: it will not be. */
int fuzz_tls_shake_hands(struct fuzz_tls *tls);

/* As send and recv on a socket that does not block. */
ssize_t fuzz_tls_send(struct fuzz_tls *tls, const void *bytes, size_t size);
ssize_t fuzz_tls_receive(struct fuzz_tls *tls, void *bytes, size_t size);
