/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/gadget.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "core/log.h"
#include "hid-gadget/configfs.h"
#include "hid-gadget/gadget-internal.h"

#define CONFIGFS_MAGIC 0x62656570

static int gadget_dir(char dir[HID_PATH_BYTES], const struct hid_paths *paths,
		const char *target)
{
	return hid_path_format(dir, "%s/usb_gadget/" HID_GADGET_PREFIX "%s",
			paths->configfs, target);
}

static int function_dir(char dir[HID_PATH_BYTES], const char *gadget,
		enum hid_function function)
{
	return hid_path_format(dir, "%s/functions/hid.%s", gadget,
			hid_function_layouts[function].instance);
}

/*
 * The machine's own id must not leave it, so a keyed hash of it does; its key
 * is made of the target's name.
 */
void hid_gadget_serial(char serial[HID_SERIAL_BYTES], const char *target)
{
	static const sd_id128_t application = {
			.bytes = {0x4f, 0x0d, 0x6a, 0xe1, 0x93, 0xb2, 0x47,
					0xc8, 0xa5, 0x1e, 0x70, 0x2b, 0xd8,
					0x3c, 0x96, 0xf4},
	};
	sd_id128_t key = application;
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (const char *c = target; *c; c++)
		hash = (hash ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
	key.qwords[1] ^= hash;
	if (sd_id128_get_machine_app_specific(key, &key) < 0)
		log_warning("%s: no machine id: the USB serial number is the same on every machine",
				target);
	snprintf(serial, HID_SERIAL_BYTES, "%02x%02x%02x%02x%02x%02x%02x%02x",
			key.bytes[0], key.bytes[1], key.bytes[2], key.bytes[3],
			key.bytes[4], key.bytes[5], key.bytes[6], key.bytes[7]);
}

static int check_configfs(const struct hid_paths *paths, const char *target)
{
	char path[HID_PATH_BYTES];
	struct statfs status;
	int rc = hid_path_format(path, "%s/usb_gadget", paths->configfs);

	if (rc < 0)
		return rc;
	if (access(path, F_OK) == 0)
		return 0;
	if (statfs(paths->configfs, &status) == -1 ||
			status.f_type != CONFIGFS_MAGIC)
		log_error("%s: configfs is not mounted: modprobe configfs; mount -t configfs none %s",
				target, paths->configfs);
	else
		log_error("%s: the kernel's USB gadget support is not loaded: modprobe libcomposite",
				target);
	return -ENOENT;
}

static int choose_udc(char udc[HID_VALUE_BYTES], const struct hid_paths *paths,
		const struct hid_gadget_options *options)
{
	char list[HID_PATH_BYTES];
	char path[HID_PATH_BYTES];
	char first[HID_VALUE_BYTES];
	int n = hid_udc_list(paths, list, first);

	if (n < 0) {
		log_error_errno(n, "%s: cannot list %s/class/udc",
				options->target, paths->sys);
		return n;
	}
	if (n == 0) {
		log_error("%s: this machine has no USB device controller (UDC): on a Raspberry Pi put dtoverlay=dwc2 into config.txt, elsewhere load the controller's driver",
				options->target);
		return -ENODEV;
	}
	if (!options->udc && n > 1) {
		log_error("%s: there are several USB device controllers: set usb { udc = \"...\" } to one of: %s",
				options->target, list);
		return -ENOTUNIQ;
	}
	if (!options->udc) {
		strcpy(udc, first);
		return 0;
	}
	if (!options->udc[0] || strlen(options->udc) >= HID_VALUE_BYTES ||
			strchr(options->udc, '/') ||
			hid_path_format(path, "%s/class/udc/%s", paths->sys,
					options->udc) < 0 ||
			access(path, F_OK) == -1) {
		log_error("%s: there is no USB device controller '%s'; there is: %s",
				options->target, options->udc, list);
		return -ENODEV;
	}
	strcpy(udc, options->udc);
	return 0;
}

int hid_gadget_plan(struct hid_gadget_plan *plan, const struct hid_paths *paths,
		const struct hid_gadget_options *options)
{
	char holder[HID_VALUE_BYTES];
	int length;
	int rc;

	*plan = (struct hid_gadget_plan){.target = options->target};
	length = snprintf(plan->name, sizeof(plan->name),
			HID_GADGET_PREFIX "%s", options->target);
	if (length >= (int)sizeof(plan->name) || strchr(options->target, '/')) {
		log_error("%s: no gadget can have this name", options->target);
		return -EINVAL;
	}
	rc = gadget_dir(plan->dir, paths, options->target);
	if (rc == 0)
		rc = check_configfs(paths, options->target);
	if (rc == 0)
		rc = choose_udc(plan->udc, paths, options);
	if (rc < 0)
		return rc;
	if (hid_configfs_find_holder(paths, plan->udc, plan->name, holder)) {
		log_error("%s: USB device controller %s is in use by gadget '%s'",
				options->target, plan->udc, holder);
		return -EBUSY;
	}
	hid_gadget_serial(plan->serial, options->target);
	return 0;
}

static bool has_text(const char *dir, const char *attribute, const char *wanted)
{
	char value[HID_VALUE_BYTES];

	return hid_configfs_get(dir, attribute, value) == 0 &&
			strcmp(value, wanted) == 0;
}

static bool has_number(
		const char *dir, const char *attribute, unsigned long wanted)
{
	char value[HID_VALUE_BYTES];
	char *end;

	return hid_configfs_get(dir, attribute, value) == 0 && value[0] &&
			strtoul(value, &end, 0) == wanted && *end == '\0';
}

static bool has_descriptor(
		const char *dir, const struct hid_function_layout *layout)
{
	uint8_t bytes[1024];
	char path[HID_PATH_BYTES];
	ssize_t size;
	int fd;

	if (hid_path_format(path, "%s/report_desc", dir) < 0)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	size = read(fd, bytes, sizeof(bytes));
	close(fd);
	return size == (ssize_t)layout->descriptor_bytes &&
			memcmp(bytes, layout->descriptor, (size_t)size) == 0;
}

static bool function_matches(
		const struct hid_gadget_plan *plan, enum hid_function function)
{
	const struct hid_function_layout *layout =
			&hid_function_layouts[function];
	char dir[HID_PATH_BYTES];
	char link[HID_PATH_BYTES];

	return function_dir(dir, plan->dir, function) == 0 &&
			hid_path_format(link,
					"%s/configs/" HID_GADGET_CONFIG
					"/hid.%s",
					plan->dir, layout->instance) == 0 &&
			access(link, F_OK) == 0 &&
			has_number(dir, "subclass", layout->subclass) &&
			has_number(dir, "protocol", layout->protocol) &&
			has_number(dir, "report_length",
					layout->report_bytes) &&
			has_descriptor(dir, layout);
}

static int count(void *context, int dir_fd, const struct dirent *it)
{
	(void)dir_fd;
	(void)it;
	++*(int *)context;
	return 0;
}

bool hid_gadget_matches(const struct hid_gadget_plan *plan)
{
	char config[HID_PATH_BYTES];
	char strings[HID_PATH_BYTES];
	char functions[HID_PATH_BYTES];
	int functions_n = 0;

	if (hid_path_format(config, "%s/configs/" HID_GADGET_CONFIG,
			    plan->dir) < 0 ||
			hid_path_format(strings, "%s/strings/0x409",
					plan->dir) < 0 ||
			hid_path_format(functions, "%s/functions", plan->dir) <
					0 ||
			hid_dir_each(functions, count, &functions_n) < 0 ||
			functions_n != HID_FUNCTIONS)
		return false;
	for (int f = 0; f < HID_FUNCTIONS; f++)
		if (!function_matches(plan, (enum hid_function)f))
			return false;
	return has_text(plan->dir, "UDC", plan->udc) &&
			has_number(plan->dir, "idVendor", HID_GADGET_VENDOR) &&
			has_number(plan->dir, "idProduct",
					HID_GADGET_PRODUCT) &&
			has_number(plan->dir, "bcdDevice",
					HID_GADGET_RELEASE) &&
			has_text(strings, "serialnumber", plan->serial) &&
			has_text(strings, "manufacturer",
					HID_GADGET_MANUFACTURER) &&
			has_text(strings, "product", HID_GADGET_MODEL) &&
			has_number(config, "bmAttributes",
					HID_GADGET_ATTRIBUTES);
}

static int give(const char *path, gid_t gid, mode_t mode)
{
	if (chown(path, (uid_t)-1, gid) == -1 || chmod(path, mode) == -1)
		return -errno;
	return 0;
}

/* What the daemon needs to bind, unbind and link functions by itself. */
static int give_to_group(const struct hid_gadget_plan *plan, const char *name)
{
	const struct group *group = name ? getgrnam(name) : NULL;
	char udc[HID_PATH_BYTES];
	char config[HID_PATH_BYTES];
	int rc;

	if (!name)
		return 0;
	if (!group) {
		log_warning("%s: there is no group '%s': only root can use the gadget",
				plan->target, name);
		return 0;
	}
	rc = hid_path_format(udc, "%s/UDC", plan->dir);
	if (rc == 0)
		rc = hid_path_format(config, "%s/configs/" HID_GADGET_CONFIG,
				plan->dir);
	if (rc == 0)
		rc = give(udc, group->gr_gid, 0660);
	if (rc == 0)
		rc = give(config, group->gr_gid, 0775);
	if (rc < 0)
		log_error_errno(rc, "%s: cannot give the gadget to group '%s'",
				plan->target, name);
	return rc;
}

int hid_gadget_up(const struct hid_gadget_options *options)
{
	const struct hid_paths *paths = &hid_paths_system;
	struct hid_gadget_plan plan;
	int rc = hid_gadget_plan(&plan, paths, options);

	if (rc < 0)
		return rc;
	if (hid_gadget_matches(&plan))
		return give_to_group(&plan, options->group);

	rc = hid_gadget_remove_at(paths, options->target);
	if (rc < 0)
		return rc;
	rc = hid_gadget_build(paths, &plan);
	if (rc < 0) {
		hid_gadget_remove_at(paths, options->target);
		return rc;
	}
	log_info("%s: USB gadget is bound to %s", plan.target, plan.udc);
	return give_to_group(&plan, options->group);
}

int hid_gadget_remove_at(const struct hid_paths *paths, const char *target)
{
	char name[HID_PATH_BYTES];
	int rc = hid_path_format(name, HID_GADGET_PREFIX "%s", target);

	if (rc == 0)
		rc = hid_configfs_remove(paths, name);
	if (rc < 0)
		log_error_errno(rc, "%s: cannot remove gadget %s/usb_gadget/%s",
				target, paths->configfs, name);
	return rc;
}

int hid_gadget_down(const char *target)
{
	return hid_gadget_remove_at(&hid_paths_system, target);
}

/*
 * The name of a function's node below dev. The gadget says which device
 * number it has; what that is called is for sysfs to say.
 */
static int find_node(const struct hid_paths *paths, const char *gadget,
		enum hid_function function, char node[HID_VALUE_BYTES])
{
	char dir[HID_PATH_BYTES];
	char number[HID_VALUE_BYTES];
	char uevent[1024] = "";
	const char *line;
	ssize_t size;
	int fd;

	node[0] = '\0';
	if (function_dir(dir, gadget, function) < 0 ||
			hid_configfs_get(dir, "dev", number) < 0 ||
			hid_path_format(dir, "%s/dev/char/%s/uevent",
					paths->sys, number) < 0)
		return -ENODEV;
	fd = open(dir, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -ENODEV;
	size = read(fd, uevent, sizeof(uevent) - 1);
	close(fd);
	line = size > 0 ? strstr(uevent, "DEVNAME=") : NULL;
	if (!line || sscanf(line, "DEVNAME=%63[^\n/]", node) != 1)
		return -ENODEV;
	return 0;
}

int hid_gadget_open_at(const struct hid_paths *paths, const char *target,
		enum hid_function function)
{
	char gadget[HID_PATH_BYTES];
	char node[HID_VALUE_BYTES];
	char path[HID_PATH_BYTES];
	int rc = gadget_dir(gadget, paths, target);
	int fd;

	if (rc == 0)
		rc = find_node(paths, gadget, function, node);
	if (rc == 0)
		rc = hid_path_format(path, "%s/%s", paths->dev, node);
	if (rc < 0)
		return rc;
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return errno == ENOENT || errno == ENXIO ? -ENODEV : -errno;
	return fd;
}

int hid_gadget_open(const char *target, enum hid_function function)
{
	return hid_gadget_open_at(&hid_paths_system, target, function);
}

int hid_gadget_get_status_at(const struct hid_paths *paths, const char *target,
		struct hid_gadget_status *status)
{
	char dir[HID_PATH_BYTES];
	char path[HID_PATH_BYTES];
	int rc = gadget_dir(dir, paths, target);

	*status = (struct hid_gadget_status){.exists = false};
	if (rc < 0)
		return rc;
	if (access(dir, F_OK) == -1)
		return errno == ENOENT ? 0 : -errno;
	status->exists = true;
	rc = hid_configfs_get(dir, "UDC", status->udc);
	if (rc < 0 || !status->udc[0])
		return rc;
	rc = hid_path_format(path, "%s/class/udc/%s", paths->sys, status->udc);
	if (rc == 0)
		rc = hid_configfs_get(path, "state", status->host);
	for (int f = 0; f < HID_FUNCTIONS; f++)
		find_node(paths, dir, (enum hid_function)f, status->nodes[f]);
	return rc;
}

int hid_gadget_get_status(const char *target, struct hid_gadget_status *status)
{
	return hid_gadget_get_status_at(&hid_paths_system, target, status);
}

struct each {
	int (*each)(void *context, const char *target);
	void *context;
};

static int call_each(void *context, int dir_fd, const struct dirent *it)
{
	const struct each *each = context;

	(void)dir_fd;
	if (strncmp(it->d_name, HID_GADGET_PREFIX, strlen(HID_GADGET_PREFIX)) !=
			0)
		return 0;
	return each->each(
			each->context, it->d_name + strlen(HID_GADGET_PREFIX));
}

int hid_gadget_each_at(const struct hid_paths *paths,
		int (*each)(void *context, const char *target), void *context)
{
	struct each call = {.each = each, .context = context};
	char gadgets[HID_PATH_BYTES];
	int rc = hid_path_format(gadgets, "%s/usb_gadget", paths->configfs);

	return rc < 0 ? rc : hid_dir_each(gadgets, call_each, &call);
}

int hid_gadget_each(
		int (*each)(void *context, const char *target), void *context)
{
	return hid_gadget_each_at(&hid_paths_system, each, context);
}
