/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/config.h"
#include "tests/fuzz/fuzz.h"

/*
 * A configuration file. What loads is complete and consistent, as config.h
 * promises; what does not is refused with one complaint that has a line and a
 * cure. A NUL in front: the byte after it says at which allocation memory runs
 * out, or from 128 on, that something else stands in the file's place.
 */
static const char *const no_files[] = {"/proc/self/fd", "/dev/null",
		"/proc/self/nothing", "/proc/self/mem"};

struct complaints {
	const char *path;
	size_t count;
};

static void take_complaint(void *context, const char *text)
{
	struct complaints *complaints = context;
	size_t length = strlen(complaints->path);
	char *end;

	complaints->count++;
	FUZZ_CHECK(strncmp(text, complaints->path, length) == 0);
	FUZZ_CHECK(text[length] == ':');
	strtoul(text + length + 1, &end, 10);
	FUZZ_CHECK(end > text + length + 1 && strncmp(end, ": ", 2) == 0);
	FUZZ_CHECK(strstr(end, "; ") || strlen(text) > 900); /* may be cut */
}

static void check_path(const char *path)
{
	FUZZ_CHECK(!path || path[0] == '/');
}

static void check_target(
		const struct config *config, const struct config_target *target)
{
	const struct config_vnc *vnc = &target->vnc;

	FUZZ_CHECK(target->name[0] && strlen(target->name) <= CONFIG_NAME_MAX);
	FUZZ_CHECK(config_find_target(config, target->name) == target);
	FUZZ_CHECK(config_target_equal(target, target));
	check_path(target->capture.device);
	check_path(target->capture.subdevice);
	check_path(target->capture.file);
	check_path(vnc->password_file);
	FUZZ_CHECK(target->capture.source < CONFIG_SOURCES);
	FUZZ_CHECK((target->capture.source == CONFIG_SOURCE_V4L2) ==
			(target->capture.device != NULL));
	FUZZ_CHECK((target->capture.source == CONFIG_SOURCE_FILE) ==
			(target->capture.file != NULL));
	FUZZ_CHECK(vnc->listen.length > 0);
	FUZZ_CHECK(vnc->viewers_max > 0);
	FUZZ_CHECK(vnc->login_limit_s > 0 && vnc->login_limit_s <= 300);
	FUZZ_CHECK(vnc->security != 0);
	if (vnc->security & CONFIG_SECURITY_NONE)
		FUZZ_CHECK(vnc->security == CONFIG_SECURITY_NONE &&
				core_address_is_local(&vnc->listen));
}

static void check(const struct config *config)
{
	FUZZ_CHECK(config->targets_n > 0);
	FUZZ_CHECK(config->targets_n <= CONFIG_TARGETS_MAX);
	FUZZ_CHECK(!config->tls_certificate == !config->tls_key);
	for (size_t i = 0; i < config->targets_n; i++) {
		check_target(config, &config->targets[i]);
		for (size_t j = 0; j < i; j++)
			FUZZ_CHECK(!config_target_equal(&config->targets[i],
					&config->targets[j]));
	}
}

static void load(const char *path)
{
	struct complaints complaints = {.path = path};
	struct config *config;
	int rc = config_load(&config, path, take_complaint, &complaints);

	if (rc == 0) {
		FUZZ_CHECK(complaints.count == 0);
		check(config);
	} else {
		FUZZ_CHECK(!config);
		FUZZ_CHECK(rc == -ENOMEM ? complaints.count <= 1
					 : complaints.count == 1);
		FUZZ_CHECK(rc != -ENOMEM || fuzz_memory_failed());
	}
	config_destroy(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	bool scarce = size > 0 && bytes[0] == 0;
	unsigned nth = 0;
	char path[32];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	FUZZ_CHECK(fd != -1);
	if (scarce) {
		fuzz_take_u8(&input);
		nth = fuzz_take_u8(&input);
	}
	if (nth >= 128) {
		load(no_files[nth % 4]);
		close(fd);
		return 0;
	}
	FUZZ_CHECK(write(fd, input.bytes, input.size) == (ssize_t)input.size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fuzz_memory_fail(nth, false);
	load(path);
	fuzz_memory_fail(0, false);
	close(fd);
	return 0;
}
