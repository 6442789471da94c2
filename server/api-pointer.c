/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-pointer.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "server/daemon.h"

#define MOTION_MAX 4096
#define STEPS_MAX 100

/* As in the reports of hid-gadget/report.h. */
static const struct {
	const char *name;
	uint8_t bit;
} buttons[] = {
		{"left", 0x01},
		{"right", 0x02},
		{"middle", 0x04},
		{"back", 0x08},
		{"forward", 0x10},
};

static bool read_button(const json_t *given, uint8_t *bits)
{
	const char *name = json_string_value(given);

	for (size_t i = 0; name && i < sizeof(buttons) / sizeof(buttons[0]);
			i++)
		if (strcmp(buttons[i].name, name) == 0) {
			*bits |= buttons[i].bit;
			return true;
		}
	return false;
}

static bool read_buttons(const json_t *given, uint8_t *bits)
{
	if (given && !json_is_array(given))
		return false;
	for (size_t i = 0; i < json_array_size(given); i++)
		if (!read_button(json_array_get(given, i), bits))
			return false;
	return true;
}

static bool read_fraction(const json_t *request, const char *member, double *to)
{
	const json_t *given = json_object_get(request, member);

	*to = json_number_value(given);
	return json_is_number(given) && isfinite(*to) && *to >= 0 && *to <= 1;
}

static bool read_steps(
		const json_t *request, const char *member, int max, int *to)
{
	json_int_t steps = 0;
	int rc = server_api_param_integer(request, member, -max, max, &steps);

	*to = (int)steps;
	return rc != -EINVAL;
}

/* What is wrong with it; NULL: nothing. */
static const char *read_request(
		const json_t *request, struct server_pointing *pointing)
{
	bool relative = json_object_get(request, "dx") ||
			json_object_get(request, "dy");

	pointing->absolute = json_object_get(request, "x") ||
			json_object_get(request, "y");
	if (pointing->absolute &&
			(!read_fraction(request, "x", &pointing->x) ||
					!read_fraction(request, "y",
							&pointing->y)))
		return "\"x\" and \"y\" are fractions of the picture, from 0 to 1";
	if (pointing->absolute && relative)
		return "either \"x\" and \"y\" or \"dx\" and \"dy\", not both";
	if (!read_steps(request, "dx", MOTION_MAX, &pointing->dx) ||
			!read_steps(request, "dy", MOTION_MAX, &pointing->dy))
		return "\"dx\" and \"dy\" are whole numbers from -4096 to 4096";
	if (!read_steps(request, "wheel", STEPS_MAX, &pointing->wheel) ||
			!read_steps(request, "horizontal_wheel", STEPS_MAX,
					&pointing->horizontal_wheel))
		return "\"wheel\" and \"horizontal_wheel\" are steps, from -100 to 100";
	if (!pointing->absolute && pointing->horizontal_wheel)
		return "\"horizontal_wheel\" needs \"x\" and \"y\": only that pointer has one";
	if (!read_buttons(json_object_get(request, "buttons"),
			    &pointing->buttons))
		return "\"buttons\" is a list of \"left\", \"middle\", \"right\", \"back\", \"forward\"";
	return NULL;
}

static void fail(struct server_api_call *call, int rc)
{
	if (rc == -EBUSY)
		server_api_call_fail(call, 409, NULL,
				"somebody else operates this target; \"control\" says who");
	else if (rc == -ENODEV)
		server_api_call_fail(
				call, 409, NULL, "that target has no pointer");
	else
		server_api_call_fail(call, 403, NULL,
				"this needs the role operator on that target");
}

void server_api_pointer(struct server_api_call *call)
{
	struct server_pointing pointing = {.absolute = false};
	const char *wrong = read_request(
			server_api_call_get_request(call), &pointing);
	int rc;

	if (wrong) {
		server_api_call_fail(call, 422, NULL, "%s", wrong);
		return;
	}
	rc = server_target_point(server_api_call_get_target(call),
			server_api_call_get_caller(call), &pointing);
	if (rc < 0)
		fail(call, rc);
	else
		server_api_call_reply_done(call);
}
