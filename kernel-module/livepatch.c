// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which livepatches of ours are in the kernel, seen through a module notifier:
 * what the loader claims to have done is not evidence, what the kernel did is.
 *
 * The livepatch core takes a reference to a livepatch's module when it is
 * enabled and gives it back when it has been disabled, or replaced, for good.
 * So of our modules that are present, those with a reference are in force.
 */
#include <linux/list.h>
#include <linux/livepatch.h>
#include <linux/notifier.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "rebootless.h"

struct ours {
	struct list_head list;
	struct module *mod;
	char name[MODULE_NAME_LEN];
	u64 level;
	bool downgrade_safe;
};

/*
 * Guards everything below. Held for moments only, never while sleeping or
 * calling out: the notifier takes it inside the module loader.
 */
static DEFINE_SPINLOCK(lock);

/*
 * In the order in which they went live. A module on this list has not passed
 * MODULE_STATE_GOING, so as long as the lock is held it is not freed.
 */
static LIST_HEAD(present);

/* The one load under way. */
static struct {
	struct ours *entry;		/* NULL: none; owned by us until live */
	struct pid *helper;		/* the loader's process */
	bool live;
	char live_name[MODULE_NAME_LEN];
	int veto;			/* errno, 0: no veto */
	char vetoed[MODULE_NAME_LEN];
} load;

static bool is_helper(void)
{
	return load.entry && load.helper && task_tgid(current) == load.helper;
}

/*
 * The loader may load one module, the livepatch that the header names. Anything
 * else it brings is stopped before its first instruction.
 */
static int on_coming(struct module *mod)
{
	int err = 0;

	spin_lock(&lock);
	if (is_helper()) {
		if (strcmp(mod->name, load.entry->name))
			err = -ENOEXEC;
		else if (!is_livepatch_module(mod))
			err = -EINVAL;
		if (err) {
			load.veto = -err;
			strscpy(load.vetoed, mod->name, sizeof(load.vetoed));
		}
	}
	spin_unlock(&lock);
	return notifier_from_errno(err);
}

static void on_live(struct module *mod)
{
	spin_lock(&lock);
	if (is_helper() && !load.live && !strcmp(mod->name, load.entry->name) &&
	    is_livepatch_module(mod)) {
		load.live = true;
		load.entry->mod = mod;
		list_add_tail(&load.entry->list, &present);
	}
	spin_unlock(&lock);
}

static void on_going(struct module *mod)
{
	struct ours *o, *gone = NULL;

	spin_lock(&lock);
	list_for_each_entry(o, &present, list) {
		if (o->mod == mod) {
			gone = o;
			list_del(&gone->list);
			break;
		}
	}
	if (gone && gone == load.entry) {
		load.live = false;	/* rl_livepatch_outcome() frees it */
		gone = NULL;
	}
	spin_unlock(&lock);
	kfree(gone);
}

static int on_module_event(struct notifier_block *nb, unsigned long event,
			   void *data)
{
	switch (event) {
	case MODULE_STATE_COMING:
		return on_coming(data);
	case MODULE_STATE_LIVE:
		on_live(data);
		break;
	case MODULE_STATE_GOING:
		on_going(data);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = {
	.notifier_call = on_module_event,
};

/**
 * rl_livepatch_expect - prepare to watch the loader load this bundle's image
 * @b: the verified bundle
 *
 * Everything the notifier needs is allocated here. Calls are serialised by
 * apply's lock and paired with rl_livepatch_outcome().
 */
int rl_livepatch_expect(const struct rl_bundle *b)
{
	struct ours *o = kzalloc(sizeof(*o), GFP_KERNEL);

	if (!o)
		return rl_refuse(ENOMEM, "no-memory", "watching the load");
	if (strscpy(o->name, b->module, sizeof(o->name)) < 0) {
		kfree(o);
		return rl_refuse(EBADMSG, "bad-text",
				 "module: expected at most %zu characters",
				 sizeof(o->name) - 1);
	}
	o->level = b->level;
	o->downgrade_safe = b->flags & RL_FLAG_DOWNGRADE_SAFE;

	spin_lock(&lock);
	load.entry = o;
	load.live = false;
	load.veto = 0;
	spin_unlock(&lock);
	return 0;
}

/* Called in the loader's process, before it becomes the loader. */
void rl_livepatch_helper_is_current(void)
{
	spin_lock(&lock);
	if (load.entry && !load.helper)
		load.helper = get_pid(task_tgid(current));
	spin_unlock(&lock);
}

/**
 * rl_livepatch_outcome - the verdict on a load
 * @loader_err: 0 if the loader ran and exited with 0, else the negative errno
 *		of a refusal already made
 *
 * Success is what the kernel did: the livepatch named in the header went live,
 * brought by the very process we started, and is held by the livepatch core. A
 * loader that says yes without that is not believed; nor is one that says no
 * when the module is in force (then the level counts, but the error stands).
 */
int rl_livepatch_outcome(int loader_err)
{
	char name[MODULE_NAME_LEN], vetoed[MODULE_NAME_LEN];
	struct ours *unused = NULL;
	struct pid *helper;
	bool live, held;
	int veto;

	spin_lock(&lock);
	live = load.live;
	held = live && module_refcount(load.entry->mod) > 0;
	veto = load.veto;
	strscpy(vetoed, load.vetoed, sizeof(vetoed));
	strscpy(name, load.entry->name, sizeof(name));
	if (!live)
		unused = load.entry;
	load.entry = NULL;
	helper = load.helper;
	load.helper = NULL;
	spin_unlock(&lock);

	put_pid(helper);
	kfree(unused);

	if (veto == ENOEXEC)
		return rl_refuse(veto, "wrong-module",
				 "expected module %s, found %s", name, vetoed);
	if (veto)
		return rl_refuse(veto, "not-livepatch",
				 "expected a livepatch, found module %s without the livepatch flag",
				 vetoed);
	if (loader_err)
		return loader_err;
	if (!live)
		return rl_refuse(EIO, "not-live",
				 "the loader reported success, but module %s did not go live",
				 name);
	if (!held)
		return rl_refuse(EIO, "not-live",
				 "module %s went live without enabling a livepatch",
				 name);
	return 0;
}

/**
 * rl_livepatch_in_force - what of ours is in force now
 * @f: filled in
 *
 * During a transition both the new livepatch and the one it replaces are held;
 * the one that came last is the one the kernel is moving to. If the transition
 * is reversed, it loses its reference and the other is the last again.
 */
void rl_livepatch_in_force(struct rl_in_force *f)
{
	struct ours *o;

	memset(f, 0, sizeof(*f));
	f->downgrade_safe = true;
	spin_lock(&lock);
	list_for_each_entry(o, &present, list) {
		if (module_refcount(o->mod) <= 0)
			continue;
		f->newest = o->level;
		strscpy(f->name, o->name, sizeof(f->name));
		f->highest = max(f->highest, o->level);
		f->downgrade_safe &= o->downgrade_safe;
	}
	spin_unlock(&lock);
}

/**
 * rl_livepatch_unreferenced - our livepatches that nothing holds any more
 * @names: filled in
 * @max: room in @names
 *
 * They are out of force for good (the livepatch core cannot enable one again)
 * but in the way: loading the same module again gives EEXIST.
 */
unsigned int rl_livepatch_unreferenced(char (*names)[MODULE_NAME_LEN],
				       unsigned int max)
{
	unsigned int n = 0;
	struct ours *o;

	spin_lock(&lock);
	list_for_each_entry(o, &present, list) {
		if (n == max)
			break;
		if (module_refcount(o->mod) == 0)
			strscpy(names[n++], o->name, sizeof(names[0]));
	}
	spin_unlock(&lock);
	return n;
}

int rl_livepatch_init(void)
{
	return register_module_notifier(&module_notifier);
}

/* Nothing of ours can be present here; the list is freed for good measure. */
void rl_livepatch_exit(void)
{
	struct ours *o, *next;

	unregister_module_notifier(&module_notifier);
	list_for_each_entry_safe(o, next, &present, list) {
		list_del(&o->list);
		kfree(o);
	}
}
