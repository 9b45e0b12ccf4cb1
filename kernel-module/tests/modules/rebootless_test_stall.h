/* SPDX-License-Identifier: GPL-2.0-only */
/* A livepatch whose transition waits for those who sleep in the old function. */
#include <linux/delay.h>
#include <linux/livepatch.h>
#include <linux/module.h>

#include "rebootless_test_sleeper.h"

#ifndef LINGER_MS
#define LINGER_MS	0
#endif

static void fixed_sleep(void)
{
	rebootless_test_await_wake();
	barrier();	/* no tail call: the function must stay on the stack */
}

static struct klp_func funcs[] = {
	{ .old_name = "rebootless_test_sleep", .new_func = fixed_sleep },
	{ }
};

static struct klp_object objs[] = {
	{ .name = "rebootless_test_sleeper", .funcs = funcs },
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
	.replace = true,
};

static int __init stall_init(void)
{
	int err = klp_enable_patch(&patch);

	if (!err)
		msleep(LINGER_MS);
	return err;
}

static void __exit stall_exit(void)
{
}

module_init(stall_init);
module_exit(stall_exit);
MODULE_DESCRIPTION("Rebootless test: a livepatch whose transition can stall");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
