// SPDX-License-Identifier: GPL-2.0-only
/* Level 1: CVE-2026-53249. */
#include "../cve-2026-53249.h"

#define FUNCTIONS	CVE_2026_53249
#include "../../sample.h"
