// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a bundle's header, field by field in the order in which
 * docs/bundle-format.md lists them, so that every reader names the same flaw
 * first.
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
#endif

#include "bundle.h"

static const u8 magic[8] = { 0x89, 'R', 'L', 'B', '\r', '\n', 0x1a, '\n' };

u32 rl_get_le(const u8 *p, unsigned int bytes)
{
	u32 v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static u64 get_le64(const u8 *p)
{
	return (u64)rl_get_le(p + 4, 4) << 32 | rl_get_le(p, 4);
}

int rl_flaw(struct rl_flaw *flaw, int err, const char *name, const char *fmt, ...)
{
	va_list args;

	flaw->err = err;
	flaw->name = name;
	va_start(args, fmt);
	vsnprintf(flaw->words, sizeof(flaw->words), fmt, args);
	va_end(args);
	return -err;
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

/*
 * A livepatch fits one kernel build and names its module; trust is about no
 * kernel build, and says so with zeros.
 */
static int parse_texts(struct rl_bundle *b, const struct rl_header *h,
		       struct rl_flaw *flaw)
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

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (b->kind == RL_KIND_TRUST) {
			if (!all_zero(texts[i].field, texts[i].size))
				return rl_flaw(flaw, EBADMSG, "bad-text",
					       "%s: expected zeros in a trust bundle",
					       texts[i].name);
		} else if (!is_text(texts[i].field, texts[i].size,
				    texts[i].alphabet)) {
			return rl_flaw(flaw, EBADMSG, "bad-text",
				       "%s: expected %s, zero-padded", texts[i].name,
				       texts[i].rule);
		}
	}
	b->release = (const char *)h->release;
	b->version = (const char *)h->version;
	b->machine = (const char *)h->machine;
	b->module = (const char *)h->module;
	return 0;
}

/* Where the kinds differ in what a header may say. */
static const struct rules {
	u32 flags;
	bool has_floor;
	u32 image_max;
	u32 build_id_min;
	u32 build_id_max;
} rules_of[] = {
	[RL_KIND_LIVEPATCH] = {
		.flags = RL_FLAG_DOWNGRADE_SAFE,
		.has_floor = true,
		.image_max = RL_IMAGE_MAX,
		.build_id_min = RL_BUILD_ID_MIN,
		.build_id_max = RL_BUILD_ID_MAX,
	},
	[RL_KIND_TRUST] = {
		.image_max = RL_TRUST_SET_MAX,
	},
};

/**
 * rl_header_parse - read a bundle's header
 * @b: its header's fields are filled in on success; points into @h
 * @h: the header
 * @flaw: filled in on failure
 *
 * Return: 0, or the negative errno that @flaw carries.
 */
int rl_header_parse(struct rl_bundle *b, const struct rl_header *h,
		    struct rl_flaw *flaw)
{
	const struct rules *rules;
	u32 v;
	int err;

	if (memcmp(h->magic, magic, sizeof(magic)))
		return rl_flaw(flaw, EBADMSG, "bad-magic", "not a bundle");

	v = rl_get_le(h->format, 2);
	if (v != RL_FORMAT_VERSION)
		return rl_flaw(flaw, EOPNOTSUPP, "unsupported-format",
			       "expected format %u, found %u", RL_FORMAT_VERSION, v);

	b->kind = rl_get_le(h->kind, 2);
	if (b->kind != RL_KIND_LIVEPATCH && b->kind != RL_KIND_TRUST)
		return rl_flaw(flaw, EOPNOTSUPP, "unsupported-kind",
			       "expected kind %u or %u, found %u",
			       RL_KIND_LIVEPATCH, RL_KIND_TRUST, b->kind);
	rules = &rules_of[b->kind];

	b->flags = rl_get_le(h->flags, 4);
	if (b->flags & ~rules->flags)
		return rl_flaw(flaw, EOPNOTSUPP, "unknown-flags",
			       "expected no flag outside %#x, found %#x",
			       rules->flags, b->flags);

	b->level = get_le64(h->level);
	if (b->level < 1 || b->level > RL_LEVEL_MAX)
		return rl_flaw(flaw, EBADMSG, "bad-level",
			       "expected 1 to %llu, found %llu",
			       (unsigned long long)RL_LEVEL_MAX,
			       (unsigned long long)b->level);

	b->floor = get_le64(h->floor);
	if (b->floor && !rules->has_floor)
		return rl_flaw(flaw, EBADMSG, "nonzero-floor",
			       "expected floor 0 in a trust bundle, found %llu",
			       (unsigned long long)b->floor);
	if (b->floor > b->level)
		return rl_flaw(flaw, EBADMSG, "floor-above-level",
			       "expected at most level %llu, found %llu",
			       (unsigned long long)b->level,
			       (unsigned long long)b->floor);

	v = rl_get_le(h->manifest_size, 4);
	if (v < 1 || v > RL_MANIFEST_MAX)
		return rl_flaw(flaw, EFBIG, "manifest-size",
			       "expected 1 to %u bytes, found %u", RL_MANIFEST_MAX, v);

	v = rl_get_le(h->image_size, 4);
	if (v < 1 || v > rules->image_max)
		return rl_flaw(flaw, EFBIG, "image-size",
			       "expected 1 to %u bytes, found %u",
			       rules->image_max, v);

	v = rl_get_le(h->build_id_size, 4);
	if (v < rules->build_id_min || v > rules->build_id_max)
		return rl_flaw(flaw, EBADMSG, "build-id-size",
			       "expected %u to %u bytes, found %u",
			       rules->build_id_min, rules->build_id_max, v);
	b->build_id.data = h->build_id;
	b->build_id.size = v;
	if (!all_zero(h->build_id + v, sizeof(h->build_id) - v))
		return rl_flaw(flaw, EBADMSG, "build-id-padding",
			       "expected zeros after %u bytes", v);

	err = parse_texts(b, h, flaw);
	if (err)
		return err;

	if (!all_zero(h->tail, sizeof(h->tail)))
		return rl_flaw(flaw, EBADMSG, "nonzero-tail",
			       "expected zeros at the header's end");
	return 0;
}

