// SPDX-License-Identifier: GPL-2.0-only
/*
 * One publisher's certificate, made into a key of the kernel's and examined.
 *
 * The certificate is a container for a key: neither its chain nor its dates nor
 * its extensions are consulted, as a wrong clock must not unpatch a host.
 */
#include <crypto/public_key.h>
#include <keys/asymmetric-subtype.h>
#include <keys/asymmetric-type.h>
#include <linux/cred.h>

#include "der.h"
#include "rebootless.h"
#include "trust.h"

/*
 * Possessor rights are ours alone, as nobody else can come to possess these:
 * without USR_SEARCH user space can neither link nor invalidate them, without
 * USR_WRITE not add to the keyring, without USR_SETATTR not grant itself either.
 */
#define KEYRING_PERM	(KEY_POS_SEARCH | KEY_POS_WRITE | KEY_USR_VIEW | KEY_USR_READ)
#define KEY_PERM	(KEY_POS_SEARCH | KEY_USR_VIEW)

/*
 * Find in the key the kernel made of the certificate what is compared, and
 * refuse what the bundle format has no place for. The asymmetric key type also
 * parses PKCS#8: a private key must not end up here.
 */
static int examine(struct rl_key *k)
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
		return rl_refuse(EKEYREJECTED, "unsupported-key",
				 "expected an RSA key, found %s",
				 pub->pkey_algo ?: "none");
	der.data = pub->key;
	der.size = pub->keylen;
	if (!rl_der_rsa_modulus(der, &k->modulus))
		return rl_refuse(EBADMSG, "bad-certificate",
				 "the RSA key is not DER");
	/*
	 * Below is too weak. Above and between, the kernel takes the key and
	 * then verifies nothing with it (rsa_check_key_length() in crypto/rsa.c).
	 */
	bits = 8 * k->modulus.size - (8 - fls(k->modulus.data[0]));
	if (bits != 3072 && bits != 4096)
		return rl_refuse(EKEYREJECTED, "unsupported-key",
				 "expected RSA of 3072 or 4096 bits, found %u",
				 bits);
	return 0;
}

/**
 * rl_key_create - make a key of a publisher's certificate
 * @k: filled in on success; to be given to rl_key_put()
 * @cert: one DER X.509 certificate, at most RL_CERT_MAX bytes, RSA of 3072 or 4096 bits
 */
int rl_key_create(struct rl_key *k, struct rl_span cert)
{
	struct rl_span serial;
	key_ref_t ref;
	int err;

	if (cert.size > RL_CERT_MAX)
		return rl_refuse(EFBIG, "bad-certificate",
				 "expected at most %u bytes, found %zu",
				 RL_CERT_MAX, cert.size);
	/* The kernel's parser ignores what follows the certificate. */
	if (!rl_der_certificate_serial(cert, &serial))
		return rl_refuse(EBADMSG, "bad-certificate",
				 "expected exactly one DER certificate");
	k->serial_size = serial.size;

	k->keyring = keyring_alloc(".rebootless", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID,
				   current_cred(), KEYRING_PERM,
				   KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	if (IS_ERR(k->keyring))
		return rl_refuse(-PTR_ERR(k->keyring), "no-keyring",
				 "the kernel gave no keyring");

	ref = key_create_or_update(make_key_ref(k->keyring, true), "asymmetric",
				   NULL, cert.data, cert.size, KEY_PERM,
				   KEY_ALLOC_NOT_IN_QUOTA);
	if (IS_ERR(ref)) {
		if (PTR_ERR(ref) == -ENOMEM)
			err = rl_refuse(ENOMEM, "no-memory", "reading a certificate");
		else
			err = rl_refuse(EBADMSG, "bad-certificate",
					"the kernel does not take it: %pe", ref);
		goto err_keyring;
	}
	k->key = key_ref_to_ptr(ref);

	err = examine(k);
	if (err)
		goto err_key;
	sha256(cert.data, cert.size, k->fingerprint);
	return 0;

err_key:
	key_put(k->key);
err_keyring:
	key_put(k->keyring);
	return err;
}

void rl_key_put(struct rl_key *k)
{
	key_put(k->key);
	key_put(k->keyring);
}

static bool same_bytes(const u8 *a, size_t a_size, const u8 *b, size_t b_size)
{
	return a_size == b_size && !memcmp(a, b, a_size);
}

/**
 * rl_key_check_distinct - may these two stand beside each other?
 * @k: the new one
 * @old: one that is there
 *
 * One modulus is one key holder, whatever the certificate around it, or the
 * threshold would count a person twice. Two keys under one issuer and serial
 * number are refused as well: the kernel would try either one's signature with
 * the other key and reject the bundle.
 */
int rl_key_check_distinct(const struct rl_key *k, const struct rl_key *old)
{
	const char *what;

	if (same_bytes(k->modulus.data, k->modulus.size,
		       old->modulus.data, old->modulus.size))
		what = "a new public key, found that";
	else if (same_bytes(k->id->data, k->id->len, old->id->data, old->id->len))
		what = "a new issuer and serial number, found those";
	else
		return 0;
	return rl_refuse(EEXIST, "duplicate-key",
			 "expected %s of certificate %*phN", what,
			 (int)sizeof(old->fingerprint), old->fingerprint);
}
