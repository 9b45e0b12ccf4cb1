// SPDX-License-Identifier: GPL-2.0-only
/* A livepatch that takes the host down before its loader hears of it. */
#define PANIC_AFTER_MS	0
#include "rebootless_test_panics.h"
