// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose signatures count, how many are needed, and the seal that ends any
 * change of either.
 *
 * One keyring a certificate: verify_pkcs7_signature() answers only "somebody in
 * this keyring signed", so telling signers apart takes as many keyrings.
 */
#include <crypto/public_key.h>
#include <keys/asymmetric-subtype.h>
#include <keys/asymmetric-type.h>
#include <linux/cred.h>
#include <linux/key.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/verification.h>

#include "compat.h"
#include "der.h"
#include "rebootless.h"

#define RSA_BITS_MIN	3072

/*
 * Possessor rights are ours alone, as nobody else can come to possess these:
 * without USR_SEARCH user space can neither link nor invalidate them, without
 * USR_WRITE not add to the keyring, without USR_SETATTR not grant itself either.
 */
#define KEYRING_PERM	(KEY_POS_SEARCH | KEY_POS_WRITE | KEY_USR_VIEW | KEY_USR_READ)
#define KEY_PERM	(KEY_POS_SEARCH | KEY_USR_VIEW)

struct trusted_key {
	struct key *keyring;
	struct key *key;
	struct rl_span modulus;			/* points into @key */
	const struct asymmetric_key_id *id;	/* issuer and serial, the same */
	u8 fingerprint[SHA256_DIGEST_SIZE];	/* of the certificate */
};

/*
 * Held by whoever changes keys, threshold or sealed. Reading takes no lock:
 * keys[0 .. nr_keys-1] never change once nr_keys has been released, and sealed
 * is released after the last change of all.
 */
static DEFINE_MUTEX(trust_lock);
static struct trusted_key keys[RL_KEYS_MAX];
static unsigned int nr_keys;
static unsigned int threshold = 1;
static bool sealed;

bool rl_trust_sealed(void)
{
	return smp_load_acquire(&sealed);	/* pairs with rl_trust_seal() */
}

unsigned int rl_trust_threshold(void)
{
	return READ_ONCE(threshold);
}

static int may_change(void)
{
	if (!capable(CAP_SYS_MODULE))
		return rl_refuse(EPERM, "not-capable",
				 "expected CAP_SYS_MODULE, found none");
	return 0;
}

static int still_open(void)
{
	if (sealed)
		return rl_refuse(EBUSY, "sealed", "trust is sealed until reboot");
	return 0;
}

static bool same_bytes(const u8 *a, size_t a_size, const u8 *b, size_t b_size)
{
	return a_size == b_size && !memcmp(a, b, a_size);
}

/*
 * Find in the key the kernel made of the certificate what is compared, and
 * refuse what the bundle format has no place for. The asymmetric key type also
 * parses PKCS#8: a private key must not end up here.
 */
static int examine_key(struct trusted_key *k)
{
	const struct public_key *pub = k->key->payload.data[asym_crypto];
	const struct asymmetric_key_ids *ids = asymmetric_key_ids(k->key);
	struct rl_span der;
	unsigned int bits;

	if (asymmetric_key_subtype(k->key) != &public_key_subtype || !pub ||
	    pub->key_is_private || !ids || !ids->id[0])
		return rl_refuse(EBADMSG, "bad-certificate",
				 "expected an X.509 certificate");
	k->id = ids->id[0];

	if (!pub->pkey_algo || strcmp(pub->pkey_algo, "rsa"))
		return rl_refuse(EKEYREJECTED, "weak-key",
				 "expected an RSA key, found %s",
				 pub->pkey_algo ?: "none");
	der.data = pub->key;
	der.size = pub->keylen;
	if (!rl_der_rsa_modulus(der, &k->modulus))
		return rl_refuse(EBADMSG, "bad-certificate",
				 "the RSA key is not DER");
	bits = 8 * k->modulus.size - (8 - fls(k->modulus.data[0]));
	if (bits < RSA_BITS_MIN)
		return rl_refuse(EKEYREJECTED, "weak-key",
				 "expected RSA of at least %u bits, found %u",
				 RSA_BITS_MIN, bits);
	return 0;
}

/*
 * One modulus is one key holder, whatever the certificate around it, or the
 * threshold would count a person twice. Two keys under one issuer and serial
 * number are refused as well: the kernel would try either one's signature with
 * the other key and reject the bundle.
 */
static int check_is_new(const struct trusted_key *k)
{
	unsigned int i;

	for (i = 0; i < nr_keys; i++) {
		if (same_bytes(k->modulus.data, k->modulus.size,
			       keys[i].modulus.data, keys[i].modulus.size))
			return rl_refuse(EEXIST, "duplicate-key",
					 "expected a new public key, found that of certificate %*phN",
					 (int)sizeof(keys[i].fingerprint),
					 keys[i].fingerprint);
		if (same_bytes(k->id->data, k->id->len,
			       keys[i].id->data, keys[i].id->len))
			return rl_refuse(EEXIST, "duplicate-key",
					 "expected a new issuer and serial number, found those of certificate %*phN",
					 (int)sizeof(keys[i].fingerprint),
					 keys[i].fingerprint);
	}
	return 0;
}

static int add_certificate(const void *cert, size_t size)
{
	struct rl_span whole = { .data = cert, .size = size };
	struct trusted_key k = {};
	key_ref_t ref;
	int err;

	if (size > RL_CERT_MAX)
		return rl_refuse(EFBIG, "bad-certificate",
				 "expected at most %u bytes, found %zu",
				 RL_CERT_MAX, size);
	/* The kernel's parser ignores what follows the certificate. */
	if (!rl_der_is_sequence(whole))
		return rl_refuse(EBADMSG, "bad-certificate",
				 "expected exactly one DER certificate a write");
	if (nr_keys == RL_KEYS_MAX)
		return rl_refuse(ENOSPC, "too-many-keys",
				 "expected at most %u certificates", RL_KEYS_MAX);

	k.keyring = keyring_alloc(".rebootless", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID,
				  current_cred(), KEYRING_PERM,
				  KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	if (IS_ERR(k.keyring))
		return rl_refuse(-PTR_ERR(k.keyring), "no-keyring",
				 "the kernel gave no keyring");

	ref = key_create_or_update(make_key_ref(k.keyring, true), "asymmetric",
				   NULL, cert, size, KEY_PERM,
				   KEY_ALLOC_NOT_IN_QUOTA);
	if (IS_ERR(ref)) {
		err = rl_refuse(EBADMSG, "bad-certificate",
				"the kernel does not take it: %pe", ref);
		goto err_keyring;
	}
	k.key = key_ref_to_ptr(ref);

	err = examine_key(&k);
	if (err)
		goto err_key;
	err = check_is_new(&k);
	if (err)
		goto err_key;

	sha256(cert, size, k.fingerprint);
	keys[nr_keys] = k;
	/* pairs with rl_trust_show_keys() */
	smp_store_release(&nr_keys, nr_keys + 1);
	pr_info("trusts certificate %*phN\n", (int)sizeof(k.fingerprint),
		k.fingerprint);
	return 0;

err_key:
	key_put(k.key);
err_keyring:
	key_put(k.keyring);
	return err;
}

/**
 * rl_trust_add - trust one publisher's key
 * @cert: one DER X.509 certificate
 * @size: its size
 *
 * The certificate is a container for a key: neither its chain nor its dates
 * are consulted, as a wrong clock must not unpatch a host.
 */
int rl_trust_add(const void *cert, size_t size)
{
	int err;

	err = may_change();
	if (err)
		return err;
	mutex_lock(&trust_lock);
	err = still_open();
	if (!err)
		err = add_certificate(cert, size);
	mutex_unlock(&trust_lock);
	return err;
}

/**
 * rl_trust_set_threshold - how many distinct keys must have signed
 * @n: 1 to RL_KEYS_MAX
 */
int rl_trust_set_threshold(unsigned int n)
{
	int err;

	err = may_change();
	if (err)
		return err;
	if (n < 1 || n > RL_KEYS_MAX)
		return rl_refuse(EINVAL, "bad-value",
				 "threshold: expected 1 to %u, found %u",
				 RL_KEYS_MAX, n);
	mutex_lock(&trust_lock);
	err = still_open();
	if (!err)
		WRITE_ONCE(threshold, n);
	mutex_unlock(&trust_lock);
	return err;
}

/**
 * rl_trust_seal - end every change of keys and threshold
 *
 * There is no way back but a reboot: the module holds on to itself from here,
 * or unloading it would be the way to change whom it trusts. Sealing twice is
 * sealing once.
 */
int rl_trust_seal(void)
{
	int err;

	err = may_change();
	if (err)
		return err;
	mutex_lock(&trust_lock);
	if (!sealed) {
		if (nr_keys < threshold) {
			err = rl_refuse(ENOKEY, "not-enough-keys",
					"expected at least %u keys (the threshold), found %u",
					threshold, nr_keys);
		} else if (!try_module_get(THIS_MODULE)) {
			err = rl_refuse(ENODEV, "busy",
					"the module is being unloaded");
		} else {
			/* pairs with rl_trust_sealed() */
			smp_store_release(&sealed, true);
			pr_info("sealed with %u keys, threshold %u\n", nr_keys,
				threshold);
		}
	}
	mutex_unlock(&trust_lock);
	return err;
}

ssize_t rl_trust_show_keys(char *page)
{
	unsigned int n = smp_load_acquire(&nr_keys);	/* pairs with add_certificate() */
	unsigned int i;
	ssize_t len = 0;

	for (i = 0; i < n; i++)
		len += sysfs_emit_at(page, len, "%*phN\n",
				     (int)sizeof(keys[i].fingerprint),
				     keys[i].fingerprint);
	return len;
}

/*
 * Which of our keys made this signature? Answers its index, or nr_keys for
 * nobody's, or the negative errno of a refusal.
 *
 * verify_pkcs7_signature() says -ENOKEY if the keyring does not hold the signer
 * and there is no other way to that answer, once the parser has established
 * that there is one SignerInfo, no certificate and a detached content: with
 * several SignerInfos, 0 or -ENOPKG of one would mask the -ENOKEY of another,
 * and a certificate could be blacklisted or lead elsewhere. Every other error
 * refuses: -EKEYREJECTED (our key, wrong signature, or a key on the kernel's
 * own revocation list), -ENOPKG (no such digest here), -EBADMSG (ASN.1 the
 * kernel cannot read), -ENOMEM. All keyrings are asked even after one has said
 * yes; a second yes would mean that the keys are not distinct after all.
 */
static int find_signer(const struct rl_bundle *b, unsigned int s)
{
	const struct rl_span *sig = &b->signatures[s];
	unsigned int k, signer = nr_keys;
	int err;

	for (k = 0; k < nr_keys; k++) {
		cond_resched();		/* up to 16 x 16 digests of 16 MiB */
		err = verify_pkcs7_signature(b->signed_part.data,
					     b->signed_part.size,
					     sig->data, sig->size,
					     keys[k].keyring,
					     VERIFYING_MODULE_SIGNATURE,
					     NULL, NULL);
		if (err == -ENOKEY)
			continue;
		if (err)
			return rl_refuse(err == -ENOMEM ? ENOMEM : EKEYREJECTED,
					 "signature-invalid",
					 "signature %u of %u, certificate %*phN: %pe",
					 s + 1, b->nr_signatures,
					 (int)sizeof(keys[k].fingerprint),
					 keys[k].fingerprint, ERR_PTR(err));
		if (signer != nr_keys)
			return rl_refuse(ENOTUNIQ, "duplicate-signer",
					 "signature %u of %u is by two keys",
					 s + 1, b->nr_signatures);
		signer = k;
	}
	return signer;
}

/**
 * rl_trust_verify - have enough of the trusted keys signed this bundle?
 * @b: a well-formed bundle
 *
 * To be called only once sealed: nothing changes from there, so no lock.
 */
int rl_trust_verify(const struct rl_bundle *b)
{
	DECLARE_BITMAP(signers, RL_KEYS_MAX) = {};
	unsigned int s, distinct = 0;
	int k;

	for (s = 0; s < b->nr_signatures; s++) {
		k = find_signer(b, s);
		if (k < 0)
			return k;
		if (k == nr_keys)
			continue;
		if (__test_and_set_bit(k, signers))
			return rl_refuse(ENOTUNIQ, "duplicate-signer",
					 "expected one signature a key, found two of certificate %*phN",
					 (int)sizeof(keys[k].fingerprint),
					 keys[k].fingerprint);
		distinct++;
	}
	if (!distinct)
		return rl_refuse(ENOKEY, "untrusted-signer",
				 "expected %u of %u trusted keys, found none among %u signatures",
				 threshold, nr_keys, b->nr_signatures);
	if (distinct < threshold)
		return rl_refuse(ENOKEY, "not-enough-signers",
				 "expected %u distinct trusted keys, found %u",
				 threshold, distinct);
	return 0;
}

void rl_trust_free(void)
{
	while (nr_keys) {
		nr_keys--;
		key_put(keys[nr_keys].key);
		key_put(keys[nr_keys].keyring);
	}
}
