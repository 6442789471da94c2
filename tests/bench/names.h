/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "tests/bench/content.h"

/*
 * Kinds and layouts as people name them on a command line. An unknown name
 * ends the program with the list of those there are.
 *
 * Threads: any. Errors: none.
 */
enum content_kind name_to_kind(const char *name);
enum content_layout name_to_layout(const char *name);
