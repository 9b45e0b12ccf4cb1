// SPDX-License-Identifier: GPL-2.0-only
/*
 * The little DER this module reads itself, strictly.
 *
 * The kernel's own PKCS#7 parser is laxer than a signature check should be: it
 * takes BER, embedded certificates (and then trusts a sub-certificate minted
 * under a trusted one), several signers in one message (answering 0 if any of
 * them is known) and bytes it does not look at. The bundle format allows
 * exactly one encoding of a signature, so the walk below leaves nothing open
 * but issuer, serial number, digest algorithm and the signature itself. With
 * that, the answer of verify_pkcs7_signature() is about exactly one signer.
 */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "der.h"

#define DER_INTEGER		0x02
#define DER_OCTET_STRING	0x04
#define DER_SEQUENCE		0x30
#define DER_SET			0x31
#define DER_EXPLICIT_0		0xa0

static const u8 oid_signed_data[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02
};

/* EncapsulatedContentInfo: id-data, no content (detached) */
static const u8 encap_id_data[] = {
	0x30, 0x0b,
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01
};

static const u8 version_1[] = { 0x02, 0x01, 0x01 };

/* Parameters absent for digests (RFC 5754), NULL for RSA (RFC 3370). */
static const u8 alg_sha256[] = {
	0x30, 0x0b,
	0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01
};

static const u8 alg_sha512[] = {
	0x30, 0x0b,
	0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03
};

static const u8 alg_rsa[] = {
	0x30, 0x0d,
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
	0x05, 0x00
};

/* Take one element with this tag off the front of @in; @out is its content. */
static bool take(struct rl_span *in, u8 tag, struct rl_span *out)
{
	size_t header = 2, size;

	if (in->size < 2 || in->data[0] != tag)
		return false;
	size = in->data[1];
	if (size == 0x81) {
		if (in->size < 3)
			return false;
		header = 3;
		size = in->data[2];
		if (size < 0x80)
			return false;		/* not the shortest form */
	} else if (size == 0x82) {
		if (in->size < 4)
			return false;
		header = 4;
		size = (size_t)in->data[2] << 8 | in->data[3];
		if (size < 0x100)
			return false;		/* not the shortest form */
	} else if (size >= 0x80) {
		return false;	/* indefinite, or more than 64 KiB */
	}
	if (in->size - header < size)
		return false;
	out->data = in->data + header;
	out->size = size;
	in->data += header + size;
	in->size -= header + size;
	return true;
}

/* The same, if nothing follows. */
static bool take_last(struct rl_span *in, u8 tag, struct rl_span *out)
{
	return take(in, tag, out) && !in->size;
}

/* Take exactly these bytes off the front of @in. */
static bool take_bytes(struct rl_span *in, const u8 *bytes, size_t size)
{
	if (in->size < size || memcmp(in->data, bytes, size))
		return false;
	in->data += size;
	in->size -= size;
	return true;
}

#define TAKE_CONST(in, bytes)	take_bytes(in, bytes, sizeof(bytes))

/**
 * rl_der_certificate_serial - find the serial number in an X.509 certificate
 * @cert: the certificate, nothing before or after it
 * @serial: content of the serial number
 *
 * Return: false if it does not begin as one.
 */
bool rl_der_certificate_serial(struct rl_span cert, struct rl_span *serial)
{
	struct rl_span content, tbs, version;

	if (!take_last(&cert, DER_SEQUENCE, &content) ||
	    !take(&content, DER_SEQUENCE, &tbs))
		return false;
	take(&tbs, DER_EXPLICIT_0, &version);	/* absent in version 1 */
	return take(&tbs, DER_INTEGER, serial) && serial->size;
}

/* Is this the one CMS profile of the bundle format? */
bool rl_der_is_signature(struct rl_span cms)
{
	struct rl_span issuer, serial;

	return rl_der_signer(cms, &issuer, &serial);
}

/**
 * rl_der_signer - who is said to have made this signature?
 * @cms: a signature entry, all of it
 * @issuer: content of the issuer's Name
 * @serial: content of the serial number
 *
 * Return: false if it is not of the one CMS profile of the bundle format. Says
 * nothing about whether the signature is right.
 */
bool rl_der_signer(struct rl_span cms, struct rl_span *issuer,
		   struct rl_span *serial)
{
	struct rl_span info, explicit, sd, algs, infos, si, sid, sig;
	const u8 *digest = alg_sha256;

	_Static_assert(sizeof(alg_sha256) == sizeof(alg_sha512), "digest size");

	if (!take_last(&cms, DER_SEQUENCE, &info) ||
	    !TAKE_CONST(&info, oid_signed_data) ||
	    !take_last(&info, DER_EXPLICIT_0, &explicit) ||
	    !take_last(&explicit, DER_SEQUENCE, &sd))
		return false;

	/* SignedData; no room for certificates or CRLs before signerInfos */
	if (!TAKE_CONST(&sd, version_1) ||
	    !take(&sd, DER_SET, &algs))
		return false;
	if (!take_bytes(&algs, digest, sizeof(alg_sha256))) {
		digest = alg_sha512;
		if (!take_bytes(&algs, digest, sizeof(alg_sha512)))
			return false;
	}
	if (algs.size ||
	    !TAKE_CONST(&sd, encap_id_data) ||
	    !take_last(&sd, DER_SET, &infos) ||
	    !take_last(&infos, DER_SEQUENCE, &si))
		return false;

	/* SignerInfo; no room for signed or unsigned attributes */
	return TAKE_CONST(&si, version_1) &&
	       take(&si, DER_SEQUENCE, &sid) &&
	       take(&sid, DER_SEQUENCE, issuer) &&
	       take_last(&sid, DER_INTEGER, serial) && serial->size &&
	       take_bytes(&si, digest, sizeof(alg_sha256)) &&
	       TAKE_CONST(&si, alg_rsa) &&
	       take_last(&si, DER_OCTET_STRING, &sig) && sig.size;
}

/**
 * rl_der_rsa_modulus - find the modulus in an RSAPublicKey
 * @key: SEQUENCE { modulus INTEGER, publicExponent INTEGER }
 * @modulus: its bytes, big-endian, the first one not zero
 */
bool rl_der_rsa_modulus(struct rl_span key, struct rl_span *modulus)
{
	struct rl_span seq, exponent;

	if (!take_last(&key, DER_SEQUENCE, &seq) ||
	    !take(&seq, DER_INTEGER, modulus) ||
	    !take_last(&seq, DER_INTEGER, &exponent))
		return false;
	/* positive and in shortest form: the sign byte only where it is needed */
	if (modulus->size && !modulus->data[0]) {
		modulus->data++;
		modulus->size--;
		return modulus->size && modulus->data[0] & 0x80;
	}
	return modulus->size && !(modulus->data[0] & 0x80);
}
