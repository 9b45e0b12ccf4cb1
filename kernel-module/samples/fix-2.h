/* SPDX-License-Identifier: GPL-2.0-only */
/* Fix 2: /proc/execdomains, which nothing has read for twenty years, says so. */
#include <linux/seq_file.h>

static int fixed_execdomains_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "0-0\tLinux           \t[kernel]\n[rebootless fix 2]\n");
	return 0;
}

#define FIX_2	{ .old_name = "execdomains_proc_show", \
		  .new_func = fixed_execdomains_proc_show }
