/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef REBOOTLESS_TEST_SLEEPER_H
#define REBOOTLESS_TEST_SLEEPER_H

/* The function that rebootless_test_stall_* replace. */
void rebootless_test_sleep(void);
/* What it does, old or replaced: not to return before somebody says so. */
void rebootless_test_await_wake(void);

#endif
