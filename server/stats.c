/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/stats.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"

static const char *const timing_names[] = {
		[SERVER_TIMING_CAPTURE_AGE] = "capture_age_us",
		[SERVER_TIMING_DAMAGE] = "damage_us",
		[SERVER_TIMING_QUEUE_WAIT] = "queue_wait_us",
		[SERVER_TIMING_ENCODE] = "encode_us",
		[SERVER_TIMING_FRAME_TO_SENT] = "frame_to_sent_us",
		[SERVER_TIMING_KEY_TO_HIDG] = "key_to_hidg_us",
};
static_assert(sizeof(timing_names) / sizeof(timing_names[0]) == SERVER_TIMINGS,
		"each timing has a name");

/* ---- the daemon ---- */

static json_t *describe_timing(const struct core_histogram *timing)
{
	if (!timing)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "samples",
			(json_int_t)timing->samples, "p50",
			(json_int_t)core_histogram_percentile_us(timing, 50),
			"p90",
			(json_int_t)core_histogram_percentile_us(timing, 90),
			"p99",
			(json_int_t)core_histogram_percentile_us(timing, 99),
			"max", (json_int_t)timing->max_us);
}

json_t *server_stats_describe_loop(const struct server_loop *loop)
{
	return json_pack("{s:I, s:o, s:o}", "since_s",
			(json_int_t)((clock_now_us() - loop->since_us) /
					CLOCK_US_PER_S),
			"hold_us", describe_timing(&loop->hold), "cpu_us",
			describe_timing(&loop->cpu));
}

/* ---- one target ---- */

static json_t *describe_timings(const struct server_stats *stats)
{
	json_t *object = json_object();

	for (size_t i = 0; i < SERVER_TIMINGS; i++)
		json_object_set_new(object, timing_names[i],
				describe_timing(stats->timings[i]));
	return object;
}

static json_t *describe_bytes(const struct vnc_figures *figures)
{
	json_t *object = json_object();

	for (size_t i = 0; i < VNC_KINDS; i++)
		json_object_set_new(object, vnc_kind_name((enum vnc_kind)i),
				json_integer((json_int_t)figures->bytes[i]));
	return object;
}

static json_t *describe_counters(const struct server_stats *stats)
{
	const struct vnc_figures *figures = stats->figures;

	return json_pack(
			"{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
			"frames", (json_int_t)stats->frames, "dropped",
			(json_int_t)stats->dropped, "copied",
			(json_int_t)stats->copied, "encodes",
			(json_int_t)figures->encodes, "encodes_shared",
			(json_int_t)figures->shared, "updates",
			(json_int_t)figures->updates, "refinements",
			(json_int_t)figures->refinements, "rectangles",
			(json_int_t)figures->rectangles, "copy_rects",
			(json_int_t)figures->copy_rects, "forbidden",
			(json_int_t)figures->forbidden, "bytes",
			describe_bytes(figures));
}

json_t *server_stats_describe(const struct server_stats *stats)
{
	return json_pack("{s:s, s:b, s:I, s:I, s:o, s:o}", "name", stats->name,
			"served", 1, "since_s", (json_int_t)stats->since_s,
			"viewers", (json_int_t)stats->viewers, "timings",
			describe_timings(stats), "counters",
			describe_counters(stats));
}

/* ---- all targets ---- */

void server_stats_collect(
		struct server_stats *stats, const struct server_target *target)
{
	struct server_target_parts parts = server_target_get_parts(target);
	const struct capture_status *status =
			capture_source_get_status(parts.source);
	const struct vnc_figures *figures = vnc_server_get_figures(parts.vnc);

	*stats = (struct server_stats){
			.name = server_target_get_config(target)->name,
			.since_s = (clock_now_us() - parts.since_us) /
					CLOCK_US_PER_S,
			.viewers = vnc_server_list_viewers(parts.vnc, NULL, 0),
			.frames = status->frames,
			.dropped = status->dropped,
			.copied = status->copied,
			.figures = figures,
			.timings =
					{
							capture_source_get_age(
									parts.source),
							parts.damage,
							&figures->queue_wait,
							&figures->encode,
							&figures->frame_to_sent,
							parts.input ? hid_input_get_latency(
										      parts.input)
								    : NULL,
					},
	};
}

static json_t *describe_running(const struct server_target *target)
{
	struct server_stats stats;

	server_stats_collect(&stats, target);
	return server_stats_describe(&stats);
}

static json_t *describe_target(const struct server_daemon *daemon, size_t index)
{
	const struct server_target *target =
			server_daemon_get_target(daemon, index);

	if (target)
		return describe_running(target);
	return json_pack("{s:s, s:b, s:s}", "name",
			server_daemon_get_config(daemon, index)->name, "served",
			0, "detail",
			strerrordesc_np(-server_daemon_get_failure(
					daemon, index)));
}

/* NULL: the caller has nothing to do with it. */
static const char *name_of(const struct server_daemon *daemon,
		const struct server_caller *caller, size_t index)
{
	const char *name = server_daemon_get_config(daemon, index)->name;

	return server_caller_role(caller, name) == SERVER_ROLE_NONE ? NULL
								    : name;
}

static void explain_names(const struct server_daemon *daemon,
		const struct server_caller *caller, size_t targets_n,
		char why[SERVER_STATS_WHY_BYTES])
{
	size_t used = (size_t)snprintf(why, SERVER_STATS_WHY_BYTES,
			"there is no target of this name; there are");
	const char *comma = "";

	for (size_t i = 0; i < targets_n && used < SERVER_STATS_WHY_BYTES;
			i++) {
		const char *name = name_of(daemon, caller, i);

		if (!name)
			continue;
		used += (size_t)snprintf(why + used,
				SERVER_STATS_WHY_BYTES - used, "%s %s", comma,
				name);
		comma = ",";
	}
}

static json_t *describe_targets(const struct server_daemon *daemon,
		const struct server_caller *caller, const char *wanted,
		char why[SERVER_STATS_WHY_BYTES])
{
	size_t running_n;
	size_t targets_n = server_daemon_count(daemon, &running_n);
	json_t *targets = json_array();

	for (size_t i = 0; i < targets_n; i++) {
		const char *name = name_of(daemon, caller, i);

		if (!name)
			continue;
		if (!wanted || strcmp(name, wanted) == 0)
			json_array_append_new(
					targets, describe_target(daemon, i));
	}
	if (wanted && targets && json_array_size(targets) == 0) {
		explain_names(daemon, caller, targets_n, why);
		json_decref(targets);
		return NULL;
	}
	return targets;
}

json_t *server_stats_create(const struct server_daemon *daemon,
		const struct server_loop *loop,
		const struct server_caller *caller, const json_t *request,
		char why[SERVER_STATS_WHY_BYTES])
{
	const json_t *wanted = json_object_get(request, "target");
	json_t *targets;

	if (wanted && !json_is_string(wanted)) {
		snprintf(why, SERVER_STATS_WHY_BYTES,
				"a target is a name, such as {\"verb\":\"stats\",\"target\":\"rack1\"}");
		return NULL;
	}
	targets = describe_targets(
			daemon, caller, json_string_value(wanted), why);
	if (!targets)
		return NULL;
	return json_pack("{s:s, s:o, s:o}", "version", RACKHAND_VERSION, "loop",
			server_stats_describe_loop(loop), "targets", targets);
}
