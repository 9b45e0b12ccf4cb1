// SPDX-License-Identifier: GPL-2.0-only
/* Level 2, cumulative: fix 1 and fix 2. */
#include "../fix-1.h"
#include "../fix-2.h"

#define FUNCTIONS	FIX_1, FIX_2
#include "../sample.h"
