/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-targets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/daemon.h"
#include "server/target-describe.h"

void server_api_targets(struct server_api_call *call)
{
	const struct server_daemon *daemon = server_api_call_get_daemon(call);
	const struct server_caller *caller = server_api_call_get_caller(call);
	size_t running_n;
	size_t targets_n = server_daemon_count(daemon, &running_n);
	json_t *list = json_array();

	for (size_t i = 0; i < targets_n; i++)
		if (server_caller_role(caller,
				    server_daemon_get_config(daemon, i)
						    ->name) != SERVER_ROLE_NONE)
			json_array_append_new(list,
					server_target_describe(
							daemon, i, caller));
	server_api_call_reply(call, json_pack("{s:o}", "targets", list));
}

void server_api_target(struct server_api_call *call)
{
	const struct server_daemon *daemon = server_api_call_get_daemon(call);

	server_api_call_reply(call,
			server_target_describe(daemon,
					server_target_find_index(daemon,
							server_api_call_get_target_name(
									call)),
					server_api_call_get_caller(call)));
}

/* ---- pictures -------------------------------------------------------------
 */

/* Who waits for a picture, and of which type. */
struct wanted {
	struct server_api_call *call;
	const char *type;
};

static void on_snapshot(void *context, int rc, struct core_bytes *bytes)
{
	struct wanted *wanted = context;

	if (rc == 0)
		server_api_call_reply_bytes(wanted->call, wanted->type, bytes);
	else if (rc == -ENODEV)
		server_api_call_fail(wanted->call, 503, NULL,
				"the target is not served any more; ask again later");
	else
		server_api_call_reply(wanted->call, NULL);
	free(wanted);
}

static int read_format(const json_t *request, enum video_still *still)
{
	static const struct {
		const char *name;
		enum video_still still;
	} formats[] = {
			{"png", VIDEO_STILL_PNG},
			{"jpeg", VIDEO_STILL_JPEG},
			{"jpg", VIDEO_STILL_JPEG},
	};
	const json_t *given = json_object_get(request, "format");
	const char *name = given ? json_string_value(given) : "png";

	for (size_t i = 0; name && i < sizeof(formats) / sizeof(formats[0]);
			i++)
		if (strcmp(formats[i].name, name) == 0) {
			*still = formats[i].still;
			return 0;
		}
	return -EINVAL;
}

/* Whether the call goes on; if not, it has failed. */
static bool read_options(struct server_api_call *call,
		struct server_snapshot_options *options)
{
	const json_t *request = server_api_call_get_request(call);
	json_int_t width_px = 0;

	if (read_format(request, &options->still) < 0) {
		server_api_call_fail(call, 422, NULL,
				"\"format\" is \"png\" or \"jpeg\"");
		return false;
	}
	if (server_api_param_integer(request, "width", 16, VIDEO_WIDTH_MAX_PX,
			    &width_px) == -EINVAL) {
		server_api_call_fail(call, 422, NULL,
				"\"width\" is a number of pixels from 16 to %d; without it the picture is as large as it is",
				VIDEO_WIDTH_MAX_PX);
		return false;
	}
	options->width_px = (uint32_t)width_px;
	return true;
}

void server_api_snapshot(struct server_api_call *call)
{
	struct server_snapshot_options options = {VIDEO_STILL_PNG, 0};
	struct wanted *wanted;

	if (!read_options(call, &options))
		return;
	wanted = malloc(sizeof(*wanted));
	if (!wanted) {
		server_api_call_reply(call, NULL);
		return;
	}
	*wanted = (struct wanted){call, video_still_type(options.still)};
	if (server_target_take_snapshot(server_api_call_get_target(call),
			    &options, on_snapshot, wanted) == 0)
		return;
	free(wanted);
	server_api_call_fail(call, 503, NULL,
			"too many pictures of this target are asked for at once; ask again");
}
