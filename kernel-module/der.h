/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef REBOOTLESS_DER_H
#define REBOOTLESS_DER_H

#include "bundle.h"

bool rl_der_certificate_serial(struct rl_span cert, struct rl_span *serial);
bool rl_der_is_signature(struct rl_span cms);
bool rl_der_signer(struct rl_span cms, struct rl_span *issuer,
		   struct rl_span *serial);
bool rl_der_rsa_modulus(struct rl_span key, struct rl_span *modulus);

#endif
