/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int kernel_open(void *context, const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	(void)context;
	return fd == -1 ? -errno : fd;
}

static void kernel_close(void *context, int fd)
{
	(void)context;
	close(fd);
}

static int kernel_control(
		void *context, int fd, unsigned long request, void *argument)
{
	int rc;

	(void)context;
	do {
		rc = ioctl(fd, request, argument);
	} while (rc == -1 && errno == EINTR);
	return rc == -1 ? -errno : 0;
}

static int kernel_map(void *context, int fd, size_t length, int64_t offset,
		void **out)
{
	void *address = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, offset);

	(void)context;
	*out = NULL;
	if (address == MAP_FAILED)
		return -errno;
	*out = address;
	return 0;
}

static void kernel_unmap(void *context, void *address, size_t length)
{
	(void)context;
	munmap(address, length);
}

const struct capture_io capture_io_kernel = {
		.open = kernel_open,
		.close = kernel_close,
		.control = kernel_control,
		.map = kernel_map,
		.unmap = kernel_unmap,
};

void capture_device_init(struct capture_device *device)
{
	*device = (struct capture_device){.fd = -1, .subdevice_fd = -1};
}

void capture_device_close(struct capture_device *device)
{
	if (device->subdevice_fd != -1)
		device->io->close(device->io->context, device->subdevice_fd);
	if (device->fd != -1)
		device->io->close(device->io->context, device->fd);
	capture_device_init(device);
}

bool capture_device_is_multiplanar(const struct capture_device *device)
{
	return V4L2_TYPE_IS_MULTIPLANAR(device->buffer_type);
}

int capture_device_control(const struct capture_device *device,
		unsigned long request, void *argument)
{
	return device->io->control(
			device->io->context, device->fd, request, argument);
}

int capture_device_receiver_control(const struct capture_device *device,
		unsigned long request, void *argument)
{
	int fd = device->subdevice_fd == -1 ? device->fd : device->subdevice_fd;

	return device->io->control(device->io->context, fd, request, argument);
}

uint32_t capture_device_receiver_pad(const struct capture_device *device)
{
	return device->subdevice_fd == -1 ? device->input : 0;
}

/* Is it a streaming capture node? Fills in the type and who it is. */
static int inspect(struct capture_device *device,
		struct capture_identity *identity)
{
	struct v4l2_capability capability = {0};
	uint32_t abilities;
	int rc = capture_device_control(device, VIDIOC_QUERYCAP, &capability);

	if (rc < 0)
		return rc;
	abilities = capability.capabilities & V4L2_CAP_DEVICE_CAPS
			? capability.device_caps
			: capability.capabilities;
	if (!(abilities & V4L2_CAP_STREAMING))
		return -ENOTSUP;
	if (abilities & V4L2_CAP_VIDEO_CAPTURE)
		device->buffer_type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	else if (abilities & V4L2_CAP_VIDEO_CAPTURE_MPLANE)
		device->buffer_type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	else
		return -ENOTSUP;

	*identity = (struct capture_identity){.known = true};
	memcpy(identity->driver, capability.driver, sizeof(identity->driver));
	memcpy(identity->card, capability.card, sizeof(identity->card));
	memcpy(identity->bus_info, capability.bus_info,
			sizeof(identity->bus_info));
	return 0;
}

static bool identity_equal(const struct capture_identity *a,
		const struct capture_identity *b)
{
	return memcmp(a->driver, b->driver, sizeof(a->driver)) == 0 &&
			memcmp(a->card, b->card, sizeof(a->card)) == 0 &&
			memcmp(a->bus_info, b->bus_info, sizeof(a->bus_info)) ==
			0;
}

static int open_path(struct capture_device *device, const struct capture_io *io,
		const char *path, struct capture_identity *identity)
{
	int rc;

	capture_device_init(device);
	device->io = io;
	rc = io->open(io->context, path);
	if (rc < 0)
		return rc;
	device->fd = rc;
	rc = inspect(device, identity);
	if (rc < 0)
		capture_device_close(device);
	return rc;
}

static bool is_video_node(const char *name)
{
	static const char prefix[] = "video";
	size_t length = strlen(prefix);

	return strncmp(name, prefix, length) == 0 && name[length] != '\0' &&
			strspn(name + length, "0123456789") ==
			strlen(name + length);
}

/* A number that the kernel gave, not a link that names a socket or a serial. */
static bool is_numbered(const struct capture_place *place)
{
	size_t length = strlen(place->folder);

	return strncmp(place->device, place->folder, length) == 0 &&
			place->device[length] == '/' &&
			is_video_node(place->device + length + 1);
}

/*
 * Opening a node may wake up somebody else's camera, so the folder is searched
 * only after its video nodes have changed.
 */
static uint64_t folder_fingerprint(DIR *folder)
{
	uint64_t sum = 1;
	struct dirent *entry;

	while ((entry = readdir(folder))) {
		struct stat info;

		if (!is_video_node(entry->d_name) ||
				fstatat(dirfd(folder), entry->d_name, &info,
						0) == -1)
			continue;
		sum += (uint64_t)info.st_ino * 31 + (uint64_t)info.st_rdev +
				(uint64_t)info.st_ctim.tv_sec * 1000003 +
				(uint64_t)info.st_ctim.tv_nsec * 7;
	}
	rewinddir(folder);
	return sum;
}

static int search_folder(struct capture_device *device,
		const struct capture_place *place, DIR *folder)
{
	struct dirent *entry;

	while ((entry = readdir(folder))) {
		struct capture_identity identity;
		char path[PATH_MAX];

		if (!is_video_node(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", place->folder,
				entry->d_name);
		if (open_path(device, place->io, path, &identity) < 0)
			continue;
		if (identity_equal(&identity, &place->identity))
			return 0;
		capture_device_close(device);
	}
	return -ENODEV;
}

static int search(struct capture_device *device, struct capture_place *place)
{
	DIR *folder = opendir(place->folder);
	uint64_t fingerprint;
	int rc = -ENODEV;

	if (!folder)
		return rc;
	fingerprint = folder_fingerprint(folder);
	if (fingerprint != place->searched) {
		place->searched = fingerprint;
		rc = search_folder(device, place, folder);
	}
	closedir(folder);
	return rc;
}

static int find(struct capture_device *device, struct capture_place *place,
		char detail[CAPTURE_DETAIL_BYTES])
{
	struct capture_identity identity;
	int rc = open_path(device, place->io, place->device, &identity);
	bool stranger = rc == 0 && place->identity.known &&
			is_numbered(place) &&
			!identity_equal(&identity, &place->identity);

	if (rc == 0 && !stranger) {
		place->identity = identity;
		return 0;
	}
	capture_device_close(device);
	if (place->identity.known && is_numbered(place) &&
			search(device, place) == 0)
		return 0;
	if (stranger) {
		snprintf(detail, CAPTURE_DETAIL_BYTES,
				"%s is another device now (%.31s)",
				place->device, (const char *)identity.card);
		return -EEXIST;
	}
	snprintf(detail, CAPTURE_DETAIL_BYTES, "%s: %s", place->device,
			rc == -ENOTSUP ? "not a capture device"
				       : strerror(-rc));
	return rc;
}

static void read_input(struct capture_device *device)
{
	struct v4l2_input input = {0};
	int index = 0;

	if (capture_device_control(device, VIDIOC_G_INPUT, &index) == 0 &&
			index > 0)
		device->input = (uint32_t)index;
	input.index = device->input;
	if (capture_device_control(device, VIDIOC_ENUMINPUT, &input) == 0)
		snprintf(device->input_name, sizeof(device->input_name),
				"%.31s", (const char *)input.name);
}

int capture_device_open(struct capture_device *device,
		struct capture_place *place, char detail[CAPTURE_DETAIL_BYTES])
{
	const struct capture_io *io = place->io;
	int rc = find(device, place, detail);

	if (rc < 0)
		return rc;
	if (place->subdevice) {
		rc = io->open(io->context, place->subdevice);
		if (rc < 0) {
			snprintf(detail, CAPTURE_DETAIL_BYTES, "%s: %s",
					place->subdevice, strerror(-rc));
			capture_device_close(device);
			return rc;
		}
		device->subdevice_fd = rc;
	}
	place->searched = 0;
	read_input(device);
	return 0;
}
