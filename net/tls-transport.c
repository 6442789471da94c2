/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/min-max.h"
#include "net/tls-private.h"

/*
 * What is read of the network in one go, and at most in one call of receive:
 * it bounds how many records somebody can make us look at in one turn.
 */
#define INTAKE_BYTES 4096

#define RECORD_MAX_BYTES 16384

/*
 * How much may come in of which nothing comes out: the library would keep a
 * handshake message of 16 MiB for anybody. The longest record has half of it; a
 * byte in a record of its own costs less than it earns.
 */
#define CREDIT_BYTES 32768
#define CREDIT_EARNED 64

/* As many parts as the library gives to one push. */
#define PARTS_MAX 32

/* A record with what encrypting adds, and what else may have to follow it. */
#define REST_BYTES (RECORD_MAX_BYTES + 4096)

struct net_tls_transport {
	struct net_transport base;
	struct net_transport *inner; /* owned */
	struct net_tls *tls;         /* counted */
	struct tls_identity *identity;
	enum net_tls_kind kind;
	gnutls_session_t session;
	bool established;
	bool full;        /* of a handshake the inner transport takes no more */
	bool inner_ended; /* nothing more comes from the network */
	int inner_rc;     /* why, if it failed */
	bool ended;       /* nothing goes in or out any more */
	int rc;           /* how it ended; 0: the peer did it */
	const char *why;  /* NULL: the errno says it all */

	/* From the network, not decrypted yet. */
	size_t intake_first;
	size_t intake_used;
	size_t credit;
	bool may_read; /* receive has not read yet */
	bool unread;   /* the inner transport may have more */
	uint8_t intake[INTAKE_BYTES];

	/*
	 * Encrypted, and not taken by the inner transport yet. The library
	 * believes that it was: what comes in may make it write at any time,
	 * and in the middle of a record it could not.
	 */
	uint8_t *rest; /* REST_BYTES; NULL until there is one */
	size_t rest_first;
	size_t rest_used;
	size_t promised; /* bytes that are told as sent when it is gone */
};

/* ---- what the library calls -----------------------------------------------
 */

static ssize_t would_block(struct net_tls_transport *tls)
{
	gnutls_transport_set_errno(tls->session, EAGAIN);
	return -1;
}

static ssize_t fail_inner(struct net_tls_transport *tls, ssize_t rc)
{
	tls->inner_rc = (int)rc;
	gnutls_transport_set_errno(tls->session, (int)-rc);
	return -1;
}

static int keep(struct net_tls_transport *tls, const uint8_t *bytes,
		size_t size)
{
	if (!tls->rest)
		tls->rest = malloc(REST_BYTES);
	if (!tls->rest)
		return -ENOMEM;
	if (size > REST_BYTES - tls->rest_used)
		return -ENOBUFS;
	memmove(tls->rest, tls->rest + tls->rest_first, tls->rest_used);
	memcpy(tls->rest + tls->rest_used, bytes, size);
	tls->rest_first = 0;
	tls->rest_used += size;
	return 0;
}

/* What stands behind the first `sent` bytes. */
static int keep_rest(struct net_tls_transport *tls, const struct iovec *parts,
		size_t parts_n, size_t sent)
{
	int rc = 0;

	for (size_t i = 0; i < parts_n && rc == 0; i++) {
		size_t skip = core_min_size(sent, parts[i].iov_len);

		sent -= skip;
		if (skip < parts[i].iov_len)
			rc = keep(tls,
					(const uint8_t *)parts[i].iov_base +
							skip,
					parts[i].iov_len - skip);
	}
	return rc;
}

/* -EAGAIN: not all of it is gone. */
static int send_rest(struct net_tls_transport *tls)
{
	while (tls->rest_used > 0) {
		const struct iovec part = {
				tls->rest + tls->rest_first, tls->rest_used};
		ssize_t sent = tls->inner->kind->send(tls->inner, &part, 1);

		if (sent < 0)
			return (int)sent;
		tls->rest_first += (size_t)sent;
		tls->rest_used -= (size_t)sent;
	}
	return 0;
}

static ssize_t push(gnutls_transport_ptr_t pointer, const giovec_t *from,
		int from_n)
{
	struct net_tls_transport *tls = pointer;
	struct iovec parts[PARTS_MAX];
	size_t parts_n = core_min_size((size_t)from_n, PARTS_MAX);
	ssize_t sent = -EAGAIN, size = 0;
	int rc;

	for (size_t i = 0; i < parts_n; i++) {
		parts[i] = (struct iovec){from[i].iov_base, from[i].iov_len};
		size += (ssize_t)from[i].iov_len;
	}
	if (tls->rest_used == 0)
		sent = tls->inner->kind->send(tls->inner, parts, parts_n);
	tls->full = sent == -EAGAIN || (sent > 0 && sent < size);
	if (sent == -EAGAIN && !tls->established)
		return would_block(tls);
	if (sent < 0 && sent != -EAGAIN)
		return fail_inner(tls, sent);
	if (!tls->established)
		return sent;
	rc = keep_rest(tls, parts, parts_n, sent > 0 ? (size_t)sent : 0);
	return rc < 0 ? fail_inner(tls, rc) : size;
}

/* 1: there is something; 0: the end; or -errno. */
static int refill(struct net_tls_transport *tls)
{
	ssize_t got;

	if (!tls->may_read)
		return -EAGAIN;
	tls->may_read = false;
	got = tls->inner->kind->receive(
			tls->inner, tls->intake, sizeof(tls->intake));
	tls->unread = got == sizeof(tls->intake);
	tls->inner_ended = got == 0;
	if (got <= 0)
		return (int)got;
	if ((size_t)got > tls->credit)
		return -EMSGSIZE;
	tls->credit -= (size_t)got;
	tls->intake_first = 0;
	tls->intake_used = (size_t)got;
	return 1;
}

static ssize_t pull(gnutls_transport_ptr_t pointer, void *bytes, size_t size)
{
	struct net_tls_transport *tls = pointer;

	if (tls->intake_used == 0) {
		int rc = refill(tls);

		if (rc == -EAGAIN)
			return would_block(tls);
		if (rc <= 0)
			return rc == 0 ? 0 : fail_inner(tls, rc);
	}
	size = core_min_size(size, tls->intake_used);
	memcpy(bytes, tls->intake + tls->intake_first, size);
	tls->intake_first += size;
	tls->intake_used -= size;
	return (ssize_t)size;
}

/* ---- the end ---------------------------------------------------------------
 */

static void end(struct net_tls_transport *tls, int rc, const char *why)
{
	tls->ended = true;
	tls->rc = rc;
	tls->why = why;
}

/* What the library failed with. -EAGAIN stays that; all else ends it. */
static int judge(struct net_tls_transport *tls, ssize_t gnutls_rc)
{
	int rc = (int)gnutls_rc;

	if (rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED)
		return -EAGAIN;
	if (tls->inner_rc < 0) {
		end(tls, tls->inner_rc,
				tls->inner_rc == -EMSGSIZE
						? "TLS: it sends much and says nothing"
						: NULL);
	} else if (tls->inner_ended) {
		/* Viewers seldom say good-bye. */
		end(tls, 0, tls->established ? NULL : "in the TLS handshake");
	} else {
		/* So that the other end can say it, too; if not, not. */
		gnutls_alert_send_appropriate(tls->session, rc);
		end(tls, tls_errno(rc), tls_why(tls->session, tls->kind, rc));
	}
	return tls->rc;
}

static int shake_hands(struct net_tls_transport *tls)
{
	int rc;

	if (tls->established)
		return 0;
	do
		rc = gnutls_handshake(tls->session);
	while (rc < 0 && !gnutls_error_is_fatal(rc) && rc != GNUTLS_E_AGAIN);
	if (rc < 0)
		return judge(tls, rc);
	tls->established = true;
	return 0;
}

/* ---- a transport -----------------------------------------------------------
 */

static int tls_get_fd(const struct net_transport *transport)
{
	const struct net_tls_transport *tls =
			(const struct net_tls_transport *)transport;

	return tls->inner->kind->get_fd(tls->inner);
}

static size_t earn(struct net_tls_transport *tls, size_t got)
{
	tls->credit = core_min_size(
			tls->credit + CREDIT_EARNED * got, CREDIT_BYTES);
	return got;
}

static size_t decrypt(
		struct net_tls_transport *tls, uint8_t *bytes, size_t size)
{
	size_t used = 0;

	while (used < size && !tls->ended) {
		ssize_t got = gnutls_record_recv(
				tls->session, bytes + used, size - used);

		if (got > 0)
			used += earn(tls, (size_t)got);
		else if (got == 0)
			end(tls, 0, NULL); /* it has said good-bye */
		else if (got == GNUTLS_E_WARNING_ALERT_RECEIVED)
			continue;
		else if (judge(tls, got) == -EAGAIN)
			break;
	}
	return used;
}

static ssize_t tls_receive(
		struct net_transport *transport, void *bytes, size_t size)
{
	struct net_tls_transport *tls = (struct net_tls_transport *)transport;
	size_t got;

	if (tls->ended)
		return tls->rc;
	tls->may_read = true;
	if (shake_hands(tls) == -EAGAIN)
		return -EAGAIN;
	if (tls->promised == 0)
		send_rest(tls); /* its failure is the next receive's, too */
	got = decrypt(tls, bytes, size);
	if (got > 0)
		return (ssize_t)got;
	return tls->ended ? tls->rc : -EAGAIN;
}

/* Many small parts become one record: each has a price of its own. */
static size_t gather(uint8_t record[RECORD_MAX_BYTES], size_t size,
		const struct iovec *parts, size_t parts_n)
{
	size_t used = 0;

	for (size_t i = 0; i < parts_n && used < size; i++) {
		size_t some = core_min_size(parts[i].iov_len, size - used);

		memcpy(record + used, parts[i].iov_base, some);
		used += some;
	}
	return used;
}

static ssize_t send_record(struct net_tls_transport *tls,
		const struct iovec *parts, size_t parts_n)
{
	size_t size = core_min_size(gnutls_record_get_max_size(tls->session),
			RECORD_MAX_BYTES);
	uint8_t record[RECORD_MAX_BYTES];

	if (parts[0].iov_len >= size)
		return gnutls_record_send(
				tls->session, parts[0].iov_base, size);
	size = gather(record, size, parts, parts_n);
	return gnutls_record_send(tls->session, record, size);
}

/* Until the whole record has left, none of it counts as sent. */
static ssize_t tls_send(struct net_transport *transport,
		const struct iovec *parts, size_t parts_n)
{
	struct net_tls_transport *tls = (struct net_tls_transport *)transport;
	ssize_t sent = 0;
	int rc;

	if (tls->ended)
		return tls->rc < 0 ? tls->rc : -EPIPE;
	if (!tls->established)
		return -EAGAIN;
	rc = send_rest(tls);
	if (rc == 0 && tls->promised == 0) {
		sent = send_record(tls, parts, parts_n);
		if (sent <= 0 && judge(tls, sent) != -EAGAIN)
			return tls->rc < 0 ? tls->rc : -EPIPE;
		tls->promised = sent > 0 ? (size_t)sent : 0;
		rc = sent > 0 ? send_rest(tls) : -EAGAIN;
	}
	if (rc < 0)
		return rc;
	sent = (ssize_t)tls->promised;
	tls->promised = 0;
	return sent;
}

static size_t tls_get_unsent(const struct net_transport *transport)
{
	return net_transport_get_unsent(
			((const struct net_tls_transport *)transport)->inner);
}

static void tls_set_ahead(struct net_transport *transport, size_t bytes)
{
	net_transport_set_ahead(
			((struct net_tls_transport *)transport)->inner, bytes);
}

static void tls_set_pace(struct net_transport *transport, uint64_t rate)
{
	net_transport_set_pace(
			((struct net_tls_transport *)transport)->inner, rate);
}

static unsigned tls_get_needs(const struct net_transport *transport)
{
	const struct net_tls_transport *tls =
			(const struct net_tls_transport *)transport;
	unsigned needs = net_transport_get_needs(tls->inner);

	if (tls->ended)
		return NET_NEED_RECEIVE;
	if (!tls->established && tls->full)
		return NET_NEED_INPUT | NET_NEED_OUTPUT; /* and no more */
	if (!tls->established)
		needs |= NET_NEED_INPUT;
	if (tls->rest_used > 0 && tls->promised == 0)
		needs |= NET_NEED_OUTPUT; /* nobody waits to send more */
	if (tls->unread || tls->intake_used > 0 ||
			gnutls_record_check_pending(tls->session) > 0)
		needs |= NET_NEED_RECEIVE;
	return needs;
}

static const char *tls_get_why(const struct net_transport *transport)
{
	const struct net_tls_transport *tls =
			(const struct net_tls_transport *)transport;

	return tls->why ? tls->why : net_transport_get_why(tls->inner);
}

static void tls_destroy(struct net_transport *transport)
{
	struct net_tls_transport *tls = (struct net_tls_transport *)transport;

	if (tls->session) {
		if (tls->established && !tls->ended)
			gnutls_bye(tls->session,
					GNUTLS_SHUT_WR); /* if it can */
		gnutls_deinit(tls->session);
	}
	tls_identity_unref(tls->identity);
	net_tls_destroy(tls->tls);
	net_transport_destroy(tls->inner);
	free(tls->rest);
	explicit_bzero(tls, sizeof(*tls));
	free(tls);
}

static const struct net_transport_kind tls_kind = {
		.name = "tls",
		.get_fd = tls_get_fd,
		.receive = tls_receive,
		.send = tls_send,
		.get_unsent = tls_get_unsent,
		.set_ahead = tls_set_ahead,
		.set_pace = tls_set_pace,
		.get_needs = tls_get_needs,
		.get_why = tls_get_why,
		.destroy = tls_destroy,
};

/* ---- its beginning ---------------------------------------------------------
 */

static int show(struct net_tls_transport *tls)
{
	if (tls->kind == NET_TLS_ANONYMOUS)
		return gnutls_credentials_set(tls->session, GNUTLS_CRD_ANON,
				tls->tls->anonymous);
	tls->identity = tls->tls->identity;
	tls->identity->refs++;
	return gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE,
			tls->identity->credentials);
}

static int begin(struct net_tls_transport *tls)
{
	int rc = gnutls_init(&tls->session,
			GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL |
					GNUTLS_NO_TICKETS);

	if (rc < 0)
		return rc;
	rc = gnutls_priority_set(tls->session, tls->tls->priorities[tls->kind]);
	if (rc < 0)
		return rc;
	rc = show(tls);
	if (rc < 0)
		return rc;
	gnutls_transport_set_ptr(tls->session, tls);
	gnutls_transport_set_pull_function(tls->session, pull);
	gnutls_transport_set_vec_push_function(tls->session, push);
	return 0;
}

int net_tls_wrap(struct net_transport **out, struct net_tls *tls,
		enum net_tls_kind kind, struct net_transport *inner)
{
	struct net_tls_transport *transport;
	int rc;

	*out = NULL;
	if (kind == NET_TLS_CERTIFICATE && !tls->identity)
		return -ENOKEY;
	transport = calloc(1, sizeof(*transport));
	if (!transport)
		return -ENOMEM;
	transport->base.kind = &tls_kind;
	transport->tls = tls;
	transport->kind = kind;
	transport->credit = CREDIT_BYTES;
	tls->refs++;
	rc = begin(transport);
	if (rc < 0) {
		tls_destroy(&transport->base);
		return tls_errno(rc);
	}
	transport->inner = inner;
	*out = &transport->base;
	return 0;
}
