// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/rebootless: one value a file, described in ABI. What the files
 * mean is decided elsewhere; here is only how they are read and written.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "compat.h"
#include "rebootless.h"

#define LAST_ERROR_MAX	512

static struct kobject *kobj;

/* Guards last_error. */
static DEFINE_SPINLOCK(last_error_lock);
static char last_error[LAST_ERROR_MAX] = "ok";

struct kobject *rl_sysfs_kobj(void)
{
	return kobj;
}

int rl_refuse(int err, const char *name, const char *fmt, ...)
{
	char line[LAST_ERROR_MAX];
	va_list args;
	int n;

	/* %pe writes -EBUSY; the name without the sign is what people know */
	n = scnprintf(line, sizeof(line), "%pe %s: ", ERR_PTR(-err), name);
	va_start(args, fmt);
	vscnprintf(line + n, sizeof(line) - n, fmt, args);
	va_end(args);

	spin_lock(&last_error_lock);
	strscpy(last_error, line + 1, sizeof(last_error));
	spin_unlock(&last_error_lock);
	pr_notice_ratelimited("%s\n", line + 1);
	return -err;
}

void rl_accept(void)
{
	spin_lock(&last_error_lock);
	strscpy(last_error, "ok", sizeof(last_error));
	spin_unlock(&last_error_lock);
}

/* What every write answers: its errno, or that all of it was taken. */
static ssize_t answer(int err, size_t count)
{
	if (err)
		return err;
	rl_accept();
	return count;
}

static int parse_number(const char *name, const char *buf, u64 *value)
{
	if (kstrtou64(buf, 10, value))
		return rl_refuse(EINVAL, "bad-value",
				 "%s: expected a decimal number", name);
	return 0;
}

static ssize_t trust_write(struct file *file, struct kobject *k,
			   rl_const_bin_attr *attr, char *buf, loff_t off,
			   size_t count)
{
	return answer(rl_trust_add(buf, count), count);
}

static ssize_t bundle_write(struct file *file, struct kobject *k,
			    rl_const_bin_attr *attr, char *buf, loff_t off,
			    size_t count)
{
	return answer(rl_stage_write(buf, off, count), count);
}

static ssize_t threshold_show(struct kobject *k, struct kobj_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%u\n", rl_trust_threshold());
}

static ssize_t threshold_store(struct kobject *k, struct kobj_attribute *attr,
			       const char *buf, size_t count)
{
	u64 n;
	int err;

	err = parse_number("threshold", buf, &n);
	if (!err)
		err = rl_trust_set_threshold(min_t(u64, n, UINT_MAX));
	return answer(err, count);
}

static ssize_t trust_level_show(struct kobject *k, struct kobj_attribute *attr,
				char *buf)
{
	return sysfs_emit(buf, "%llu\n", rl_trust_level());
}

static ssize_t sealed_show(struct kobject *k, struct kobj_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%d\n", rl_trust_sealed());
}

static ssize_t sealed_store(struct kobject *k, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	int err;

	if (sysfs_streq(buf, "1"))
		err = rl_trust_seal();
	else
		err = rl_refuse(EINVAL, "bad-value", "sealed: expected 1");
	return answer(err, count);
}

static ssize_t apply_store(struct kobject *k, struct kobj_attribute *attr,
			   const char *buf, size_t count)
{
	return answer(rl_apply(buf), count);
}

static ssize_t floor_show(struct kobject *k, struct kobj_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%llu\n", rl_floor());
}

static ssize_t floor_store(struct kobject *k, struct kobj_attribute *attr,
			   const char *buf, size_t count)
{
	u64 to;
	int err;

	err = parse_number("floor", buf, &to);
	if (!err)
		err = rl_raise_floor(to);
	return answer(err, count);
}

static ssize_t level_show(struct kobject *k, struct kobj_attribute *attr,
			  char *buf)
{
	struct rl_in_force f;

	rl_livepatch_in_force(&f);
	return sysfs_emit(buf, "%llu\n", f.newest);
}

static ssize_t patch_show(struct kobject *k, struct kobj_attribute *attr,
			  char *buf)
{
	struct rl_in_force f;

	rl_livepatch_in_force(&f);
	return sysfs_emit(buf, "%s\n", f.name);
}

static ssize_t keys_show(struct kobject *k, struct kobj_attribute *attr,
			 char *buf)
{
	return rl_trust_show_keys(buf);
}

static ssize_t last_error_show(struct kobject *k, struct kobj_attribute *attr,
			       char *buf)
{
	ssize_t n;

	spin_lock(&last_error_lock);
	n = sysfs_emit(buf, "%s\n", last_error);
	spin_unlock(&last_error_lock);
	return n;
}

static struct kobj_attribute threshold_attr = __ATTR_RW_MODE(threshold, 0600);
static struct kobj_attribute trust_level_attr = __ATTR_RO(trust_level);
static struct kobj_attribute sealed_attr = __ATTR_RW_MODE(sealed, 0600);
static struct kobj_attribute apply_attr = __ATTR_WO(apply);
static struct kobj_attribute floor_attr = __ATTR_RW_MODE(floor, 0600);
static struct kobj_attribute level_attr = __ATTR_RO(level);
static struct kobj_attribute patch_attr = __ATTR_RO(patch);
static struct kobj_attribute keys_attr = __ATTR_RO(keys);
static struct kobj_attribute last_error_attr = __ATTR_RO(last_error);

static const struct attribute *attrs[] = {
	&threshold_attr.attr,
	&trust_level_attr.attr,
	&sealed_attr.attr,
	&apply_attr.attr,
	&floor_attr.attr,
	&level_attr.attr,
	&patch_attr.attr,
	&keys_attr.attr,
	&last_error_attr.attr,
	NULL
};

/* No size: how much may be written is decided, and refused by name, elsewhere. */
static struct bin_attribute trust_attr = {
	.attr = { .name = "trust", .mode = 0200 },
	.write = trust_write,
};

static struct bin_attribute bundle_attr = {
	.attr = { .name = "bundle", .mode = 0200 },
	.write = bundle_write,
};

int rl_sysfs_create(void)
{
	int err;

	kobj = kobject_create_and_add(RL_SYSFS_NAME, kernel_kobj);
	if (!kobj)
		return -ENOMEM;
	err = sysfs_create_files(kobj, attrs);
	if (err)
		goto err_kobj;
	err = sysfs_create_bin_file(kobj, &trust_attr);
	if (err)
		goto err_kobj;
	err = sysfs_create_bin_file(kobj, &bundle_attr);
	if (err)
		goto err_kobj;
	return 0;

err_kobj:
	rl_sysfs_remove();
	return err;
}

/*
 * Waits for every reader and writer; the files go with their directory. Not
 * left to the last kobject_put(), which CONFIG_DEBUG_KOBJECT_RELEASE puts off
 * until this module's code is gone.
 */
void rl_sysfs_remove(void)
{
	kobject_del(kobj);
	kobject_put(kobj);
}
