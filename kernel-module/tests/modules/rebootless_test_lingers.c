// SPDX-License-Identifier: GPL-2.0-only
/* A livepatch that is in force for a while before its loader hears of it. */
#define LINGER_MS	3000
#include "rebootless_test_stall.h"
