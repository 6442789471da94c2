/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/gadget-internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <usbg/function/hid.h>
#include <usbg/usbg.h>

#include "core/log.h"

/*
 * libusbgx 0.2.0 creates, this file and configfs.c do the rest: the library
 * knows neither no_out_endpoint nor wakeup_on_write, reads past the end of a
 * function's attributes when they are set as a whole, leaves freed pointers
 * behind after a failure, and crashes after some ways of removing a gadget.
 */

#define DESCRIPTOR_BYTES_MAX 256

static int usbg_to_errno(int error)
{
	switch (error) {
	case USBG_SUCCESS:
		return 0;
	case USBG_ERROR_NO_MEM:
		return -ENOMEM;
	case USBG_ERROR_NO_ACCESS:
		return -EACCES;
	case USBG_ERROR_INVALID_PARAM:
		return -EINVAL;
	case USBG_ERROR_NOT_FOUND:
		return -ENOENT;
	case USBG_ERROR_EXIST:
		return -EEXIST;
	case USBG_ERROR_NO_DEV:
		return -ENODEV;
	case USBG_ERROR_BUSY:
		return -EBUSY;
	case USBG_ERROR_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

struct foreign {
	const char *gadgets;
	char name[HID_PATH_BYTES];
};

static int is_unknown_function(
		void *context, int dir_fd, const struct dirent *it)
{
	char type[HID_VALUE_BYTES];

	(void)context;
	(void)dir_fd;
	snprintf(type, sizeof(type), "%.*s", HID_VALUE_BYTES - 1, it->d_name);
	type[strcspn(type, ".")] = '\0';
	return usbg_lookup_function_type(type) < 0;
}

static int has_unknown_function(
		void *context, int dir_fd, const struct dirent *it)
{
	struct foreign *foreign = context;
	char functions[HID_PATH_BYTES];

	(void)dir_fd;
	if (hid_path_format(functions, "%s/%s/functions", foreign->gadgets,
			    it->d_name) < 0 ||
			hid_dir_each(functions, is_unknown_function, NULL) != 1)
		return 0;
	snprintf(foreign->name, sizeof(foreign->name), "%s", it->d_name);
	return 1;
}

/* The library parses every gadget of the machine and gives up on one. */
static void complain_init(const struct hid_paths *paths,
		const struct hid_gadget_plan *plan, int error)
{
	char gadgets[HID_PATH_BYTES];
	struct foreign foreign = {.gadgets = gadgets};

	if (hid_path_format(gadgets, "%s/usb_gadget", paths->configfs) == 0 &&
			hid_dir_each(gadgets, has_unknown_function, &foreign) ==
					1)
		log_error("%s: libusbgx cannot read the foreign gadget '%s' (a function that it does not know): remove that gadget first",
				plan->target, foreign.name);
	else
		log_error("%s: libusbgx cannot read %s: %s", plan->target,
				gadgets, usbg_strerror((usbg_error)error));
}

static int fill_function(
		usbg_f_hid *hid, const struct hid_function_layout *layout)
{
	char descriptor[DESCRIPTOR_BYTES_MAX];
	struct usbg_f_hid_report_desc desc = {
			.desc = descriptor,
			.len = (unsigned)layout->descriptor_bytes,
	};
	int error;

	if (layout->descriptor_bytes > sizeof(descriptor))
		return USBG_ERROR_INVALID_PARAM;
	memcpy(descriptor, layout->descriptor, layout->descriptor_bytes);
	error = usbg_f_hid_set_subclass(hid, layout->subclass);
	if (error == USBG_SUCCESS)
		error = usbg_f_hid_set_protocol(hid, layout->protocol);
	if (error == USBG_SUCCESS)
		error = usbg_f_hid_set_report_length(hid, layout->report_bytes);
	if (error == USBG_SUCCESS)
		error = usbg_f_hid_set_report_desc(hid, desc);
	return error;
}

/*
 * Attributes that the library lacks. A boot keyboard has no OUT endpoint:
 * firmware sends LEDs as SET_REPORT, which f_hid refuses when there is one;
 * and controllers have few endpoints. An older kernel may lack the files.
 */
static int put_extras(const struct hid_gadget_plan *plan, const char *instance)
{
	static const char *const names[] = {
			"no_out_endpoint",
			"wakeup_on_write",
	};
	char dir[HID_PATH_BYTES];
	int rc = hid_path_format(
			dir, "%s/functions/hid.%s", plan->dir, instance);

	for (size_t i = 0; rc == 0 && i < sizeof(names) / sizeof(names[0]);
			i++) {
		rc = hid_configfs_put(dir, names[i], "1\n");
		if (rc == -ENOENT)
			rc = 0;
		if (rc < 0)
			log_error_errno(rc, "%s: cannot set %s/%s",
					plan->target, dir, names[i]);
	}
	return rc;
}

static int build_function(const struct hid_gadget_plan *plan,
		usbg_gadget *gadget, usbg_config *config,
		enum hid_function function)
{
	const struct hid_function_layout *layout =
			&hid_function_layouts[function];
	char name[HID_VALUE_BYTES];
	usbg_function *created;
	int error = usbg_create_function(
			gadget, USBG_F_HID, layout->instance, NULL, &created);
	int rc;

	if (error == USBG_SUCCESS)
		error = fill_function(usbg_to_hid_function(created), layout);
	if (error != USBG_SUCCESS) {
		log_error("%s: cannot create USB function hid.%s: %s",
				plan->target, layout->instance,
				usbg_strerror((usbg_error)error));
		return usbg_to_errno(error);
	}
	rc = put_extras(plan, layout->instance);
	if (rc < 0)
		return rc;
	snprintf(name, sizeof(name), "hid.%s", layout->instance);
	error = usbg_add_config_function(config, name, created);
	if (error != USBG_SUCCESS)
		log_error("%s: cannot link USB function %s: %s", plan->target,
				name, usbg_strerror((usbg_error)error));
	return usbg_to_errno(error);
}

/* Why would the controller not take it? The holder was looked for before. */
static void complain_bind(const struct hid_paths *paths,
		const struct hid_gadget_plan *plan, int rc)
{
	char path[HID_PATH_BYTES];
	char function[HID_VALUE_BYTES] = "";

	if (hid_path_format(path, "%s/class/udc/%s", paths->sys, plan->udc) ==
			0)
		hid_configfs_get(path, "function", function);
	if (rc == -EBUSY)
		log_error("%s: USB device controller %s is in use%s%s",
				plan->target, plan->udc,
				function[0] ? " by driver " : "", function);
	else if (rc == -ENODEV)
		log_error("%s: USB device controller %s refuses the gadget: it may have too few endpoints (three interrupt IN are needed); the kernel log says more",
				plan->target, plan->udc);
	else
		log_error_errno(rc, "%s: cannot bind the gadget to %s",
				plan->target, plan->udc);
}

static int bind_udc(const struct hid_paths *paths,
		const struct hid_gadget_plan *plan, usbg_state *state,
		usbg_gadget *gadget)
{
	usbg_udc *udc = usbg_get_udc(state, plan->udc);
	int rc = udc ? usbg_to_errno(usbg_enable_gadget(gadget, udc)) : -ENODEV;

	if (rc < 0)
		complain_bind(paths, plan, rc);
	return rc;
}

static int build(const struct hid_paths *paths,
		const struct hid_gadget_plan *plan, usbg_state *state)
{
	const struct usbg_gadget_attrs attributes = {
			.bcdUSB = 0x0200,
			.bMaxPacketSize0 = 64,
			.idVendor = HID_GADGET_VENDOR,
			.idProduct = HID_GADGET_PRODUCT,
			.bcdDevice = HID_GADGET_RELEASE,
	};
	char manufacturer[] = HID_GADGET_MANUFACTURER;
	char product[] = HID_GADGET_MODEL;
	char serial[HID_SERIAL_BYTES];
	const struct usbg_gadget_strs strings = {
			.manufacturer = manufacturer,
			.product = product,
			.serial = strcpy(serial, plan->serial),
	};
	const struct usbg_config_attrs config_attributes = {
			.bmAttributes = HID_GADGET_ATTRIBUTES,
			.bMaxPower = HID_GADGET_POWER_MA,
	};
	const struct usbg_config_strs config_strings = {
			.configuration = manufacturer,
	};
	usbg_gadget *gadget;
	usbg_config *config;
	int rc = 0;
	int error = usbg_create_gadget(
			state, plan->name, &attributes, &strings, &gadget);

	if (error == USBG_SUCCESS)
		error = usbg_create_config(gadget, 1, "c", &config_attributes,
				&config_strings, &config);
	if (error != USBG_SUCCESS) {
		log_error("%s: cannot create gadget %s: %s", plan->target,
				plan->dir, usbg_strerror((usbg_error)error));
		return usbg_to_errno(error);
	}
	for (int f = 0; rc == 0 && f < HID_FUNCTIONS; f++)
		rc = build_function(plan, gadget, config, (enum hid_function)f);
	return rc < 0 ? rc : bind_udc(paths, plan, state, gadget);
}

int hid_gadget_build(const struct hid_paths *paths,
		const struct hid_gadget_plan *plan)
{
	usbg_state *state = NULL;
	int error = usbg_init(paths->configfs, &state);
	int rc;

	if (error != USBG_SUCCESS) {
		complain_init(paths, plan, error);
		return usbg_to_errno(error);
	}
	rc = build(paths, plan, state);
	usbg_cleanup(state);
	return rc;
}
