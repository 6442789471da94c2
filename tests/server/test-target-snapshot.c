/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"

/* Within which whatever must happen does, however busy the machine is. */
#define PATIENCE_US (30 * CLOCK_US_PER_S)

static const struct server_snapshot_options png = {VIDEO_STILL_PNG, 0};
static const struct server_snapshot_options thumbnail = {VIDEO_STILL_PNG, 64};

struct test {
	char folder[64];
	char name[8];
	char device[80];
	struct server_shared shared;
	struct config_target config;
	struct server_target *target;
	struct server_target_parts parts;
};

struct answer {
	unsigned times;
	int rc;
	struct core_bytes *bytes;
};

static int set_up(void **state)
{
	struct test *test = calloc(1, sizeof(*test));
	char listen[128];

	assert_non_null(test);
	log_set_level(LOG_LEVEL_ERROR);
	strcpy(test->folder, "/tmp/rackhand-test-XXXXXX");
	strcpy(test->name, "rack1");
	assert_non_null(mkdtemp(test->folder));
	assert_true(sd_event_new(&test->shared.event) >= 0);
	assert_int_equal(core_workers_create(&test->shared.workers,
					 test->shared.event, 1),
			0);
	assert_int_equal(core_workers_create(&test->shared.library,
					 test->shared.event, 1),
			0);
	assert_int_equal(server_access_create(&test->shared.access,
					 test->shared.event, test->folder),
			0);
	snprintf(listen, sizeof(listen), "unix:%s/vnc", test->folder);
	test->config.name = test->name;
	assert_int_equal(core_address_parse(&test->config.vnc.listen, listen),
			0);
	test->config.vnc.security = CONFIG_SECURITY_NONE;
	test->config.vnc.viewers_max = 2;
	*state = test;
	return 0;
}

static void serve(struct test *test, enum config_source source)
{
	snprintf(test->device, sizeof(test->device), "%s/none", test->folder);
	test->config.capture.source = source;
	test->config.capture.device = test->device;
	assert_int_equal(server_target_create(&test->target, &test->shared,
					 &test->config, -1),
			0);
	test->parts = server_target_get_parts(test->target);
}

static int tear_down(void **state)
{
	static const char *const files[] = {"audit.jsonl", "vnc"};
	struct test *test = *state;
	char path[128];

	server_target_destroy(test->target);
	server_access_destroy(test->shared.access);
	core_workers_destroy(test->shared.library);
	core_workers_destroy(test->shared.workers);
	sd_event_unref(test->shared.event);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", test->folder, files[i]);
		remove(path);
	}
	rmdir(test->folder);
	free(test);
	return 0;
}

#define RUN_UNTIL(test, condition)                                             \
	do {                                                                   \
		uint64_t end_us = clock_now_us() + PATIENCE_US;                \
                                                                               \
		while (!(condition)) {                                         \
			assert_true(clock_now_us() < end_us);                  \
			assert_true(sd_event_run((test)->shared.event,         \
						    20 * CLOCK_US_PER_MS) >=   \
					0);                                    \
		}                                                              \
	} while (0)

static void on_done(void *context, int rc, struct core_bytes *bytes)
{
	struct answer *answer = context;

	answer->times++;
	answer->rc = rc;
	answer->bytes = bytes ? core_bytes_ref(bytes) : NULL;
}

static const struct capture_status *status_of(const struct test *test)
{
	return capture_source_get_status(test->parts.source);
}

/* As IHDR has it, the first thing in a PNG. */
static uint32_t width_of(const struct answer *answer)
{
	const uint8_t *at = answer->bytes->data + 16;

	return (uint32_t)at[2] << 8 | at[3];
}

static void take(struct test *test,
		const struct server_snapshot_options *options,
		struct answer *answer)
{
	*answer = (struct answer){0};
	assert_int_equal(server_target_take_snapshot(test->target, options,
					 on_done, answer),
			0);
	RUN_UNTIL(test, answer->times > 0);
	assert_int_equal(answer->rc, 0);
}

static void takes_one_frame_while_nobody_views(void **state)
{
	struct test *test = *state;
	uint64_t frames;
	struct answer answer;

	serve(test, CONFIG_SOURCE_DEMO);
	RUN_UNTIL(test, status_of(test)->state == CAPTURE_STATE_OK);
	frames = status_of(test)->frames;
	for (unsigned i = 1; i <= 3; i++) {
		take(test, &png, &answer);
		assert_int_equal(width_of(&answer), status_of(test)->width_px);
		core_bytes_unref(answer.bytes);
		assert_int_equal(status_of(test)->frames, frames + i);
	}
	take(test, &thumbnail, &answer);
	assert_int_equal(width_of(&answer), 64);
	core_bytes_unref(answer.bytes);
}

static int connect_viewer(const struct test *test)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/vnc",
			test->folder);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
					 sizeof(address)),
			0);
	/* Version, security type "none", ClientInit. */
	assert_int_equal(send(fd, "RFB 003.008\n\1\1", 14, MSG_NOSIGNAL), 14);
	return fd;
}

static void takes_what_viewers_see(void **state)
{
	struct test *test = *state;
	struct answer answer;
	uint64_t frames;
	int fd;

	serve(test, CONFIG_SOURCE_DEMO);
	RUN_UNTIL(test, status_of(test)->state == CAPTURE_STATE_OK);
	frames = status_of(test)->frames;
	fd = connect_viewer(test);
	RUN_UNTIL(test, status_of(test)->frames > frames);
	frames = status_of(test)->frames;
	take(test, &png, &answer);
	assert_int_equal(width_of(&answer), status_of(test)->width_px);
	core_bytes_unref(answer.bytes);
	/* It goes on being watched. */
	RUN_UNTIL(test, status_of(test)->frames > frames);
	close(fd);
}

static void without_a_device_it_is_the_card(void **state)
{
	struct test *test = *state;
	struct answer answer;

	serve(test, CONFIG_SOURCE_V4L2);
	take(test, &png, &answer);
	assert_int_equal(status_of(test)->state, CAPTURE_STATE_NO_DEVICE);
	assert_int_equal(width_of(&answer), 1024);
	core_bytes_unref(answer.bytes);
}

static void the_end_of_the_target_is_said(void **state)
{
	struct test *test = *state;
	struct answer answer = {0};

	serve(test, CONFIG_SOURCE_DEMO);
	assert_int_equal(server_target_take_snapshot(
					 test->target, &png, on_done, &answer),
			0);
	server_target_destroy(test->target);
	test->target = NULL;
	assert_int_equal(answer.times, 1);
	assert_int_equal(answer.rc, -ENODEV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
			TEST(takes_one_frame_while_nobody_views),
			TEST(takes_what_viewers_see),
			TEST(without_a_device_it_is_the_card),
			TEST(the_end_of_the_target_is_said),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
