/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-edid.h"

#include <errno.h>
#include <string.h>

#include "capture/edid-facts.h"
#include "capture/edid-hex.h"
#include "server/daemon.h"

static const char no_device[] =
		"there is no capture device now; look at the target's signal";
static const char no_support[] =
		"this source has no EDID that could be read or written";

static json_t *list_presets(void)
{
	json_t *list = json_array();
	const char *name;

	for (size_t i = 0; (name = capture_edid_preset_name(i)); i++)
		json_array_append_new(list, json_string(name));
	return list;
}

static json_t *describe_facts(const struct capture_edid *edid)
{
	struct capture_edid_facts facts;

	capture_edid_get_facts(edid, &facts);
	return json_pack("{s:s, s:i, s:s, s:i, s:i, s:f}", "maker", facts.maker,
			"product", facts.product, "name", facts.name, "width",
			(int)facts.width_px, "height", (int)facts.height_px,
			"refresh_hz", facts.refresh_millihz / 1000.0);
}

/* What the device has can be anything, and is shown as it is. */
static json_t *describe_edid(const struct capture_edid *edid)
{
	const char *why;
	bool good = capture_edid_check(edid->data, edid->size, &why) == 0;
	char hex[CAPTURE_EDID_HEX_BYTES];

	capture_edid_format_hex(edid, hex);
	return json_pack("{s:b, s:o, s:s?, s:s, s:s?, s:o}", "supported", 1,
			"presets", list_presets(), "preset",
			good ? capture_edid_find_preset(edid) : NULL, "hex",
			hex, "detail", good || edid->size == 0 ? NULL : why,
			"monitor", good ? describe_facts(edid) : json_null());
}

void server_api_edid(struct server_api_call *call)
{
	const struct capture_source *source = server_target_get_parts(
			server_api_call_get_target(call))
							      .source;
	struct capture_edid edid;
	int rc = capture_source_get_edid(source, &edid);

	if (rc == 0)
		server_api_call_reply(call, describe_edid(&edid));
	else
		server_api_call_reply(call,
				json_pack("{s:b, s:o, s:s}", "supported", 0,
						"presets", list_presets(),
						"detail",
						rc == -EOPNOTSUPP ? no_support
								: rc == -ENODEV
								? no_device
								: strerrordesc_np(-rc)));
}

/* ---- another one ----------------------------------------------------------
 */

/* A path would load as well: that is for the configuration. */
static int load_preset(
		struct capture_edid *edid, const char *name, const char **why)
{
	int rc = -ENOENT;

	if (name[0] != '/')
		rc = capture_edid_load(edid, name, why);
	if (rc < 0)
		*why = "there is no preset of that name; \"edid\" lists them";
	return rc;
}

/* Whether the call goes on; if not, it has failed. */
static bool read_request(
		struct server_api_call *call, struct capture_edid *edid)
{
	const json_t *request = server_api_call_get_request(call);
	const char *preset =
			json_string_value(json_object_get(request, "preset"));
	const char *hex = json_string_value(json_object_get(request, "hex"));
	const char *why = "\"preset\" or \"hex\" is a string, one of them";
	int rc = -EINVAL;

	if (preset && !hex)
		rc = load_preset(edid, preset, &why);
	else if (hex && !preset)
		rc = capture_edid_parse_hex(edid, hex, &why);
	if (rc < 0)
		server_api_call_fail(call, 422, NULL, "%s", why);
	return rc == 0;
}

static void on_kept(void *context, int rc)
{
	struct server_api_call *call = context;

	if (rc < 0)
		server_api_call_fail_unsaved(call, rc);
	else if (server_api_call_find_target(call))
		server_api_edid(call);
}

void server_api_edid_put(struct server_api_call *call)
{
	struct server_target *target = server_api_call_get_target(call);
	struct capture_edid edid = {.size = 0};
	int rc;

	if (!read_request(call, &edid))
		return;
	rc = server_target_set_edid(target, &edid);
	if (rc < 0) {
		server_api_call_fail(call, 409, NULL, "%s",
				rc == -EOPNOTSUPP ? no_support
						: rc == -ENODEV
						? no_device
						: strerrordesc_np(-rc));
		return;
	}
	server_api_call_audit(call, "edid", NULL);
	rc = server_target_keep_edid(target, &edid, on_kept, call);
	if (rc < 0)
		on_kept(call, rc);
}
