/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A livepatch that goes into force as it should, and takes the host down
 * PANIC_AFTER_MS later unless it is unloaded before.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include "../../samples/fix-1.h"

static void take_down(struct work_struct *work)
{
	panic("rebootless_test_panics: as it was made to\n");
}

static DECLARE_DELAYED_WORK(end, take_down);

/* The last step of the transition. */
static void in_force(struct klp_object *obj)
{
	if (PANIC_AFTER_MS)
		schedule_delayed_work(&end, msecs_to_jiffies(PANIC_AFTER_MS));
	else
		take_down(NULL);
}

static struct klp_func funcs[] = { FIX_1, { } };

static struct klp_object objs[] = {
	{
		.name = NULL /* vmlinux */,
		.funcs = funcs,
		.callbacks = { .post_patch = in_force },
	},
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
	.replace = true,
};

static int __init panics_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit panics_exit(void)
{
	cancel_delayed_work_sync(&end);
}

module_init(panics_init);
module_exit(panics_exit);
MODULE_DESCRIPTION("Rebootless test: a livepatch that takes the host down");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
