/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/edid-facts.h"
#include "capture/edid.h"
#include "tests/fuzz/fuzz.h"

/*
 * A file with an EDID. What passes has whole blocks that sum up to nothing,
 * and loads as it is; what does not is refused with a reason. The input's
 * first byte says how many blocks get their sum put right; from 128 on, that
 * something else is named than a file. What passes is also put into words.
 */
#define BLOCK CAPTURE_EDID_BLOCK_BYTES
#define FILE_MAX_BYTES (CAPTURE_EDID_BYTES_MAX + BLOCK)

static const char *const no_files[] = {"1080p60", "1280x1024", "1080p61",
		"/proc/self/fd", "/proc/self/nothing"};
#define NO_FILES (sizeof(no_files) / sizeof(no_files[0]))

static void put_sums_right(uint8_t *data, size_t size, uint8_t blocks)
{
	for (size_t end = BLOCK; end <= size && blocks > 0; end += BLOCK) {
		uint8_t sum = 0;

		for (size_t i = end - BLOCK; i < end - 1; i++)
			sum = (uint8_t)(sum + data[i]);
		data[end - 1] = (uint8_t)-sum;
		blocks--;
	}
}

static bool sums_are_right(const uint8_t *data, size_t size)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++) {
		sum = (uint8_t)(sum + data[i]);
		if (i % BLOCK == BLOCK - 1 && sum != 0)
			return false;
	}
	return true;
}

static int load_file(
		struct capture_edid *edid, const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	const char *why = NULL;
	char path[32];
	int rc;

	FUZZ_CHECK(fd != -1);
	FUZZ_CHECK(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = capture_edid_load(edid, path, &why);
	FUZZ_CHECK(why && (rc == 0) == (why[0] == '\0'));
	close(fd);
	return rc;
}

/* Whatever it says, words are printable and of their length. */
static void check_facts(const struct capture_edid *edid)
{
	struct capture_edid_facts facts;
	const char *preset = capture_edid_find_preset(edid);

	capture_edid_get_facts(edid, &facts);
	FUZZ_CHECK(strlen(facts.maker) == 3);
	for (const char *c = facts.name; *c; c++)
		FUZZ_CHECK(*c >= ' ' && *c <= '~');
	FUZZ_CHECK(strlen(facts.name) < CAPTURE_EDID_NAME_BYTES);
	FUZZ_CHECK(facts.width_px < 4096 && facts.height_px < 4096);
	FUZZ_CHECK(!preset || strcmp(facts.maker, "RKH") == 0);
}

static void load_other(const char *name)
{
	struct capture_edid edid;
	const char *why = NULL;

	if (capture_edid_load(&edid, name, &why) == 0) {
		FUZZ_CHECK(capture_edid_check(edid.data, edid.size, &why) == 0);
		check_facts(&edid);
		return;
	}
	FUZZ_CHECK(why && why[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint8_t blocks = fuzz_take_u8(&input);
	uint8_t data[FILE_MAX_BYTES];
	struct capture_edid edid;
	const char *why = NULL;
	int rc;

	if (blocks >= 128) {
		load_other(no_files[blocks % NO_FILES]);
		return 0;
	}
	size = input.size < sizeof(data) ? input.size : sizeof(data);
	fuzz_take_over(&input, data, size);
	put_sums_right(data, size, blocks);
	rc = capture_edid_check(data, size, &why);
	FUZZ_CHECK(why && (rc == 0) == (why[0] == '\0'));
	FUZZ_CHECK(load_file(&edid, data, size) == rc);
	if (rc < 0)
		return 0;
	FUZZ_CHECK(size % BLOCK == 0 && size <= CAPTURE_EDID_BYTES_MAX);
	FUZZ_CHECK(sums_are_right(data, size));
	FUZZ_CHECK(edid.size == size && memcmp(edid.data, data, size) == 0);
	check_facts(&edid);
	return 0;
}
