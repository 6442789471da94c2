/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * through PORT DAEMON-PORT SUBTYPE
 *
 * Brings programs that speak TLS, and no RFB, to the daemon: who connects to
 * PORT of 127.0.0.1 is connected to the daemon, where VeNCrypt has been told
 * SUBTYPE already, so that TLS is what comes next.
 */

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TYPE_VENCRYPT 19

static struct sockaddr_in local(const char *port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
			.sin_port = htons((uint16_t)atoi(port))};
}

static bool take(int fd, void *bytes, size_t size)
{
	return recv(fd, bytes, size, MSG_WAITALL) == (ssize_t)size;
}

static bool give(int fd, const void *bytes, size_t size)
{
	return send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static bool choose_vencrypt(int fd)
{
	const uint8_t vencrypt = TYPE_VENCRYPT;
	uint8_t version[12], types_n, types[255];

	return take(fd, version, sizeof(version)) &&
			give(fd, "RFB 003.008\n", 12) &&
			take(fd, &types_n, 1) && take(fd, types, types_n) &&
			memchr(types, vencrypt, types_n) &&
			give(fd, &vencrypt, 1);
}

static bool choose_subtype(int fd, uint32_t subtype)
{
	const uint32_t wanted = htonl(subtype);
	uint8_t version[2], verdict, subtypes_n;
	uint32_t subtypes[255];

	return take(fd, version, 2) && give(fd, version, 2) &&
			take(fd, &verdict, 1) && verdict == 0 &&
			take(fd, &subtypes_n, 1) &&
			take(fd, subtypes, 4 * (size_t)subtypes_n) &&
			give(fd, &wanted, 4) && take(fd, &verdict, 1) &&
			verdict == 1;
}

static bool carry(int from, int to)
{
	uint8_t bytes[65536];
	ssize_t got = recv(from, bytes, sizeof(bytes), 0);

	return got > 0 && give(to, bytes, (size_t)got);
}

static void serve(int fd, const char *port, const char *subtype)
{
	struct sockaddr_in in = local(port);
	int daemon = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pollfd ends[] = {{fd, POLLIN, 0}, {daemon, POLLIN, 0}};

	if (connect(daemon, (struct sockaddr *)&in, sizeof(in)) == -1 ||
			!choose_vencrypt(daemon) ||
			!choose_subtype(daemon, (uint32_t)atoi(subtype))) {
		fprintf(stderr, "through: the daemon lets nobody through\n");
		return;
	}
	while (poll(ends, 2, -1) > 0) {
		if (ends[0].revents && !carry(fd, daemon))
			return;
		if (ends[1].revents && !carry(daemon, fd))
			return;
	}
}

int main(int argc, char *argv[])
{
	int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	struct sockaddr_in in;

	if (argc != 4)
		return 2;
	in = local(argv[1]);
	signal(SIGCHLD, SIG_IGN);
	setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(door, (struct sockaddr *)&in, sizeof(in)) == -1 ||
			listen(door, 8) == -1) {
		perror("through");
		return 1;
	}
	for (;;) {
		int fd = accept4(door, NULL, NULL, SOCK_CLOEXEC);

		if (fd == -1)
			return 1;
		if (fork() == 0) {
			serve(fd, argv[2], argv[3]);
			_exit(0);
		}
		close(fd);
	}
}
