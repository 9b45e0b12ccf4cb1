// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handing the verified image to the kernel's own module loader.
 *
 * There is no exported way to load a module from memory, and there should not
 * be: finit_module() brings relocation, module signatures, lockdown and every
 * LSM hook with it. So the image is published as a file that exists only while
 * our own static loader, started as a usermode helper, opens it and passes it
 * to finit_module(). What was verified is what is loaded; no file on a disk is
 * trusted in between.
 */
#include <linux/kmod.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/umh.h>

#include "compat.h"
#include "rebootless.h"

#define IMAGE_NAME	"image"
#define IMAGE_PATH	"/sys/kernel/" RL_SYSFS_NAME "/" IMAGE_NAME
#define UNLOAD_MAX	16
#define ERRNO_MAX	133	/* EHWPOISON; the loader has 8 bits to say it in */

static char *loader = "/usr/lib/rebootless/rebootless-load";
module_param(loader, charp, 0444);
MODULE_PARM_DESC(loader, "absolute path of rebootless-load, fixed at load");

int rl_loader_init(void)
{
	if (loader && loader[0] == '/' && strlen(loader) < PATH_MAX)
		return 0;
	pr_err("loader=%s: expected an absolute path\n", loader ?: "");
	return -EINVAL;
}

struct run {
	bool watched;	/* is this the load that livepatch.c waits for? */
	bool started;
};

/* Runs in the helper's process; the parent waits for it, so *run is there. */
static int on_start(struct subprocess_info *info, struct cred *new)
{
	struct run *run = info->data;

	run->started = true;
	if (run->watched)
		rl_livepatch_helper_is_current();
	return 0;
}

/*
 * Run the loader and wait for it. Not killable: the caller's verdict needs an
 * end that is known, and the image must not go while it is being read.
 */
static int run_loader(char **argv, bool watched)
{
	static char *envp[] = { "HOME=/", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	struct run run = { .watched = watched };
	struct subprocess_info *info;
	int status, code;

	info = call_usermodehelper_setup(loader, argv, envp, GFP_KERNEL,
					 on_start, NULL, &run);
	if (!info)
		return rl_refuse(ENOMEM, "no-memory", "starting the loader");
	status = call_usermodehelper_exec(info, UMH_WAIT_PROC);

	/*
	 * With an empty STATIC_USERMODEHELPER_PATH the kernel answers 0 having
	 * run nothing.
	 */
	if (!run.started && !status)
		return rl_refuse(ENOENT, "loader-missing",
				 "expected %s to run, but this kernel runs no usermode helper",
				 loader);
	if (status == -ENOENT)
		return rl_refuse(ENOENT, "loader-missing",
				 "expected a program at %s, found none", loader);
	if (status < 0)
		return rl_refuse(-status, "loader-failed", "%s did not start",
				 loader);
	if (status & 0x7f)
		return rl_refuse(EIO, "loader-failed", "%s died of signal %d",
				 loader, status & 0x7f);
	code = (status >> 8) & 0xff;
	if (!code)
		return 0;
	if (code > ERRNO_MAX)
		return rl_refuse(ELIBBAD, "loader-failed",
				 "%s exited with %d, expected an errno", loader,
				 code);
	return rl_refuse(code, "loader-failed", "%s %s: the kernel refused it, see dmesg",
			 argv[1], argv[2]);
}

/* No lock: the image does not change while it is published. */
static ssize_t image_read(struct file *file, struct kobject *kobj,
			  rl_const_bin_attr *attr, char *to, loff_t off,
			  size_t count)
{
	return memory_read_from_buffer(to, count, &off, attr->private, attr->size);
}

static struct bin_attribute image_attr = {
	.attr = { .name = IMAGE_NAME, .mode = 0400 },
	.read = image_read,
};

/**
 * rl_loader_load - have the kernel load the image of a verified bundle
 * @b: the bundle; its buffer must stay as it is until this returns
 *
 * Called under apply's lock, which image_read() does not take: removing the
 * attribute waits for readers.
 */
int rl_loader_load(const struct rl_bundle *b)
{
	char *argv[] = { loader, "load", IMAGE_PATH, NULL };
	int err;

	err = rl_livepatch_expect(b);
	if (err)
		return err;

	image_attr.private = (void *)b->image.data;
	image_attr.size = b->image.size;
	err = sysfs_create_bin_file(rl_sysfs_kobj(), &image_attr);
	if (err) {
		rl_refuse(-err, "no-image", "publishing " IMAGE_PATH);
		return rl_livepatch_outcome(err);
	}
	err = run_loader(argv, true);
	sysfs_remove_bin_file(rl_sysfs_kobj(), &image_attr);
	return rl_livepatch_outcome(err);
}

/**
 * rl_loader_unload - have the loader unload our livepatches that nothing holds
 *
 * Return: 0 if none is left.
 */
int rl_loader_unload(void)
{
	char (*names)[MODULE_NAME_LEN];
	char *argv[UNLOAD_MAX + 3];
	unsigned int n, i;
	int err = 0;

	names = kcalloc(UNLOAD_MAX, sizeof(*names), GFP_KERNEL);
	if (!names)
		return rl_refuse(ENOMEM, "no-memory", "unloading");

	n = rl_livepatch_unreferenced(names, UNLOAD_MAX);
	if (n) {
		argv[0] = loader;
		argv[1] = "unload";
		for (i = 0; i < n; i++)
			argv[i + 2] = names[i];
		argv[n + 2] = NULL;
		err = run_loader(argv, false);
	}
	if (!err && rl_livepatch_unreferenced(names, 1))
		err = rl_refuse(EBUSY, "still-present",
				"expected no unreferenced livepatch, found %s",
				names[0]);
	kfree(names);
	return err;
}
