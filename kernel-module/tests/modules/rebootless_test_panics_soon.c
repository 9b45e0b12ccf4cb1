// SPDX-License-Identifier: GPL-2.0-only
/* A livepatch that takes the host down while it is still being watched. */
#define PANIC_AFTER_MS	5000
#include "rebootless_test_panics.h"
