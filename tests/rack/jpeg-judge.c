/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/rack/jpeg-judge.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#define DQT_BYTES 64

double picture_psnr_db(const uint8_t *a, size_t a_stride, const uint8_t *b,
		size_t b_stride, uint32_t width_px, uint32_t height_px)
{
	double sum = 0;

	for (uint32_t y = 0; y < height_px; y++) {
		for (uint32_t i = 0; i < width_px * 3; i++) {
			int delta = a[y * a_stride + i] - b[y * b_stride + i];

			sum += delta * delta;
		}
	}
	sum /= (double)width_px * height_px * 3;
	return sum > 0 ? 10 * log10(255.0 * 255 / sum) : 99;
}

/* The first quantisation table, which quality alone decides; NULL: none. */
static const uint8_t *find_table(const uint8_t *jpeg, size_t bytes)
{
	size_t at = 2;

	while (at + 4 < bytes && jpeg[at] == 0xff) {
		size_t length = (size_t)jpeg[at + 2] << 8 | jpeg[at + 3];

		if (jpeg[at + 1] == 0xdb && at + 5 + DQT_BYTES <= bytes)
			return jpeg + at + 5;
		at += 2 + length;
	}
	return NULL;
}

static int compress(const uint8_t *rgb, uint32_t width_px, uint32_t height_px,
		size_t stride, int subsampling, int quality, uint8_t **jpeg,
		unsigned long *bytes)
{
	tjhandle handle = tjInitCompress();
	int rc;

	*jpeg = NULL;
	*bytes = 0;
	if (!handle)
		return -ENOMEM;
	rc = tjCompress2(handle, rgb, (int)width_px, (int)stride,
			(int)height_px, TJPF_RGB, jpeg, bytes, subsampling,
			quality, TJFLAG_ACCURATEDCT);
	tjDestroy(handle);
	return rc == 0 ? 0 : -ENOMEM;
}

static int find_quality(const uint8_t *table)
{
	static const uint8_t grey[8 * 8 * 3];

	for (int quality = 1; quality <= 100; quality++) {
		unsigned long bytes;
		uint8_t *jpeg;
		const uint8_t *own;
		int same;

		if (compress(grey, 8, 8, 24, TJSAMP_420, quality, &jpeg,
				    &bytes) < 0)
			return -ENOMEM;
		own = find_table(jpeg, bytes);
		same = own && memcmp(own, table, DQT_BYTES) == 0;
		tjFree(jpeg);
		if (same)
			return quality;
	}
	return -ERANGE;
}

/* Decode and compare; *subsampling is what the header says. */
static int measure(const uint8_t *jpeg, size_t bytes, const uint8_t *original,
		size_t stride, uint32_t width_px, uint32_t height_px,
		int *subsampling, double *psnr_db)
{
	tjhandle handle = tjInitDecompress();
	uint8_t *rgb = malloc((size_t)width_px * height_px * 3);
	int width, height, colorspace;
	int rc = -ENOMEM;

	if (!handle || !rgb)
		goto done;
	rc = -EBADMSG;
	if (tjDecompressHeader3(handle, jpeg, bytes, &width, &height,
			    subsampling, &colorspace) != 0 ||
			width != (int)width_px || height != (int)height_px)
		goto done;
	if (tjDecompress2(handle, jpeg, bytes, rgb, width, 0, height, TJPF_RGB,
			    TJFLAG_ACCURATEDCT) != 0)
		goto done;
	*psnr_db = picture_psnr_db(rgb, (size_t)width_px * 3, original, stride,
			width_px, height_px);
	rc = 0;
done:
	free(rgb);
	if (handle)
		tjDestroy(handle);
	return rc;
}

int jpeg_judge(struct jpeg_verdict *verdict, const uint8_t *jpeg, size_t bytes,
		const struct picture *original, uint32_t x_px, uint32_t y_px,
		uint32_t width_px, uint32_t height_px)
{
	const uint8_t *rgb = picture_at(original, x_px, y_px);
	size_t stride = (size_t)original->width_px * 3;
	const uint8_t *table = find_table(jpeg, bytes);
	unsigned long reference_bytes;
	uint8_t *reference;
	int rc;

	if (!table || x_px + width_px > original->width_px ||
			y_px + height_px > original->height_px)
		return -EBADMSG;
	verdict->quality = find_quality(table);
	if (verdict->quality < 0)
		return verdict->quality;
	rc = measure(jpeg, bytes, rgb, stride, width_px, height_px,
			&verdict->subsampling, &verdict->psnr_db);
	if (rc < 0)
		return rc;

	rc = compress(rgb, width_px, height_px, stride, verdict->subsampling,
			verdict->quality, &reference, &reference_bytes);
	if (rc == 0)
		rc = measure(reference, reference_bytes, rgb, stride, width_px,
				height_px, &verdict->subsampling,
				&verdict->reference_psnr_db);
	tjFree(reference);
	return rc;
}
