// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose signatures count and how many are needed, and the seal after which only
 * a bundle that enough of them have signed changes either.
 */
#include <linux/capability.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rebootless.h"
#include "trust.h"

/*
 * Guards trust and sealed, and before sealing what trust points to.
 *
 * After sealing what it points to never changes; only the pointer does, and
 * only under apply's lock as well. So a verdict, which holds that one, uses
 * trust without this one, which is never held for as long as a verdict takes.
 *
 * Order: apply_lock, then trust_lock.
 */
static DEFINE_MUTEX(trust_lock);
static struct rl_trust *trust;
static bool sealed;

static char *keyring = "own";
module_param(keyring, charp, 0444);
MODULE_PARM_DESC(keyring,
		 "whose signatures count: own (certificates written to trust) or secondary (the kernel's .secondary_trusted_keys); fixed at load");

static struct rl_trust *new_trust(unsigned int threshold, u64 level)
{
	struct rl_trust *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (t) {
		t->threshold = threshold;
		t->level = level;
	}
	return t;
}

static void free_trust(struct rl_trust *t)
{
	while (t->nr_keys)
		rl_key_put(&t->keys[--t->nr_keys]);
	kfree(t);
}

int rl_trust_init(void)
{
	bool secondary = !strcmp(keyring, "secondary");

	if (!secondary && strcmp(keyring, "own")) {
		pr_err("keyring=%s: expected own or secondary\n", keyring);
		return -EINVAL;
	}
	/* Without it the kernel would take its built-in keys for an answer. */
	if (secondary && !IS_ENABLED(CONFIG_SECONDARY_TRUSTED_KEYRING)) {
		pr_err("keyring=secondary: this kernel has no .secondary_trusted_keys\n");
		return -EOPNOTSUPP;
	}
	trust = new_trust(1, 0);
	if (!trust)
		return -ENOMEM;
	trust->kernels_own = secondary;
	return 0;
}

void rl_trust_exit(void)
{
	free_trust(trust);
}

bool rl_trust_sealed(void)
{
	return smp_load_acquire(&sealed);	/* pairs with rl_trust_seal() */
}

unsigned int rl_trust_threshold(void)
{
	unsigned int n;

	mutex_lock(&trust_lock);
	n = trust->threshold;
	mutex_unlock(&trust_lock);
	return n;
}

u64 rl_trust_level(void)
{
	u64 level;

	mutex_lock(&trust_lock);
	level = trust->level;
	mutex_unlock(&trust_lock);
	return level;
}

ssize_t rl_trust_show_keys(char *page)
{
	const struct rl_key *k;
	ssize_t len = 0;

	mutex_lock(&trust_lock);
	for (k = trust->keys; k < trust->keys + trust->nr_keys; k++)
		len += sysfs_emit_at(page, len, "%*phN\n",
				     (int)sizeof(k->fingerprint), k->fingerprint);
	mutex_unlock(&trust_lock);
	return len;
}

static int may_change(void)
{
	if (!capable(CAP_SYS_MODULE))
		return rl_refuse(EPERM, "not-capable",
				 "expected CAP_SYS_MODULE, found none");
	return 0;
}

/* With the kernel's own keyring, whom to trust is not for us to say. */
static int check_ours(void)
{
	if (trust->kernels_own)
		return rl_refuse(EOPNOTSUPP, "trust-by-keyring",
				 "keyring=secondary: .secondary_trusted_keys says whom to trust");
	return 0;
}

static int check_open(void)
{
	if (sealed)
		return rl_refuse(EBUSY, "sealed",
				 "trust is sealed: only a trust bundle changes it until reboot");
	return check_ours();
}

static int add_certificate(struct rl_trust *t, struct rl_span cert)
{
	struct rl_key k = {};
	unsigned int i;
	int err;

	if (t->nr_keys == RL_KEYS_MAX)
		return rl_refuse(ENOSPC, "too-many-keys",
				 "expected at most %u certificates", RL_KEYS_MAX);
	err = rl_key_create(&k, cert);
	if (err)
		return err;
	for (i = 0; i < t->nr_keys; i++) {
		err = rl_key_check_distinct(&k, &t->keys[i]);
		if (err) {
			rl_key_put(&k);
			return err;
		}
	}
	t->keys[t->nr_keys++] = k;
	pr_info("trusts certificate %*phN\n", (int)sizeof(k.fingerprint),
		k.fingerprint);
	return 0;
}

/**
 * rl_trust_add - trust one publisher's key
 * @cert: one DER X.509 certificate
 * @size: its size
 */
int rl_trust_add(const void *cert, size_t size)
{
	struct rl_span span = { .data = cert, .size = size };
	int err;

	err = may_change();
	if (err)
		return err;
	mutex_lock(&trust_lock);
	err = check_open();
	if (!err)
		err = add_certificate(trust, span);
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
	err = check_open();
	if (!err)
		trust->threshold = n;
	mutex_unlock(&trust_lock);
	return err;
}

/* Under trust_lock. */
static int seal(void)
{
	if (sealed)
		return 0;
	if (!trust->kernels_own && trust->nr_keys < trust->threshold)
		return rl_refuse(ENOKEY, "not-enough-keys",
				 "expected at least %u keys (the threshold), found %u",
				 trust->threshold, trust->nr_keys);
	if (!try_module_get(THIS_MODULE))
		return rl_refuse(ENODEV, "busy", "the module is being unloaded");
	/* pairs with rl_trust_sealed() */
	smp_store_release(&sealed, true);
	if (trust->kernels_own)
		pr_info("sealed, trusting .secondary_trusted_keys\n");
	else
		pr_info("sealed with %u keys, threshold %u\n", trust->nr_keys,
			trust->threshold);
	return 0;
}

/**
 * rl_trust_seal - end every change that nobody has signed
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
	err = seal();
	mutex_unlock(&trust_lock);
	return err;
}

/**
 * rl_trust_verify - have enough of the trusted keys signed this bundle?
 * @b: a well-formed bundle
 *
 * To be called only once sealed and under apply's lock.
 */
int rl_trust_verify(const struct rl_bundle *b)
{
	return rl_verify(b, trust);
}

static struct rl_trust *trust_of(const struct rl_bundle *b)
{
	struct rl_trust *t = new_trust(b->trust.threshold, b->level);
	unsigned int i;
	int err;

	if (!t)
		return ERR_PTR(rl_refuse(ENOMEM, "no-memory", "changing trust"));
	for (i = 0; i < b->trust.nr_certs; i++) {
		err = add_certificate(t, b->trust.certs[i]);
		if (err) {
			free_trust(t);
			return ERR_PTR(err);
		}
	}
	return t;
}

/**
 * rl_trust_replace - trust whom a trust bundle says, and nobody else
 * @b: a trust bundle that rl_trust_verify() has accepted
 *
 * All of it or nothing of it. Its level keeps an older one, perhaps signed by a
 * key that has been revoked since, from coming back. Called as
 * rl_trust_verify() is.
 */
int rl_trust_replace(const struct rl_bundle *b)
{
	struct rl_trust *old = trust, *new;
	int err;

	err = check_ours();
	if (err)
		return err;
	if (b->level <= old->level)
		return rl_refuse(EEXIST, "not-above-trust-level",
				 "expected a trust level above %llu, found %llu",
				 old->level, b->level);
	new = trust_of(b);
	if (IS_ERR(new))
		return PTR_ERR(new);

	mutex_lock(&trust_lock);
	trust = new;
	mutex_unlock(&trust_lock);
	free_trust(old);
	pr_info("trust level %llu: %u keys, threshold %u\n", b->level,
		b->trust.nr_certs, b->trust.threshold);
	return 0;
}
