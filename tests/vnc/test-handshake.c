/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/handshake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "tests/vnc/client.h"

#define PASSWORD "se(R3t!"

static void use_password(struct rig *rig)
{
	rig_stop(rig);
	rig->options.security = VNC_SECURITY_VNCAUTH;
	memcpy(rig->options.password, PASSWORD, sizeof(PASSWORD));
	rig_start(rig);
}

/* From our version to the challenge. */
static struct client *challenged(
		struct rig *rig, const char *version, uint8_t challenge[16])
{
	struct client *client = client_connect(rig);

	client_expect(client, "RFB 003.008\n", 12);
	client_send(client, version, 12);
	if (strcmp(version, "RFB 003.003\n") == 0) {
		client_expect(client, "\0\0\0\2", 4);
	} else {
		client_expect(client, "\1\2", 2);
		client_send(client, "\2", 1);
	}
	client_receive(client, challenge, 16);
	return client;
}

static void expect_server_init(struct client *client)
{
	static const uint8_t expected[] = {
			0,
			RIG_WIDTH_PX,
			0,
			RIG_HEIGHT_PX, /* size */
			32,
			24,
			0,
			1,
			0,
			255,
			0,
			255,
			0,
			255,
			16,
			8,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			5,
			'r',
			'a',
			'c',
			'k',
			'1',
	};

	client_expect(client, expected, sizeof(expected));
}

static void none_in_every_version(void **state)
{
	static const struct {
		const char *version;
		const char *offer;
		size_t offer_bytes;
		bool chooses;
		bool has_result;
	} cases[] = {
			{"RFB 003.003\n", "\0\0\0\1", 4, false, false},
			{"RFB 003.005\n", "\0\0\0\1", 4, false, false},
			{"RFB 003.007\n", "\1\1", 2, true, false},
			{"RFB 003.008\n", "\1\1", 2, true, true},
			{"RFB 003.889\n", "\1\1", 2, true, true},
			{"RFB 004.001\n", "\1\1", 2, true, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct client *client = client_connect(*state);

		client_expect(client, "RFB 003.008\n", 12);
		client_send(client, cases[i].version, 12);
		client_expect(client, cases[i].offer, cases[i].offer_bytes);
		if (cases[i].chooses)
			client_send(client, "\1", 1);
		if (cases[i].has_result)
			client_expect(client, "\0\0\0\0", 4);
		client_send(client, "\1", 1);
		expect_server_init(client);
		client_close(client);
	}
}

static void password_in_every_version(void **state)
{
	static const char *const versions[] = {
			"RFB 003.003\n", "RFB 003.007\n", "RFB 003.008\n"};

	use_password(*state);
	for (size_t i = 0; i < 3; i++) {
		uint8_t challenge[16], response[16];
		struct client *client =
				challenged(*state, versions[i], challenge);

		client_prove(PASSWORD, challenge, response);
		client_send(client, response, sizeof(response));
		client_expect(client, "\0\0\0\0", 4);
		client_send(client, "\0", 1);
		expect_server_init(client);
		client_close(client);
	}
}

/* Only 3.8 has a place for the reason. Nothing of the screen is shown. */
static void wrong_password_is_refused(void **state)
{
	static const char *const versions[] = {
			"RFB 003.003\n", "RFB 003.007\n", "RFB 003.008\n"};

	use_password(*state);
	for (size_t i = 0; i < 3; i++) {
		uint8_t challenge[16], response[16];
		struct client *client =
				challenged(*state, versions[i], challenge);

		client_prove("wrong", challenge, response);
		client_send(client, response, sizeof(response));
		client_expect(client, "\0\0\0\1", 4);
		if (i == 2)
			client_expect(client, "\0\0\0\16Wrong password", 18);
		client_send(client, "\1", 1); /* as if it were in */
		client_expect_end(client);
		assert_int_equal(client->input_used, 0);
		client_close(client);
	}
	assert_int_equal(((struct rig *)*state)->events_n, 0);
}

static void one_wrong_bit_is_wrong(void **state)
{
	use_password(*state);
	for (unsigned bit = 0; bit < 128; bit += 17) {
		uint8_t challenge[16], response[16];
		struct client *client =
				challenged(*state, "RFB 003.008\n", challenge);

		client_prove(PASSWORD, challenge, response);
		response[bit / 8] ^= (uint8_t)(1U << bit % 8);
		client_send(client, response, sizeof(response));
		client_expect(client, "\0\0\0\1", 4);
		client_expect_end(client);
		client_close(client);
	}
}

static void challenges_differ(void **state)
{
	uint8_t first[16], second[16];

	use_password(*state);
	client_close(challenged(*state, "RFB 003.008\n", first));
	client_close(challenged(*state, "RFB 003.008\n", second));
	assert_memory_not_equal(first, second, 16);
}

static void only_offered_types_can_be_chosen(void **state)
{
	struct rig *rig = *state;
	static const uint8_t types[] = {0, 1, 5, 16, 18, 19, 30, 255};

	use_password(rig);
	for (size_t i = 0; i < sizeof(types); i++) {
		struct client *client = client_connect(rig);

		client_expect(client, "RFB 003.008\n", 12);
		client_send(client, "RFB 003.008\n", 12);
		client_expect(client, "\1\2", 2);
		client_send(client, &types[i], 1);
		client_send(client, "\1", 1);
		client_expect(client, "\0\0\0\1\0\0\0\42", 8);
		client_expect(client, "This security type was not offered", 34);
		client_expect_end(client);
		assert_int_equal(client->input_used, 0);
		client_close(client);
	}
	assert_int_equal(rig->events_n, 0);
}

static void what_is_no_version_is_cut_off(void **state)
{
	static const char *const versions[] = {"RFB 003.00x\n", "RFB 003.008 ",
			"RFB 002.008\n", "RFB 003.002\n", "rfb 003.008\n",
			"GET / HTTP/1", "RFB -03.008\n",
			"\0\0\0\0\0\0\0\0\0\0\0\0", "RFB 003,008\n"};

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct client *client = client_connect(*state);

		client_expect(client, "RFB 003.008\n", 12);
		client_send(client, versions[i], 12);
		client_expect_end(client);
		assert_int_equal(client->input_used, 0);
		client_close(client);
	}
}

/* One byte at a time, and all at once. */
static void pieces_do_not_matter(void **state)
{
	static const char all[] = "RFB 003.008\n\1\1";
	struct client *dripping = client_connect(*state);
	struct client *hasty = client_connect(*state);

	client_send(hasty, all, sizeof(all) - 1);
	for (size_t i = 0; i < sizeof(all) - 1; i++) {
		client_send(dripping, all + i, 1);
		rig_run(*state);
	}
	client_expect(dripping, "RFB 003.008\n\1\1\0\0\0\0", 18);
	client_expect(hasty, "RFB 003.008\n\1\1\0\0\0\0", 18);
	expect_server_init(dripping);
	expect_server_init(hasty);
	client_close(dripping);
	client_close(hasty);
}

/* The time is for all of it: dripping on does not help. */
static void too_slow_is_cut_off(void **state)
{
	struct rig *rig = *state;
	struct client *silent, *dripping;

	rig_stop(rig);
	rig->options.handshake_us = 200 * CLOCK_US_PER_MS;
	rig_start(rig);
	silent = client_connect(rig);
	dripping = client_connect(rig);
	for (size_t i = 0; i < 11; i++) {
		client_send(dripping, &"RFB 003.008\n"[i], 1);
		rig_run(rig);
	}
	client_expect_end(silent);
	client_expect_end(dripping);
	client_close(silent);
	client_close(dripping);
}

/* Who has shaken hands may be silent for as long as it likes. */
static void the_time_ends_with_the_handshake(void **state)
{
	struct rig *rig = *state;
	struct client *client, *silent;

	rig_stop(rig);
	rig->options.handshake_us = 400 * CLOCK_US_PER_MS;
	rig_start(rig);
	client = client_join(rig);
	silent = client_connect(rig);
	client_expect_end(silent);
	client_sync(client);
	client_close(client);
	client_close(silent);
}

static void none_is_for_this_machine_only(void **state)
{
	struct rig *rig = *state;
	struct sockaddr_in *in =
			(struct sockaddr_in *)&rig->options.listen.storage;
	const struct vnc_server_handler handler = {0};

	rig_stop(rig);
	log_set_level((enum log_level) - 1);
	in->sin_addr.s_addr = htonl(INADDR_ANY);
	assert_int_equal(
			vnc_server_create(&rig->server, rig->event,
					rig->workers, rig->library, rig->screen,
					&rig->options, &handler, rig),
			-EACCES);
	assert_null(rig->server);
	rig->options.security = VNC_SECURITY_VNCAUTH;
	memcpy(rig->options.password, PASSWORD, sizeof(PASSWORD));
	rig_start(rig);
}

/* A descriptor of systemd's is judged by what it listens on. */
static void none_looks_at_the_descriptor(void **state)
{
	struct rig *rig = *state;
	const struct sockaddr_in any = {.sin_family = AF_INET};
	const struct vnc_server_handler handler = {0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	rig_stop(rig);
	log_set_level((enum log_level) - 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&any, sizeof(any)),
			0);
	assert_int_equal(listen(fd, 1), 0);
	rig->options.listen_fd = fd;
	assert_int_equal(
			vnc_server_create(&rig->server, rig->event,
					rig->workers, rig->library, rig->screen,
					&rig->options, &handler, rig),
			-EACCES);
	rig->options.security = VNC_SECURITY_VNCAUTH;
	memcpy(rig->options.password, PASSWORD, sizeof(PASSWORD));
	rig_start(rig); /* which takes it */
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(none_in_every_version),
			test(password_in_every_version),
			test(wrong_password_is_refused),
			test(one_wrong_bit_is_wrong),
			test(challenges_differ),
			test(only_offered_types_can_be_chosen),
			test(what_is_no_version_is_cut_off),
			test(pieces_do_not_matter),
			test(too_slow_is_cut_off),
			test(the_time_ends_with_the_handshake),
			test(none_is_for_this_machine_only),
			test(none_looks_at_the_descriptor),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
