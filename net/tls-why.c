/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stddef.h>

#include "net/tls-private.h"

int tls_errno(int gnutls_rc)
{
	return gnutls_rc == GNUTLS_E_MEMORY_ERROR ? -ENOMEM : -EPROTO;
}

static const char *const no_cipher[TLS_KINDS] = {
		[NET_TLS_CERTIFICATE] =
				"TLS: no cipher in common; here it is AES-GCM or ChaCha20-Poly1305 with ECDHE",
		[NET_TLS_ANONYMOUS] =
				"TLS: no cipher in common; here it is AES-GCM with anonymous DH (ADH) in TLS 1.2",
};

/* What the other end says of us, in the words of what to do about it. */
static const struct {
	gnutls_alert_description_t alert;
	const char *why;
} alerts[] = {
		{GNUTLS_A_HANDSHAKE_FAILURE,
				"TLS: it found nothing in common with us"},
		{GNUTLS_A_PROTOCOL_VERSION,
				"TLS: it wants another version than 1.2 or 1.3"},
		{GNUTLS_A_INSUFFICIENT_SECURITY,
				"TLS: it finds our ciphers or our key too weak"},
		{GNUTLS_A_BAD_CERTIFICATE,
				"TLS: it does not accept our certificate"},
		{GNUTLS_A_UNKNOWN_CA,
				"TLS: it does not know who vouches for our certificate"},
		{GNUTLS_A_CERTIFICATE_UNKNOWN,
				"TLS: it does not accept our certificate"},
		{GNUTLS_A_UNSUPPORTED_CERTIFICATE,
				"TLS: it cannot use this kind of certificate"},
		{GNUTLS_A_CERTIFICATE_EXPIRED,
				"TLS: it finds our certificate expired; is its clock right?"},
		{GNUTLS_A_CERTIFICATE_REVOKED,
				"TLS: it finds our certificate revoked"},
		{GNUTLS_A_ACCESS_DENIED, "TLS: it refuses our certificate"},
		{GNUTLS_A_USER_CANCELED, "TLS: its user has cancelled"},
};

static const char *say_alert(gnutls_session_t session)
{
	gnutls_alert_description_t alert = gnutls_alert_get(session);

	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
		if (alerts[i].alert == alert)
			return alerts[i].why;
	return "TLS: it broke off with an alert";
}

const char *tls_why(
		gnutls_session_t session, enum net_tls_kind kind, int gnutls_rc)
{
	switch (gnutls_rc) {
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
		return say_alert(session);
	case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
		return "TLS: it offers only versions before 1.2";
	case GNUTLS_E_NO_CIPHER_SUITES:
	case GNUTLS_E_UNKNOWN_CIPHER_SUITE:
	case GNUTLS_E_INSUFFICIENT_SECURITY:
	case GNUTLS_E_NO_COMMON_KEY_SHARE:
	case GNUTLS_E_INCOMPATIBLE_SIG_WITH_KEY:
		return no_cipher[kind];
	case GNUTLS_E_UNEXPECTED_PACKET:
	case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
	case GNUTLS_E_RECORD_OVERFLOW:
		return "TLS: what it sends is no TLS";
	case GNUTLS_E_DECRYPTION_FAILED:
		return "TLS: a record was damaged on its way, or forged";
	case GNUTLS_E_REHANDSHAKE:
		return "TLS: it wants to negotiate anew, which nobody may";
	default:
		return gnutls_strerror(gnutls_rc);
	}
}
