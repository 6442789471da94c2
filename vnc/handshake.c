/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/handshake.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "vnc/rfb-read.h"
#include "vnc/rfb-write.h"

#define RESULT_OK 0
#define RESULT_FAILED 1
#define NO_TYPES 0

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

static int start_step(struct vnc_handshake *handshake,
		const struct vnc_security_type *type)
{
	int rc;

	handshake->type = type;
	switch (type->step) {
	case VNC_STEP_ADMIT:
		ask(handshake, &(struct vnc_login){.proof = VNC_PROOF_NONE});
		return 0;
	case VNC_STEP_CHALLENGE:
		rc = vnc_security_make_challenge(handshake->challenge);
		if (rc < 0)
			return rc;
		net_stream_write(handshake->parts.stream, handshake->challenge,
				sizeof(handshake->challenge));
		handshake->state = VNC_HANDSHAKE_RESPONSE;
		return 0;
	}
	assert(false);
	return -EINVAL;
}

/* In 3.3 the server decides alone. */
static int decide_type(struct vnc_handshake *handshake)
{
	const struct vnc_security_type *types[VNC_SECURITY_TYPES_MAX];
	size_t types_n = vnc_security_list(handshake->parts.security, types,
			VNC_SECURITY_TYPES_MAX);
	struct vnc_writer writer = {0};

	for (size_t i = 0; i < types_n; i++) {
		if (!types[i]->in_3_3)
			continue;
		vnc_write_u32(&writer, types[i]->number);
		queue(handshake, &writer);
		return start_step(handshake, types[i]);
	}
	vnc_write_u32(&writer, NO_TYPES);
	vnc_write_text(&writer, "RFB 3.3 is too old for this server");
	queue(handshake, &writer);
	return -EPROTONOSUPPORT;
}

static void offer_types(struct vnc_handshake *handshake)
{
	const struct vnc_security_type *types[VNC_SECURITY_TYPES_MAX];
	size_t types_n = vnc_security_list(handshake->parts.security, types,
			VNC_SECURITY_TYPES_MAX);
	struct vnc_writer writer = {0};

	vnc_write_u8(&writer, (uint8_t)types_n);
	for (size_t i = 0; i < types_n; i++)
		vnc_write_u8(&writer, types[i]->number);
	queue(handshake, &writer);
	handshake->state = VNC_HANDSHAKE_TYPE;
}

static int take_version(struct vnc_handshake *handshake, const uint8_t *bytes)
{
	int rc = vnc_version_read(bytes, &handshake->minor);

	if (rc < 0)
		return rc;
	if (handshake->minor == 3)
		return decide_type(handshake);
	offer_types(handshake);
	return 0;
}

static int take_type(struct vnc_handshake *handshake, const uint8_t *bytes)
{
	const struct vnc_security_type *type =
			vnc_security_find(handshake->parts.security, bytes[0]);

	if (type)
		return start_step(handshake, type);
	send_result(handshake, "This security type was not offered");
	return -EPROTONOSUPPORT;
}

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

static int take_client_init(
		struct vnc_handshake *handshake, const uint8_t *bytes)
{
	handshake->alone = bytes[0] == 0;
	handshake->state = VNC_HANDSHAKE_DONE;
	return 0;
}

static const struct {
	size_t bytes;
	int (*take)(struct vnc_handshake *handshake, const uint8_t *bytes);
} steps[] = {
		[VNC_HANDSHAKE_VERSION] = {VNC_VERSION_BYTES, take_version},
		[VNC_HANDSHAKE_TYPE] = {1, take_type},
		[VNC_HANDSHAKE_RESPONSE] = {VNC_CHALLENGE_BYTES, take_response},
		[VNC_HANDSHAKE_LOGIN] = {0, NULL},
		[VNC_HANDSHAKE_CLIENT_INIT] = {1, take_client_init},
};

ssize_t vnc_handshake_feed(struct vnc_handshake *handshake,
		const uint8_t *bytes, size_t size)
{
	size_t needed;
	int rc;

	assert(handshake->state != VNC_HANDSHAKE_DONE);
	needed = steps[handshake->state].bytes;
	if (size < needed || handshake->state == VNC_HANDSHAKE_LOGIN)
		return 0;
	rc = steps[handshake->state].take(handshake, bytes);
	return rc < 0 ? rc : (ssize_t)needed;
}

/* Before 3.8, who has nothing to prove expects no result. */
void vnc_handshake_answer(struct vnc_handshake *handshake, const char *refusal)
{
	assert(handshake->state == VNC_HANDSHAKE_LOGIN);
	if (handshake->minor == 8 || handshake->type->step != VNC_STEP_ADMIT)
		send_result(handshake, refusal);
	if (!refusal)
		handshake->state = VNC_HANDSHAKE_CLIENT_INIT;
}
