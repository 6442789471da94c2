/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/edid.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define BLOCK CAPTURE_EDID_BLOCK_BYTES
#define VICS_MAX 6

struct mode {
	uint32_t clock_khz;
	uint16_t width_px, h_blank, h_front, h_sync;
	uint16_t height_px, v_blank, v_front, v_sync;
};

struct preset {
	const char *name;
	struct mode mode;       /* the preferred one */
	uint8_t vics[VICS_MAX]; /* CEA-861 modes, preferred first; none: DVI */
};

/* Timings of CEA-861 (VIC 16, 31, 4) and of VESA DMT. */
static const struct preset presets[] = {
		{"1080p60", {148500, 1920, 280, 88, 44, 1080, 45, 4, 5},
				{16, 31, 4, 19, 3, 1}},
		{"1080p50", {148500, 1920, 720, 528, 44, 1080, 45, 4, 5},
				{31, 16, 19, 4, 3, 1}},
		{"720p60", {74250, 1280, 370, 110, 40, 720, 30, 5, 5},
				{4, 19, 3, 1}},
		{"1280x1024", {108000, 1280, 408, 48, 112, 1024, 42, 1, 3},
				{0}},
};

static const uint8_t header[8] = {0, 255, 255, 255, 255, 255, 255, 0};

/*
 * The part that all presets share: maker "RKH", EDID 1.3, a digital input, no
 * size (a screen whose size nobody knows), gamma 2.2, RGB, sRGB primaries,
 * preferred mode first. The modes that firmware and boot loaders use are
 * always there: 720x400, 640x480, 800x600, 1024x768; as standard timings
 * 1280x720 and 1280x1024 at 60 Hz.
 */
static const uint8_t common[54] = {
		0x00,
		0xff,
		0xff,
		0xff,
		0xff,
		0xff,
		0xff,
		0x00,
		0x49,
		0x68,
		0x01,
		0x00,
		0x00,
		0x00,
		0x00,
		0x00,
		0x01,
		0x24,
		0x01,
		0x03,
		0x80,
		0x00,
		0x00,
		0x78,
		0x0e,
		0xee,
		0x91,
		0xa3,
		0x54,
		0x4c,
		0x99,
		0x26,
		0x0f,
		0x50,
		0x54,
		0xa1,
		0x08,
		0x00,
		0x81,
		0xc0,
		0x81,
		0x80,
		0x01,
		0x01,
		0x01,
		0x01,
		0x01,
		0x01,
		0x01,
		0x01,
		0x01,
		0x01,
		0x01,
		0x01,
};

/* 50 to 76 Hz, 15 to 82 kHz, at most 170 MHz; then the name. */
static const uint8_t descriptors[54] = {
		0,
		0,
		0,
		0xfd,
		0,
		50,
		76,
		15,
		82,
		17,
		0,
		0x0a,
		0x20,
		0x20,
		0x20,
		0x20,
		0x20,
		0x20,
		/* name */
		0,
		0,
		0,
		0xfc,
		0,
		'r',
		'a',
		'c',
		'k',
		'h',
		'a',
		'n',
		'd',
		0x0a,
		0x20,
		0x20,
		0x20,
		0x20,
		/* unused */
		0,
		0,
		0,
		0x10,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
};

/*
 * HDMI, at most 165 MHz, one input of a screen at the root (1.0.0.0). Then
 * the capabilities: the source may choose the range of RGB, and nothing is
 * overscanned.
 */
static const uint8_t hdmi_blocks[] = {
		0x67,
		0x03,
		0x0c,
		0x00,
		0x10,
		0x00,
		0x00,
		33,
		0xe2,
		0x00,
		0x4a,
};

#define CEA_UNDERSCAN 0x80 /* and no audio, RGB only */

static uint8_t low(unsigned value)
{
	return (uint8_t)(value & 0xff);
}

static uint8_t high(unsigned value, unsigned shift)
{
	return (uint8_t)(value >> 8 << shift);
}

/* A detailed timing, both syncs positive. */
static void write_mode(uint8_t d[18], const struct mode *mode)
{
	unsigned clock = mode->clock_khz / 10;

	memset(d, 0, 18);
	d[0] = low(clock);
	d[1] = high(clock, 0);
	d[2] = low(mode->width_px);
	d[3] = low(mode->h_blank);
	d[4] = high(mode->width_px, 4) | high(mode->h_blank, 0);
	d[5] = low(mode->height_px);
	d[6] = low(mode->v_blank);
	d[7] = high(mode->height_px, 4) | high(mode->v_blank, 0);
	d[8] = low(mode->h_front);
	d[9] = low(mode->h_sync);
	d[10] = (uint8_t)((mode->v_front & 15) << 4 | (mode->v_sync & 15));
	d[11] = high(mode->h_front, 6) | high(mode->h_sync, 4);
	d[17] = 0x1e;
}

static void write_checksum(uint8_t block[BLOCK])
{
	unsigned sum = 0;

	for (unsigned i = 0; i < BLOCK - 1; i++)
		sum += block[i];
	block[BLOCK - 1] = low(0x100 - (sum & 0xff));
}

/* The CEA-861 extension that makes a source speak HDMI. */
static void write_extension(uint8_t block[BLOCK], const uint8_t *vics)
{
	uint8_t n = 0;
	uint8_t *end = block + 4;

	memset(block, 0, BLOCK);
	while (n < VICS_MAX && vics[n])
		n++;
	*end++ = (uint8_t)(2 << 5 | n);
	for (uint8_t i = 0; i < n; i++)
		*end++ = vics[i];
	memcpy(end, hdmi_blocks, sizeof(hdmi_blocks));
	end += sizeof(hdmi_blocks);
	block[0] = 2;
	block[1] = 3;
	block[2] = (uint8_t)(end - block);
	block[3] = CEA_UNDERSCAN | 1; /* the preferred mode is native */
	write_checksum(block);
}

static void build(struct capture_edid *edid, const struct preset *preset)
{
	bool hdmi = preset->vics[0] != 0;

	memcpy(edid->data, common, sizeof(common));
	write_mode(edid->data + 54, &preset->mode);
	memcpy(edid->data + 72, descriptors, sizeof(descriptors));
	edid->data[126] = hdmi;
	write_checksum(edid->data);
	edid->size = BLOCK;
	if (hdmi) {
		write_extension(edid->data + BLOCK, preset->vics);
		edid->size += BLOCK;
	}
}

int capture_edid_check(const uint8_t *data, size_t size, const char **why)
{
	*why = "it is not 1 to 4 blocks of 128 bytes";
	if (size == 0 || size % BLOCK != 0 || size > CAPTURE_EDID_BYTES_MAX)
		return -EBADMSG;
	*why = "it does not begin as an EDID does";
	if (memcmp(data, header, sizeof(header)) != 0)
		return -EBADMSG;
	*why = "it has another number of blocks than it says";
	if (size != (size_t)(data[126] + 1) * BLOCK)
		return -EBADMSG;
	*why = "the checksum of a block is wrong";
	for (size_t block = 0; block < size; block += BLOCK) {
		unsigned sum = 0;

		for (size_t i = 0; i < BLOCK; i++)
			sum += data[block + i];
		if (sum % 256 != 0)
			return -EBADMSG;
	}
	*why = "";
	return 0;
}

static int load_file(
		struct capture_edid *edid, const char *path, const char **why)
{
	uint8_t bytes[CAPTURE_EDID_BYTES_MAX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got = 0;
	size_t size = 0;
	int rc;

	if (fd == -1) {
		rc = -errno;
		*why = strerrordesc_np(-rc);
		return rc;
	}
	do {
		size += (size_t)got;
		got = read(fd, bytes + size, sizeof(bytes) - size);
	} while (got > 0);
	rc = got == -1 ? -errno : 0;
	close(fd);
	if (rc < 0) {
		*why = strerrordesc_np(-rc);
		return rc;
	}
	rc = capture_edid_check(bytes, size, why);
	if (rc < 0)
		return rc;
	memcpy(edid->data, bytes, size);
	edid->size = size;
	return 0;
}

int capture_edid_load(
		struct capture_edid *edid, const char *name, const char **why)
{
	*edid = (struct capture_edid){.size = 0};
	*why = "";
	if (name[0] == '/')
		return load_file(edid, name, why);
	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++)
		if (strcmp(presets[i].name, name) == 0) {
			build(edid, &presets[i]);
			return 0;
		}
	*why = "it is neither a preset nor an absolute path";
	return -ENOENT;
}

const char *capture_edid_preset_name(size_t index)
{
	return index < sizeof(presets) / sizeof(presets[0])
			? presets[index].name
			: NULL;
}
