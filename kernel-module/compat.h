/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything that differs between the kernels we support, and nothing else.
 *
 * Nothing here for a notifier's veto at MODULE_STATE_COMING, which livepatch.c
 * relies on: it has been honoured since 5.10, the oldest kernel we support.
 */
#ifndef REBOOTLESS_COMPAT_H
#define REBOOTLESS_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "rebootless needs Linux 5.10 or later"
#endif

#if !IS_ENABLED(CONFIG_LIVEPATCH) || !IS_ENABLED(CONFIG_SYSTEM_DATA_VERIFICATION)
#error "rebootless needs CONFIG_LIVEPATCH and CONFIG_SYSTEM_DATA_VERIFICATION"
#endif

/* The ABI promises errnos by name in last_error, which is %pe's to give. */
#if !IS_ENABLED(CONFIG_SYMBOLIC_ERRNAME)
#error "rebootless needs CONFIG_SYMBOLIC_ERRNAME"
#endif

/* sha256() moved house in 5.11. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#include <crypto/sha2.h>
#else
#include <crypto/sha.h>
#endif

/* Binary attributes became const for their callbacks in 6.16. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define rl_const_bin_attr	const struct bin_attribute
#else
#define rl_const_bin_attr	struct bin_attribute
#endif

#endif
