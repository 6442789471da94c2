/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/server/https-peer.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REQUEST_BYTES 65536

/* ---- in the child -------------------------------------------------------- */

static size_t body_bytes(const char *request)
{
	static const char name[] = "Content-Length: ";
	const char *line = strcasestr(request, name);

	return line ? strtoul(line + sizeof(name) - 1, NULL, 10) : 0;
}

/* One request, headers and body; false: the other end has gone. */
static bool read_request(gnutls_session_t session, char *request)
{
	size_t used = 0;
	const char *end;

	for (;;) {
		ssize_t got = gnutls_record_recv(session, request + used,
				REQUEST_BYTES - 1 - used);

		if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
			continue;
		if (got <= 0)
			return false;
		used += (size_t)got;
		request[used] = '\0';
		end = strstr(request, "\r\n\r\n");
		if (end &&
				used - (size_t)(end + 4 - request) >=
						body_bytes(request))
			return true;
	}
}

static void send_reply(gnutls_session_t session,
		const struct https_peer_options *options)
{
	static const char zeros[16384] = {0};
	size_t left = options->more_bytes;

	gnutls_record_send(session, options->reply, strlen(options->reply));
	while (left > 0) {
		ssize_t sent = gnutls_record_send(session, zeros,
				left < sizeof(zeros) ? left : sizeof(zeros));

		if (sent <= 0)
			return;
		left -= (size_t)sent;
	}
}

static void serve(int fd, gnutls_certificate_credentials_t credentials,
		const struct https_peer_options *options, int seen)
{
	char *request = calloc(1, REQUEST_BYTES);
	gnutls_session_t session;

	gnutls_init(&session, GNUTLS_SERVER);
	gnutls_set_default_priority(session);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(session, fd);
	if (gnutls_handshake(session) == 0) {
		while (read_request(session, request)) {
			if (write(seen, request, strlen(request)) == -1)
				break;
			send_reply(session, options);
		}
	}
	gnutls_deinit(session);
	close(fd);
	free(request);
}

static void live(int listener, const struct https_peer_options *options,
		int seen)
{
	gnutls_certificate_credentials_t credentials;

	signal(SIGPIPE, SIG_IGN);
	gnutls_certificate_allocate_credentials(&credentials);
	if (gnutls_certificate_set_x509_key_file(credentials,
			    options->certificate_path, options->key_path,
			    GNUTLS_X509_FMT_PEM) < 0)
		_exit(1);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0)
			serve(fd, credentials, options, seen);
	}
}

/* ---- in the test --------------------------------------------------------- */

static int open_listener(unsigned *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(
			getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

void https_peer_start(struct https_peer *peer,
		const struct https_peer_options *options)
{
	int listener = open_listener(&peer->port);
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	peer->child = fork();
	assert_int_not_equal(peer->child, -1);
	if (peer->child == 0) {
		close(ends[0]);
		live(listener, options, ends[1]);
	}
	close(listener);
	close(ends[1]);
	peer->seen = ends[0];
}

void https_peer_stop(struct https_peer *peer, char *seen, size_t seen_bytes)
{
	size_t used = 0;
	ssize_t got;

	kill(peer->child, SIGKILL);
	assert_int_equal(waitpid(peer->child, NULL, 0), peer->child);
	while ((got = read(peer->seen, seen + used, seen_bytes - 1 - used)) > 0)
		used += (size_t)got;
	seen[used] = '\0';
	close(peer->seen);
}
