/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/fallback.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/vnc/fallback-rig.h"
#include "tests/vnc/picture.h"
#include "video/jpeg.h"

enum {
	RAW = 0,
	COPYRECT = 1,
	RRE = 2,
	CORRE = 4,
	HEXTILE = 5,
	ZLIB = 6,
	TIGHT = 7,
	ULTRA = 9,
	ZRLE = 16,
	ZYWRLE = 17
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void a_large_raw_picture_does_not_block(void **state)
{
	static const int32_t raw = RAW;
	static const struct video_rect all = {0, 0, 4096, 2304};
	struct fallback_rig *rig = *state;
	struct video_frame *frame = picture_create(4096, 2304, PICTURE_FILL, 1);

	vnc_fallback_set_encodings(rig->fallback, &raw, 1);
	assert_int_equal(fallback_request(rig, frame, &all, 1), 0);
	fallback_wait(rig);
	assert_int_equal(rig->update->rc, 0);
	video_frame_unref(frame);
}

/* The worst there is for all of them: what they write has to fit, too. */
static void noise_does_not_block(void **state)
{
	static const int32_t encodings[] = {
			RAW, RRE, CORRE, HEXTILE, ZLIB, ZRLE};
	static const struct vnc_pixel_format formats[] = {
			{32, 24, false, true, 255, 255, 255, 16, 8, 0},
			{16, 16, false, true, 31, 63, 31, 11, 5, 0},
			{8, 8, false, true, 7, 7, 3, 0, 3, 6}};
	static const struct video_rect all = {0, 0, 1100, 130};
	struct fallback_rig *rig = *state;
	struct video_frame *frame = picture_create(1100, 130, PICTURE_NOISE, 1);

	for (size_t i = 0; i < LENGTH(formats) * LENGTH(encodings); i++) {
		vnc_fallback_set_pixel_format(
				rig->fallback, &formats[i / LENGTH(encodings)]);
		vnc_fallback_set_encodings(rig->fallback,
				&encodings[i % LENGTH(encodings)], 1);
		assert_int_equal(fallback_request(rig, frame, &all, 1), 0);
		fallback_wait(rig);
		assert_int_equal(rig->update->rc, 0);
		fallback_drop(rig);
	}
	video_frame_unref(frame);
}

/* ---- what the library is told ---- */

static int32_t first_encoding(const struct vnc_update *update)
{
	const uint8_t *bytes = update->pieces[1]->data + 8;

	return (int32_t)((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
			(uint32_t)bytes[2] << 8 | bytes[3]);
}

static void assert_chosen(struct fallback_rig *rig, const int32_t *list,
		size_t list_n, int32_t chosen)
{
	static const struct video_rect rect = {0, 0, 64, 64};
	struct video_frame *frame = picture_create(64, 64, PICTURE_FLAT, 1);

	vnc_fallback_set_encodings(rig->fallback, list, list_n);
	assert_int_equal(fallback_request(rig, frame, &rect, 1), 0);
	fallback_wait(rig);
	assert_int_equal(rig->update->rc, 0);
	assert_int_equal(rig->update->pieces[0]->size, 0);
	assert_int_equal(first_encoding(rig->update), chosen);
	fallback_drop(rig);
	video_frame_unref(frame);
}

static void only_its_own_encodings_reach_the_library(void **state)
{
	static const int32_t tempting[] = {TIGHT, -260, 50, COPYRECT, ZYWRLE,
			ULTRA, -239, -240, -232, -223, -224, -308, -307, -312,
			-313, -261, -258, 0x574d5668, -1063131698, -309, ZRLE,
			HEXTILE, -256, -23};
	static const int32_t unknown[] = {TIGHT, -1000};
	static const int32_t zlib[] = {ZLIB};
	struct fallback_rig *rig = *state;

	assert_chosen(rig, tempting, LENGTH(tempting), ZRLE);
	assert_chosen(rig, unknown, LENGTH(unknown), RAW);
	assert_chosen(rig, zlib, LENGTH(zlib), ZLIB);
	assert_chosen(rig, NULL, 0, RAW);
}

/* Of a depth beyond 24, viewers differ in how many bytes ZRLE's pixels have. */
static void deep_pixels_get_no_zrle(void **state)
{
	static const int32_t list[] = {ZRLE, HEXTILE};
	struct vnc_pixel_format deep = vnc_pixel_format_native;
	struct fallback_rig *rig = *state;

	vnc_fallback_set_pixel_format(rig->fallback, &deep);
	assert_chosen(rig, list, LENGTH(list), ZRLE);
	deep.depth = 32;
	vnc_fallback_set_pixel_format(rig->fallback, &deep);
	assert_chosen(rig, list, LENGTH(list), HEXTILE);
}

static void refuses_pixels_that_cannot_be(void **state)
{
	static const struct vnc_pixel_format impossible[] = {
			{24, 24, false, true, 255, 255, 255, 16, 8, 0},
			{0, 0, false, true, 255, 255, 255, 16, 8, 0},
			{4, 4, false, true, 1, 1, 1, 2, 1, 0},
			{32, 24, false, true, 0, 255, 255, 16, 8, 0},
			{32, 24, false, true, 255, 255, 255, 25, 8, 0},
			{32, 24, false, true, 255, 255, 255, 255, 8, 0},
			{16, 16, false, true, 31, 63, 31, 12, 5, 0},
			{16, 16, false, false, 0, 0, 0, 0, 0, 0},
			{32, 24, false, false, 0, 0, 0, 0, 0, 0},
	};
	static const struct video_rect rect = {0, 0, 16, 16};
	struct video_frame *frame = picture_create(16, 16, PICTURE_FILL, 1);

	(void)state;
	for (size_t i = 0; i < LENGTH(impossible); i++) {
		struct fallback_rig *rig;

		fallback_set_up((void **)&rig);
		vnc_fallback_set_pixel_format(rig->fallback, &impossible[i]);
		assert_int_equal(fallback_request(rig, frame, &rect, 1), 0);
		fallback_wait(rig);
		assert_int_equal(rig->update->rc, -EINVAL);
		assert_int_equal(rig->update->pieces_n, 0);
		fallback_drop(rig);
		/* Its streams may be broken: it does nothing any more. */
		assert_int_equal(fallback_request(rig, frame, &rect, 1),
				-EINVAL);
		assert_null(rig->update);
		vnc_fallback_destroy(rig->fallback);
		rig->fallback = NULL;
		core_workers_destroy(rig->library);
		sd_event_unref(rig->event);
		free(rig);
	}
	video_frame_unref(frame);
	assert_int_equal(picture_alive(), 0);
}

static void must_not_come(void *context, struct vnc_update *update)
{
	(void)context;
	(void)update;
	fail();
}

static void one_request_at_a_time(void **state)
{
	static const struct video_rect rect = {0, 0, 16, 16};
	struct fallback_rig *rig = *state;
	struct video_frame *frame = picture_create(16, 16, PICTURE_FILL, 1);
	struct vnc_update *another;

	assert_int_equal(fallback_request(rig, frame, &rect, 1), 0);
	assert_int_equal(vnc_fallback_request(rig->fallback, frame, &rect, 1,
					 must_not_come, rig, &another),
			-EBUSY);
	assert_null(another);
	fallback_wait(rig);
	video_frame_unref(frame);
}

/* ---- going away in every state ---- */

static unsigned open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

enum moment { UNUSED, BUSY, BUSY_UPDATE_GONE, READY, IDLE, MOMENTS };

static void leave_at(struct fallback_rig *rig, enum moment moment)
{
	static const struct video_rect rect = {0, 0, 640, 480};
	struct video_frame *frame = picture_create(640, 480, PICTURE_MIXED, 1);

	if (moment != UNUSED)
		assert_int_equal(fallback_request(rig, frame, &rect, 1), 0);
	video_frame_unref(frame);
	if (moment == BUSY_UPDATE_GONE)
		fallback_drop(rig);
	if (moment == READY || moment == IDLE)
		fallback_wait(rig);
	if (moment == IDLE)
		fallback_drop(rig);
	vnc_fallback_destroy(rig->fallback);
	rig->fallback = NULL;
}

static void may_go_at_any_moment(void **state)
{
	unsigned before;

	(void)state;
	before = open_descriptors();
	for (enum moment moment = UNUSED; moment < MOMENTS; moment++) {
		struct fallback_rig *rig;

		fallback_set_up((void **)&rig);
		leave_at(rig, moment);
		if (moment == BUSY)
			fallback_wait(rig); /* the update outlives its maker */
		fallback_tear_down((void **)&rig);
		assert_int_equal(open_descriptors(), before);
	}
}

/* Keeps the library's thread until told, then counts what is open. */
struct errand {
	struct core_job job; /* first */
	bool done;
	sem_t go;
	unsigned descriptors;
};

static void run_errand(struct core_job *job)
{
	struct errand *errand = (struct errand *)job;

	sem_wait(&errand->go);
	errand->descriptors = open_descriptors();
}

static void end_errand(struct core_job *job)
{
	((struct errand *)job)->done = true;
}

static void submit(struct fallback_rig *rig, struct errand *errand, bool go)
{
	errand->done = false;
	errand->job = (struct core_job){.run = run_errand, .done = end_errand};
	sem_init(&errand->go, 0, go);
	core_workers_submit(rig->library, &errand->job);
}

/* Else some that come, ask and go could keep it from those who stay. */
static void an_abandoned_request_is_not_begun(void **state)
{
	struct fallback_rig *rig = *state;
	struct errand gate, look;

	submit(rig, &gate, false);
	leave_at(rig, BUSY_UPDATE_GONE);
	submit(rig, &look, true);
	sem_post(&gate.go);
	while (!look.done)
		assert_true(sd_event_run(rig->event, 10000000) >= 0);
	assert_int_equal(look.descriptors, gate.descriptors);
	sem_destroy(&gate.go);
	sem_destroy(&look.go);
}

static void the_pool_may_end_before_the_library_does(void **state)
{
	struct fallback_rig *rig;
	unsigned before;

	(void)state;
	before = open_descriptors();
	fallback_set_up((void **)&rig);
	leave_at(rig, BUSY);
	core_workers_destroy(rig->library); /* runs what is left, or not */
	rig->library = NULL;
	assert_int_equal(rig->ready, 1);
	fallback_tear_down((void **)&rig);
	assert_int_equal(open_descriptors(), before);
}

static void says_when_descriptors_are_too_high(void **state)
{
	static const struct video_rect rect = {0, 0, 16, 16};
	struct rlimit limit, raised;
	struct fallback_rig *rig = *state;
	struct video_frame *frame = picture_create(16, 16, PICTURE_FILL, 1);
	int fds[FD_SETSIZE];
	size_t fds_n = 0;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	raised = limit;
	raised.rlim_cur = FD_SETSIZE + 100;
	if (raised.rlim_cur > limit.rlim_max) {
		video_frame_unref(frame);
		skip();
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &raised), 0);
	do {
		fds[fds_n] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		assert_true(fds[fds_n] >= 0);
	} while (fds[fds_n++] < FD_SETSIZE - 1);
	assert_int_equal(fallback_request(rig, frame, &rect, 1), 0);
	fallback_wait(rig);
	assert_int_equal(rig->update->rc, -EMFILE);
	while (fds_n > 0)
		close(fds[--fds_n]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	video_frame_unref(frame);
}

/* ---- link order ---- */

#define CHECK_ONLY "--check-link-order"
#define EXEC_FAILED 255

static void libturbojpeg_is_the_real_one(void **state)
{
	struct video_jpeg *jpeg;

	(void)state;
	/* So that this program takes functions from libturbojpeg. */
	assert_int_equal(video_jpeg_create(&jpeg), 0);
	video_jpeg_destroy(jpeg);
	assert_int_equal(vnc_fallback_check_link_order(), 0);
}

/* The same program with libvncserver in front, as if linked wrongly. */
static void a_wrong_link_order_is_found(void **state)
{
	int status;
	pid_t child;

	(void)state;
	child = fork();
	if (child == 0) {
		setenv("LD_PRELOAD", "libvncserver.so.1", 1);
		setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
		execl("/proc/self/exe", "test-fallback", CHECK_ONLY, NULL);
		_exit(EXEC_FAILED);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == EXEC_FAILED)
		skip(); /* under qemu-user */
	assert_int_equal(WEXITSTATUS(status), ELIBBAD);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
			name, fallback_set_up, fallback_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
			TEST(a_large_raw_picture_does_not_block),
			TEST(noise_does_not_block),
			TEST(only_its_own_encodings_reach_the_library),
			TEST(deep_pixels_get_no_zrle),
			cmocka_unit_test(refuses_pixels_that_cannot_be),
			TEST(an_abandoned_request_is_not_begun),
			TEST(one_request_at_a_time),
			cmocka_unit_test(may_go_at_any_moment),
			cmocka_unit_test(
					the_pool_may_end_before_the_library_does),
			TEST(says_when_descriptors_are_too_high),
			cmocka_unit_test(libturbojpeg_is_the_real_one),
			cmocka_unit_test(a_wrong_link_order_is_found),
	};

	if (argc > 1 && strcmp(argv[1], CHECK_ONLY) == 0)
		return -vnc_fallback_check_link_order();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
