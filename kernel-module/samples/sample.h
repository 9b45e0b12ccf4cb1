/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part all levels share. FUNCTIONS lists the replaced functions; no
 * callbacks, states or shadow variables, so every level is downgrade-safe.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>

static struct klp_func funcs[] = { FUNCTIONS, { } };

static struct klp_object objs[] = {
	{ .name = NULL /* vmlinux */, .funcs = funcs },
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
	.replace = true,
};

static int __init sample_init(void)
{
	return klp_enable_patch(&patch);
}

/* Needed to be unloadable once disabled or replaced. */
static void __exit sample_exit(void)
{
}

module_init(sample_init);
module_exit(sample_exit);
MODULE_DESCRIPTION("Rebootless sample livepatch");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
