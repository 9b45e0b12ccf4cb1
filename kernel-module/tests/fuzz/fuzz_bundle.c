// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer over the parser that runs in the kernel: header.c, bundle.c and
 * der.c as they are, with ASan and UBSan. Beyond not crashing, an accepted file
 * must be what the parser says it is: every span inside the file, in order, the
 * signed part and the signature section covering all of it.
 */
#include <stdlib.h>
#include <string.h>

#include "../../bundle.h"
#include "../../der.h"

#define CHECK(condition)	do { if (!(condition)) abort(); } while (0)

static void check_inside(struct rl_span s, const u8 *data, size_t size)
{
	CHECK(s.data >= data && s.size >= 1);
	CHECK(s.size <= size && s.data <= data + size - s.size);
}

static void check_text(const char *text, size_t max, bool expected)
{
	CHECK(strnlen(text, max) < max);
	CHECK(expected == (text[0] != 0));
}

static void check_livepatch(const struct rl_bundle *b)
{
	CHECK(!(b->flags & ~RL_FLAG_DOWNGRADE_SAFE));
	CHECK(b->floor <= b->level);
	CHECK(b->build_id.size >= RL_BUILD_ID_MIN);
	CHECK(b->build_id.size <= RL_BUILD_ID_MAX);
	CHECK(b->image.size <= RL_IMAGE_MAX);
}

static void check_trust(const struct rl_bundle *b)
{
	size_t size = 8;
	u32 i;

	CHECK(!b->flags && !b->floor && !b->build_id.size);
	CHECK(b->trust.nr_certs <= RL_KEYS_MAX);
	CHECK(b->trust.threshold >= 1);
	CHECK(b->trust.threshold <= b->trust.nr_certs);
	for (i = 0; i < b->trust.nr_certs; i++) {
		check_inside(b->trust.certs[i], b->image.data, b->image.size);
		size += 4 + b->trust.certs[i].size;
	}
	CHECK(size == b->image.size);
}

static void check_bundle(const struct rl_bundle *b, const u8 *data, size_t size)
{
	bool livepatch = b->kind == RL_KIND_LIVEPATCH;
	const u8 *end;
	u32 i;

	CHECK(b->level >= 1 && b->level <= RL_LEVEL_MAX);
	check_text(b->release, 65, livepatch);
	check_text(b->version, 65, livepatch);
	check_text(b->machine, 16, livepatch);
	check_text(b->module, 56, livepatch);
	check_inside(b->image, data, size);
	CHECK(b->signed_part.data == data);
	CHECK(b->signed_part.data + b->signed_part.size ==
	      b->image.data + b->image.size);

	if (livepatch)
		check_livepatch(b);
	else
		check_trust(b);

	end = data + b->signed_part.size + 4;
	CHECK(b->nr_signatures >= 1 && b->nr_signatures <= RL_SIGNATURES_MAX);
	for (i = 0; i < b->nr_signatures; i++) {
		check_inside(b->signatures[i], data, size);
		CHECK(b->signatures[i].size <= RL_SIGNATURE_MAX);
		CHECK(b->signatures[i].data == end + 4);
		end = b->signatures[i].data + b->signatures[i].size;
	}
	CHECK(end == data + size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct rl_span all = { .data = data, .size = size }, serial, modulus;
	struct rl_bundle b;
	struct rl_flaw flaw = {};
	int err;

	err = rl_bundle_parse(&b, data, size, &flaw);
	if (err) {
		CHECK(err == -flaw.err && flaw.err > 0 && flaw.name);
		CHECK(strnlen(flaw.words, sizeof(flaw.words)) < sizeof(flaw.words));
	} else {
		check_bundle(&b, data, size);
	}

	/* What reaches these in the kernel has not always passed the above. */
	if (rl_der_certificate_serial(all, &serial))
		check_inside(serial, data, size);
	rl_der_is_signature(all);
	if (rl_der_rsa_modulus(all, &modulus)) {
		check_inside(modulus, data, size);
		CHECK(modulus.data[0]);
	}
	return 0;
}
