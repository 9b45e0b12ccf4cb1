/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module's files say to each other. */
#ifndef REBOOTLESS_H
#define REBOOTLESS_H

#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/types.h>

#include "bundle.h"

#undef pr_fmt
#define pr_fmt(fmt) "rebootless: " fmt

#define RL_SYSFS_NAME	"rebootless"	/* under /sys/kernel */

/*
 * A refusal: remember errno, name and words for last_error, log them, return
 * the negative errno. @err is positive.
 */
__printf(3, 4) int rl_refuse(int err, const char *name, const char *fmt, ...);
/* The opposite: the last write was accepted. */
void rl_accept(void);

/* sysfs.c */
int rl_sysfs_create(void);
void rl_sysfs_remove(void);
struct kobject *rl_sysfs_kobj(void);

/* identity.c */
int rl_identity_init(void);
int rl_identity_check(const struct rl_bundle *b);

/* trust.c */
int rl_trust_init(void);
void rl_trust_exit(void);
int rl_trust_add(const void *cert, size_t size);
int rl_trust_set_threshold(unsigned int n);
int rl_trust_seal(void);
bool rl_trust_sealed(void);
unsigned int rl_trust_threshold(void);
u64 rl_trust_level(void);
ssize_t rl_trust_show_keys(char *page);
int rl_trust_verify(const struct rl_bundle *b);
int rl_trust_replace(const struct rl_bundle *b);

/* livepatch.c */

/* What of ours the kernel's livepatch core holds a reference to. */
struct rl_in_force {
	u64 newest;			/* level handed over last, 0: none */
	char name[MODULE_NAME_LEN];	/* its module */
	u64 highest;			/* differs only during a downgrade */
	bool downgrade_safe;		/* all of them */
};

int rl_livepatch_init(void);
void rl_livepatch_exit(void);
void rl_livepatch_in_force(struct rl_in_force *f);
unsigned int rl_livepatch_unreferenced(char (*names)[MODULE_NAME_LEN],
				       unsigned int max);
int rl_livepatch_expect(const struct rl_bundle *b);
void rl_livepatch_helper_is_current(void);
int rl_livepatch_outcome(int loader_err);

/* loader.c */
int rl_loader_init(void);
int rl_loader_load(const struct rl_bundle *b);
int rl_loader_unload(void);

/* apply.c */
int rl_stage_write(const void *data, loff_t off, size_t size);
int rl_apply(const char *command);
u64 rl_floor(void);
int rl_raise_floor(u64 floor);

#endif
