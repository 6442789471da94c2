/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/file-map.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"

struct slot {
	struct video_frame frame; /* first: a frame's address is its slot's */
	struct capture_file_map *map;
};

struct capture_file_map {
	struct capture_format format;
	uint8_t *bytes; /* MAP_FAILED: not mapped */
	size_t length;
	size_t frame_bytes;
	unsigned held;
	void (*freed)(void *context); /* NULL: abandoned */
	void *context;
	struct slot slot[CAPTURE_FILE_FRAMES];
};

struct colour {
	const char *name;
	enum v4l2_ycbcr_encoding encoding;
	enum v4l2_quantization range;
};

static const struct colour colours[] = {
		{"bt601 full", V4L2_YCBCR_ENC_601,
				V4L2_QUANTIZATION_FULL_RANGE},
		{"bt601 limited", V4L2_YCBCR_ENC_601,
				V4L2_QUANTIZATION_LIM_RANGE},
		{"bt709 full", V4L2_YCBCR_ENC_709,
				V4L2_QUANTIZATION_FULL_RANGE},
		{"bt709 limited", V4L2_YCBCR_ENC_709,
				V4L2_QUANTIZATION_LIM_RANGE},
		{"bt2020 full", V4L2_YCBCR_ENC_BT2020,
				V4L2_QUANTIZATION_FULL_RANGE},
		{"bt2020 limited", V4L2_YCBCR_ENC_BT2020,
				V4L2_QUANTIZATION_LIM_RANGE},
};

#define COLOURS (sizeof(colours) / sizeof(colours[0]))

const char *capture_file_colour_name(size_t index)
{
	return index < COLOURS ? colours[index].name : NULL;
}

/* One that a device does not say when there is no name. */
static struct colour find_colour(const char *name)
{
	for (size_t i = 0; name && i < COLOURS; i++)
		if (strcmp(colours[i].name, name) == 0)
			return colours[i];
	assert(!name); /* the configuration knows them too */
	return (struct colour){.encoding = V4L2_YCBCR_ENC_DEFAULT};
}

/* What a device would say that sends such frames. */
static int describe(struct capture_format *format,
		const struct capture_file_options *options,
		char why[CAPTURE_FILE_WHY_BYTES])
{
	struct colour colour = find_colour(options->colour);
	struct v4l2_format raw = {
			.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
			.fmt.pix =
					{
							.width = options->width_px,
							.height = options->height_px,
							.field = V4L2_FIELD_NONE,
							.pixelformat = capture_format_parse(
									options->format),
							.ycbcr_enc = colour.encoding,
							.quantization = colour.range,
					},
	};
	char detail[CAPTURE_DETAIL_BYTES];
	int rc = capture_format_map(format, &raw, detail);

	if (format->coding != CAPTURE_CODING_NATIVE || format->memories != 1) {
		snprintf(why, CAPTURE_FILE_WHY_BYTES,
				"a file cannot have format \"%s\"; write YUYV, UYVY, NV12, NV16, YU12, 422P, XR24, BGR3 or RGB3",
				options->format);
		return -EINVAL;
	}
	if (rc < 0)
		snprintf(why, CAPTURE_FILE_WHY_BYTES,
				"%s; the size is at most %dx%d, and even where the format halves its colours",
				detail, VIDEO_WIDTH_MAX_PX,
				VIDEO_HEIGHT_MAX_PX);
	return rc < 0 ? -EINVAL : 0;
}

static size_t count_bytes(const struct capture_format *format)
{
	size_t bytes = 0;

	for (uint32_t i = 0; i < video_layout_planes(format->layout.pixel); i++)
		bytes += video_layout_plane_bytes(&format->layout, i);
	return bytes;
}

static int check_length(const struct capture_file_map *map,
		const struct stat *file, char why[CAPTURE_FILE_WHY_BYTES])
{
	uint64_t length = (uint64_t)file->st_size;

	if (!S_ISREG(file->st_mode)) {
		snprintf(why, CAPTURE_FILE_WHY_BYTES,
				"it is no regular file; name one with raw frames");
		return -EINVAL;
	}
	if (length > 0 && length % map->frame_bytes == 0)
		return 0;
	snprintf(why, CAPTURE_FILE_WHY_BYTES,
			"its %llu bytes are no whole number of frames of %zu bytes; size or format is another one",
			(unsigned long long)length, map->frame_bytes);
	return -EINVAL;
}

static int map_file(struct capture_file_map *map, const char *path,
		char why[CAPTURE_FILE_WHY_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat file;
	int rc;

	if (fd == -1 || fstat(fd, &file) == -1) {
		rc = -errno;
		snprintf(why, CAPTURE_FILE_WHY_BYTES,
				"cannot be opened: %s; check the path and who may read there",
				strerror(-rc));
		goto out;
	}
	rc = check_length(map, &file, why);
	if (rc < 0)
		goto out;
	map->length = (size_t)file.st_size;
	map->bytes = mmap(NULL, map->length, PROT_READ, MAP_SHARED, fd, 0);
	if (map->bytes == MAP_FAILED) {
		rc = -errno;
		snprintf(why, CAPTURE_FILE_WHY_BYTES, "cannot be mapped: %s",
				strerror(-rc));
		goto out;
	}
	madvise(map->bytes, map->length, MADV_WILLNEED);

out:
	if (fd != -1)
		close(fd);
	return rc;
}

static void free_map(struct capture_file_map *map)
{
	if (map->bytes != MAP_FAILED)
		munmap(map->bytes, map->length);
	free(map);
}

static void release(struct video_frame *frame)
{
	struct capture_file_map *map = ((struct slot *)frame)->map;

	map->held--;
	if (map->freed)
		map->freed(map->context);
	else if (map->held == 0)
		free_map(map);
}

int capture_file_map_create(struct capture_file_map **out,
		const struct capture_file_options *options,
		void (*freed)(void *context), void *context,
		char why[CAPTURE_FILE_WHY_BYTES])
{
	struct capture_file_map *map = calloc(1, sizeof(*map));
	int rc;

	*out = NULL;
	if (!map) {
		snprintf(why, CAPTURE_FILE_WHY_BYTES, "out of memory");
		return -ENOMEM;
	}
	map->bytes = MAP_FAILED;
	map->freed = freed;
	map->context = context;
	rc = describe(&map->format, options, why);
	if (rc < 0)
		goto fail;
	map->frame_bytes = count_bytes(&map->format);
	rc = map_file(map, options->path, why);
	if (rc < 0)
		goto fail;
	for (size_t i = 0; i < CAPTURE_FILE_FRAMES; i++) {
		map->slot[i].map = map;
		map->slot[i].frame.layout = map->format.layout;
		map->slot[i].frame.release = release;
	}
	*out = map;
	return 0;

fail:
	free_map(map);
	return rc;
}

void capture_file_map_abandon(struct capture_file_map *map)
{
	if (!map)
		return;
	map->freed = NULL;
	if (map->held == 0)
		free_map(map);
}

const struct capture_format *capture_file_map_format(
		const struct capture_file_map *map)
{
	return &map->format;
}

size_t capture_file_map_count(const struct capture_file_map *map)
{
	return map->length / map->frame_bytes;
}

unsigned capture_file_map_held(const struct capture_file_map *map)
{
	return map->held;
}

struct video_frame *capture_file_map_take(
		struct capture_file_map *map, size_t index)
{
	const uint8_t *bytes = map->bytes + index * map->frame_bytes;
	uint32_t planes = video_layout_planes(map->format.layout.pixel);

	for (size_t i = 0; i < CAPTURE_FILE_FRAMES; i++) {
		struct video_frame *frame = &map->slot[i].frame;

		if (frame->refs > 0)
			continue;
		for (uint32_t p = 0; p < planes; p++)
			frame->plane[p] = bytes +
					map->format.part[p].offset_bytes;
		frame->captured_us = clock_now_us();
		frame->refs = 1;
		map->held++;
		return frame;
	}
	return NULL;
}
