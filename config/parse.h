/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "config/draft.h"
#include "config/scan.h"

/*
 * Have libconfuse parse the scanned text; every key and section lands in the
 * draft while it is read, for only then is the line known.
 *
 * Threads: one parse at a time, because of libconfuse's lexer.
 * Errors:  -EINVAL with a complaint, -ENOMEM.
 */
int config_parse(struct config_draft *draft, const struct config_scan *scan);
