/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/source.h"

#include <assert.h>
#include <errno.h>

struct state_words {
	const char *name;
	const char *text;
};

static const struct state_words words[CAPTURE_STATES] = {
		[CAPTURE_STATE_NO_DEVICE] = {"no-device", "no device"},
		[CAPTURE_STATE_NO_CABLE] = {"no-cable",
				"no cable or target off"},
		[CAPTURE_STATE_NO_LOCK] = {"no-lock", "no lock"},
		[CAPTURE_STATE_UNSUPPORTED] = {"unsupported-mode",
				"unsupported mode"},
		[CAPTURE_STATE_OK] = {"ok", "ok"},
};

void capture_source_destroy(struct capture_source *source)
{
	if (source)
		source->kind->destroy(source);
}

void capture_source_set_watched(struct capture_source *source, bool watched)
{
	source->kind->set_watched(source, watched);
}

int capture_source_get_edid(
		const struct capture_source *source, struct capture_edid *edid)
{
	return source->kind->get_edid ? source->kind->get_edid(source, edid)
				      : -EOPNOTSUPP;
}

int capture_source_set_edid(
		struct capture_source *source, const struct capture_edid *edid)
{
	return source->kind->set_edid ? source->kind->set_edid(source, edid)
				      : -EOPNOTSUPP;
}

const struct capture_status *capture_source_get_status(
		const struct capture_source *source)
{
	return &source->status;
}

const struct core_histogram *capture_source_get_age(
		const struct capture_source *source)
{
	return &source->age;
}

const char *capture_state_text(enum capture_state state)
{
	assert((unsigned)state < CAPTURE_STATES);
	return words[state].text;
}

const char *capture_state_name(enum capture_state state)
{
	assert((unsigned)state < CAPTURE_STATES);
	return words[state].name;
}
