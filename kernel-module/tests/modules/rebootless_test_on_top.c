// SPDX-License-Identifier: GPL-2.0-only
/*
 * A livepatch of somebody else's that replaces none: it comes on top of what is
 * there. (One that replaces all others is any of the samples, loaded by hand.)
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>

#include "../../samples/fix-2.h"

static struct klp_func funcs[] = { FIX_2, { } };

static struct klp_object objs[] = {
	{ .name = NULL /* vmlinux */, .funcs = funcs },
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init on_top_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit on_top_exit(void)
{
}

module_init(on_top_init);
module_exit(on_top_exit);
MODULE_DESCRIPTION("Rebootless test: a livepatch that comes on top of others");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
