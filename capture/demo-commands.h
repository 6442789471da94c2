/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "capture/demo-computer.h"

/*
 * What can be typed at the demo computer's prompt.
 *
 * Threads: loop thread only.
 * Errors:  none; complaints are printed on its screen.
 */
void capture_command_run(struct capture_computer *computer, const char *line);
