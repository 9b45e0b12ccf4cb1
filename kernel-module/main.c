// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rebootless: takes a signed, cumulative livepatch bundle through sysfs,
 * decides by keys that were sealed into it whether this kernel shall run it,
 * and has the kernel's own module loader load exactly the verified bytes.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "rebootless.h"

static int __init rebootless_init(void)
{
	int err;

	err = rl_loader_init();
	if (err)
		return err;
	err = rl_identity_init();
	if (err)
		return err;
	err = rl_trust_init();
	if (err)
		return err;
	err = rl_livepatch_init();
	if (err)
		goto err_trust;
	err = rl_sysfs_create();
	if (err)
		goto err_livepatch;
	return 0;

err_livepatch:
	rl_livepatch_exit();
err_trust:
	rl_trust_exit();
	return err;
}

/*
 * Reached only while nothing is staged, applying or sealed: each of them holds
 * a reference to this module. A livepatch of ours can only be there after
 * sealing, so it needs no reference of its own.
 */
static void __exit rebootless_exit(void)
{
	rl_sysfs_remove();
	rl_livepatch_exit();
	rl_trust_exit();
}

module_init(rebootless_init);
module_exit(rebootless_exit);

MODULE_DESCRIPTION("Verify signed livepatch bundles and hand them to the kernel");
MODULE_AUTHOR("The Rebootless authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
/* Signatures may use SHA-512, which is a module of its own on older kernels. */
MODULE_SOFTDEP("pre: sha512");
