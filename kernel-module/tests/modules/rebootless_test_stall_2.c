// SPDX-License-Identifier: GPL-2.0-only
/* Level 2 of a livepatch whose transition can stall. */
#include "rebootless_test_stall.h"
