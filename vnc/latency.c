/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/latency.h"

#include "core/clock.h"

void vnc_latency_init(struct vnc_latency *latency,
		struct core_histogram *histogram,
		const struct video_screen *screen)
{
	*latency = (struct vnc_latency){
			.histogram = histogram,
			.counted_us = video_screen_get_changed_us(screen),
	};
}

void vnc_latency_begin(
		struct vnc_latency *latency, const struct video_screen *screen)
{
	uint64_t changed_us = video_screen_get_changed_us(screen);

	latency->encoding_us = changed_us > latency->counted_us ? changed_us
								: 0;
}

void vnc_latency_queued(
		struct vnc_latency *latency, const struct net_stream *stream)
{
	latency->queued_us = latency->encoding_us;
	latency->encoding_us = 0;
	vnc_latency_sent(latency, stream);
}

void vnc_latency_sent(
		struct vnc_latency *latency, const struct net_stream *stream)
{
	if (latency->queued_us == 0 || net_stream_queued(stream) > 0)
		return;
	core_histogram_add(latency->histogram,
			clock_now_us() - latency->queued_us);
	latency->counted_us = latency->queued_us;
	latency->queued_us = 0;
}
