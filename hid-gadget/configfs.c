/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/configfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct hid_paths hid_paths_system = {
		.configfs = "/sys/kernel/config",
		.sys = "/sys",
		.dev = "/dev",
};

int hid_path_format(char path[HID_PATH_BYTES], const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(path, HID_PATH_BYTES, format, arguments);
	va_end(arguments);
	return length >= 0 && length < HID_PATH_BYTES ? 0 : -ENAMETOOLONG;
}

int hid_configfs_put(const char *dir, const char *attribute, const char *value)
{
	char path[HID_PATH_BYTES];
	size_t size = strlen(value);
	ssize_t written;
	int rc = hid_path_format(path, "%s/%s", dir, attribute);
	int fd;

	if (rc < 0)
		return rc;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return -errno;
	written = write(fd, value, size);
	if (written == -1)
		rc = -errno;
	else if ((size_t)written != size)
		rc = -EIO;
	close(fd);
	return rc;
}

int hid_configfs_get(const char *dir, const char *attribute,
		char value[HID_VALUE_BYTES])
{
	char path[HID_PATH_BYTES];
	ssize_t size;
	int rc = hid_path_format(path, "%s/%s", dir, attribute);
	int fd;

	value[0] = '\0';
	if (rc < 0)
		return rc;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -errno;
	size = read(fd, value, HID_VALUE_BYTES - 1);
	if (size == -1)
		rc = -errno;
	close(fd);
	value[size > 0 ? size : 0] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return rc;
}

int hid_dir_each(const char *dir,
		int (*each)(void *context, int dir_fd, const struct dirent *it),
		void *context)
{
	DIR *stream = opendir(dir);
	const struct dirent *it;
	int rc = 0;

	if (!stream)
		return errno == ENOENT ? 0 : -errno;
	while (rc == 0 && (it = readdir(stream)))
		if (it->d_name[0] != '.')
			rc = each(context, dirfd(stream), it);
	closedir(stream);
	return rc;
}

static int remove_link(void *context, int dir_fd, const struct dirent *it)
{
	struct stat status;

	(void)context;
	if (fstatat(dir_fd, it->d_name, &status, AT_SYMLINK_NOFOLLOW) == -1)
		return -errno;
	if (!S_ISLNK(status.st_mode))
		return 0;
	return unlinkat(dir_fd, it->d_name, 0) == -1 ? -errno : 0;
}

/* Directories only: attributes are files and go with their directory. */
static int remove_dir(void *context, int dir_fd, const struct dirent *it)
{
	struct stat status;

	(void)context;
	if (fstatat(dir_fd, it->d_name, &status, AT_SYMLINK_NOFOLLOW) == -1)
		return -errno;
	if (!S_ISDIR(status.st_mode))
		return 0;
	return unlinkat(dir_fd, it->d_name, AT_REMOVEDIR) == -1 ? -errno : 0;
}

static int remove_config(void *context, int dir_fd, const struct dirent *it)
{
	const char *configs = context;
	char path[HID_PATH_BYTES];
	int rc = hid_path_format(path, "%s/%s", configs, it->d_name);

	if (rc == 0)
		rc = hid_dir_each(path, remove_link, NULL);
	if (rc == 0)
		rc = hid_path_format(
				path, "%s/%s/strings", configs, it->d_name);
	if (rc == 0)
		rc = hid_dir_each(path, remove_dir, NULL);
	return rc < 0 ? rc : remove_dir(NULL, dir_fd, it);
}

/*
 * The order is the kernel's: links hold functions, configurations hold links.
 * Directories that the kernel made with the gadget (lun.0, strings itself)
 * must not be removed; they go with their parents.
 */
int hid_configfs_remove(const struct hid_paths *paths, const char *gadget)
{
	static const struct {
		const char *dir;
		int (*each)(void *context, int dir_fd, const struct dirent *it);
	} steps[] = {
			{"os_desc", remove_link},
			{"configs", remove_config},
			{"functions", remove_dir},
			{"strings", remove_dir},
	};
	char dir[HID_PATH_BYTES];
	char path[HID_PATH_BYTES];
	int rc = hid_path_format(
			dir, "%s/usb_gadget/%s", paths->configfs, gadget);

	if (rc < 0)
		return rc;
	rc = hid_configfs_put(dir, "UDC", "\n");
	if (rc < 0 && rc != -ENOENT && rc != -ENODEV)
		return rc; /* -ENODEV: is not bound */
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		rc = hid_path_format(path, "%s/%s", dir, steps[i].dir);
		if (rc == 0)
			rc = hid_dir_each(path, steps[i].each, path);
		if (rc < 0)
			return rc;
	}
	return rmdir(dir) == -1 && errno != ENOENT ? -errno : 0;
}

struct holder_search {
	const char *gadgets;
	const char *udc;
	const char *except;
	char *holder;
};

static int compare_holder(void *context, int dir_fd, const struct dirent *it)
{
	const struct holder_search *search = context;
	char path[HID_PATH_BYTES];
	char bound[HID_VALUE_BYTES];

	(void)dir_fd;
	if (search->except && strcmp(it->d_name, search->except) == 0)
		return 0;
	if (hid_path_format(path, "%s/%s", search->gadgets, it->d_name) < 0 ||
			hid_configfs_get(path, "UDC", bound) < 0 ||
			strcmp(bound, search->udc) != 0)
		return 0;
	snprintf(search->holder, HID_VALUE_BYTES, "%.*s", HID_VALUE_BYTES - 1,
			it->d_name);
	return 1;
}

bool hid_configfs_find_holder(const struct hid_paths *paths, const char *udc,
		const char *except, char holder[HID_VALUE_BYTES])
{
	char gadgets[HID_PATH_BYTES];
	struct holder_search search = {
			.gadgets = gadgets,
			.udc = udc,
			.except = except,
			.holder = holder,
	};

	holder[0] = '\0';
	return hid_path_format(gadgets, "%s/usb_gadget", paths->configfs) ==
			0 &&
			hid_dir_each(gadgets, compare_holder, &search) == 1;
}

int hid_udc_list(const struct hid_paths *paths, char list[HID_PATH_BYTES],
		char udc[HID_VALUE_BYTES])
{
	char path[HID_PATH_BYTES];
	struct dirent **entries = NULL;
	size_t used = 0;
	int found = 0;
	int n;
	int rc = hid_path_format(path, "%s/class/udc", paths->sys);

	list[0] = udc[0] = '\0';
	if (rc < 0)
		return rc;
	n = scandir(path, &entries, NULL, alphasort);
	if (n == -1)
		return errno == ENOENT ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.' && strlen(name) < HID_VALUE_BYTES) {
			if (found++ == 0)
				snprintf(udc, HID_VALUE_BYTES, "%s", name);
			if (used < HID_PATH_BYTES)
				used += (size_t)snprintf(list + used,
						HID_PATH_BYTES - used, "%s%s",
						used > 0 ? ", " : "", name);
		}
		free(entries[i]);
	}
	free(entries);
	return found;
}
