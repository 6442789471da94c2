/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/handshake.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "vnc/rfb-read.h"
#include "vnc/rfb-write.h"
#include "vnc/vencrypt.h"

#define RESULT_OK 0
#define RESULT_FAILED 1
#define NO_TYPES 0

#define VENCRYPT_VERSION_OK 0
#define VENCRYPT_VERSION_BAD 1
#define VENCRYPT_SUBTYPE_BAD 0
#define VENCRYPT_SUBTYPE_OK 1

void vnc_handshake_init(struct vnc_handshake *handshake,
		const struct vnc_handshake_parts *parts)
{
	static const char ours[] = "RFB 003.008\n";

	memset(handshake, 0, sizeof(*handshake));
	handshake->parts = *parts;
	net_stream_write(parts->stream, ours, VNC_VERSION_BYTES);
}

static void queue(const struct vnc_handshake *handshake,
		const struct vnc_writer *writer)
{
	net_stream_write(handshake->parts.stream, writer->bytes, writer->used);
}

static void send_result(
		const struct vnc_handshake *handshake, const char *failure)
{
	struct vnc_writer writer = {0};

	vnc_write_u32(&writer, failure ? RESULT_FAILED : RESULT_OK);
	if (failure && handshake->minor == 8)
		vnc_write_text(&writer, failure);
	queue(handshake, &writer);
}

/* Goes to LOGIN first: the answer may come from within the call. */
static void ask(struct vnc_handshake *handshake, struct vnc_login *login)
{
	login->peer = handshake->parts.peer;
	login->security = handshake->type->name;
	handshake->state = VNC_HANDSHAKE_LOGIN;
	handshake->parts.login(handshake->parts.context, login);
}

static void ask_at_once(struct vnc_handshake *handshake)
{
	struct vnc_login login = {
			.proof = handshake->type->proof,
			.ticket = handshake->parts.ticket,
	};

	ask(handshake, &login);
}

static int send_challenge(struct vnc_handshake *handshake)
{
	int rc = vnc_security_make_challenge(handshake->challenge);

	if (rc < 0)
		return rc;
	net_stream_write(handshake->parts.stream, handshake->challenge,
			sizeof(handshake->challenge));
	handshake->state = VNC_HANDSHAKE_RESPONSE;
	return 0;
}

static int start_proof(struct vnc_handshake *handshake)
{
	switch (handshake->type->proof) {
	case VNC_PROOF_NONE:
	case VNC_PROOF_TICKET:
		ask_at_once(handshake);
		return 0;
	case VNC_PROOF_PASSWORD:
		return send_challenge(handshake);
	case VNC_PROOF_USER:
		handshake->state = VNC_HANDSHAKE_PLAIN;
		return 0;
	}
	assert(false);
	return -EINVAL;
}

/* ---- version and type -------------------------------------------------------
 */

/* In 3.3 the server decides alone. */
static int decide_type(struct vnc_handshake *handshake)
{
	const struct vnc_security_type *types[VNC_SECURITY_TYPES_MAX];
	size_t types_n = vnc_security_list(handshake->parts.security, false,
			types, VNC_SECURITY_TYPES_MAX);
	struct vnc_writer writer = {0};

	for (size_t i = 0; i < types_n; i++) {
		if (!types[i]->in_3_3)
			continue;
		vnc_write_u32(&writer, types[i]->number);
		queue(handshake, &writer);
		handshake->type = types[i];
		return start_proof(handshake);
	}
	vnc_write_u32(&writer, NO_TYPES);
	vnc_write_text(&writer,
			"This viewer speaks RFB 3.3, which knows no encryption; this server wants it");
	queue(handshake, &writer);
	return -EPROTONOSUPPORT;
}

static int offer_nothing(struct vnc_handshake *handshake)
{
	struct vnc_writer writer = {0};

	vnc_write_u8(&writer, NO_TYPES);
	vnc_write_text(&writer, "This server has no certificate to show yet");
	queue(handshake, &writer);
	return -ENOTSUP;
}

/* VeNCrypt first: what is in it is better than what is not. */
static int offer_types(struct vnc_handshake *handshake)
{
	const struct vnc_security_type *types[VNC_SECURITY_TYPES_MAX];
	unsigned security = handshake->parts.security;
	struct vnc_writer writer = {0};
	size_t types_n, vencrypt_n;

	vencrypt_n = vnc_security_list(
			security, true, types, VNC_SECURITY_TYPES_MAX);
	types_n = vnc_security_list(
			security, false, types, VNC_SECURITY_TYPES_MAX);
	if (vencrypt_n + types_n == 0)
		return offer_nothing(handshake);
	vnc_write_u8(&writer, (uint8_t)(types_n + (vencrypt_n > 0)));
	if (vencrypt_n > 0)
		vnc_write_u8(&writer, VNC_VENCRYPT_TYPE);
	for (size_t i = 0; i < types_n; i++)
		vnc_write_u8(&writer, (uint8_t)types[i]->number);
	queue(handshake, &writer);
	handshake->state = VNC_HANDSHAKE_TYPE;
	return 0;
}

static int take_version(struct vnc_handshake *handshake, const uint8_t *bytes)
{
	int rc = vnc_version_read(bytes, &handshake->minor);

	if (rc < 0)
		return rc;
	return handshake->minor == 3 ? decide_type(handshake)
				     : offer_types(handshake);
}

static int start_vencrypt(struct vnc_handshake *handshake)
{
	static const uint8_t ours[VNC_VENCRYPT_VERSION_BYTES] = {0, 2};

	net_stream_write(handshake->parts.stream, ours, sizeof(ours));
	handshake->state = VNC_HANDSHAKE_VENCRYPT_VERSION;
	return 0;
}

static int take_type(struct vnc_handshake *handshake, const uint8_t *bytes)
{
	const struct vnc_security_type *inside[1];
	unsigned security = handshake->parts.security;

	if (bytes[0] == VNC_VENCRYPT_TYPE &&
			vnc_security_list(security, true, inside, 1) > 0)
		return start_vencrypt(handshake);
	handshake->type = vnc_security_find(security, false, bytes[0]);
	if (handshake->type)
		return start_proof(handshake);
	send_result(handshake, "This security type was not offered");
	return -EPROTONOSUPPORT;
}

/* ---- VeNCrypt ---------------------------------------------------------------
 */

static void send_verdict(struct vnc_handshake *handshake, uint8_t verdict)
{
	net_stream_write(handshake->parts.stream, &verdict, 1);
}

static int take_vencrypt_version(
		struct vnc_handshake *handshake, const uint8_t *bytes)
{
	const struct vnc_security_type *types[VNC_SECURITY_TYPES_MAX];
	struct vnc_writer writer = {0};
	size_t types_n;
	int rc = vnc_vencrypt_read_version(bytes);

	send_verdict(handshake,
			rc == 0 ? VENCRYPT_VERSION_OK : VENCRYPT_VERSION_BAD);
	if (rc < 0)
		return rc;
	types_n = vnc_security_list(handshake->parts.security, true, types,
			VNC_SECURITY_TYPES_MAX);
	vnc_write_u8(&writer, (uint8_t)types_n);
	for (size_t i = 0; i < types_n; i++)
		vnc_write_u32(&writer, types[i]->number);
	queue(handshake, &writer);
	handshake->state = VNC_HANDSHAKE_VENCRYPT_SUBTYPE;
	return 0;
}

/* Only before TLS is there a verdict: Plain's own bytes follow at once. */
static int take_vencrypt_subtype(
		struct vnc_handshake *handshake, const uint8_t *bytes)
{
	handshake->type = vnc_security_find(handshake->parts.security, true,
			vnc_vencrypt_read_subtype(bytes));
	if (!handshake->type) {
		send_verdict(handshake, VENCRYPT_SUBTYPE_BAD);
		return -EPROTONOSUPPORT;
	}
	if (!handshake->type->tls)
		return start_proof(handshake);
	send_verdict(handshake, VENCRYPT_SUBTYPE_OK);
	handshake->state = VNC_HANDSHAKE_TLS;
	return 0;
}

/* A step of its own: the stream must see that nothing is left before it. */
static int start_tls(struct vnc_handshake *handshake, const uint8_t *bytes)
{
	int rc = net_stream_start_tls(handshake->parts.stream,
			handshake->parts.tls, handshake->type->tls_kind);

	(void)bytes;
	if (rc == -EPROTO)
		return -EBADMSG;
	return rc < 0 ? rc : start_proof(handshake);
}

/* ---- proof ------------------------------------------------------------------
 */

static int take_response(struct vnc_handshake *handshake, const uint8_t *bytes)
{
	struct vnc_login login = {
			.proof = VNC_PROOF_PASSWORD,
			.proved = vnc_security_is_proved(
					handshake->parts.password,
					handshake->challenge, bytes),
	};

	ask(handshake, &login);
	return 0;
}

static ssize_t take_plain(struct vnc_handshake *handshake, const uint8_t *bytes,
		size_t size)
{
	struct vnc_plain plain;
	ssize_t used = vnc_plain_read(&plain, bytes, size);
	struct vnc_login login = {
			.proof = VNC_PROOF_USER,
			.user = plain.user,
			.secret = plain.secret,
	};

	if (used > 0)
		ask(handshake, &login);
	else if (used < 0)
		send_result(handshake,
				used == -EMSGSIZE
						? "The name or the password is too long"
						: "This is no name or no password");
	explicit_bzero(&plain, sizeof(plain));
	return used;
}

static int take_client_init(
		struct vnc_handshake *handshake, const uint8_t *bytes)
{
	handshake->alone = bytes[0] == 0;
	handshake->state = VNC_HANDSHAKE_DONE;
	return 0;
}

/* ---- the steps --------------------------------------------------------------
 */

/* Of fixed size; LOGIN takes nothing, and PLAIN says its size itself. */
static const struct {
	size_t bytes;
	int (*take)(struct vnc_handshake *handshake, const uint8_t *bytes);
} steps[VNC_HANDSHAKE_DONE] = {
		[VNC_HANDSHAKE_VERSION] = {VNC_VERSION_BYTES, take_version},
		[VNC_HANDSHAKE_TYPE] = {1, take_type},
		[VNC_HANDSHAKE_VENCRYPT_VERSION] = {VNC_VENCRYPT_VERSION_BYTES,
				take_vencrypt_version},
		[VNC_HANDSHAKE_VENCRYPT_SUBTYPE] = {VNC_VENCRYPT_SUBTYPE_BYTES,
				take_vencrypt_subtype},
		[VNC_HANDSHAKE_TLS] = {0, start_tls},
		[VNC_HANDSHAKE_RESPONSE] = {VNC_CHALLENGE_BYTES, take_response},
		[VNC_HANDSHAKE_CLIENT_INIT] = {1, take_client_init},
};

ssize_t vnc_handshake_feed(struct vnc_handshake *handshake,
		const uint8_t *bytes, size_t size)
{
	enum vnc_handshake_state state = handshake->state;
	int rc;

	assert(state < VNC_HANDSHAKE_DONE);
	if (state == VNC_HANDSHAKE_PLAIN)
		return take_plain(handshake, bytes, size);
	if (state == VNC_HANDSHAKE_LOGIN || size < steps[state].bytes)
		return 0;
	rc = steps[state].take(handshake, bytes);
	return rc < 0 ? rc : (ssize_t)steps[state].bytes;
}

/* Before 3.8, who has nothing to prove expects none. */
static bool has_result(const struct vnc_handshake *handshake)
{
	enum vnc_proof proof = handshake->type->proof;

	return handshake->minor == 8 ||
			(proof != VNC_PROOF_NONE && proof != VNC_PROOF_TICKET);
}

void vnc_handshake_answer(struct vnc_handshake *handshake, const char *refusal)
{
	assert(handshake->state == VNC_HANDSHAKE_LOGIN);
	if (has_result(handshake))
		send_result(handshake, refusal);
	if (!refusal)
		handshake->state = VNC_HANDSHAKE_CLIENT_INIT;
}
