/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdio.h>

/*
 * Pieces of the tables that people read, from the daemon's JSON. Whatever the
 * JSON is, there is a text, and nothing in it that could confuse a terminal.
 *
 * Threads: any. Errors: none.
 */
#define SERVER_CELL_BYTES 64
#define SERVER_TEXT_NONE "-"

/* "-" and 0 for what is missing, empty or of another type. */
const char *server_text_get(const json_t *object, const char *key);
json_int_t server_text_number(const json_t *object, const char *key);

/* The two largest units: "59s", "3m05s", "2h00m", "400d23h". */
void server_text_format_since(json_int_t seconds, char cell[SERVER_CELL_BYTES]);

/* Three digits and a unit: "0us", "999us", "1.23ms", "45.6s". */
void server_text_format_us(json_int_t us, char cell[SERVER_CELL_BYTES]);

/* The same: "812B", "12.3kB", "4.05MB". */
void server_text_format_bytes(json_int_t bytes, char cell[SERVER_CELL_BYTES]);

/* Anything that is not printable ASCII as "?". */
void server_text_print(FILE *out, const char *text);
