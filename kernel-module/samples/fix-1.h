/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fix 1: /proc/version says so, before the '#' of the kernel's own version, so
 * that whoever reads from there on still finds what is expected.
 */
#include <linux/seq_file.h>
#include <linux/utsname.h>

static int fixed_version_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s version %s [rebootless fix 1] %s\n",
		   utsname()->sysname, utsname()->release, utsname()->version);
	return 0;
}

#define FIX_1	{ .old_name = "version_proc_show", \
		  .new_func = fixed_version_proc_show }
