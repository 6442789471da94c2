/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-edid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "capture/edid-facts.h"
#include "server/daemon.h"

#define HEX_BYTES (2 * CAPTURE_EDID_BYTES_MAX + 1)

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

static void format_hex(const struct capture_edid *edid, char hex[HEX_BYTES])
{
	hex[0] = '\0';
	for (size_t i = 0; i < edid->size; i++)
		snprintf(hex + 2 * i, 3, "%02x", edid->data[i]);
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
	char hex[HEX_BYTES];

	format_hex(edid, hex);
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

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c)
			   : NULL;

	return at ? (int)(at - digits) : -1;
}

static int parse_hex(
		struct capture_edid *edid, const char *hex, const char **why)
{
	size_t length = strlen(hex);

	*why = "it is not two hexadecimal digits a byte";
	if (length % 2 != 0)
		return -EBADMSG;
	*why = "it is not 1 to 4 blocks of 128 bytes";
	if (length > 2 * CAPTURE_EDID_BYTES_MAX)
		return -EBADMSG;
	edid->size = length / 2;
	for (size_t i = 0; i < edid->size; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		*why = "it is not two hexadecimal digits a byte";
		if (high < 0 || low < 0)
			return -EBADMSG;
		edid->data[i] = (uint8_t)(high << 4 | low);
	}
	return capture_edid_check(edid->data, edid->size, why);
}

/* A path would load as well: that is for the configuration. */
static int load_preset(
		struct capture_edid *edid, const char *name, const char **why)
{
	*why = "there is no preset of that name; \"presets\" lists them";
	return name[0] == '/' ? -ENOENT : capture_edid_load(edid, name, why);
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
		rc = parse_hex(edid, hex, &why);
	if (rc < 0)
		server_api_call_fail(call, 422, NULL, "%s", why);
	return rc == 0;
}

void server_api_edid_put(struct server_api_call *call)
{
	struct capture_edid edid = {.size = 0};
	int rc;

	if (!read_request(call, &edid))
		return;
	rc = server_target_set_edid(server_api_call_get_target(call), &edid);
	if (rc == 0) {
		server_api_call_audit(call, "edid", NULL);
		server_api_edid(call);
		return;
	}
	server_api_call_fail(call, 409, NULL, "%s",
			rc == -EOPNOTSUPP               ? no_support
					: rc == -ENODEV ? no_device
							: strerrordesc_np(-rc));
}
