// SPDX-License-Identifier: GPL-2.0-only
/*
 * rebootless-load: what rebootless.ko starts to have the kernel load a verified
 * image, or unload livepatches that nothing holds.
 *
 *	rebootless-load load FILE
 *	rebootless-load unload MODULE...
 *
 * The exit status is 0 or the errno. insmod cannot do this: it answers 1 to
 * every error, and that of Debian 11 and 12 maps the file into memory, which
 * sysfs does not allow. Statically linked: nothing on the way in may depend on
 * which libraries a host has.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define USAGE	255	/* is no errno */

static int status(int err)
{
	return err < USAGE ? err : ELIBBAD;
}

static int load(const char *path)
{
	int fd, err = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		err = errno;
	close(fd);
	return err;
}

/* Tries all of them; the first error is the one reported. */
static int unload(char **names)
{
	int first = 0;

	for (; *names; names++)
		if (syscall(SYS_delete_module, *names, O_NONBLOCK) && !first)
			first = errno;
	return first;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "load"))
		return status(load(argv[2]));
	if (argc >= 3 && !strcmp(argv[1], "unload"))
		return status(unload(argv + 2));
	fputs("usage: rebootless-load load FILE\n"
	      "       rebootless-load unload MODULE...\n"
	      "Started by rebootless.ko; the exit status is 0 or the errno.\n",
	      stderr);
	return USAGE;
}
