/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/https-client.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_S 10L
#define REPLY_FIRST_BYTES ((size_t)16 << 10)
#define PIN_CHARACTERS 44 /* 32 bytes in base64 */
#define PIN_CHARACTER_SET                                                      \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

struct server_https {
	CURL *curl;
	char *url; /* without a slash at its end */
	struct curl_slist *headers;
	char error[CURL_ERROR_SIZE];
};

/* What has come of a reply. */
struct growing {
	char *bytes;
	size_t size;
	size_t room;
	bool too_large;
};

__attribute__((format(printf, 3, 4))) static int fail(int rc,
		char why[SERVER_HTTPS_WHY_BYTES], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, SERVER_HTTPS_WHY_BYTES, format, arguments);
	va_end(arguments);
	return rc;
}

/* ---- what is wrong, and what to do about it ------------------------------ */

/* `after` follows what curl says of it, if anything does. */
static const struct {
	CURLcode code;
	int rc;
	const char *what;
	const char *cure;
} causes[] = {
		{CURLE_COULDNT_RESOLVE_HOST, -ENOTCONN,
				"no machine of that name is known", ""},
		{CURLE_COULDNT_RESOLVE_PROXY, -ENOTCONN,
				"no proxy of the name in https_proxy is known",
				""},
		{CURLE_COULDNT_CONNECT, -ENOTCONN, NULL,
				"; is rackhandd running there, with a web section that listens at this address and port?"},
		{CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, "no answer came in time",
				""},
		{CURLE_PEER_FAILED_VERIFICATION, -ENOTCONN, NULL,
				"; name the authority that vouches for it by --cacert, or its key by --pin: \"rackhand tls fingerprint\" on that machine prints the pin"},
		{CURLE_SSL_PINNEDPUBKEYNOTMATCH, -ENOTCONN,
				"this is not the key that --pin names",
				"; if its certificate was made anew, \"rackhand tls fingerprint\" on that machine prints the pin, else somebody else answers"},
		{CURLE_SSL_CACERT_BADFILE, -EINVAL,
				"--cacert names no file with certificates in PEM",
				""},
		{CURLE_SSL_CONNECT_ERROR, -ENOTCONN, NULL,
				"; is it rackhandd that listens there?"},
		{CURLE_WRITE_ERROR, -EMSGSIZE, "the answer is too large", ""},
		{CURLE_FILESIZE_EXCEEDED, -EMSGSIZE, "the answer is too large",
				""},
		{CURLE_OUT_OF_MEMORY, -ENOMEM, "memory is short", ""},
		{CURLE_WEIRD_SERVER_REPLY, -EPROTO, "the answer is not HTTP",
				""},
		{CURLE_UNSUPPORTED_PROTOCOL, -EPROTO, "the answer is not HTTP",
				""},
		{CURLE_GOT_NOTHING, -ENOTCONN, "it hung up without an answer",
				""},
};

static int explain(const struct server_https *https, CURLcode code,
		char why[SERVER_HTTPS_WHY_BYTES])
{
	const char *said = https->error[0] ? https->error
					   : curl_easy_strerror(code);

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i].code == code)
			return fail(causes[i].rc, why, "%s: %s%s", https->url,
					causes[i].what ? causes[i].what : said,
					causes[i].cure);
	return fail(-EPROTO, why, "%s: %s", https->url, said);
}

/* ---- one request --------------------------------------------------------- */

static size_t on_bytes(char *bytes, size_t one, size_t size, void *context)
{
	struct growing *growing = context;

	(void)one; /* curl's are of one byte each */
	if (size > SERVER_HTTPS_REPLY_MAX_BYTES - growing->size) {
		growing->too_large = true;
		return 0;
	}
	if (growing->size + size >= growing->room) {
		size_t room = growing->room ? growing->room : REPLY_FIRST_BYTES;
		char *larger;

		while (growing->size + size >= room)
			room *= 2;
		larger = realloc(growing->bytes, room);
		if (!larger)
			return 0;
		growing->bytes = larger;
		growing->room = room;
	}
	memcpy(growing->bytes + growing->size, bytes, size);
	growing->size += size;
	growing->bytes[growing->size] = '\0';
	return size;
}

static bool set_request(struct server_https *https, const char *url,
		const char *method, const char *body, struct growing *growing)
{
	CURL *curl = https->curl;

	/* A body makes it a POST, for curl; the method's name comes after. */
	return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) ==
			CURLE_OK &&
			(!body ||
					curl_easy_setopt(curl,
							CURLOPT_POSTFIELDS,
							body) == CURLE_OK) &&
			curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_WRITEDATA, growing) ==
			CURLE_OK;
}

static long get_status(const struct server_https *https)
{
	long status = 0;

	curl_easy_getinfo(https->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static void take_type(CURL *curl, char *type, size_t size)
{
	const char *said = NULL;

	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &said);
	snprintf(type, size, "%.*s", said ? (int)strcspn(said, "; \t") : 0,
			said ? said : "");
}

int server_https_call(struct server_https *https, const char *method,
		const char *path, const char *body,
		struct server_https_reply *reply,
		char why[SERVER_HTTPS_WHY_BYTES])
{
	struct growing growing = {.bytes = calloc(1, 1)};
	char *url = NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	*reply = (struct server_https_reply){.status = 0};
	https->error[0] = '\0';
	if (growing.bytes && asprintf(&url, "%s%s", https->url, path) != -1 &&
			set_request(https, url, method, body, &growing))
		code = curl_easy_perform(https->curl);
	free(url);
	if (code == CURLE_WRITE_ERROR && !growing.too_large)
		code = CURLE_OUT_OF_MEMORY;
	if (code != CURLE_OK) {
		free(growing.bytes);
		return explain(https, code, why);
	}
	reply->status = (unsigned)get_status(https);
	take_type(https->curl, reply->type, sizeof(reply->type));
	reply->body = growing.bytes;
	reply->size_bytes = growing.size;
	return 0;
}

/* ---- an answer without end ----------------------------------------------- */

struct flow {
	struct server_https *https;
	const struct server_cli_sink *sink;
	struct growing *error; /* of another status */
	bool over;
	int rc; /* of the sink */
};

static size_t on_flow(char *bytes, size_t one, size_t size, void *context)
{
	struct flow *flow = context;

	if (get_status(flow->https) != 200)
		return on_bytes(bytes, one, size, flow->error);
	flow->rc = flow->sink->take(flow->sink->context, bytes, size);
	return flow->rc < 0 ? 0 : size;
}

/* Called at least once a second, whether or not anything comes. */
static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c,
		curl_off_t d)
{
	struct flow *flow = context;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	flow->over = flow->sink->is_over(flow->sink->context);
	return flow->over;
}

static bool set_flow(struct server_https *https, struct flow *flow)
{
	CURL *curl = https->curl;

	return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_flow) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_WRITEDATA, flow) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION,
					on_progress) == CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_XFERINFODATA, flow) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_TIMEOUT, 0L) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
					(long)SERVER_CLI_SILENCE_S) == CURLE_OK;
}

static bool unset_flow(struct server_https *https)
{
	CURL *curl = https->curl;

	return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 1L) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_TIMEOUT,
					(long)SERVER_HTTPS_PATIENCE_S) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 0L) ==
			CURLE_OK;
}

static int conclude(const struct flow *flow, CURLcode code,
		char why[SERVER_HTTPS_WHY_BYTES])
{
	const struct server_https *https = flow->https;

	if (flow->over)
		return 0;
	if (flow->rc < 0)
		return fail(flow->rc, why, "%s: the answer makes no sense",
				https->url);
	if (code != CURLE_OK && get_status(https) != 200)
		return explain(https, code, why);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return explain(https, code, why);
	return fail(-ECONNRESET, why, "%s: it hung up", https->url);
}

int server_https_follow(struct server_https *https, const char *path,
		const struct server_cli_sink *sink,
		struct server_https_reply *reply,
		char why[SERVER_HTTPS_WHY_BYTES])
{
	struct growing growing = {.bytes = calloc(1, 1)};
	struct flow flow = {https, sink, &growing, false, 0};
	CURLcode code = CURLE_OUT_OF_MEMORY;
	char *url = NULL;

	*reply = (struct server_https_reply){.status = 0};
	https->error[0] = '\0';
	if (growing.bytes && asprintf(&url, "%s%s", https->url, path) != -1 &&
			set_request(https, url, "GET", NULL, &growing) &&
			set_flow(https, &flow))
		code = curl_easy_perform(https->curl);
	free(url);
	if (!unset_flow(https))
		code = CURLE_OUT_OF_MEMORY;
	if (code == CURLE_OK && get_status(https) != 200) {
		reply->status = (unsigned)get_status(https);
		take_type(https->curl, reply->type, sizeof(reply->type));
		reply->body = growing.bytes;
		reply->size_bytes = growing.size;
		return 0;
	}
	free(growing.bytes);
	return conclude(&flow, code, why);
}

/* ---- options ------------------------------------------------------------- */

/* Scheme, host and perhaps port, and nothing else. */
static int take_url(struct server_https *https, const char *url,
		char why[SERVER_HTTPS_WHY_BYTES])
{
	static const char scheme[] = "https://";
	const size_t scheme_n = sizeof(scheme) - 1;
	size_t length = strlen(url);

	if (strncasecmp(url, "http://", 7) == 0)
		return fail(-EINVAL, why,
				"--url: a token is not sent unencrypted; say https://");
	if (length > 0 && url[length - 1] == '/')
		length--;
	if (length <= scheme_n || strncasecmp(url, scheme, scheme_n) != 0 ||
			strcspn(url + scheme_n, "/?#@ \t\\") <
					length - scheme_n)
		return fail(-EINVAL, why,
				"--url wants an address such as https://kvm1.example.org:8443, and nothing behind it");
	https->url = strndup(url, length);
	return https->url ? 0 : fail(-ENOMEM, why, "memory is short");
}

static int check_pin(const char *pin, char why[SERVER_HTTPS_WHY_BYTES])
{
	if (strlen(pin) == PIN_CHARACTERS && pin[PIN_CHARACTERS - 1] == '=' &&
			strspn(pin, PIN_CHARACTER_SET) == PIN_CHARACTERS - 1)
		return 0;
	return fail(-EINVAL, why,
			"--pin wants the 44 characters that \"rackhand tls fingerprint\" calls pin");
}

/* With a pin, no authority need vouch, and no name need fit. */
static bool set_pin(struct server_https *https, const char *pin)
{
	char text[sizeof("sha256//") + PIN_CHARACTERS];
	CURL *curl = https->curl;

	snprintf(text, sizeof(text), "sha256//%s", pin);
	return curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, text) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L) ==
			CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L) ==
			CURLE_OK;
}

static bool set_authority(struct server_https *https, const char *path)
{
	return curl_easy_setopt(https->curl, CURLOPT_CAINFO, path) ==
			CURLE_OK &&
			curl_easy_setopt(https->curl, CURLOPT_CAPATH, NULL) ==
			CURLE_OK;
}

static const struct {
	CURLoption option;
	long value;
} numbers[] = {
		{CURLOPT_FOLLOWLOCATION, 0},
		{CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
		{CURLOPT_PATH_AS_IS, 1},
		{CURLOPT_NOSIGNAL, 1},
		{CURLOPT_CONNECTTIMEOUT, CONNECT_S},
		{CURLOPT_TIMEOUT, SERVER_HTTPS_PATIENCE_S},
		{CURLOPT_MAXFILESIZE, SERVER_HTTPS_REPLY_MAX_BYTES},
};

static const struct {
	CURLoption option;
	const char *value;
} texts[] = {
		{CURLOPT_PROTOCOLS_STR, "https"},
		{CURLOPT_USERAGENT, "rackhand/" RACKHAND_VERSION},
};

static bool set_always(struct server_https *https)
{
	CURL *curl = https->curl;
	bool good = true;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		good = good &&
				curl_easy_setopt(curl, numbers[i].option,
						numbers[i].value) == CURLE_OK;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		good = good &&
				curl_easy_setopt(curl, texts[i].option,
						texts[i].value) == CURLE_OK;
	return good &&
			curl_easy_setopt(curl, CURLOPT_ERRORBUFFER,
					https->error) == CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION,
					on_bytes) == CURLE_OK &&
			curl_easy_setopt(curl, CURLOPT_HTTPHEADER,
					https->headers) == CURLE_OK;
}

static bool add_header(struct server_https *https, const char *line)
{
	struct curl_slist *headers = curl_slist_append(https->headers, line);

	if (headers)
		https->headers = headers;
	return headers;
}

/* In a header nothing else may stand; and what is no token is not sent. */
static int take_token(struct server_https *https, const char *token,
		char why[SERVER_HTTPS_WHY_BYTES])
{
	char line[sizeof("Authorization: Bearer ") +
			SERVER_HTTPS_TOKEN_MAX_BYTES];
	bool added;

	for (const char *c = token; *c; c++)
		if (*c <= ' ' || *c > '~')
			return fail(-EINVAL, why,
					"the token has characters that no token has");
	if (strlen(token) > SERVER_HTTPS_TOKEN_MAX_BYTES)
		return fail(-EINVAL, why, "the token is too long for one");
	snprintf(line, sizeof(line), "Authorization: Bearer %s", token);
	added = add_header(https, line);
	explicit_bzero(line, sizeof(line));
	return added ? 0 : fail(-ENOMEM, why, "memory is short");
}

static int take_options(struct server_https *https,
		const struct server_https_options *options,
		char why[SERVER_HTTPS_WHY_BYTES])
{
	int rc = take_url(https, options->url, why);

	if (rc == 0 && options->token)
		rc = take_token(https, options->token, why);
	if (rc == 0 && options->pin)
		rc = check_pin(options->pin, why);
	if (rc < 0)
		return rc;
	if (!add_header(https, "Content-Type: application/json") ||
			!add_header(https, "Expect:") || !set_always(https) ||
			(options->ca_path &&
					!set_authority(https,
							options->ca_path)) ||
			(options->pin && !set_pin(https, options->pin)))
		return fail(-ENOMEM, why, "the https library cannot be set up");
	return 0;
}

int server_https_create(struct server_https **out,
		const struct server_https_options *options,
		char why[SERVER_HTTPS_WHY_BYTES])
{
	struct server_https *https = calloc(1, sizeof(*https));
	int rc = -ENOMEM;

	*out = NULL;
	if (!https)
		return fail(rc, why, "memory is short");
	https->curl = curl_easy_init();
	if (!https->curl) {
		fail(rc, why, "the https library cannot be set up");
		goto fail;
	}
	rc = take_options(https, options, why);
	if (rc < 0)
		goto fail;
	*out = https;
	return 0;

fail:
	server_https_destroy(https);
	return rc;
}

void server_https_destroy(struct server_https *https)
{
	if (!https)
		return;
	curl_easy_cleanup(https->curl);
	for (struct curl_slist *header = https->headers; header;
			header = header->next)
		explicit_bzero(header->data, strlen(header->data));
	curl_slist_free_all(https->headers);
	free(https->url);
	free(https);
}
