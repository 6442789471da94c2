/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/gadget-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/log.h"

/* Directories in place of configfs, sysfs and /dev. */
struct machine {
	char root[64];
	char configfs[128], sys[128], dev[128];
	struct hid_paths paths;
};

static void make_dir(const struct machine *machine, const char *path)
{
	char whole[1024];

	snprintf(whole, sizeof(whole), "%s/%s", machine->root, path);
	for (char *slash = whole + strlen(machine->root) + 1;
			(slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(mkdir(whole, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	assert_true(mkdir(whole, 0755) == 0 || errno == EEXIST);
}

static void make_bytes(const struct machine *machine, const char *dir,
		const char *name, const void *bytes, size_t size)
{
	char path[1024];
	int fd;

	make_dir(machine, dir);
	snprintf(path, sizeof(path), "%s/%s/%s", machine->root, dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static void make_file(const struct machine *machine, const char *dir,
		const char *name, const char *text)
{
	make_bytes(machine, dir, name, text, strlen(text));
}

static int setup(void **state)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	assert_non_null(machine);
	strcpy(machine->root, "/tmp/rackhand-test-XXXXXX");
	assert_non_null(mkdtemp(machine->root));
	snprintf(machine->configfs, 128, "%s/config", machine->root);
	snprintf(machine->sys, 128, "%s/sys", machine->root);
	snprintf(machine->dev, 128, "%s/dev", machine->root);
	machine->paths = (struct hid_paths){.configfs = machine->configfs,
			.sys = machine->sys,
			.dev = machine->dev};
	make_dir(machine, "config/usb_gadget");
	make_dir(machine, "sys/class/udc/one.0");
	make_dir(machine, "dev");
	*state = machine;
	return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type,
		struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	struct machine *machine = *state;

	nftw(machine->root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(machine);
	return 0;
}

static int plan(const struct machine *machine, const char *udc,
		struct hid_gadget_plan *plan_out)
{
	const struct hid_gadget_options options = {
			.target = "rack1",
			.udc = udc,
	};

	return hid_gadget_plan(plan_out, &machine->paths, &options);
}

/* ---- the log, as a file ---------------------------------------------------
 */

struct log {
	int saved_fd;
	int fd;
};

static void log_catch(struct log *log)
{
	log->saved_fd = dup(STDERR_FILENO);
	log->fd = memfd_create("log", MFD_CLOEXEC);
	assert_true(log->saved_fd >= 0 && log->fd >= 0);
	dup2(log->fd, STDERR_FILENO);
}

static void log_says(struct log *log, const char *wanted)
{
	char text[4096] = "";

	dup2(log->saved_fd, STDERR_FILENO);
	close(log->saved_fd);
	assert_true(pread(log->fd, text, sizeof(text) - 1, 0) >= 0);
	close(log->fd);
	if (!strstr(text, wanted))
		fail_msg("'%s' is not in '%s'", wanted, text);
}

/* ---- choosing a controller ------------------------------------------------
 */

static void the_only_controller_is_taken(void **state)
{
	const struct machine *machine = *state;
	struct hid_gadget_plan it;

	assert_int_equal(plan(machine, NULL, &it), 0);
	assert_string_equal(it.udc, "one.0");
	assert_string_equal(it.name, "rackhand-rack1");
}

static void several_controllers_are_named(void **state)
{
	const struct machine *machine = *state;
	struct hid_gadget_plan it;
	struct log log;

	make_dir(machine, "sys/class/udc/two.1");
	log_catch(&log);
	assert_int_equal(plan(machine, NULL, &it), -ENOTUNIQ);
	log_says(&log, "to one of: one.0, two.1");
	assert_int_equal(plan(machine, "two.1", &it), 0);
	assert_string_equal(it.udc, "two.1");
}

static void a_wrong_controller_is_refused_with_a_list(void **state)
{
	const struct machine *machine = *state;
	static const char *const wrong[] = {"two.1", "../../class", ""};
	struct hid_gadget_plan it;
	struct log log;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		log_catch(&log);
		assert_int_equal(plan(machine, wrong[i], &it), -ENODEV);
		log_says(&log, "there is: one.0");
	}
}

static void no_controller_comes_with_a_hint(void **state)
{
	const struct machine *machine = *state;
	char path[256];
	struct hid_gadget_plan it;
	struct log log;

	snprintf(path, sizeof(path), "%s/class/udc/one.0", machine->sys);
	assert_int_equal(rmdir(path), 0);
	log_catch(&log);
	assert_int_equal(plan(machine, NULL, &it), -ENODEV);
	log_says(&log, "no USB device controller");
}

static void no_configfs_comes_with_a_hint(void **state)
{
	const struct machine *machine = *state;
	char path[256];
	struct hid_gadget_plan it;
	struct log log;

	snprintf(path, sizeof(path), "%s/usb_gadget", machine->configfs);
	assert_int_equal(rmdir(path), 0);
	log_catch(&log);
	assert_int_equal(plan(machine, NULL, &it), -ENOENT);
	log_says(&log, "mount -t configfs none");
}

static void a_busy_controller_names_its_holder(void **state)
{
	const struct machine *machine = *state;
	struct hid_gadget_plan it;
	struct log log;

	make_file(machine, "config/usb_gadget/idle", "UDC", "\n");
	make_file(machine, "config/usb_gadget/rackhand-rack1", "UDC",
			"one.0\n");
	assert_int_equal(plan(machine, NULL, &it), 0); /* its own */
	make_file(machine, "config/usb_gadget/printer", "UDC", "one.0\n");
	log_catch(&log);
	assert_int_equal(plan(machine, NULL, &it), -EBUSY);
	log_says(&log, "in use by gadget 'printer'");
}

static void a_name_that_is_a_path_is_refused(void **state)
{
	const struct machine *machine = *state;
	const struct hid_gadget_options options = {.target = "../x"};
	struct hid_gadget_plan it;
	struct log log;

	log_catch(&log);
	assert_int_equal(hid_gadget_plan(&it, &machine->paths, &options),
			-EINVAL);
	log_says(&log, "no gadget can have this name");
}

static void serials_tell_targets_apart(void **state)
{
	char a[HID_SERIAL_BYTES], b[HID_SERIAL_BYTES], again[HID_SERIAL_BYTES];

	(void)state;
	hid_gadget_serial(a, "rack1");
	hid_gadget_serial(b, "rack2");
	hid_gadget_serial(again, "rack1");
	assert_string_equal(a, again);
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), HID_SERIAL_BYTES - 1);
	assert_int_equal(strspn(a, "0123456789abcdef"), HID_SERIAL_BYTES - 1);
}

/* ---- a gadget as files ----------------------------------------------------
 */

#define GADGET "config/usb_gadget/rackhand-rack1"

static void make_function(
		const struct machine *machine, enum hid_function function)
{
	const struct hid_function_layout *it = &hid_function_layouts[function];
	char dir[256], text[64];

	snprintf(dir, sizeof(dir), GADGET "/functions/hid.%s", it->instance);
	snprintf(text, sizeof(text), "%u\n", it->subclass);
	make_file(machine, dir, "subclass", text);
	snprintf(text, sizeof(text), "%u\n", it->protocol);
	make_file(machine, dir, "protocol", text);
	snprintf(text, sizeof(text), "%u\n", it->report_bytes);
	make_file(machine, dir, "report_length", text);
	snprintf(text, sizeof(text), "240:%d\n", (int)function);
	make_file(machine, dir, "dev", text);
	make_bytes(machine, dir, "report_desc", it->descriptor,
			it->descriptor_bytes);
	snprintf(dir, sizeof(dir), GADGET "/configs/c.1/hid.%s", it->instance);
	make_dir(machine, dir);
}

static void make_gadget(
		const struct machine *machine, const struct hid_gadget_plan *it)
{
	make_file(machine, GADGET, "UDC", "one.0\n");
	make_file(machine, GADGET, "idVendor", "0x1d6b\n");
	make_file(machine, GADGET, "idProduct", "0x0104\n");
	make_file(machine, GADGET, "bcdDevice", "0x0100\n");
	make_file(machine, GADGET "/strings/0x409", "serialnumber", it->serial);
	make_file(machine, GADGET "/strings/0x409", "manufacturer",
			"rackhand\n");
	make_file(machine, GADGET "/strings/0x409", "product",
			"rackhand keyboard and pointer\n");
	make_file(machine, GADGET "/configs/c.1", "bmAttributes", "0xa0\n");
	for (int f = 0; f < HID_FUNCTIONS; f++)
		make_function(machine, (enum hid_function)f);
}

/* Each way in which a gadget can be another than the one that is wanted. */
static void a_gadget_matches_in_every_attribute_or_not(void **state)
{
	const struct machine *machine = *state;
	static const struct {
		const char *dir, *name, *text;
	} wrong[] = {
			{GADGET, "UDC", "\n"},
			{GADGET, "UDC", "two.1\n"},
			{GADGET, "idVendor", "0x1d6c\n"},
			{GADGET, "idProduct", "0x0105\n"},
			{GADGET, "bcdDevice", "0x0101\n"},
			{GADGET "/strings/0x409", "serialnumber", "1\n"},
			{GADGET "/strings/0x409", "manufacturer", "me\n"},
			{GADGET "/strings/0x409", "product", "thing\n"},
			{GADGET "/configs/c.1", "bmAttributes", "0x80\n"},
			{GADGET "/functions/hid.keyboard", "subclass", "0\n"},
			{GADGET "/functions/hid.absolute", "protocol", "2\n"},
			{GADGET "/functions/hid.relative", "report_length",
					"5\n"},
			{GADGET "/functions/hid.relative", "report_length",
					"\n"},
			{GADGET "/functions/hid.keyboard", "report_desc",
					"\x05\x01"},
			{GADGET "/functions/hid.more", "dev", "1:1\n"},
	};
	struct hid_gadget_plan it;

	assert_int_equal(plan(machine, NULL, &it), 0);
	assert_false(hid_gadget_matches(&it));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		make_gadget(machine, &it);
		assert_true(hid_gadget_matches(&it));
		make_file(machine, wrong[i].dir, wrong[i].name, wrong[i].text);
		assert_false(hid_gadget_matches(&it));
	}
}

static void a_function_that_is_not_linked_does_not_match(void **state)
{
	const struct machine *machine = *state;
	char path[HID_PATH_BYTES + 64];
	struct hid_gadget_plan it;

	assert_int_equal(plan(machine, NULL, &it), 0);
	make_gadget(machine, &it);
	snprintf(path, sizeof(path), "%s/configs/c.1/hid.relative", it.dir);
	assert_int_equal(rmdir(path), 0);
	assert_false(hid_gadget_matches(&it));
}

/* The attributes are files here, which only configfs removes by itself. */
static void removal_takes_links_and_directories(void **state)
{
	const struct machine *machine = *state;
	char link[512], target[512];

	make_dir(machine, GADGET "/functions/hid.keyboard");
	make_dir(machine, GADGET "/functions/mass_storage.x");
	make_dir(machine, GADGET "/configs/c.1");
	make_dir(machine, GADGET "/strings/0x409");
	make_dir(machine, GADGET "/os_desc");
	snprintf(target, sizeof(target), "%s/" GADGET "/functions/hid.keyboard",
			machine->root);
	snprintf(link, sizeof(link), "%s/" GADGET "/configs/c.1/any",
			machine->root);
	assert_int_equal(symlink(target, link), 0);
	snprintf(link, sizeof(link), "%s/" GADGET "/os_desc/c.1",
			machine->root);
	assert_int_equal(symlink(target, link), 0);

	/* strings and its kin are the kernel's and go with the gadget, so the
	 * last step cannot work here; all before it must have */
	assert_int_equal(hid_configfs_remove(&machine->paths, "rackhand-rack1"),
			-ENOTEMPTY);
	snprintf(link, sizeof(link), "%s/" GADGET "/functions", machine->root);
	assert_int_equal(rmdir(link), 0);
	snprintf(link, sizeof(link), "%s/" GADGET "/strings", machine->root);
	assert_int_equal(rmdir(link), 0);
	snprintf(link, sizeof(link), "%s/" GADGET "/os_desc", machine->root);
	assert_int_equal(rmdir(link), 0);
}

static void a_gadget_that_is_not_there_is_removed(void **state)
{
	const struct machine *machine = *state;

	assert_int_equal(hid_gadget_remove_at(&machine->paths, "rack1"), 0);
	make_dir(machine, GADGET);
	assert_int_equal(hid_gadget_remove_at(&machine->paths, "rack1"), 0);
	assert_int_equal(hid_gadget_remove_at(&machine->paths, "rack1"), 0);
}

/* ---- finding the nodes ----------------------------------------------------
 */

static void a_node_is_found_by_its_number(void **state)
{
	const struct machine *machine = *state;
	struct hid_gadget_status status;
	struct hid_gadget_plan it;
	struct stat opened, node;
	char path[256];
	int fd;

	assert_int_equal(plan(machine, NULL, &it), 0);
	make_gadget(machine, &it);
	make_file(machine, "dev", "hidg7", "");
	make_file(machine, "sys/dev/char/240:1", "uevent",
			"MAJOR=240\nMINOR=1\nDEVNAME=hidg7\n");
	make_file(machine, "sys/class/udc/one.0", "state", "suspended\n");

	fd = hid_gadget_open_at(
			&machine->paths, "rack1", HID_FUNCTION_ABSOLUTE);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ACCMODE),
			O_NONBLOCK | O_RDWR);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	snprintf(path, sizeof(path), "%s/hidg7", machine->dev);
	assert_int_equal(fstat(fd, &opened) | stat(path, &node), 0);
	assert_int_equal(opened.st_ino, node.st_ino);
	close(fd);

	assert_int_equal(hid_gadget_get_status_at(
					 &machine->paths, "rack1", &status),
			0);
	assert_true(status.exists);
	assert_string_equal(status.udc, "one.0");
	assert_string_equal(status.host, "suspended");
	assert_string_equal(status.nodes[HID_FUNCTION_KEYBOARD], "");
	assert_string_equal(status.nodes[HID_FUNCTION_ABSOLUTE], "hidg7");
}

static void no_node_is_no_device(void **state)
{
	const struct machine *machine = *state;
	struct hid_gadget_status status;
	struct hid_gadget_plan it;

	assert_int_equal(hid_gadget_open_at(&machine->paths, "rack1",
					 HID_FUNCTION_KEYBOARD),
			-ENODEV);
	assert_int_equal(hid_gadget_get_status_at(
					 &machine->paths, "rack1", &status),
			0);
	assert_false(status.exists);

	assert_int_equal(plan(machine, NULL, &it), 0);
	make_gadget(machine, &it); /* not bound: no number in sysfs */
	assert_int_equal(hid_gadget_open_at(&machine->paths, "rack1",
					 HID_FUNCTION_KEYBOARD),
			-ENODEV);
	make_file(machine, "sys/dev/char/240:0", "uevent",
			"DEVNAME=hidg0\n"); /* devtmpfs is not there yet */
	assert_int_equal(hid_gadget_open_at(&machine->paths, "rack1",
					 HID_FUNCTION_KEYBOARD),
			-ENODEV);
}

static int collect(void *context, const char *target)
{
	strcat(context, target);
	strcat(context, " ");
	return 0;
}

static void only_own_gadgets_are_listed(void **state)
{
	const struct machine *machine = *state;
	char names[128] = "";

	make_dir(machine, "config/usb_gadget/rackhand-b");
	make_dir(machine, "config/usb_gadget/other");
	make_dir(machine, "config/usb_gadget/rackhan");
	assert_int_equal(
			hid_gadget_each_at(&machine->paths, collect, names), 0);
	assert_string_equal(names, "b ");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
			test(the_only_controller_is_taken),
			test(several_controllers_are_named),
			test(a_wrong_controller_is_refused_with_a_list),
			test(no_controller_comes_with_a_hint),
			test(no_configfs_comes_with_a_hint),
			test(a_busy_controller_names_its_holder),
			test(a_name_that_is_a_path_is_refused),
			cmocka_unit_test(serials_tell_targets_apart),
			test(a_gadget_matches_in_every_attribute_or_not),
			test(a_function_that_is_not_linked_does_not_match),
			test(removal_takes_links_and_directories),
			test(a_gadget_that_is_not_there_is_removed),
			test(a_node_is_found_by_its_number),
			test(no_node_is_no_device),
			test(only_own_gadgets_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
