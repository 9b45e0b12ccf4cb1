// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a bundle: header, sizes and the signature section, in the order in
 * which docs/bundle-format.md lists the fields, so that every reader names the
 * same flaw first.
 */
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#define __printf(a, b) __attribute__((format(printf, a, b)))
#endif

#include "bundle.h"
#include "der.h"

static const u8 magic[8] = { 0x89, 'R', 'L', 'B', '\r', '\n', 0x1a, '\n' };

static u32 get_le(const u8 *p, unsigned int bytes)
{
	u32 v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static u64 get_le64(const u8 *p)
{
	return (u64)get_le(p + 4, 4) << 32 | get_le(p, 4);
}

static __printf(4, 5)
int refuse(struct rl_flaw *flaw, int err, const char *name, const char *fmt, ...)
{
	va_list args;

	flaw->err = err;
	flaw->name = name;
	va_start(args, fmt);
	vsnprintf(flaw->words, sizeof(flaw->words), fmt, args);
	va_end(args);
	return -err;
}

static int truncated(struct rl_flaw *flaw, const char *section, u64 expected,
		     u64 found)
{
	return refuse(flaw, EBADMSG, "truncated",
		      "%s: expected %llu bytes, found %llu", section,
		      (unsigned long long)expected, (unsigned long long)found);
}

static bool all_zero(const u8 *p, size_t size)
{
	while (size--)
		if (*p++)
			return false;
	return true;
}

enum alphabet { PRINTABLE, NO_SPACE_OR_SLASH, IDENTIFIER };

static bool in_alphabet(u8 c, enum alphabet alphabet)
{
	switch (alphabet) {
	case IDENTIFIER:
		return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		       (c >= '0' && c <= '9') || c == '_';
	case NO_SPACE_OR_SLASH:
		if (c == ' ' || c == '/')
			return false;
		break;
	case PRINTABLE:
		break;
	}
	return c >= 0x20 && c <= 0x7e;
}

/* One or more allowed characters, then zeros, at least one, to the field's end. */
static bool is_text(const u8 *field, size_t size, enum alphabet alphabet)
{
	size_t n = 0;

	while (n < size && in_alphabet(field[n], alphabet))
		n++;
	return n > 0 && n < size && all_zero(field + n, size - n);
}

static int parse_texts(const struct rl_header *h, struct rl_flaw *flaw)
{
	const struct {
		const char *name;
		const u8 *field;
		size_t size;
		enum alphabet alphabet;
		const char *rule;
	} texts[] = {
		{ "release", h->release, sizeof(h->release), NO_SPACE_OR_SLASH,
		  "1-64 printable characters, no space, no slash" },
		{ "version", h->version, sizeof(h->version), PRINTABLE,
		  "1-64 printable characters" },
		{ "machine", h->machine, sizeof(h->machine), NO_SPACE_OR_SLASH,
		  "1-15 printable characters, no space, no slash" },
		{ "module", h->module, sizeof(h->module), IDENTIFIER,
		  "1-55 of A-Z a-z 0-9 _" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!is_text(texts[i].field, texts[i].size, texts[i].alphabet))
			return refuse(flaw, EBADMSG, "bad-text",
				      "%s: expected %s, zero-padded", texts[i].name,
				      texts[i].rule);
	return 0;
}

static int parse_header(struct rl_bundle *b, const struct rl_header *h,
			struct rl_flaw *flaw)
{
	u32 v;
	int err;

	if (memcmp(h->magic, magic, sizeof(magic)))
		return refuse(flaw, EBADMSG, "bad-magic", "not a bundle");

	v = get_le(h->format, 2);
	if (v != RL_FORMAT_VERSION)
		return refuse(flaw, EOPNOTSUPP, "unsupported-format",
			      "expected format %u, found %u", RL_FORMAT_VERSION, v);

	v = get_le(h->kind, 2);
	if (v != RL_KIND_LIVEPATCH)
		return refuse(flaw, EOPNOTSUPP, "unsupported-kind",
			      "expected kind %u, found %u", RL_KIND_LIVEPATCH, v);

	b->flags = get_le(h->flags, 4);
	if (b->flags & ~RL_FLAGS_KNOWN)
		return refuse(flaw, EOPNOTSUPP, "unknown-flags",
			      "expected no flag outside %#x, found %#x",
			      RL_FLAGS_KNOWN, b->flags);

	b->level = get_le64(h->level);
	if (b->level < 1 || b->level > RL_LEVEL_MAX)
		return refuse(flaw, EBADMSG, "bad-level",
			      "expected 1 to %llu, found %llu",
			      (unsigned long long)RL_LEVEL_MAX,
			      (unsigned long long)b->level);

	b->floor = get_le64(h->floor);
	if (b->floor > b->level)
		return refuse(flaw, EBADMSG, "floor-above-level",
			      "expected at most level %llu, found %llu",
			      (unsigned long long)b->level,
			      (unsigned long long)b->floor);

	v = get_le(h->manifest_size, 4);
	if (v < 1 || v > RL_MANIFEST_MAX)
		return refuse(flaw, EFBIG, "manifest-size",
			      "expected 1 to %u bytes, found %u", RL_MANIFEST_MAX, v);

	v = get_le(h->image_size, 4);
	if (v < 1 || v > RL_IMAGE_MAX)
		return refuse(flaw, EFBIG, "image-size",
			      "expected 1 to %u bytes, found %u", RL_IMAGE_MAX, v);

	v = get_le(h->build_id_size, 4);
	if (v < RL_BUILD_ID_MIN || v > RL_BUILD_ID_MAX)
		return refuse(flaw, EBADMSG, "build-id-size",
			      "expected %u to %u bytes, found %u",
			      RL_BUILD_ID_MIN, RL_BUILD_ID_MAX, v);
	b->build_id.data = h->build_id;
	b->build_id.size = v;
	if (!all_zero(h->build_id + v, sizeof(h->build_id) - v))
		return refuse(flaw, EBADMSG, "build-id-padding",
			      "expected zeros after %u bytes", v);

	err = parse_texts(h, flaw);
	if (err)
		return err;
	b->release = (const char *)h->release;
	b->version = (const char *)h->version;
	b->machine = (const char *)h->machine;
	b->module = (const char *)h->module;

	if (!all_zero(h->tail, sizeof(h->tail)))
		return refuse(flaw, EBADMSG, "nonzero-tail",
			      "expected zeros at the header's end");
	return 0;
}

static int parse_signatures(struct rl_bundle *b, const u8 *p, size_t left,
			    struct rl_flaw *flaw)
{
	u32 i, size;

	if (left < 4)
		return truncated(flaw, "signature count", 4, left);
	b->nr_signatures = get_le(p, 4);
	if (b->nr_signatures < 1 || b->nr_signatures > RL_SIGNATURES_MAX)
		return refuse(flaw, EBADMSG, "signature-count",
			      "expected 1 to %u, found %u", RL_SIGNATURES_MAX,
			      b->nr_signatures);
	p += 4;
	left -= 4;

	for (i = 0; i < b->nr_signatures; i++) {
		if (left < 4)
			return truncated(flaw, "signature length", 4, left);
		size = get_le(p, 4);
		if (size < 1 || size > RL_SIGNATURE_MAX)
			return refuse(flaw, EBADMSG, "signature-size",
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
		return refuse(flaw, EBADMSG, "trailing-bytes",
			      "expected the end of the file, found %llu bytes",
			      (unsigned long long)left);

	for (i = 0; i < b->nr_signatures; i++)
		if (!rl_der_is_signature(b->signatures[i]))
			return refuse(flaw, EBADMSG, "signature-profile",
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

	if (size < RL_HEADER_SIZE)
		return truncated(flaw, "header", RL_HEADER_SIZE, size);
	err = parse_header(b, h, flaw);
	if (err)
		return err;

	p += RL_HEADER_SIZE;
	size -= RL_HEADER_SIZE;
	manifest = get_le(h->manifest_size, 4);
	if (size < manifest)
		return truncated(flaw, "manifest", manifest, size);
	p += manifest;
	size -= manifest;

	image = get_le(h->image_size, 4);
	if (size < image)
		return truncated(flaw, "image", image, size);
	b->image.data = p;
	b->image.size = image;
	p += image;
	size -= image;

	b->signed_part.data = data;
	b->signed_part.size = RL_HEADER_SIZE + manifest + image;
	return parse_signatures(b, p, size, flaw);
}
