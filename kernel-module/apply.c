// SPDX-License-Identifier: GPL-2.0-only
/*
 * From bytes to verdict: the staged bundle, the commands on it, and the floor.
 */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "rebootless.h"

/* Room for most livepatches at once: growing costs a copy and a TLB flush. */
#define STAGE_MIN	(512 * 1024)

/*
 * Guards staged. Not held during a verdict: apply takes the buffer out under
 * it, and what was taken out nobody writes to any more.
 *
 * Order: apply_lock, then stage_lock.
 */
static DEFINE_MUTEX(stage_lock);
static struct stage {
	u8 *data;
	size_t size;
	size_t room;
} staged;

/*
 * Held for one command. Only ever tried, so that a second writer gets EBUSY
 * instead of a queue in which its order may have lost its sense.
 */
static DEFINE_MUTEX(apply_lock);

/* Guards floor. */
static DEFINE_SPINLOCK(floor_lock);
static u64 floor;

/* Whatever is staged holds a reference to the module. */
static void drop(struct stage *s)
{
	if (!s->data)
		return;
	vfree(s->data);
	memset(s, 0, sizeof(*s));
	module_put(THIS_MODULE);
}

static int make_room(size_t needed)
{
	size_t room = max_t(size_t, staged.room, STAGE_MIN);
	u8 *data;

	if (needed <= staged.room)
		return 0;
	while (room < needed)
		room *= 2;
	room = min_t(size_t, room, RL_BUNDLE_MAX);

	data = vmalloc(room);
	if (!data)
		return rl_refuse(ENOMEM, "no-memory", "staging %zu bytes", needed);
	if (staged.data) {
		memcpy(data, staged.data, staged.size);
	} else if (!try_module_get(THIS_MODULE)) {
		vfree(data);
		return rl_refuse(ENODEV, "busy", "the module is being unloaded");
	}
	vfree(staged.data);
	staged.data = data;
	staged.room = room;
	return 0;
}

static int stage(const void *data, loff_t off, size_t size)
{
	if (off && off != staged.size)
		return rl_refuse(EINVAL, "not-contiguous",
				 "expected offset 0 or %zu, found %lld",
				 staged.size, off);
	if (off + size > RL_BUNDLE_MAX)
		return rl_refuse(EFBIG, "bundle-size",
				 "expected at most %u bytes, found more",
				 RL_BUNDLE_MAX);
	return make_room(off + size);
}

/**
 * rl_stage_write - take the next bytes of a bundle
 * @data: the bytes
 * @off: 0 starts again, anything else must be where the last write ended
 * @size: how many
 *
 * A write that is refused drops what was staged: half of one bundle and half of
 * another must never meet.
 */
int rl_stage_write(const void *data, loff_t off, size_t size)
{
	int err;

	mutex_lock(&stage_lock);
	if (!off)
		drop(&staged);
	err = stage(data, off, size);
	if (err) {
		drop(&staged);
	} else {
		memcpy(staged.data + off, data, size);
		staged.size = off + size;
	}
	mutex_unlock(&stage_lock);
	return err;
}

static struct stage take_staged(void)
{
	struct stage s;

	mutex_lock(&stage_lock);
	s = staged;
	memset(&staged, 0, sizeof(staged));
	mutex_unlock(&stage_lock);
	return s;
}

u64 rl_floor(void)
{
	u64 f;

	spin_lock(&floor_lock);
	f = floor;
	spin_unlock(&floor_lock);
	return f;
}

/**
 * rl_raise_floor - levels below this are refused from now on
 * @to: at least the floor in force, at most RL_LEVEL_MAX
 */
int rl_raise_floor(u64 to)
{
	u64 now;

	if (to > RL_LEVEL_MAX)
		return rl_refuse(EINVAL, "bad-value",
				 "floor: expected at most %llu, found %llu",
				 RL_LEVEL_MAX, to);
	spin_lock(&floor_lock);
	now = floor;
	if (to > now)
		floor = to;
	spin_unlock(&floor_lock);
	if (to < now)
		return rl_refuse(EPERM, "floor-lowered",
				 "expected at least %llu, found %llu", now, to);
	return 0;
}

static int check_level(const struct rl_bundle *b, bool downgrade)
{
	struct rl_in_force in_force;
	u64 f = rl_floor();

	if (b->level < f)
		return rl_refuse(ESTALE, "below-floor",
				 "expected level %llu or above, found %llu", f,
				 b->level);

	rl_livepatch_in_force(&in_force);
	if (!downgrade) {
		if (b->level > in_force.highest)
			return 0;
		return rl_refuse(EEXIST, "not-above-level",
				 "expected a level above %llu, found %llu",
				 in_force.highest, b->level);
	}
	if (b->level >= in_force.highest)
		return rl_refuse(EEXIST, "not-below-level",
				 "expected a level below %llu, found %llu",
				 in_force.highest, b->level);
	if (!in_force.downgrade_safe)
		return rl_refuse(EPERM, "downgrade-unsafe",
				 "level %llu is not flagged downgrade-safe",
				 in_force.highest);
	return 0;
}

/*
 * The order of the checks is part of the bundle format: structure, because only
 * a well-formed file has a signed part; signatures before anything the header
 * means, so that an unsigned file learns nothing; then kernel build, floor and
 * level.
 */
static int judge(struct rl_bundle *b, const struct stage *s, u32 kind)
{
	struct rl_flaw flaw;
	int err;

	err = rl_bundle_parse(b, s->data, s->size, &flaw);
	if (err)
		return rl_refuse(flaw.err, flaw.name, "%s", flaw.words);
	if (b->kind != kind)
		return rl_refuse(EINVAL, "wrong-kind",
				 "expected a bundle of kind %u for this word, found kind %u",
				 kind, b->kind);
	return rl_trust_verify(b);
}

static int change_level(const struct stage *s, bool downgrade)
{
	struct rl_in_force in_force;
	struct rl_bundle b;
	int err;

	err = judge(&b, s, RL_KIND_LIVEPATCH);
	if (err)
		return err;
	err = rl_identity_check(&b);
	if (err)
		return err;
	err = check_level(&b, downgrade);
	if (err)
		return err;

	/*
	 * A livepatch of ours that was reverted or replaced stays loaded and
	 * may be the very module this bundle carries. If it cannot be unloaded,
	 * the load will say so.
	 */
	rl_loader_unload();
	err = rl_loader_load(&b);
	/*
	 * A loader that was killed once it had loaded is an error, but what is
	 * in force counts, and its floor with it.
	 */
	rl_livepatch_in_force(&in_force);
	if (err && in_force.newest != b.level)
		return err;

	pr_info("level %llu (%s) handed over\n", b.level, b.module);
	if (b.floor > rl_floor())
		rl_raise_floor(b.floor);
	return err;
}

static int change_trust(const struct stage *s)
{
	struct rl_bundle b;
	int err;

	err = judge(&b, s, RL_KIND_TRUST);
	if (err)
		return err;
	return rl_trust_replace(&b);
}

enum command { UPGRADE, DOWNGRADE, TRUST, CLEAR, DISCARD };

static const char * const commands[] = {
	[UPGRADE] = "upgrade",
	[DOWNGRADE] = "downgrade",
	[TRUST] = "trust",
	[CLEAR] = "clear",
	[DISCARD] = "discard",
};

static int use_staged(enum command c)
{
	struct stage s = take_staged();
	int err;

	if (!s.data)
		return rl_refuse(ENODATA, "nothing-staged",
				 "expected a bundle, found none");
	err = c == TRUST ? change_trust(&s) : change_level(&s, c == DOWNGRADE);
	drop(&s);
	return err;
}

static int discard(void)
{
	struct stage s = take_staged();

	drop(&s);
	return 0;
}

static int obey(enum command c)
{
	if (c == DISCARD)
		return discard();
	if (!rl_trust_sealed())
		return rl_refuse(EPERM, "not-sealed",
				 "expected sealed trust, found it open");
	if (c == CLEAR)
		return rl_loader_unload();
	return use_staged(c);
}

/**
 * rl_apply - carry out one command
 * @word: upgrade, downgrade, trust, clear or discard
 *
 * Does not wait for the livepatch's transition: the caller's own stack, which
 * is in here, could be what the transition waits for.
 */
int rl_apply(const char *word)
{
	int c, err;

	c = sysfs_match_string(commands, word);
	if (c < 0)
		return rl_refuse(EINVAL, "unknown-command",
				 "expected upgrade, downgrade, trust, clear or discard");
	if (!mutex_trylock(&apply_lock))
		return rl_refuse(EBUSY, "busy", "another command is being carried out");
	if (try_module_get(THIS_MODULE)) {
		err = obey(c);
		module_put(THIS_MODULE);
	} else {
		err = rl_refuse(ENODEV, "busy", "the module is being unloaded");
	}
	mutex_unlock(&apply_lock);
	return err;
}
