/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/draft.h"
#include "config/keyboard.h"
#include "config/parse.h"
#include "config/scan.h"
#include "config/target.h"

/* O_NONBLOCK so that a FIFO in the file's place holds nobody. */
static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	int rc = 0;

	if (fd == -1)
		return -errno;
	if (fstat(fd, &status) == -1)
		rc = -errno;
	else if (S_ISDIR(status.st_mode))
		rc = -EISDIR;
	else if (!S_ISREG(status.st_mode))
		rc = -EINVAL;
	if (rc < 0) {
		close(fd);
		return rc;
	}
	return fd;
}

/* One byte more than allowed, so that a file that is too large shows. */
static int read_all(int fd, char *data, size_t *size)
{
	*size = 0;
	while (*size < CONFIG_FILE_MAX_BYTES + 1) {
		ssize_t got = read(fd, data + *size,
				CONFIG_FILE_MAX_BYTES + 1 - *size);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -errno;
		if (got == 0)
			break;
		*size += (size_t)got;
	}
	return 0;
}

static int read_file(const char *path, char *data, size_t *size,
		const struct config_report *report)
{
	int fd = open_regular(path);
	int rc = fd;

	if (fd >= 0) {
		rc = read_all(fd, data, size);
		close(fd);
	}
	if (rc < 0)
		config_report_write(report, 0,
				"cannot be read: %s; %s, or name another with -c",
				rc == -EINVAL ? "Not a regular file"
					      : strerrordesc_np(-rc),
				rc == -EACCES ? "try as root"
					      : "write a configuration there as rackhand.conf(5) says");
	return rc;
}

static int parse(struct config *config, const char *data, size_t size,
		const struct config_report *report)
{
	struct config_draft draft = {.report = *report, .config = config};
	struct config_scan *scan;
	int rc = config_scan_create(&scan, data, size, report);

	if (rc < 0)
		return rc;
	config_draft_reset_target(&draft);
	rc = config_parse(&draft, scan);
	if (rc == 0)
		rc = config_draft_finish(&draft);
	config_target_finish(&draft.target);
	free(draft.macro_keys);
	config_scan_destroy(scan);
	return rc;
}

int config_read(struct config **out, const char *name, const char *text,
		size_t size, config_complain *complain, void *context)
{
	const struct config_report report = {name, complain, context};
	struct config *config = calloc(1, sizeof(*config));
	int rc;

	*out = NULL;
	if (!config)
		return -ENOMEM;
	config->log_level = LOG_LEVEL_INFO;
	rc = parse(config, text, size, &report);
	if (rc < 0)
		config_destroy(config);
	else
		*out = config;
	return rc;
}

int config_load(struct config **out, const char *path,
		config_complain *complain, void *context)
{
	const struct config_report report = {path, complain, context};
	char *data = malloc(CONFIG_FILE_MAX_BYTES + 1);
	size_t size;
	int rc;

	*out = NULL;
	if (!data)
		return -ENOMEM;
	rc = read_file(path, data, &size, &report);
	if (rc == 0)
		rc = config_read(out, path, data, size, complain, context);
	free(data);
	return rc;
}

void config_destroy(struct config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->targets_n; i++)
		config_target_finish(&config->targets[i]);
	free(config->tls_certificate);
	config_macros_finish(&config->macros);
	free(config->tls_key);
	free(config);
}

const struct config_target *config_find_target(
		const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->targets_n; i++)
		if (strcmp(config->targets[i].name, name) == 0)
			return &config->targets[i];
	return NULL;
}
