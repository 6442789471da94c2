/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * The operation of the table that moves the pointer; server/api.h. With
 * {"x":0.5,"y":0.5}, fractions of the picture, it is put there;
 * {"dx":3,"dy":-4} moves it. "buttons"
 * (["left","middle","right","back","forward"]) are held from then on by whoever
 * has a viewer here, and else clicked: who acts without one lets go when it is
 * done. "wheel" and "horizontal_wheel" are steps, up and right.
 *
 * Threads: loop thread only.
 */
void server_api_pointer(struct server_api_call *call);
