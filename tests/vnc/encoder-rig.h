/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/workers.h"
#include "tests/vnc/tight-decode.h"
#include "video/screen.h"
#include "vnc/encoder.h"
#include "vnc/figures.h"

/* A loop, workers, a screen with a picture and an encoder, for its tests. */
#define ENCODER_WIDTH_PX 640
#define ENCODER_HEIGHT_PX 480

/* Keeps a worker busy until it is let go. */
struct plug {
	struct core_job job;
	pthread_mutex_t gate;
};

struct encoder_rig {
	sd_event *event;
	struct core_workers *workers;
	struct video_screen *screen;
	struct vnc_figures figures;
	struct vnc_encoder *encoder;
	struct video_frame *frame; /* a reference of our own */
	struct plug plugs[2];      /* outlive the pool */
};

/* One who asks: a viewer as the encoder sees it. */
struct asker {
	struct vnc_update *update;
	unsigned ready;
};

extern const struct video_rect encoder_whole;

/* As set-up and teardown of a test; *state is the rig. */
int encoder_set_up(void **state);
int encoder_tear_down(void **state);

/* With one worker: jobs end in the order in which they were begun. */
int encoder_set_up_single(void **state);

/* The screen takes over the caller's reference. */
void encoder_show(struct encoder_rig *rig, struct video_frame *frame);

/* Tight of a quality level; encoder_ask wants the whole picture. */
void encoder_ask(struct encoder_rig *rig, struct asker *asker, int level);
void encoder_ask_rects(struct encoder_rig *rig, struct asker *asker, int level,
		const struct video_rect *rects, size_t rects_n);
void encoder_on_ready(void *context, struct vnc_update *update);
void encoder_wait(struct encoder_rig *rig, const struct asker *asker);
void encoder_drop(struct asker *asker);

/* A way to the pool and back, behind whatever is with it. */
void encoder_settle(struct encoder_rig *rig);

uint64_t encoder_count_encoded(const struct encoder_rig *rig);
uint64_t encoder_count_shared(const struct encoder_rig *rig);

void encoder_decode(
		struct tight_decoder *decoder, const struct vnc_update *update);
void encoder_assert_shown(const struct tight_decoder *decoder,
		const struct encoder_rig *rig);

/* Keep both workers busy, and let them go. */
void encoder_plug(struct encoder_rig *rig);
void encoder_unplug(struct encoder_rig *rig);
