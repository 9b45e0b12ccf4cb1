// SPDX-License-Identifier: GPL-2.0-only
/* An ordinary module: must be stopped before its init says anything. */
#include <linux/module.h>

static int __init plain_init(void)
{
	pr_alert("rebootless_test_plain: ran, and never should have\n");
	return 0;
}

static void __exit plain_exit(void)
{
}

module_init(plain_init);
module_exit(plain_exit);
MODULE_DESCRIPTION("Rebootless test: a module that is no livepatch");
MODULE_LICENSE("GPL");
