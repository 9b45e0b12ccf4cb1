// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which kernel build this is. Two builds with one release string are different
 * builds, so the GNU build-id is compared too. It is read once: it cannot
 * change under a running kernel.
 */
#include <linux/elf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "rebootless.h"

#define NOTES_PATH	"/sys/kernel/notes"
#define NOTES_MAX	(16 * 1024)

#ifndef NT_GNU_BUILD_ID
#define NT_GNU_BUILD_ID	3
#endif

static u8 build_id[RL_BUILD_ID_MAX];
static size_t build_id_size;

/* Walk the ELF notes; every size in them is checked against what is left. */
static int find_build_id(const u8 *notes, size_t left)
{
	while (left >= sizeof(Elf64_Nhdr)) {
		const Elf64_Nhdr *n = (const Elf64_Nhdr *)notes;
		const u8 *name = notes + sizeof(*n);
		size_t name_size, desc_size;

		left -= sizeof(*n);
		if (n->n_namesz > left)
			break;
		name_size = min_t(size_t, ALIGN(n->n_namesz, 4), left);
		left -= name_size;
		if (n->n_descsz > left)
			break;
		desc_size = min_t(size_t, ALIGN(n->n_descsz, 4), left);
		left -= desc_size;

		if (n->n_type == NT_GNU_BUILD_ID && n->n_namesz == 4 &&
		    !memcmp(name, "GNU", 4)) {
			if (n->n_descsz < RL_BUILD_ID_MIN ||
			    n->n_descsz > RL_BUILD_ID_MAX)
				return -ENODATA;
			build_id_size = n->n_descsz;
			memcpy(build_id, name + name_size, build_id_size);
			return 0;
		}
		notes = name + name_size + desc_size;
	}
	return -ENODATA;
}

/*
 * Not kernel_read_file_from_path_initns(): its purposes (firmware, policy, ...)
 * are each subject to policies that do not mean this file, and with none of
 * them (READING_UNKNOWN) the IPE LSM of 6.12 and later prints a warning with a
 * stack trace and taints the kernel.
 */
static ssize_t read_notes(void *to, size_t size)
{
	struct file *file;
	loff_t pos = 0;
	ssize_t n;

	file = filp_open(NOTES_PATH, O_RDONLY, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	do {
		n = kernel_read(file, to + pos, size - pos, &pos);
	} while (n > 0 && pos < size);
	filp_close(file, NULL);
	return n < 0 ? n : pos;
}

/*
 * Fail closed: a kernel whose build cannot be told apart from others is not one
 * a bundle can be meant for.
 */
int rl_identity_init(void)
{
	ssize_t size;
	void *notes;
	int err;

	notes = kmalloc(NOTES_MAX, GFP_KERNEL);
	if (!notes)
		return -ENOMEM;
	size = read_notes(notes, NOTES_MAX);
	err = size < 0 ? size : find_build_id(notes, size);
	kfree(notes);
	if (err) {
		pr_err("no usable GNU build-id in " NOTES_PATH ": %pe\n",
		       ERR_PTR(err));
		return err;
	}
	pr_info("kernel build %s, build-id %*phN\n", init_utsname()->release,
		(int)build_id_size, build_id);
	return 0;
}

static int check_text(const char *field, const char *expected, const char *found)
{
	if (!strcmp(expected, found))
		return 0;
	return rl_refuse(ENOEXEC, "wrong-kernel", "%s: expected %s, found %s",
			 field, expected, found);
}

/**
 * rl_identity_check - is this bundle for the kernel that is running?
 * @b: the bundle
 *
 * init_utsname(), never utsname(): what a container is called is not what its
 * kernel is.
 */
int rl_identity_check(const struct rl_bundle *b)
{
	int err;

	err = check_text("release", init_utsname()->release, b->release);
	if (err)
		return err;
	err = check_text("version", init_utsname()->version, b->version);
	if (err)
		return err;
	err = check_text("machine", init_utsname()->machine, b->machine);
	if (err)
		return err;
	if (b->build_id.size == build_id_size &&
	    !memcmp(b->build_id.data, build_id, build_id_size))
		return 0;
	return rl_refuse(ENOEXEC, "wrong-kernel",
			 "build-id: expected %*phN, found %*phN",
			 (int)build_id_size, build_id,
			 (int)b->build_id.size, b->build_id.data);
}
