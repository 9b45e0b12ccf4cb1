/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bundle format, version 1: see docs/bundle-format.md.
 *
 * This header, header.c, bundle.c and der.c know nothing of the kernel they run in: they
 * neither allocate nor recurse nor lock, and compile in user space as well, so
 * that they can be fuzzed there.
 */
#ifndef REBOOTLESS_BUNDLE_H
#define REBOOTLESS_BUNDLE_H

#ifdef __KERNEL__
#include <linux/compiler_attributes.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
#define __printf(a, b) __attribute__((format(printf, a, b)))
#endif

#define RL_FORMAT_VERSION	1
#define RL_KIND_LIVEPATCH	1
#define RL_KIND_TRUST		2

#define RL_FLAG_DOWNGRADE_SAFE	0x1u	/* livepatches only */

#define RL_LEVEL_MAX		0x7fffffffffffffffull
#define RL_MANIFEST_MAX		(256u * 1024)
#define RL_IMAGE_MAX		(16u * 1024 * 1024)
#define RL_BUILD_ID_MIN		8
#define RL_BUILD_ID_MAX		20
#define RL_SIGNATURES_MAX	16
#define RL_SIGNATURE_MAX	4096
#define RL_KEYS_MAX		16
#define RL_CERT_MAX		4096
#define RL_TRUST_SET_MAX	(8 + RL_KEYS_MAX * (4 + RL_CERT_MAX))

/*
 * The header as it lies in the file. Byte arrays only: no padding, no
 * alignment and no byte order for the compiler to have an opinion on.
 */
struct rl_header {
	u8 magic[8];
	u8 format[2];
	u8 kind[2];
	u8 flags[4];
	u8 level[8];
	u8 floor[8];
	u8 manifest_size[4];
	u8 image_size[4];
	u8 build_id_size[4];
	u8 build_id[RL_BUILD_ID_MAX];
	u8 release[65];
	u8 version[65];
	u8 machine[16];
	u8 module[56];
	u8 tail[246];
};

#define RL_HEADER_SIZE		512
_Static_assert(sizeof(struct rl_header) == RL_HEADER_SIZE, "header size");
_Static_assert(offsetof(struct rl_header, build_id) == 44, "build-id offset");
_Static_assert(offsetof(struct rl_header, module) == 210, "module offset");
_Static_assert(offsetof(struct rl_header, tail) == 266, "tail offset");

#define RL_BUNDLE_MAX	(RL_HEADER_SIZE + RL_MANIFEST_MAX + RL_IMAGE_MAX + 4 + \
			 RL_SIGNATURES_MAX * (4 + RL_SIGNATURE_MAX))

/* A run of bytes inside somebody else's buffer. */
struct rl_span {
	const u8 *data;
	size_t size;
};

/* What the image of a trust bundle says: whose signatures count, how many. */
struct rl_trust_set {
	u32 threshold;
	u32 nr_certs;
	struct rl_span certs[RL_KEYS_MAX];
};

/*
 * A well-formed bundle. Every pointer points into the buffer it was parsed
 * from; the texts are NUL-terminated there. A livepatch has a kernel build and
 * a module, a trust bundle has a trust set; the other's fields are empty.
 */
struct rl_bundle {
	u32 kind;
	u32 flags;
	u64 level;
	u64 floor;
	struct rl_span build_id;
	const char *release;
	const char *version;
	const char *machine;
	const char *module;
	struct rl_trust_set trust;
	struct rl_span signed_part;
	struct rl_span image;
	u32 nr_signatures;
	struct rl_span signatures[RL_SIGNATURES_MAX];
};

/* Why a file is not a bundle: errno (positive), the refusal's name, words. */
struct rl_flaw {
	int err;
	const char *name;
	char words[128];
};

/* header.c */
u32 rl_get_le(const u8 *p, unsigned int bytes);
/* Describe a flaw; returns its negative errno. @err is positive. */
__printf(4, 5) int rl_flaw(struct rl_flaw *flaw, int err, const char *name,
			   const char *fmt, ...);
int rl_header_parse(struct rl_bundle *b, const struct rl_header *h,
		    struct rl_flaw *flaw);

/* bundle.c */
int rl_bundle_parse(struct rl_bundle *b, const void *data, size_t size,
		    struct rl_flaw *flaw);

#endif
