// SPDX-License-Identifier: GPL-2.0-only
/*
 * A livepatch that does well until somebody calls what it has replaced, which
 * may be long after it has settled: whoever reads /proc/execdomains takes the
 * host down.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "../../samples/fix-1.h"

static int broken_execdomains_proc_show(struct seq_file *m, void *v)
{
	panic("rebootless_test_panics_in_use: as it was made to\n");
}

#define BROKEN	{ .old_name = "execdomains_proc_show", \
		  .new_func = broken_execdomains_proc_show }

#define FUNCTIONS	FIX_1, BROKEN
#include "../../samples/sample.h"
