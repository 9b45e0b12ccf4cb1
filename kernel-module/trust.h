/* SPDX-License-Identifier: GPL-2.0-only */
/* What trust.c, key.c and verify.c share: whose signatures count. */
#ifndef REBOOTLESS_TRUST_H
#define REBOOTLESS_TRUST_H

#include <linux/key.h>

#include "bundle.h"
#include "compat.h"

/*
 * One publisher's key. A keyring each: verify_pkcs7_signature() answers only
 * "somebody in this keyring signed", so telling signers apart takes as many.
 */
struct rl_key {
	struct key *keyring;
	struct key *key;
	struct rl_span modulus;			/* points into @key */
	const struct asymmetric_key_id *id;	/* serial and issuer, the same */
	size_t serial_size;			/* where in @id the issuer begins */
	u8 fingerprint[SHA256_DIGEST_SIZE];	/* of the certificate */
};

/* One answer to "whom do we trust?". */
struct rl_trust {
	u64 level;		/* of the trust bundle it came with, 0: none */
	bool kernels_own;	/* .secondary_trusted_keys instead of @keys */
	unsigned int threshold;
	unsigned int nr_keys;
	struct rl_key keys[RL_KEYS_MAX];
};

/* key.c */
int rl_key_create(struct rl_key *k, struct rl_span cert);
void rl_key_put(struct rl_key *k);
int rl_key_check_distinct(const struct rl_key *k, const struct rl_key *old);

/* verify.c */
int rl_verify(const struct rl_bundle *b, const struct rl_trust *t);

#endif
