// SPDX-License-Identifier: GPL-2.0-only
/*
 * Somewhere to sleep: whoever reads /proc/rebootless_test_sleeper stays in
 * rebootless_test_sleep() until somebody writes to that file. A livepatch that
 * replaces that function cannot finish its transition while a reader sleeps in
 * the old one, nor be reversed while one sleeps in the new one.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/wait.h>

#include "rebootless_test_sleeper.h"

#define NAME	"rebootless_test_sleeper"

static DECLARE_WAIT_QUEUE_HEAD(sleepers);
static atomic_t wakes = ATOMIC_INIT(0);

/* Not interruptible: the livepatch core signals lagging tasks after 15 s. */
void rebootless_test_await_wake(void)
{
	int seen = atomic_read(&wakes);

	wait_event_idle(sleepers, atomic_read(&wakes) != seen);
}
EXPORT_SYMBOL_GPL(rebootless_test_await_wake);

noinline void rebootless_test_sleep(void)
{
	rebootless_test_await_wake();
	barrier();	/* no tail call: the function must stay on the stack */
}

static ssize_t sleeper_read(struct file *file, char __user *to, size_t size,
			    loff_t *pos)
{
	rebootless_test_sleep();
	return 0;
}

static ssize_t sleeper_write(struct file *file, const char __user *from,
			     size_t size, loff_t *pos)
{
	atomic_inc(&wakes);
	wake_up_all(&sleepers);
	return size;
}

static const struct proc_ops sleeper_ops = {
	.proc_read = sleeper_read,
	.proc_write = sleeper_write,
};

static int __init sleeper_init(void)
{
	return proc_create(NAME, 0600, NULL, &sleeper_ops) ? 0 : -ENOMEM;
}

static void __exit sleeper_exit(void)
{
	remove_proc_entry(NAME, NULL);
}

module_init(sleeper_init);
module_exit(sleeper_exit);
MODULE_DESCRIPTION("Rebootless test: a function that tasks sleep in");
MODULE_LICENSE("GPL");
