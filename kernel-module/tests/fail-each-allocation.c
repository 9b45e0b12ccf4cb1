// SPDX-License-Identifier: GPL-2.0-only
/*
 * fail-each-allocation stage|apply BUNDLE WORD
 *
 * Hands a bundle to /sys/kernel/rebootless again and again, and has the kernel
 * fail the first memory allocation made on the way, then the second, and so on,
 * until a round needs no more of them (/proc/self/fail-nth, a kernel with
 * CONFIG_FAULT_INJECTION). "stage" counts from the first write of the bundle,
 * "apply" from the write of WORD. One line a round: the number, and the verdict.
 * A livepatch that gets in all the same is reverted before the next round.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ABI	"/sys/kernel/rebootless/"
#define CHUNK	4096
#define ROUNDS	5000
#define PATIENCE 600	/* tenths of a second */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

static void read_text(const char *path, char *text, size_t size)
{
	int fd = open_or_die(path, O_RDONLY);
	ssize_t n = read(fd, text, size - 1);

	if (n < 0)
		die(path);
	while (n && text[n - 1] == '\n')
		n--;
	text[n] = 0;
	close(fd);
}

static int write_text(const char *path, const char *text)
{
	int fd = open_or_die(path, O_WRONLY);
	int err = write(fd, text, strlen(text)) < 0 ? errno : 0;

	close(fd);
	return err;
}

static int stage(int fd, const char *data, size_t size)
{
	size_t at, n;

	for (at = 0; at < size; at += n) {
		n = size - at < CHUNK ? size - at : CHUNK;
		if (pwrite(fd, data + at, n, at) < 0)
			return errno;
	}
	return 0;
}

static void revert(void)
{
	char patch[64], path[160];
	int i;

	read_text(ABI "patch", patch, sizeof(patch));
	if (patch[0]) {
		snprintf(path, sizeof(path), "/sys/kernel/livepatch/%s/enabled", patch);
		for (i = 0; i < PATIENCE && !access(path, F_OK); i++) {
			int fd = open(path, O_WRONLY | O_CLOEXEC);

			if (fd >= 0) {
				/* EBUSY until the transition is over */
				if (write(fd, "0", 1) < 0 && errno != EBUSY)
					die(path);
				close(fd);
			}
			usleep(100000);
		}
	}
	write_text(ABI "apply", "clear");
	read_text(ABI "level", patch, sizeof(patch));
	if (strcmp(patch, "0")) {
		fprintf(stderr, "level %s after revert\n", patch);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	int bundle, apply, nth, file, round, err, from_stage;
	char verdict[512], number[16];
	struct stat st;
	char *data;

	if (argc != 4 || (strcmp(argv[1], "stage") && strcmp(argv[1], "apply"))) {
		fputs("usage: fail-each-allocation stage|apply BUNDLE WORD\n", stderr);
		return 64;
	}
	from_stage = !strcmp(argv[1], "stage");
	file = open_or_die(argv[2], O_RDONLY);
	if (fstat(file, &st))
		die(argv[2]);
	data = malloc(st.st_size);
	if (!data || read(file, data, st.st_size) != st.st_size)
		die(argv[2]);
	/* Opened once: opening is no business of the module's. */
	bundle = open_or_die(ABI "bundle", O_WRONLY);
	apply = open_or_die(ABI "apply", O_WRONLY);
	nth = open_or_die("/proc/self/fail-nth", O_RDWR);

	for (round = 1; round <= ROUNDS; round++) {
		int n = snprintf(number, sizeof(number), "%d", round);
		ssize_t left;

		if (!from_stage && stage(bundle, data, st.st_size))
			die("staging");
		if (pwrite(nth, number, n, 0) < 0)
			die("fail-nth");
		err = from_stage ? stage(bundle, data, st.st_size) : 0;
		if (!err && pwrite(apply, argv[3], strlen(argv[3]), 0) < 0)
			err = errno;
		left = pread(nth, number, sizeof(number) - 1, 0);
		if (left < 0 || pwrite(nth, "0", 1, 0) < 0)
			die("fail-nth");
		number[left] = 0;

		read_text(ABI "last_error", verdict, sizeof(verdict));
		printf("%d %s: %s\n", round, err ? strerror(err) : "accepted", verdict);
		write_text(ABI "apply", "discard");
		revert();
		/* What is left of the number: 0 if an allocation was failed. */
		if (atoi(number)) {
			printf("done\n");
			return 0;
		}
	}
	fprintf(stderr, "no end after %d rounds\n", ROUNDS);
	return 1;
}
