// SPDX-License-Identifier: GPL-2.0-only
/* Counting signers: have enough of the trusted keys signed this bundle? */
#include <keys/asymmetric-type.h>
#include <linux/bitmap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/verification.h>

#include "der.h"
#include "rebootless.h"
#include "trust.h"

/*
 * Has somebody in this keyring made this signature? 0, -ENOKEY for no, or the
 * negative errno of a refusal.
 *
 * verify_pkcs7_signature() says -ENOKEY if the keyring does not hold the signer
 * and there is no other way to that answer, once the parser has established
 * that there is one SignerInfo, no certificate and a detached content: with
 * several SignerInfos, 0 or -ENOPKG of one would mask the -ENOKEY of another,
 * and a certificate could be blacklisted or lead elsewhere. Every other error
 * refuses: -EKEYREJECTED (a known key, wrong signature, or a key on the
 * kernel's own revocation list), -ENOPKG (no such digest here), -EBADMSG (ASN.1
 * the kernel cannot read), -ENOMEM.
 *
 * @keyring is never NULL: that would mean the keys built into the kernel.
 */
static int signed_by(const struct rl_bundle *b, unsigned int s,
		     struct key *keyring)
{
	int err;

	cond_resched();		/* up to 16 digests of 16 MiB */
	err = verify_pkcs7_signature(b->signed_part.data, b->signed_part.size,
				     b->signatures[s].data,
				     b->signatures[s].size, keyring,
				     VERIFYING_MODULE_SIGNATURE, NULL, NULL);
	if (!err || err == -ENOKEY)
		return err;
	return rl_refuse(err == -ENOMEM ? ENOMEM : EKEYREJECTED,
			 "signature-invalid", "signature %u of %u: %pe", s + 1,
			 b->nr_signatures, ERR_PTR(err));
}

/*
 * Which of our keys made this signature? Answers its index, or nr_keys for
 * nobody's, or the negative errno of a refusal.
 *
 * Only the keyring of the key that the signature names is asked, as every
 * question costs a digest of the whole bundle. The others would have answered
 * -ENOKEY: the kernel compares these very names, and no two of our keys have
 * the same one (rl_key_check_distinct()).
 */
static int find_signer(const struct rl_bundle *b, unsigned int s,
		       const struct rl_trust *t)
{
	struct rl_span issuer, serial;
	struct asymmetric_key_id *id;
	unsigned int k;
	int err;

	if (!rl_der_signer(b->signatures[s], &issuer, &serial))
		return rl_refuse(EBADMSG, "signature-profile", "signature %u of %u",
				 s + 1, b->nr_signatures);
	/* In the kernel's own words and order. */
	id = asymmetric_key_generate_id(serial.data, serial.size,
					issuer.data, issuer.size);
	if (IS_ERR(id))
		return rl_refuse(ENOMEM, "no-memory", "verifying");
	/*
	 * The kernel compares the two in a row, where part of an issuer can pass
	 * for the end of a serial number. That would be another name.
	 */
	for (k = 0; k < t->nr_keys; k++)
		if (t->keys[k].serial_size == serial.size &&
		    asymmetric_key_id_same(t->keys[k].id, id))
			break;
	kfree(id);
	if (k == t->nr_keys)
		return k;

	err = signed_by(b, s, t->keys[k].keyring);
	if (err == -ENOKEY)
		return t->nr_keys;
	return err ?: k;
}

static int verify_by_ours(const struct rl_bundle *b, const struct rl_trust *t)
{
	DECLARE_BITMAP(signers, RL_KEYS_MAX) = {};
	unsigned int s, distinct = 0;
	int k;

	for (s = 0; s < b->nr_signatures; s++) {
		k = find_signer(b, s, t);
		if (k < 0)
			return k;
		if (k == t->nr_keys)
			continue;
		if (__test_and_set_bit(k, signers))
			return rl_refuse(ENOTUNIQ, "duplicate-signer",
					 "expected one signature a key, found two of certificate %*phN",
					 (int)sizeof(t->keys[k].fingerprint),
					 t->keys[k].fingerprint);
		distinct++;
	}
	if (!distinct)
		return rl_refuse(ENOKEY, "untrusted-signer",
				 "expected %u of %u trusted keys, found none among %u signatures",
				 t->threshold, t->nr_keys, b->nr_signatures);
	if (distinct < t->threshold)
		return rl_refuse(ENOKEY, "not-enough-signers",
				 "expected %u distinct trusted keys, found %u",
				 t->threshold, distinct);
	return 0;
}

/*
 * The kernel's own keyring answers for all of its keys at once, so there is no
 * telling its signers apart: one is enough, and more cannot be asked for.
 */
static int verify_by_kernels(const struct rl_bundle *b)
{
	bool trusted = false;
	unsigned int s;
	int err;

	for (s = 0; s < b->nr_signatures; s++) {
		err = signed_by(b, s, VERIFY_USE_SECONDARY_KEYRING);
		if (err && err != -ENOKEY)
			return err;
		trusted |= !err;
	}
	if (!trusted)
		return rl_refuse(ENOKEY, "untrusted-signer",
				 "expected a key in .secondary_trusted_keys, found none among %u signatures",
				 b->nr_signatures);
	return 0;
}

/**
 * rl_verify - have enough of the trusted keys signed this bundle?
 * @b: a well-formed bundle
 * @t: whom to trust
 */
int rl_verify(const struct rl_bundle *b, const struct rl_trust *t)
{
	return t->kernels_own ? verify_by_kernels(b) : verify_by_ours(b, t);
}
