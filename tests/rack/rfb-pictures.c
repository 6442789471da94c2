/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/rack/rfb-viewer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rack/agent.h"
#include "tests/rack/jpeg-judge.h"
#include "tests/rack/picture.h"

struct comparison {
	struct picture *expected;
	int tolerance;
	int worst;
	uint32_t differ;
	uint32_t x_px, y_px; /* the first that differs too much */
	uint8_t got[3], want[3];
	unsigned seen; /* the update that was compared last */
	uint64_t equal_us;
};

static void compare(const rfbClient *client, struct comparison *c)
{
	const struct picture *p = c->expected;

	c->worst = 0;
	c->differ = 0;
	for (uint32_t i = 0; i < p->width_px * p->height_px; i++) {
		const uint8_t *got = client->frameBuffer + (size_t)i * 4;
		const uint8_t *want = p->rgb + (size_t)i * 3;
		int worst = 0;

		for (int k = 0; k < 3; k++) {
			int delta = abs(got[k] - want[k]);

			worst = delta > worst ? delta : worst;
		}
		c->worst = worst > c->worst ? worst : c->worst;
		if (worst <= c->tolerance || c->differ++ > 0)
			continue;
		c->x_px = i % p->width_px;
		c->y_px = i / p->width_px;
		memcpy(c->got, got, 3);
		memcpy(c->want, want, 3);
	}
}

static int is_equal(struct probe *probe, void *argument)
{
	struct comparison *c = argument;

	if (!probe->client)
		return -ENOTCONN;
	if (c->seen == probe->updates ||
			probe->client->width != (int)c->expected->width_px ||
			probe->client->height != (int)c->expected->height_px)
		return 0;
	c->seen = probe->updates;
	c->equal_us = probe->update_us;
	compare(probe->client, c);
	return c->differ == 0;
}

/* Wait until the picture is the expected one; else say where it is not. */
int probe_run_expect(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	struct comparison c = {.tolerance = atoi(words[1])};
	unsigned timeout_ms = words_n > 2 ? (unsigned)atoi(words[2]) : 5000;
	int rc;

	c.seen = probe->updates - 1;
	rc = picture_load(&c.expected, words[0]);
	if (rc < 0)
		return rc;
	rc = probe_pump_until(probe, timeout_ms, is_equal, &c);
	if (rc == 0)
		agent_ok("t=%llu worst=%d", (unsigned long long)c.equal_us,
				c.worst);
	else if (rc == -ETIMEDOUT && c.differ > 0)
		agent_error("%u pixels differ, by up to %d; the first at "
			    "%u,%u is %u %u %u, not %u %u %u",
				c.differ, c.worst, c.x_px, c.y_px, c.got[0],
				c.got[1], c.got[2], c.want[0], c.want[1],
				c.want[2]);
	else if (rc == -ETIMEDOUT)
		agent_error("no update of that size: it is %dx%d",
				probe->client->width, probe->client->height);
	picture_destroy(c.expected);
	return rc;
}

/* The eight 100 % colour bars, each at its centre. */
static int has_bars(struct probe *probe, void *argument)
{
	struct comparison *c = argument;
	rfbClient *client = probe->client;

	if (!client)
		return -ENOTCONN;
	c->differ = 0;
	c->worst = 0;
	for (int bar = 0; bar < 8; bar++) {
		int x = (2 * bar + 1) * client->width / 16;
		int y = client->height / 2;
		const uint8_t *got = client->frameBuffer +
				((size_t)y * (size_t)client->width +
						(size_t)x) *
						4;
		int on = 7 - bar;
		uint8_t want[3] = {on & 2 ? 255 : 0, on & 4 ? 255 : 0,
				on & 1 ? 255 : 0};

		for (int k = 0; k < 3; k++) {
			int delta = abs(got[k] - want[k]);

			c->worst = delta > c->worst ? delta : c->worst;
			if (delta <= c->tolerance || c->differ++ > 0)
				continue;
			c->x_px = (uint32_t)bar;
			memcpy(c->got, got, 3);
			memcpy(c->want, want, 3);
		}
	}
	return c->differ == 0;
}

int probe_run_bars(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	struct comparison c = {.tolerance = atoi(words[0])};
	unsigned timeout_ms = words_n > 1 ? (unsigned)atoi(words[1]) : 5000;
	int rc = probe_pump_until(probe, timeout_ms, has_bars, &c);

	if (rc == 0)
		agent_ok("worst=%d", c.worst);
	else if (rc == -ETIMEDOUT)
		agent_error("bar %u is %u %u %u, not %u %u %u", c.x_px,
				c.got[0], c.got[1], c.got[2], c.want[0],
				c.want[1], c.want[2]);
	return rc;
}

int probe_run_dump(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	struct picture *picture;
	int rc;

	(void)words_n;
	if (!probe->client)
		return -ENOTCONN;
	rc = picture_create(&picture, (uint32_t)probe->client->width,
			(uint32_t)probe->client->height);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < (size_t)picture->width_px * picture->height_px;
			i++)
		memcpy(picture->rgb + i * 3, probe->client->frameBuffer + i * 4,
				3);
	rc = picture_save(picture, words[0]);
	picture_destroy(picture);
	return rc;
}

static int has_jpegs(struct probe *probe, void *argument)
{
	(void)argument;
	return probe->jpegs_n > 0 && !probe->jpegs_open;
}

/* The JPEGs of the newest update that had any, against what was shown. */
int probe_run_judge(void *context, int words_n, char **words)
{
	struct probe *probe = context;
	double tolerance_db = atof(words[1]);
	double worst_db = -99;
	struct jpeg_verdict verdict = {0};
	struct picture *original;
	int rc = picture_load(&original, words[0]);

	(void)words_n;
	if (rc < 0)
		return rc;
	rc = probe_pump_until(probe, 5000, has_jpegs, NULL);
	for (unsigned i = 0; rc == 0 && i < probe->jpegs_n; i++) {
		const struct probe_jpeg *jpeg = &probe->jpegs[i];

		rc = jpeg_judge(&verdict, jpeg->data, jpeg->bytes, original,
				jpeg->x_px, jpeg->y_px, jpeg->width_px,
				jpeg->height_px);
		if (rc == 0 &&
				verdict.reference_psnr_db - verdict.psnr_db >
						worst_db)
			worst_db = verdict.reference_psnr_db - verdict.psnr_db;
	}
	picture_destroy(original);
	if (rc == -ETIMEDOUT)
		agent_error("there was no JPEG");
	if (rc < 0)
		return rc;
	if (worst_db > tolerance_db)
		agent_error("%.2f dB worse than libjpeg-turbo", worst_db);
	else
		agent_ok("jpegs=%u quality=%d subsampling=%d psnr=%.2f "
			 "worse=%.2f",
				probe->jpegs_n, verdict.quality,
				verdict.subsampling, verdict.psnr_db, worst_db);
	return 0;
}
