/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <rfb/rfbclient.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A viewer on libvncclient, and what it has seen so far. What the library
 * does not know is parsed here: LED state, extended mouse buttons, JPEGs as
 * they came.
 *
 * Threads: one.
 * Errors:  0 or -errno; -ECONNRESET when the connection is lost, after which
 *          `client` is NULL.
 */

#define PROBE_JPEGS_MAX 512

struct probe_jpeg {
	uint8_t *data;
	size_t bytes;
	uint32_t x_px, y_px, width_px, height_px;
};

struct probe {
	rfbClient *client; /* NULL: not connected */
	bool stalled;
	bool mouse_extended;
	int leds; /* -1: never told */
	uint64_t leds_us;
	unsigned updates;
	unsigned pictures;  /* updates with a part of the picture in them */
	bool pictured;      /* the update that comes in has one */
	uint64_t update_us; /* when the newest update was complete */
	unsigned jpegs_n;   /* of the newest update that had any */
	unsigned jpegs_total;
	bool jpegs_open; /* the update that they belong to is not complete */
	struct probe_jpeg jpegs[PROBE_JPEGS_MAX];
	unsigned resizes;
	uint64_t resize_us;
};

/* Once per program. */
void probe_register_extensions(void);

/* `quality` 0 to 9, -1: lossless; `encodings` as libvncclient names them. */
int probe_connect(struct probe *probe, int port, int quality,
		const char *encodings);
void probe_disconnect(struct probe *probe);

/* Another quality, from now on. */
int probe_set_quality(struct probe *probe, int quality);

/* One server message if there is one within timeout_ms: 1, 0, or -errno. */
int probe_pump(struct probe *probe, unsigned timeout_ms);

/*
 * Read until `is_done` says so (1: yes, 0: not yet, or -errno) or time is up
 * (-ETIMEDOUT).
 */
int probe_pump_until(struct probe *probe, unsigned timeout_ms,
		int (*is_done)(struct probe *probe, void *argument),
		void *argument);

/* Commands of rfb-probe that look at the picture. */
int probe_run_expect(void *context, int words_n, char **words);
int probe_run_bars(void *context, int words_n, char **words);
int probe_run_dump(void *context, int words_n, char **words);
int probe_run_judge(void *context, int words_n, char **words);
