// SPDX-License-Identifier: GPL-2.0-only
/* Level 2, cumulative: CVE-2026-53249 and CVE-2026-52928. */
#include "../cve-2026-53249.h"
#include "../cve-2026-52928.h"

#define FUNCTIONS	CVE_2026_53249, CVE_2026_52928
#include "../../sample.h"
