/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/flood/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nettle/des.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "tests/bench/tool.h"

/* Numbers on the wire. */
enum {
	TYPE_VNCAUTH = 2,
	TYPE_VENCRYPT = 19,
	SUBTYPE_X509VNC = 261,
	SUBTYPE_X509PLAIN = 262,
	TIGHT = 7,
	RAW = 0,
	QUALITY_6 = -26,
};

static const char version[] = "RFB 003.008\n";

static void put_u16(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static void put_u32(uint8_t *bytes, uint32_t value)
{
	put_u16(bytes, value >> 16);
	put_u16(bytes + 2, value & 0xffff);
}

/* ---- bytes ------------------------------------------------------------------
 */

void peer_close(struct peer *peer, enum peer_state state)
{
	if (peer->tls)
		gnutls_deinit(peer->tls);
	peer->tls = NULL;
	if (peer->fd != -1)
		close(peer->fd);
	peer->fd = -1;
	free(peer->buffer);
	peer->buffer = NULL;
	peer->state = state;
}

/* What is said is short; a server that does not take it has gone. */
void peer_say(struct peer *peer, const void *bytes, size_t size)
{
	ssize_t n;

	if (peer->fd == -1)
		return;
	n = peer->encrypted ? gnutls_record_send(peer->tls, bytes, size)
			    : send(peer->fd, bytes, size, MSG_NOSIGNAL);
	if (n != (ssize_t)size)
		peer_close(peer, PEER_LOST);
}

/* How many bytes came; 0: none for now; -1: it is over. */
static ssize_t receive(struct peer *peer)
{
	uint8_t *at = peer->buffer + peer->held_bytes;
	size_t room = PEER_BUFFER_BYTES - peer->held_bytes;
	ssize_t n;

	if (peer->encrypted) {
		n = gnutls_record_recv(peer->tls, at, room);
		if (n < 0 && !gnutls_error_is_fatal((int)n))
			return 0;
	} else {
		n = recv(peer->fd, at, room, 0);
		if (n == -1 && errno == EAGAIN)
			return 0;
	}
	if (n <= 0)
		return -1;
	peer->held_bytes += (size_t)n;
	return n;
}

/* ---- the ill-behaved --------------------------------------------------------
 */

struct bytes {
	const char *bytes;
	size_t size;
};
#define BYTES(text)                                                            \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

static const struct bytes malformed[] = {
		BYTES("GET / HTTP/1.1\r\nHost: kvm\r\n\r\n"),
		BYTES("RFB 999.999\n"),
		BYTES("RFB 003.008\n\1\1"),
		BYTES("RFB 003.008\n\2nottherightanswer"),
		BYTES("RFB 003.008\n\xff"),
		BYTES("RFB 003.003\n\1\1\1"),
		BYTES("RFB 003.008\n\23\0\2\0\0\1\6"), /* and no TLS */
		BYTES("RFB 003.008\n\23\0\2\0\0\1\6\26\3\1\2\0\1\0\1\374\3\3"),
		BYTES("RFB 003.008\n\23\0\2\0\0\1\6\26\3\1\377\377\1\377\377\377"),
		BYTES("RFB 003.008\n\23\0\2\0\0\1\0\0\0\0\xff\xff\xff\xff\xff"),
		BYTES("\26\3\1\2\0\1\0\1\374\3\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
};
#undef BYTES
#define MALFORMED (sizeof(malformed) / sizeof(malformed[0]))

static void say_what_is_malformed(struct peer *peer)
{
	unsigned which = peer->number % (MALFORMED + 1);
	uint8_t noise[256];

	if (which < MALFORMED) {
		peer_say(peer, malformed[which].bytes, malformed[which].size);
		return;
	}
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)rand();
	peer_say(peer, noise, sizeof(noise));
}

void peer_tick(struct peer *peer, uint64_t now_us)
{
	if (peer->fd == -1 || peer->kind != PEER_SLOW ||
			now_us - peer->said_us < PEER_SLOW_US)
		return;
	peer->said_us = now_us;
	peer_say(peer, &version[peer->said++ % 12], 1);
}

/* ---- the handshake ----------------------------------------------------------
 * Each step takes what the server says from the front of the buffer; 0: more
 * is needed.
 */

static size_t lose(struct peer *peer)
{
	peer_close(peer, PEER_LOST);
	return 0;
}

static size_t take_version(struct peer *peer)
{
	peer->banner_us = clock_now_us();
	switch (peer->kind) {
	case PEER_VIEWER:
		peer_say(peer, version, 12);
		peer->state = PEER_TYPES;
		return 12;
	case PEER_BANNER:
		peer_close(peer, PEER_DONE);
		return 0;
	case PEER_MALFORMED:
		say_what_is_malformed(peer);
		break;
	default:
		break;
	}
	return 12;
}

static size_t take_types(struct peer *peer)
{
	uint8_t wanted = peer->door->type;
	size_t size = 1 + (size_t)peer->buffer[0];

	if (peer->held_bytes < size)
		return 0;
	if (!memchr(peer->buffer + 1, wanted, size - 1))
		return lose(peer);
	peer_say(peer, &wanted, 1);
	peer->state = wanted == TYPE_VENCRYPT ? PEER_VENCRYPT_VERSION
					      : PEER_CHALLENGE;
	return size;
}

/* Each byte of the key mirrored, DES, twice. */
static size_t take_challenge(struct peer *peer)
{
	const char *password = peer->door->password;
	uint8_t key[8] = {0}, response[16];
	struct des_ctx des;

	for (size_t i = 0; i < 8 && password[i]; i++)
		for (unsigned bit = 0; bit < 8; bit++)
			key[i] |= (uint8_t)(((uint8_t)password[i] >> bit & 1)
					<< (7 - bit));
	des_set_key(&des, key);
	des_encrypt(&des, sizeof(response), response, peer->buffer);
	peer_say(peer, response, sizeof(response));
	peer->state = PEER_RESULT;
	return sizeof(response);
}

static size_t take_vencrypt_version(struct peer *peer)
{
	peer_say(peer, "\0\2", 2);
	peer->state = PEER_VENCRYPT_ACCEPTED;
	return 2;
}

static size_t take_vencrypt_accepted(struct peer *peer)
{
	if (peer->buffer[0] != 0)
		return lose(peer);
	peer->state = PEER_VENCRYPT_SUBTYPES;
	return 1;
}

static size_t take_vencrypt_subtypes(struct peer *peer)
{
	size_t size = 1 + 4 * (size_t)peer->buffer[0];
	uint8_t wanted[4];

	if (peer->held_bytes < size)
		return 0;
	put_u32(wanted, peer->door->subtype);
	peer_say(peer, wanted, sizeof(wanted));
	peer->state = PEER_VENCRYPT_CHOSEN;
	return size;
}

static size_t take_vencrypt_chosen(struct peer *peer)
{
	if (peer->buffer[0] != 1)
		return lose(peer);
	gnutls_init(&peer->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK);
	gnutls_set_default_priority(peer->tls);
	gnutls_credentials_set(peer->tls, GNUTLS_CRD_CERTIFICATE,
			peer->door->credentials);
	gnutls_transport_set_int(peer->tls, peer->fd);
	peer->state = PEER_TLS;
	return 1;
}

static void say_user(struct peer *peer)
{
	size_t user_size = strlen(peer->door->user);
	size_t password_size = strlen(peer->door->password);
	uint8_t message[512];

	put_u32(message, (uint32_t)user_size);
	put_u32(message + 4, (uint32_t)password_size);
	memcpy(message + 8, peer->door->user, user_size);
	memcpy(message + 8 + user_size, peer->door->password, password_size);
	peer_say(peer, message, 8 + user_size + password_size);
}

static void shake_tls(struct peer *peer)
{
	int rc = gnutls_handshake(peer->tls);

	if (rc < 0) {
		if (gnutls_error_is_fatal(rc))
			lose(peer);
		return;
	}
	peer->encrypted = true;
	peer->state = peer->door->user ? PEER_RESULT : PEER_CHALLENGE;
	if (peer->door->user)
		say_user(peer);
}

static size_t take_result(struct peer *peer)
{
	static const uint8_t good[4];

	if (memcmp(peer->buffer, good, sizeof(good)) != 0)
		return lose(peer);
	peer_say(peer, "\1", 1); /* shared */
	peer->state = PEER_INIT;
	return sizeof(good);
}

static void ask(struct peer *peer, uint8_t incremental)
{
	uint8_t message[10] = {3, incremental};

	put_u16(message + 6, peer->walk.width_px);
	put_u16(message + 8, peer->walk.height_px);
	peer_say(peer, message, sizeof(message));
}

static void say_wishes(struct peer *peer)
{
	/* 32 bits a pixel, depth 24, red at 16: what viewers on PCs ask. */
	static const uint8_t format[20] = {
			[4] = 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0};
	static const int32_t list[] = {TIGHT, RAW, QUALITY_6};
	uint8_t message[4 + sizeof(list)] = {2};

	put_u16(message + 2, sizeof(list) / sizeof(list[0]));
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		put_u32(message + 4 + 4 * i, (uint32_t)list[i]);
	peer_say(peer, format, sizeof(format));
	peer_say(peer, message, sizeof(message));
}

static size_t take_init(struct peer *peer)
{
	const uint8_t *init = peer->buffer;
	size_t size = 24 + (size_t)init[23]; /* names here are short */

	if (peer->held_bytes < size)
		return 0;
	peer->in_us = clock_now_us();
	walk_init(&peer->walk, (uint32_t)init[0] << 8 | init[1],
			(uint32_t)init[2] << 8 | init[3]);
	say_wishes(peer);
	ask(peer, false);
	peer->state = PEER_UPDATES;
	return size;
}

/* Whole events; then the buffer holds less than one. */
static size_t take_updates(struct peer *peer)
{
	const uint8_t *data = peer->buffer;
	size_t bytes = peer->held_bytes;
	enum walk_event event;

	do {
		event = walk_next(&peer->walk, &data, &bytes);
		if (event == WALK_BEGIN) {
			ask(peer, true);
		} else if (event == WALK_END && peer->walk.has_picture) {
			peer->updates++;
		} else if (event == WALK_ERROR) {
			return lose(peer);
		}
		if (peer->fd == -1)
			return 0;
	} while (event != WALK_MORE);
	return peer->held_bytes - bytes;
}

static const struct {
	size_t bytes; /* at least */
	size_t (*take)(struct peer *peer);
} steps[PEER_STATES] = {
		[PEER_VERSION] = {12, take_version},
		[PEER_TYPES] = {1, take_types},
		[PEER_CHALLENGE] = {16, take_challenge},
		[PEER_VENCRYPT_VERSION] = {2, take_vencrypt_version},
		[PEER_VENCRYPT_ACCEPTED] = {1, take_vencrypt_accepted},
		[PEER_VENCRYPT_SUBTYPES] = {1, take_vencrypt_subtypes},
		[PEER_VENCRYPT_CHOSEN] = {1, take_vencrypt_chosen},
		[PEER_RESULT] = {4, take_result},
		[PEER_INIT] = {24, take_init},
		[PEER_UPDATES] = {1, take_updates},
};

static void take_all(struct peer *peer)
{
	size_t used;

	do {
		if (peer->fd == -1 || peer->state == PEER_TLS ||
				peer->held_bytes < steps[peer->state].bytes)
			return;
		used = steps[peer->state].take(peer);
		if (peer->fd == -1)
			return;
		peer->held_bytes -= used;
		memmove(peer->buffer, peer->buffer + used, peer->held_bytes);
	} while (used > 0);
}

void peer_read(struct peer *peer)
{
	ssize_t n = 1;

	while (n > 0 && peer->fd != -1) {
		if (peer->state == PEER_TLS) {
			shake_tls(peer);
			if (peer->fd == -1 || peer->state == PEER_TLS)
				return;
		}
		n = receive(peer);
		if (n < 0)
			peer_close(peer, PEER_LOST);
		else if (peer->kind != PEER_VIEWER && peer->banner_us)
			peer->held_bytes = 0; /* whatever it says */
		else if (n > 0)
			take_all(peer);
	}
}

/* ---- the beginning ----------------------------------------------------------
 */

/* Cuts what stands before the colon off. */
static char *cut(char **rest)
{
	char *word = *rest, *colon = strchr(word, ':');

	if (!colon)
		bench_die("%s: a login is TYPE:PASSWORD", word);
	*colon = '\0';
	*rest = colon + 1;
	return word;
}

void peer_door_init(struct peer_door *door, const char *port, char *login)
{
	const char *type = cut(&login);

	*door = (struct peer_door){
			.port = (uint16_t)atoi(port), .type = TYPE_VENCRYPT};
	if (strcmp(type, "vncauth") == 0) {
		door->type = TYPE_VNCAUTH;
	} else if (strcmp(type, "x509vnc") == 0) {
		door->subtype = SUBTYPE_X509VNC;
	} else {
		door->subtype = SUBTYPE_X509PLAIN;
		door->user = cut(&login);
	}
	door->password = login;
	if (gnutls_certificate_allocate_credentials(&door->credentials) < 0)
		bench_die("GnuTLS");
}

void peer_connect(struct peer *peer, const struct peer_door *door,
		enum peer_kind kind, uint32_t source)
{
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct sockaddr_in to = {.sin_family = AF_INET,
			.sin_port = htons(door->port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;

	from.sin_addr.s_addr = htonl(UINT32_C(127) << 24 | source);
	*peer = (struct peer){.door = door, .kind = kind, .number = source};
	peer->buffer = malloc(PEER_BUFFER_BYTES);
	peer->fd = socket(
			AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (peer->fd == -1 || !peer->buffer)
		bench_die("no socket");
	setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(peer->fd, (struct sockaddr *)&from, sizeof(from)) == -1)
		bench_die("bind");
	peer->began_us = peer->said_us = clock_now_us();
	if (connect(peer->fd, (struct sockaddr *)&to, sizeof(to)) == -1 &&
			errno != EINPROGRESS)
		peer_close(peer, PEER_LOST);
}
