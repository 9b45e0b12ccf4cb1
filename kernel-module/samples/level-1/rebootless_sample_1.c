// SPDX-License-Identifier: GPL-2.0-only
/* Level 1: fix 1. */
#include "../fix-1.h"

#define FUNCTIONS	FIX_1
#include "../sample.h"
