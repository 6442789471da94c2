/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "tests/fuzz/fuzz.h"
#include "web/json.h"
#include "web/route.h"
#include "web/server.h"

/*
 * A whole web server and up to three clients, of which the input says every
 * byte that they send. Between those bytes stand commands of four bytes, as in
 * tests/fuzz/server.h: 0xc0, 0xde, a letter, an argument. So the bytes of an
 * honest client are an input as they are. Checked is what web/server.h promises
 * its handler.
 */
#define COMMAND_0 0xc0
#define COMMAND_1 0xde
#define CLIENTS 3
#define OPEN_MAX 16
#define TURNS_MAX 20000
#define VALUE_BYTES 64

enum command {
	TIME = 't',   /* argument x 100 ms pass */
	CLIENT = 'v', /* another client speaks from now on */
	HANG_UP = 'c',
	DEAF = 'd',   /* clients read nothing (1) or do (0) */
	KNOWN = 'k',  /* senders are known (1) or not (0) */
	BODY = 'b',   /* argument x 16 bytes of body may come */
	MANNER = 'm', /* of answering: see enum manner */
	ANSWER = 'a', /* the oldest that waits, so */
	WRITE = 'w',  /* to all streams, so many bytes; 0: they end */
	MEMORY = 'e', /* of what follows at once, that allocation fails */
};

enum manner { AT_ONCE, EARLY, LATER, STREAM, UPGRADE, MANNERS };

struct play {
	sd_event *event;
	struct net_doorkeeper *doorkeeper;
	struct web_server *server;
	struct core_address address;
	int client[CLIENTS]; /* -1: not connected */
	size_t speaker;
	bool deaf;
	bool known;
	size_t body_max;
	uint8_t manner;
	struct web_request *open[OPEN_MAX]; /* begun, neither answered nor gone
					     */
	struct web_stream *stream[CLIENTS];
	unsigned upgrades; /* asked for, and not told of */
};

/* ---- the handler ----------------------------------------------------------*/

static struct web_request **slot_of(
		struct play *play, const struct web_request *request)
{
	for (size_t i = 0; i < OPEN_MAX; i++)
		if (play->open[i] == request)
			return &play->open[i];
	return NULL;
}

static void forget(struct play *play, const struct web_request *request)
{
	struct web_request **slot = slot_of(play, request);

	FUZZ_CHECK(slot);
	*slot = NULL;
}

static struct web_route get_route(const void *routes, size_t index)
{
	return ((const struct web_route *)routes)[index];
}

/* All that may be asked of a request. */
static void look_at(const struct web_request *request)
{
	static const struct web_route routes[] = {{"GET", "/"},
			{"POST", "/a/{b}/c/{d}"}, {"PUT", "/a/{b}"}};
	const struct web_query *query = web_request_get_all_query(request);
	const char *path = web_request_get_path(request);
	char value[VALUE_BYTES];
	struct web_match match;

	FUZZ_CHECK(path[0] == '/' && !strstr(path, "//"));
	FUZZ_CHECK(web_request_get_header(request, "Host"));
	FUZZ_CHECK(query->n <= WEB_QUERY_MAX);
	for (size_t i = 0; i < query->n; i++) {
		fuzz_touch(query->parameters[i].value,
				strlen(query->parameters[i].value) + 1);
		web_request_get_query(request, query->parameters[i].name);
	}
	if (web_request_read_cookie(request, "a", value, sizeof(value)))
		FUZZ_CHECK(strlen(value) < sizeof(value));
	if (web_route_match(get_route, routes, 3,
			    web_request_get_method(request), path, &match) == 0)
		FUZZ_CHECK(match.index < 3 && match.parameters_n <= 2);
	FUZZ_CHECK(web_request_check_origin(request) <= WEB_ORIGIN_OTHER);
	web_request_is_json(request);
}

static void look_at_body(
		const struct play *play, const struct web_request *request)
{
	char why[WEB_JSON_WHY_BYTES];
	json_t *value;
	size_t size;
	const uint8_t *body = web_request_get_body(request, &size);

	(void)play;
	fuzz_touch(body, size);
	if (web_json_read(&value, body, size, why) == 0)
		FUZZ_CHECK(json_is_object(value));
	json_decref(value);
}

static void on_stream_closed(void *context)
{
	*(struct web_stream **)context = NULL;
}

static void start_stream(struct play *play, struct web_request *request)
{
	for (size_t i = 0; i < CLIENTS; i++)
		if (!play->stream[i] &&
				web_request_stream(request, "text/event-stream",
						on_stream_closed,
						&play->stream[i],
						&play->stream[i]) == 0)
			return;
	web_request_fail(request, 503, "no stream for \"%s\"", "you");
}

static void on_upgraded(void *context, struct net_stream *stream,
		const struct core_address *peer)
{
	struct play *play = context;

	FUZZ_CHECK(play->upgrades-- > 0);
	FUZZ_CHECK(!stream || peer);
	net_stream_destroy(stream);
}

static void upgrade(struct play *play, struct web_request *request)
{
	play->upgrades++;
	if (web_request_upgrade(request, on_upgraded, play) == 0)
		return;
	play->upgrades--;
	web_request_fail(request, 426, "ask well");
}

static void answer(struct play *play, struct web_request *request)
{
	static const struct web_header headers[] = {
			{"Cache-Control", "no-cache"}, {"Allow", "GET"}};
	struct core_bytes *body = NULL;

	forget(play, request);
	if (play->manner == STREAM) {
		start_stream(play, request);
	} else if (play->manner == UPGRADE) {
		upgrade(play, request);
	} else {
		if (core_bytes_create(&body, 20000) == 0)
			memset(body->data, 'x', body->size);
		web_request_reply(request, body ? 200 : 204, headers, 2,
				body ? "text/plain" : NULL, body);
		core_bytes_unref(body);
	}
}

static size_t on_begin(void *context, struct web_request *request)
{
	struct play *play = context;
	struct web_request **slot = slot_of(play, NULL);

	FUZZ_CHECK(slot && !slot_of(play, request));
	*slot = request;
	look_at(request);
	web_request_set_data(request, play);
	if (play->known)
		web_request_set_known(request);
	if (play->manner == EARLY)
		answer(play, request);
	return play->body_max;
}

static void on_request(void *context, struct web_request *request)
{
	struct play *play = context;

	FUZZ_CHECK(slot_of(play, request));
	FUZZ_CHECK(web_request_get_data(request) == play);
	look_at(request);
	look_at_body(play, request);
	if (play->manner != LATER)
		answer(play, request);
}

static void on_gone(void *context, struct web_request *request)
{
	forget(context, request);
}

static const struct web_handler handler = {
		.begin = on_begin,
		.request = on_request,
		.gone = on_gone,
};

/* ---- life -----------------------------------------------------------------*/

static void open_play(struct play *play)
{
	static const char *const names[] = {"kvm1"};
	struct web_server_options options = {.name = "web",
			.listen_fd = -1,
			.names = names,
			.names_n = 1};
	struct sockaddr_un *un = (struct sockaddr_un *)&options.listen.storage;

	log_set_level(LOG_LEVEL_ERROR);
	fuzz_clock_reset();
	fuzz_memory_fail(0, false);
	fuzz_chance_fail(false);
	for (size_t i = 0; i < CLIENTS; i++)
		play->client[i] = -1;
	play->body_max = 256;
	FUZZ_CHECK(sd_event_new(&play->event) >= 0);
	FUZZ_CHECK(net_doorkeeper_create(&play->doorkeeper) == 0);
	un->sun_family = AF_UNIX; /* no name: the kernel gives one */
	options.listen.length = sizeof(un->sun_family);
	options.listen_fd = socket(
			AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	FUZZ_CHECK(bind(options.listen_fd, (struct sockaddr *)un,
				   options.listen.length) == 0);
	FUZZ_CHECK(listen(options.listen_fd, CLIENTS) == 0);
	options.doorkeeper = play->doorkeeper;
	FUZZ_CHECK(web_server_create(&play->server, play->event, &options,
				   &handler, play) == 0);
	web_server_get_address(play->server, &play->address);
}

static void close_play(struct play *play)
{
	fuzz_memory_fail(0, false);
	web_server_destroy(play->server);
	for (size_t i = 0; i < OPEN_MAX; i++)
		FUZZ_CHECK(!play->open[i]);
	for (size_t i = 0; i < CLIENTS; i++)
		FUZZ_CHECK(!play->stream[i]);
	FUZZ_CHECK(play->upgrades == 0);
	net_doorkeeper_destroy(play->doorkeeper);
	sd_event_unref(play->event);
}

/* ---- clients --------------------------------------------------------------*/

static void hang_up(int *client)
{
	if (*client != -1)
		close(*client);
	*client = -1;
}

static bool listen_to_server(int client)
{
	static uint8_t bytes[1 << 16];
	bool any = false;

	while (client != -1 && recv(client, bytes, sizeof(bytes), 0) > 0)
		any = true;
	return any;
}

static void run(struct play *play)
{
	unsigned turns = 0;
	bool busy;

	do {
		busy = sd_event_run(play->event, 0) > 0;
		for (size_t i = 0; i < CLIENTS && !play->deaf; i++)
			busy |= listen_to_server(play->client[i]);
		FUZZ_CHECK(turns++ < TURNS_MAX);
	} while (busy);
}

static void connect_client(struct play *play)
{
	int *client = &play->client[play->speaker];

	if (*client != -1)
		return;
	*client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FUZZ_CHECK(*client != -1);
	FUZZ_CHECK(connect(*client, (struct sockaddr *)&play->address.storage,
				   play->address.length) == 0);
	FUZZ_CHECK(fcntl(*client, F_SETFL, O_NONBLOCK) == 0);
	run(play);
}

static void say(struct play *play, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t sent = send(play->client[play->speaker], bytes, size,
				MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		bytes += sent;
		size -= (size_t)sent;
		run(play);
	}
}

/* ---- commands -------------------------------------------------------------*/

static void write_streams(struct play *play, size_t size)
{
	struct core_bytes *bytes;

	if (core_bytes_create(&bytes, size * 1000) < 0)
		return;
	memset(bytes->data, 'y', bytes->size);
	for (size_t i = 0; i < CLIENTS; i++) {
		struct web_stream *stream = play->stream[i];

		if (stream && size > 0)
			web_stream_write(stream, bytes);
		if (stream && size == 0) {
			play->stream[i] = NULL;
			web_stream_end(stream);
		}
	}
	core_bytes_unref(bytes);
}

static void answer_oldest(struct play *play, uint8_t manner)
{
	uint8_t before = play->manner;

	play->manner = manner % MANNERS;
	for (size_t i = 0; i < OPEN_MAX; i++)
		if (play->open[i]) {
			answer(play, play->open[i]);
			break;
		}
	play->manner = before;
}

static void obey(struct play *play, uint8_t command, uint8_t argument)
{
	fuzz_memory_fail(0, false);
	switch ((enum command)command) {
	case TIME:
		fuzz_clock_pass(argument * 100 * CLOCK_US_PER_MS);
		break;
	case CLIENT:
		play->speaker = argument % CLIENTS;
		break;
	case HANG_UP:
		hang_up(&play->client[play->speaker]);
		break;
	case DEAF:
		play->deaf = argument & 1;
		break;
	case KNOWN:
		play->known = argument & 1;
		break;
	case BODY:
		play->body_max = argument * 16u;
		break;
	case MANNER:
		play->manner = argument % MANNERS;
		break;
	case ANSWER:
		answer_oldest(play, argument);
		break;
	case WRITE:
		write_streams(play, argument);
		break;
	case MEMORY:
		fuzz_memory_fail(argument, false);
		return;
	}
	run(play);
}

static size_t plain_bytes(const struct fuzz_input *input)
{
	static const uint8_t begin[2] = {COMMAND_0, COMMAND_1};
	const uint8_t *found =
			memmem(input->bytes, input->size, begin, sizeof(begin));

	return found ? (size_t)(found - input->bytes) : input->size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	struct play play = {.deaf = false};

	open_play(&play);
	while (input.size > 0) {
		size_t plain = plain_bytes(&input);
		const uint8_t *text = fuzz_take(&input, &plain);
		uint8_t command;

		connect_client(&play);
		say(&play, text, plain);
		if (input.size == 0)
			break;
		fuzz_take_u16(&input);
		command = fuzz_take_u8(&input);
		obey(&play, command, fuzz_take_u8(&input));
	}
	for (size_t i = 0; i < CLIENTS; i++)
		hang_up(&play.client[i]);
	run(&play);
	close_play(&play);
	return 0;
}
