/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"

/* Devices without an EDID do not know the request; dongles have none. */
static int to_support(int rc)
{
	return rc == -ENOTTY || rc == -EINVAL || rc == -ENODATA ? -EOPNOTSUPP
								: rc;
}

static int read_edid(
		const struct capture_v4l2 *source, struct capture_edid *edid)
{
	struct v4l2_edid request = {
			.pad = capture_device_receiver_pad(&source->device),
			.blocks = CAPTURE_EDID_BLOCKS_MAX,
			.edid = edid->data,
	};
	int rc = capture_device_receiver_control(
			&source->device, VIDIOC_G_EDID, &request);

	edid->size = 0;
	if (rc == 0 && request.blocks <= CAPTURE_EDID_BLOCKS_MAX)
		edid->size = request.blocks * CAPTURE_EDID_BLOCK_BYTES;
	return rc;
}

/* Writing makes the target see its monitor go and come, so only if it must. */
static bool edid_is_there(const struct capture_v4l2 *source)
{
	struct capture_edid edid;

	return read_edid(source, &edid) == 0 &&
			edid.size == source->edid.size &&
			memcmp(edid.data, source->edid.data, edid.size) == 0;
}

static int write_edid(struct capture_v4l2 *source)
{
	struct v4l2_edid request = {
			.pad = capture_device_receiver_pad(&source->device),
			.blocks = (uint32_t)(source->edid.size /
					CAPTURE_EDID_BLOCK_BYTES),
			.edid = source->edid.data,
	};

	return edid_is_there(source)
			? 0
			: capture_device_receiver_control(&source->device,
					  VIDIOC_S_EDID, &request);
}

void capture_v4l2_write_edid(struct capture_v4l2 *source)
{
	char *warning = source->base.status.warning;
	int rc;

	if (source->edid.size == 0 || source->edid_refused)
		return;
	rc = write_edid(source);
	warning[0] = '\0';
	source->edid_refused = rc < 0;
	if (rc < 0)
		snprintf(warning, sizeof(source->base.status.warning),
				"the device does not take the EDID: %s",
				strerror(-rc));
	if (rc < 0 && rc != source->edid_rc)
		log_warning("%s: %s", source->name, warning);
	source->edid_rc = rc;
}

int capture_v4l2_get_edid(
		const struct capture_source *base, struct capture_edid *edid)
{
	const struct capture_v4l2 *source = (const struct capture_v4l2 *)base;

	edid->size = 0;
	if (source->device.fd == -1)
		return -ENODEV;
	return to_support(read_edid(source, edid));
}

/* One that the device does not take is not kept. */
int capture_v4l2_set_edid(
		struct capture_source *base, const struct capture_edid *edid)
{
	struct capture_v4l2 *source = (struct capture_v4l2 *)base;
	const struct capture_edid before = source->edid;

	source->edid = *edid;
	source->edid_refused = false;
	if (source->device.fd == -1)
		return -ENODEV;
	capture_v4l2_write_edid(source);
	if (!source->edid_refused)
		return 0;
	source->edid = before;
	source->base.status.warning[0] = '\0';
	return to_support(source->edid_rc);
}
