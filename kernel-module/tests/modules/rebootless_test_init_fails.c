// SPDX-License-Identifier: GPL-2.0-only
/* A livepatch that refuses to start: finit_module() answers its errno. */
#include <linux/errno.h>
#include <linux/module.h>

static int __init init_fails(void)
{
	return -ENODEV;
}

module_init(init_fails);
MODULE_DESCRIPTION("Rebootless test: a livepatch whose init fails");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
