/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/metrics.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/clock.h"

/* Bounds of the buckets: 2^6 us to 2^22 us, which is 64 us to 4.2 s. */
#define FIRST_POWER 6
#define LAST_POWER 22
#define POWER_STEP 2

struct family {
	const char *name;
	const char *help;
	const char *type;
};

#define GAUGE "gauge"
#define COUNTER "counter"
#define HISTOGRAM "histogram"

static const struct family families[] = {
		[SERVER_METRIC_SERVED] = {"rackhand_target_served",
				"Whether the target is being served.", GAUGE},
		[SERVER_METRIC_SIGNAL] = {"rackhand_signal_ok",
				"Whether there is a picture.", GAUGE},
		[SERVER_METRIC_USB] = {"rackhand_usb_ready",
				"Whether the host reads the keyboard.", GAUGE},
		[SERVER_METRIC_UP] = {"rackhand_target_uptime_seconds",
				"Since when the target is served.", GAUGE},
		[SERVER_METRIC_VIEWERS] = {"rackhand_viewers",
				"Viewers that are connected.", GAUGE},
		[SERVER_METRIC_FRAMES] = {"rackhand_frames_total",
				"Frames captured while somebody looked.",
				COUNTER},
		[SERVER_METRIC_FRAMES_DROPPED] = {"rackhand_frames_dropped_total",
				"Frames skipped as stale, damaged or not to be decoded.",
				COUNTER},
		[SERVER_METRIC_FRAMES_COPIED] = {"rackhand_frames_copied_total",
				"Frames copied lest the device lack a buffer.",
				COUNTER},
		[SERVER_METRIC_RESTARTS] = {"rackhand_capture_restarts_total",
				"Restarts of the capture after a fault.",
				COUNTER},
		[SERVER_METRIC_ENCODES] = {"rackhand_encodes_total",
				"Parts of pictures encoded.", COUNTER},
		[SERVER_METRIC_ENCODES_SHARED] = {"rackhand_encodes_shared_total",
				"Parts of pictures that were wanted again.",
				COUNTER},
		[SERVER_METRIC_UPDATES] = {"rackhand_updates_total",
				"Updates sent to viewers.", COUNTER},
		[SERVER_METRIC_REFINEMENTS] = {"rackhand_refinements_total",
				"Updates that sent again what had been lossy.",
				COUNTER},
		[SERVER_METRIC_RECTANGLES] = {"rackhand_rectangles_total",
				"Rectangles of pictures sent.", COUNTER},
		[SERVER_METRIC_COPIES] = {"rackhand_copy_rectangles_total",
				"Rectangles moved instead of sent.", COUNTER},
		[SERVER_METRIC_FORBIDDEN] = {"rackhand_messages_forbidden_total",
				"Messages of viewers that may not send them.",
				COUNTER},
		[SERVER_METRIC_HID_REPORTS] = {"rackhand_hid_reports_total",
				"Reports of keyboard and pointers written.",
				COUNTER},
		[SERVER_METRIC_HID_COALESCED] = {"rackhand_hid_coalesced_total",
				"Motions that a newer one replaced.", COUNTER},
		[SERVER_METRIC_HID_DROPPED] = {"rackhand_hid_dropped_total",
				"Presses that the host did not read in time.",
				COUNTER},
		[SERVER_METRIC_HID_RETRIES] = {"rackhand_hid_retries_total",
				"Reports that had to wait for the host.",
				COUNTER},
};
static_assert(sizeof(families) / sizeof(families[0]) == SERVER_METRICS,
		"each figure of a target has its family");

static const struct family sent_bytes = {"rackhand_sent_bytes_total",
		"Bytes of pictures sent, by encoding class.", COUNTER};

static const struct family timings[] = {
		[SERVER_TIMING_CAPTURE_AGE] = {"rackhand_capture_age_seconds",
				"From the driver's stamp to the daemon.",
				HISTOGRAM},
		[SERVER_TIMING_DAMAGE] = {"rackhand_damage_seconds",
				"Finding out what differs.", HISTOGRAM},
		[SERVER_TIMING_QUEUE_WAIT] = {"rackhand_queue_wait_seconds",
				"Until a worker begins with a part.",
				HISTOGRAM},
		[SERVER_TIMING_ENCODE] = {"rackhand_encode_seconds",
				"Encoding one part.", HISTOGRAM},
		[SERVER_TIMING_FRAME_TO_SENT] = {"rackhand_frame_to_sent_seconds",
				"From the frame to its last byte.", HISTOGRAM},
		[SERVER_TIMING_KEY_TO_HIDG] = {"rackhand_key_to_hid_seconds",
				"From a key's event to its report.", HISTOGRAM},
};
static_assert(sizeof(timings) / sizeof(timings[0]) == SERVER_TIMINGS,
		"each timing has its family");

/* ---- the text -------------------------------------------------------------
 *
 * Labels need no escapes: the names of targets are letters, digits, _ and -,
 * and what else stands there is ours.
 */

static void put_family(FILE *out, const struct family *family)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help,
			family->name, family->type);
}

static void put_seconds(FILE *out, uint64_t us)
{
	fprintf(out, "%" PRIu64 ".%06" PRIu64, us / CLOCK_US_PER_S,
			us % CLOCK_US_PER_S);
}

static void put_plain(FILE *out, const struct family *family, uint64_t value)
{
	put_family(out, family);
	fprintf(out, "%s %" PRIu64 "\n", family->name, value);
}

/* `target` NULL: of the daemon. */
static void put_histogram(FILE *out, const char *name, const char *target,
		const struct core_histogram *histogram)
{
	char label[CONFIG_NAME_MAX + sizeof("target=\"\"")] = "";
	const char *comma = target ? "," : "";

	if (target)
		snprintf(label, sizeof(label), "target=\"%s\"", target);
	for (unsigned power = FIRST_POWER; power <= LAST_POWER;
			power += POWER_STEP) {
		fprintf(out, "%s_bucket{%s%sle=\"", name, label, comma);
		put_seconds(out, UINT64_C(1) << power);
		fprintf(out, "\"} %" PRIu64 "\n",
				core_histogram_count_below(histogram, power));
	}
	fprintf(out, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", name, label,
			comma, histogram->samples);
	fprintf(out, target ? "%s_sum{%s} " : "%s_sum%s ", name, label);
	put_seconds(out, histogram->sum_us);
	fprintf(out,
			target ? "\n%s_count{%s} %" PRIu64 "\n"
			       : "\n%s_count%s %" PRIu64 "\n",
			name, label, histogram->samples);
}

static void put_daemon(FILE *out, const struct server_metrics *metrics)
{
	static const struct family info = {
			"rackhand_build_info", "Which version this is.", GAUGE};
	static const struct family up = {"rackhand_uptime_seconds",
			"Since when the daemon runs.", GAUGE};
	static const struct family sessions = {
			"rackhand_sessions", "Who is logged in.", GAUGE};
	static const struct family logins = {
			"rackhand_logins_total", "Logins by result.", COUNTER};
	static const struct family hold = {"rackhand_loop_hold_seconds",
			"How long a turn of the loop took.", HISTOGRAM};
	static const struct family cpu = {"rackhand_loop_cpu_seconds",
			"How long it computed in that.", HISTOGRAM};

	put_family(out, &info);
	fprintf(out, "%s{version=\"%s\"} 1\n", info.name, RACKHAND_VERSION);
	put_plain(out, &up, metrics->up_s);
	put_plain(out, &sessions, metrics->sessions);
	put_family(out, &logins);
	fprintf(out, "%s{result=\"ok\"} %" PRIu64 "\n", logins.name,
			metrics->logins);
	fprintf(out, "%s{result=\"failed\"} %" PRIu64 "\n", logins.name,
			metrics->logins_failed);
	put_family(out, &hold);
	put_histogram(out, hold.name, NULL, metrics->hold);
	put_family(out, &cpu);
	put_histogram(out, cpu.name, NULL, metrics->cpu);
}

static void put_values(FILE *out, const struct server_metrics *metrics)
{
	for (size_t i = 0; i < SERVER_METRICS; i++) {
		put_family(out, &families[i]);
		for (size_t j = 0; j < metrics->targets_n; j++)
			fprintf(out, "%s{target=\"%s\"} %" PRIu64 "\n",
					families[i].name,
					metrics->targets[j].name,
					metrics->targets[j].values[i]);
	}
}

static void put_sent_bytes(FILE *out, const struct server_metrics *metrics)
{
	put_family(out, &sent_bytes);
	for (size_t j = 0; j < metrics->targets_n; j++)
		for (size_t i = 0; i < VNC_KINDS; i++)
			fprintf(out,
					"%s{target=\"%s\",class=\"%s\"} %" PRIu64
					"\n",
					sent_bytes.name,
					metrics->targets[j].name,
					vnc_kind_name((enum vnc_kind)i),
					metrics->targets[j].sent_bytes[i]);
}

static void put_timings(FILE *out, const struct server_metrics *metrics)
{
	for (size_t i = 0; i < SERVER_TIMINGS; i++) {
		put_family(out, &timings[i]);
		for (size_t j = 0; j < metrics->targets_n; j++)
			if (metrics->targets[j].timings[i])
				put_histogram(out, timings[i].name,
						metrics->targets[j].name,
						metrics->targets[j].timings[i]);
	}
}

int server_metrics_format(
		struct core_bytes **out, const struct server_metrics *metrics)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	int rc = -ENOMEM;

	*out = NULL;
	if (!stream)
		return rc;
	put_daemon(stream, metrics);
	if (metrics->targets_n > 0) {
		put_values(stream, metrics);
		put_sent_bytes(stream, metrics);
		put_timings(stream, metrics);
	}
	if (fclose(stream) == 0)
		rc = core_bytes_copy(out, text, size);
	free(text);
	return rc;
}

/* ---- the figures --------------------------------------------------------- */

static void collect_hid(struct server_metrics_target *out,
		const struct hid_input *input)
{
	struct hid_input_stats stats;

	if (!input)
		return;
	stats = hid_input_get_stats(input);
	out->values[SERVER_METRIC_USB] = hid_input_get_state(input) ==
			HID_STATE_READY;
	out->values[SERVER_METRIC_HID_REPORTS] = stats.reports;
	out->values[SERVER_METRIC_HID_COALESCED] = stats.coalesced;
	out->values[SERVER_METRIC_HID_DROPPED] = stats.dropped;
	out->values[SERVER_METRIC_HID_RETRIES] = stats.retries;
}

static void collect_figures(struct server_metrics_target *out,
		const struct vnc_figures *figures)
{
	out->values[SERVER_METRIC_ENCODES] = figures->encodes;
	out->values[SERVER_METRIC_ENCODES_SHARED] = figures->shared;
	out->values[SERVER_METRIC_UPDATES] = figures->updates;
	out->values[SERVER_METRIC_REFINEMENTS] = figures->refinements;
	out->values[SERVER_METRIC_RECTANGLES] = figures->rectangles;
	out->values[SERVER_METRIC_COPIES] = figures->copy_rects;
	out->values[SERVER_METRIC_FORBIDDEN] = figures->forbidden;
	for (size_t i = 0; i < VNC_KINDS; i++)
		out->sent_bytes[i] = figures->bytes[i];
}

static void collect_target(struct server_metrics_target *out,
		const struct server_target *target)
{
	struct server_target_parts parts = server_target_get_parts(target);
	const struct capture_status *status =
			capture_source_get_status(parts.source);
	struct server_stats stats;

	server_stats_collect(&stats, target);
	out->values[SERVER_METRIC_SERVED] = 1;
	out->values[SERVER_METRIC_SIGNAL] = status->state == CAPTURE_STATE_OK;
	out->values[SERVER_METRIC_UP] = stats.since_s;
	out->values[SERVER_METRIC_VIEWERS] = stats.viewers;
	out->values[SERVER_METRIC_FRAMES] = stats.frames;
	out->values[SERVER_METRIC_FRAMES_DROPPED] = stats.dropped;
	out->values[SERVER_METRIC_FRAMES_COPIED] = stats.copied;
	out->values[SERVER_METRIC_RESTARTS] = status->restarts;
	collect_figures(out, stats.figures);
	collect_hid(out, parts.input);
	for (size_t i = 0; i < SERVER_TIMINGS; i++)
		out->timings[i] = stats.timings[i];
}

static uint64_t count_sessions(struct server_sessions *sessions)
{
	const struct server_session *session = NULL;
	uint64_t count = 0;

	while ((session = server_session_next(sessions, session)))
		count++;
	return count;
}

void server_metrics_collect(struct server_metrics *metrics,
		const struct server_daemon *daemon,
		const struct server_loop *loop,
		const struct server_caller *caller)
{
	const struct server_audit *audit = server_daemon_get_audit(daemon);
	size_t running_n;
	size_t targets_n = server_daemon_count(daemon, &running_n);

	*metrics = (struct server_metrics){
			.up_s = (clock_now_us() - loop->since_us) /
					CLOCK_US_PER_S,
			.sessions = count_sessions(
					server_daemon_get_sessions(daemon)),
			.logins = server_audit_count(audit, "login"),
			.logins_failed = server_audit_count(
					audit, "login-failed"),
			.hold = &loop->hold,
			.cpu = &loop->cpu,
	};
	for (size_t i = 0; i < targets_n; i++) {
		const char *name = server_daemon_get_config(daemon, i)->name;
		const struct server_target *target =
				server_daemon_get_target(daemon, i);
		struct server_metrics_target *out =
				&metrics->targets[metrics->targets_n];

		if (server_caller_role(caller, name) == SERVER_ROLE_NONE)
			continue;
		out->name = name;
		metrics->targets_n++;
		if (target)
			collect_target(out, target);
	}
}
