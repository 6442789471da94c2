/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"

#define BACKLOG 64
#define ACCEPTS_PER_TURN 16
#define PAUSE_MIN_US (100 * CLOCK_US_PER_MS)
#define PAUSE_MAX_US (1000 * CLOCK_US_PER_MS)
#define UNIX_SOCKET_MODE 0660
#define FIRST_FREE_PORT 1024

struct net_listener {
	const char *name; /* borrowed */
	net_listener_accepted *accepted;
	void *context;
	struct core_address address;
	int fd;
	char *made_path; /* of the Unix socket to remove; else NULL */
	sd_event_source *io;
	sd_event_source *pause; /* on while io is off */
	uint64_t pause_us;      /* the next one; 0: all is well */
};

static void unmap_ipv4(struct core_address *peer)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in *in = (struct sockaddr_in *)&peer->storage;

	if (peer->storage.ss_family != AF_INET6)
		return;
	memcpy(&in6, &peer->storage, sizeof(in6));
	if (!IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
		return;
	memset(&peer->storage, 0, sizeof(peer->storage));
	in->sin_family = AF_INET;
	in->sin_port = in6.sin6_port;
	memcpy(&in->sin_addr, &in6.sin6_addr.s6_addr[12], sizeof(in->sin_addr));
	peer->length = sizeof(*in);
}

/* Waiting costs nothing: the kernel holds a short queue and drops the rest. */
static void pause_accepting(struct net_listener *listener, int rc)
{
	if (listener->pause_us == 0) {
		log_warning_errno(rc, "%s: cannot accept viewers for now",
				listener->name);
		listener->pause_us = PAUSE_MIN_US;
	}
	sd_event_source_set_enabled(listener->io, SD_EVENT_OFF);
	sd_event_source_set_time_relative(listener->pause, listener->pause_us);
	sd_event_source_set_enabled(listener->pause, SD_EVENT_ONESHOT);
	listener->pause_us *= 2;
	if (listener->pause_us > PAUSE_MAX_US)
		listener->pause_us = PAUSE_MAX_US;
}

static int on_pause_over(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct net_listener *listener = userdata;

	(void)source;
	(void)usec;
	sd_event_source_set_enabled(listener->io, SD_EVENT_ON);
	return 0;
}

/* Errors of the one connection, which accept reports as its own. */
static bool is_about_the_peer(int error)
{
	switch (error) {
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case EOPNOTSUPP:
	case ENETUNREACH:
	case EPERM: /* a firewall's rule */
		return true;
	default:
		return false;
	}
}

static bool accept_one(struct net_listener *listener)
{
	struct core_address peer = {.length = sizeof(peer.storage)};
	int fd = accept4(listener->fd, (struct sockaddr *)&peer.storage,
			&peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd == -1 && is_about_the_peer(errno))
		return true;
	if (fd == -1) {
		if (errno != EAGAIN)
			pause_accepting(listener, -errno);
		return false;
	}
	if (listener->pause_us > 0) {
		log_info("%s: accepting viewers again", listener->name);
		listener->pause_us = 0;
	}
	unmap_ipv4(&peer);
	listener->accepted(listener->context, fd, &peer);
	return true;
}

static int on_io(sd_event_source *source, int fd, uint32_t revents,
		void *userdata)
{
	struct net_listener *listener = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	for (unsigned i = 0; i < ACCEPTS_PER_TURN; i++)
		if (!accept_one(listener))
			break;
	return 0;
}

static unsigned port_of(const struct core_address *address)
{
	if (address->storage.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&address->storage)
						->sin_port);
	if (address->storage.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&address->storage)
						->sin6_port);
	return FIRST_FREE_PORT;
}

static void log_cannot_listen(
		const struct net_listener *listener, int rc, const char *text)
{
	if (rc == -EADDRINUSE)
		log_error("%s: cannot listen on %s: something else already does",
				listener->name, text);
	else if (rc == -EADDRNOTAVAIL)
		log_error("%s: cannot listen on %s: this machine does not have that address",
				listener->name, text);
	else if (rc == -EACCES && port_of(&listener->address) < FIRST_FREE_PORT)
		log_error("%s: cannot listen on %s: ports below %d are for root; let systemd open it with rackhandd.socket",
				listener->name, text, FIRST_FREE_PORT);
	else
		log_error_errno(rc, "%s: cannot listen on %s", listener->name,
				text);
}

/* A socket file that nobody answers on: what a killed process leaves. */
static bool is_stale(const struct core_address *address, const char *path)
{
	struct stat status;
	bool stale;
	int fd;

	if (lstat(path, &status) == -1 || !S_ISSOCK(status.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	stale = connect(fd, (const struct sockaddr *)&address->storage,
				address->length) == -1 &&
			errno == ECONNREFUSED;
	close(fd);
	return stale;
}

static int bind_unix(struct net_listener *listener)
{
	const struct sockaddr *name =
			(const struct sockaddr *)&listener->address.storage;
	const char *path = ((const struct sockaddr_un *)name)->sun_path;
	socklen_t length = listener->address.length;
	int rc;

	/* Before there is a file, so that it never is more open than this. */
	if (fchmod(listener->fd, UNIX_SOCKET_MODE) == -1)
		return -errno;
	rc = bind(listener->fd, name, length) == -1 ? -errno : 0;
	if (rc == -EADDRINUSE && is_stale(&listener->address, path)) {
		unlink(path);
		rc = bind(listener->fd, name, length) == -1 ? -errno : 0;
	}
	if (rc < 0)
		return rc;
	listener->made_path = strdup(path);
	if (!listener->made_path) {
		unlink(path);
		return -ENOMEM;
	}
	/* The umask may have taken away too much. */
	return chmod(path, UNIX_SOCKET_MODE) == -1 ? -errno : 0;
}

static int bind_ip(struct net_listener *listener)
{
	static const int on = 1, off = 0;

	if (setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on,
			    sizeof(on)) == -1)
		return -errno;
	/* "[::]" means every address, whatever the machine's default is. */
	if (listener->address.storage.ss_family == AF_INET6 &&
			setsockopt(listener->fd, IPPROTO_IPV6, IPV6_V6ONLY,
					&off, sizeof(off)) == -1)
		return -errno;
	if (bind(listener->fd,
			    (const struct sockaddr *)&listener->address.storage,
			    listener->address.length) == -1)
		return -errno;
	return 0;
}

static int open_socket(struct net_listener *listener,
		const struct core_address *address)
{
	int family = address->storage.ss_family;
	int rc;

	listener->address = *address;
	listener->fd = socket(
			family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->fd == -1)
		return -errno;
	rc = family == AF_UNIX ? bind_unix(listener) : bind_ip(listener);
	if (rc < 0)
		return rc;
	return listen(listener->fd, BACKLOG) == -1 ? -errno : 0;
}

/* What it listens on, as the kernel says. */
static int learn_address(struct net_listener *listener)
{
	struct core_address *address = &listener->address;

	memset(address, 0, sizeof(*address));
	address->length = sizeof(address->storage);
	if (getsockname(listener->fd, (struct sockaddr *)&address->storage,
			    &address->length) == -1)
		return -errno;
	return 0;
}

static int start(struct net_listener *listener, sd_event *event)
{
	int rc = learn_address(listener);

	if (rc < 0)
		return rc;
	rc = sd_event_add_io(event, &listener->io, listener->fd, EPOLLIN, on_io,
			listener);
	if (rc < 0)
		return rc;
	rc = sd_event_add_time(event, &listener->pause, CLOCK_MONOTONIC, 0, 0,
			on_pause_over, listener);
	if (rc < 0)
		return rc;
	return sd_event_source_set_enabled(listener->pause, SD_EVENT_OFF);
}

static struct net_listener *listener_new(const char *name,
		net_listener_accepted *accepted, void *context)
{
	struct net_listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		return NULL;
	listener->name = name;
	listener->accepted = accepted;
	listener->context = context;
	listener->fd = -1;
	return listener;
}

int net_listener_create(struct net_listener **out, sd_event *event,
		const char *name, const struct core_address *address,
		net_listener_accepted *accepted, void *context)
{
	struct net_listener *listener = listener_new(name, accepted, context);
	char text[CORE_ADDRESS_TEXT_BYTES];
	int rc;

	*out = NULL;
	if (!listener)
		return -ENOMEM;
	rc = open_socket(listener, address);
	if (rc < 0)
		goto fail;
	rc = start(listener, event);
	if (rc < 0)
		goto fail;
	*out = listener;
	return 0;

fail:
	core_address_format(address, text);
	log_cannot_listen(listener, rc, text);
	net_listener_destroy(listener);
	return rc;
}

static int check_listening(int fd)
{
	int listening = 0, type = 0, flags = fcntl(fd, F_GETFL);
	socklen_t length = sizeof(int);

	if (flags == -1 ||
			getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening,
					&length) == -1)
		return -errno;
	length = sizeof(int);
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == -1)
		return -errno;
	if (!listening || type != SOCK_STREAM)
		return -EINVAL;
	return fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ? -errno : 0;
}

int net_listener_create_from_fd(struct net_listener **out, sd_event *event,
		const char *name, int fd, net_listener_accepted *accepted,
		void *context)
{
	struct net_listener *listener = listener_new(name, accepted, context);
	int rc;

	*out = NULL;
	if (!listener)
		return -ENOMEM;
	rc = check_listening(fd);
	if (rc < 0)
		goto fail;
	listener->fd = fd;
	rc = start(listener, event);
	if (rc < 0)
		goto fail;
	*out = listener;
	return 0;

fail:
	log_error_errno(rc, "%s: descriptor %d cannot be listened on", name,
			fd);
	listener->fd = -1; /* stays the caller's */
	net_listener_destroy(listener);
	return rc;
}

void net_listener_destroy(struct net_listener *listener)
{
	if (!listener)
		return;
	sd_event_source_disable_unref(listener->pause);
	sd_event_source_disable_unref(listener->io);
	if (listener->made_path)
		unlink(listener->made_path);
	free(listener->made_path);
	if (listener->fd != -1)
		close(listener->fd);
	free(listener);
}

void net_listener_get_address(const struct net_listener *listener,
		struct core_address *address)
{
	*address = listener->address;
}
