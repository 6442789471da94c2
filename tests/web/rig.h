/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

#include "net/doorkeeper.h"
#include "web/server.h"

/*
 * A web server on a free port of loopback, a handler that does what the test
 * says, and clients that write bytes as they are, in one thread: whoever waits
 * lets the loop run.
 */
#define RIG_HOST "127.0.0.1"
#define RIG_TEXT_BYTES 256

struct rig {
	sd_event *event;
	struct net_doorkeeper *doorkeeper;
	struct web_server *server;

	/* What the handler does. */
	bool known;      /* says that every sender is known */
	bool early;      /* answers as soon as the headers are here */
	bool later;      /* does not answer: the test does */
	size_t body_max; /* of what it takes */
	void (*answer)(struct rig *rig, struct web_request *request);

	/* What it saw. */
	unsigned begun;
	unsigned whole;
	unsigned gone;
	struct web_request *open; /* the newest that is not answered */
	char method[RIG_TEXT_BYTES];
	char path[RIG_TEXT_BYTES];
	char *body;
	size_t body_bytes;
};

struct rig *rig_create(const struct web_server_options *more);
void rig_destroy(struct rig *rig);

/* All that the loop has to do now. */
void rig_run(struct rig *rig);
/* Until it is `value`, or the test fails. */
void rig_run_until(struct rig *rig, const unsigned *counter, unsigned value);

int rig_connect(struct rig *rig);
/* From another address of this machine, which is another source; 0: none. */
int rig_connect_from(struct rig *rig, unsigned source);
void rig_send(struct rig *rig, int fd, const char *text);
void rig_send_bytes(struct rig *rig, int fd, const void *bytes, size_t size);

/* One reply off the connection. */
struct rig_reply {
	unsigned status; /* 0: the connection ended instead */
	char *headers;   /* of it, as sent */
	char *body;
	size_t body_bytes;
};

void rig_read(struct rig *rig, int fd, struct rig_reply *reply);
/* The same without a body, whatever its headers say. */
void rig_read_headers(struct rig *rig, int fd, struct rig_reply *reply);
void rig_reply_finish(struct rig_reply *reply);

/* A header of it, or NULL; in a buffer of the reply. */
const char *rig_header(struct rig_reply *reply, const char *name);

/* Send it, on a connection of its own, and give the status of the reply. */
unsigned rig_ask(struct rig *rig, const char *text);

/* There is nothing more, only the end, in good order. */
void rig_expect_end(struct rig *rig, int fd);
