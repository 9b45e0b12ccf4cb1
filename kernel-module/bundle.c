// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a bundle: the sections behind its header, the trust set if it is one,
 * and the signatures, in the order in which docs/bundle-format.md lists them.
 */
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <errno.h>
#include <string.h>
#endif

#include "bundle.h"
#include "der.h"

static int truncated(struct rl_flaw *flaw, const char *section, u64 expected,
		     u64 found)
{
	return rl_flaw(flaw, EBADMSG, "truncated",
		       "%s: expected %llu bytes, found %llu", section,
		       (unsigned long long)expected, (unsigned long long)found);
}

/* One of the entries "length, bytes" that the format's lists are made of. */
static bool take_entry(struct rl_span *in, u32 max, struct rl_span *entry)
{
	u32 size;

	if (in->size < 4)
		return false;
	size = rl_get_le(in->data, 4);
	if (size < 1 || size > max || in->size - 4 < size)
		return false;
	entry->data = in->data + 4;
	entry->size = size;
	in->data += 4 + size;
	in->size -= 4 + size;
	return true;
}

static int parse_trust_set(struct rl_trust_set *set, struct rl_span in,
			   struct rl_flaw *flaw)
{
	u32 i;

	if (in.size < 8)
		return rl_flaw(flaw, EBADMSG, "bad-trust-set",
			       "expected threshold and count, found %llu bytes",
			       (unsigned long long)in.size);
	set->threshold = rl_get_le(in.data, 4);
	set->nr_certs = rl_get_le(in.data + 4, 4);
	if (set->nr_certs < 1 || set->nr_certs > RL_KEYS_MAX)
		return rl_flaw(flaw, EBADMSG, "bad-trust-set",
			       "expected 1 to %u certificates, found %u",
			       RL_KEYS_MAX, set->nr_certs);
	if (set->threshold < 1 || set->threshold > set->nr_certs)
		return rl_flaw(flaw, EBADMSG, "bad-trust-set",
			       "expected threshold 1 to %u (the certificates), found %u",
			       set->nr_certs, set->threshold);
	in.data += 8;
	in.size -= 8;

	for (i = 0; i < set->nr_certs; i++)
		if (!take_entry(&in, RL_CERT_MAX, &set->certs[i]))
			return rl_flaw(flaw, EBADMSG, "bad-trust-set",
				       "certificate %u: expected 1 to %u bytes, all of them there",
				       i + 1, RL_CERT_MAX);
	if (in.size)
		return rl_flaw(flaw, EBADMSG, "bad-trust-set",
			       "expected nothing after certificate %u, found %llu bytes",
			       set->nr_certs, (unsigned long long)in.size);
	return 0;
}

static int parse_signatures(struct rl_bundle *b, const u8 *p, size_t left,
			    struct rl_flaw *flaw)
{
	u32 i, size;

	if (left < 4)
		return truncated(flaw, "signature count", 4, left);
	b->nr_signatures = rl_get_le(p, 4);
	if (b->nr_signatures < 1 || b->nr_signatures > RL_SIGNATURES_MAX)
		return rl_flaw(flaw, EBADMSG, "signature-count",
			       "expected 1 to %u, found %u", RL_SIGNATURES_MAX,
			       b->nr_signatures);
	p += 4;
	left -= 4;

	for (i = 0; i < b->nr_signatures; i++) {
		if (left < 4)
			return truncated(flaw, "signature length", 4, left);
		size = rl_get_le(p, 4);
		if (size < 1 || size > RL_SIGNATURE_MAX)
			return rl_flaw(flaw, EBADMSG, "signature-size",
				       "signature %u: expected 1 to %u bytes, found %u",
				       i + 1, RL_SIGNATURE_MAX, size);
		p += 4;
		left -= 4;
		if (left < size)
			return truncated(flaw, "signature", size, left);
		b->signatures[i].data = p;
		b->signatures[i].size = size;
		p += size;
		left -= size;
	}
	if (left)
		return rl_flaw(flaw, EBADMSG, "trailing-bytes",
			       "expected the end of the file, found %llu bytes",
			       (unsigned long long)left);

	for (i = 0; i < b->nr_signatures; i++)
		if (!rl_der_is_signature(b->signatures[i]))
			return rl_flaw(flaw, EBADMSG, "signature-profile",
				       "signature %u of %u: not the one CMS profile, or not canonical",
				       i + 1, b->nr_signatures);
	return 0;
}

/**
 * rl_bundle_parse - read a bundle
 * @b: filled in on success; points into @data
 * @data: the whole file
 * @size: its size
 * @flaw: filled in on failure
 *
 * Checks everything that can be checked without a key or a kernel to compare
 * with. Constant stack, time linear in the signature section.
 *
 * Return: 0, or the negative errno that @flaw carries.
 */
int rl_bundle_parse(struct rl_bundle *b, const void *data, size_t size,
		    struct rl_flaw *flaw)
{
	const struct rl_header *h = data;
	const u8 *p = data;
	size_t manifest, image;
	int err;

	memset(b, 0, sizeof(*b));
	if (size < RL_HEADER_SIZE)
		return truncated(flaw, "header", RL_HEADER_SIZE, size);
	err = rl_header_parse(b, h, flaw);
	if (err)
		return err;

	p += RL_HEADER_SIZE;
	size -= RL_HEADER_SIZE;
	manifest = rl_get_le(h->manifest_size, 4);
	if (size < manifest)
		return truncated(flaw, "manifest", manifest, size);
	p += manifest;
	size -= manifest;

	image = rl_get_le(h->image_size, 4);
	if (size < image)
		return truncated(flaw, "image", image, size);
	b->image.data = p;
	b->image.size = image;
	p += image;
	size -= image;

	if (b->kind == RL_KIND_TRUST) {
		err = parse_trust_set(&b->trust, b->image, flaw);
		if (err)
			return err;
	}

	b->signed_part.data = data;
	b->signed_part.size = RL_HEADER_SIZE + manifest + image;
	return parse_signatures(b, p, size, flaw);
}
