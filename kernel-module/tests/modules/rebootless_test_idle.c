// SPDX-License-Identifier: GPL-2.0-only
/* Flagged as a livepatch, goes live, and enables nothing. */
#include <linux/module.h>

static int __init idle_init(void)
{
	return 0;
}

static void __exit idle_exit(void)
{
}

module_init(idle_init);
module_exit(idle_exit);
MODULE_DESCRIPTION("Rebootless test: a livepatch that enables nothing");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
