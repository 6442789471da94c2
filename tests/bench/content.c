/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/content.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "tests/bench/scenes.h"

/* A kind draws on the screen, or on something smaller that is scaled up. */
struct content {
	enum content_kind kind;
	struct canvas screen;
	struct canvas small;
	struct canvas photo;
};

static void draw_text240(struct content *content, uint32_t index)
{
	scene_log(&content->screen, 8, index);
}

static void draw_text80(struct content *content, uint32_t index)
{
	scene_log(&content->small, 9, index);
}

static void draw_login(struct content *content, uint32_t index)
{
	scene_login(&content->screen, index);
}

static void draw_bios(struct content *content, uint32_t index)
{
	scene_bios(&content->small, index);
}

static void draw_desktop(struct content *content, uint32_t index)
{
	scene_desktop(&content->screen, &content->photo, index);
}

static void draw_noise(struct content *content, uint32_t index)
{
	scene_noise(&content->screen, &content->photo, index);
}

static const struct kind {
	const char *name;
	void (*draw)(struct content *content, uint32_t index);
	uint32_t small_width_px; /* 0: nothing is scaled */
	uint32_t small_height_px;
	bool photo;
} kinds[CONTENT_KINDS] = {
		[CONTENT_TEXT240] = {.name = "text240", .draw = draw_text240},
		[CONTENT_TEXT80] = {"text80", draw_text80, 720, 400, false},
		[CONTENT_LOGIN] = {.name = "login", .draw = draw_login},
		[CONTENT_BIOS] = {"bios", draw_bios, 800, 600, false},
		[CONTENT_DESKTOP] = {.name = "desktop",
				.draw = draw_desktop,
				.photo = true},
		[CONTENT_NOISE] = {.name = "noise",
				.draw = draw_noise,
				.photo = true},
};

const char *content_name(enum content_kind kind)
{
	return kinds[kind].name;
}

int content_create(struct content **out, enum content_kind kind)
{
	const struct kind *made = &kinds[kind];
	struct content *content = calloc(1, sizeof(*content));
	int rc = -ENOMEM;

	*out = NULL;
	if (!content)
		return rc;
	content->kind = kind;
	rc = canvas_init(&content->screen, CONTENT_WIDTH_PX, CONTENT_HEIGHT_PX);
	if (rc == 0 && made->small_width_px > 0)
		rc = canvas_init(&content->small, made->small_width_px,
				made->small_height_px);
	if (rc == 0 && made->photo)
		rc = canvas_init(&content->photo, CONTENT_WIDTH_PX,
				CONTENT_HEIGHT_PX);
	if (rc < 0)
		goto fail;
	if (made->photo)
		scene_photo(&content->photo);
	*out = content;
	return 0;

fail:
	content_destroy(content);
	return rc;
}

void content_destroy(struct content *content)
{
	if (!content)
		return;
	canvas_finish(&content->screen);
	canvas_finish(&content->small);
	canvas_finish(&content->photo);
	free(content);
}

const struct canvas *content_draw(struct content *content, uint32_t index)
{
	kinds[content->kind].draw(content, index);
	if (content->small.pixels)
		canvas_scale(&content->screen, &content->small);
	return &content->screen;
}
