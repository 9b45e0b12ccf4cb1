// SPDX-License-Identifier: GPL-2.0-only
/*
 * handover: how long until a livepatch is in force, three ways, in turn.
 *
 *	handover ROUNDS MODULE BUNDLE KPATCH
 *
 *	rebootless	BUNDLE into /sys/kernel/rebootless/bundle, `upgrade`
 *	kpatch		`KPATCH load MODULE`
 *	bare		finit_module() of MODULE
 *
 * MODULE is the livepatch in BUNDLE, in a file named after the module. Trust
 * must be sealed, nothing in force. The clock starts before the first write,
 * fork or open; it stops when the livepatch is seen enabled and its transition
 * over. Each round takes the ways in another order; round 0 warms up. Between
 * two measurements everything is reverted and unloaded and the machine left
 * alone for a while.
 *
 * Writes one line a measurement, comma-separated, times in nanoseconds:
 *
 *	round, way, total, and what it is made of: for rebootless staging,
 *	apply and the wait for the transition; for kpatch when the command had
 *	returned; for bare finit_module() and the wait. For rebootless a last
 *	number says what of apply is parsing and verifying: the time that the
 *	same command takes to be refused because the level is in force already,
 *	which is the first thing looked at after the signatures.
 *
 * One program for all three, so that no shell and no process start is counted
 * for one and not for another.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REBOOTLESS	"/sys/kernel/rebootless/"
#define PIECE		4096		/* what sysfs takes at once; the agent's */
#define POLL_NS		2000000		/* between two looks at the transition */
#define QUIET_NS	500000000	/* before each measurement */
#define PATIENCE_NS	60000000000	/* for a transition */

static const char *module_file, *bundle_file, *kpatch;
static char name[64];			/* of the module */
static char enabled[128], transition[128], refcnt[128];

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void nap(int64_t ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };

	while (nanosleep(&t, &t))
		;
}

/* The first character of a file of one value, or 0 if there is no such file. */
static char value(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char c = 0;

	if (fd < 0)
		return 0;
	if (read(fd, &c, 1) != 1)
		c = 0;
	close(fd);
	return c;
}

static int tell(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int status = 0;

	if (fd < 0)
		err(1, "%s", path);
	if (write(fd, word, strlen(word)) < 0)
		status = errno;
	close(fd);
	return status;
}

static void must(int status, const char *what)
{
	char said[512] = "";
	int fd;

	if (!status)
		return;
	fd = open(REBOOTLESS "last_error", O_RDONLY);
	if (fd >= 0 && read(fd, said, sizeof(said) - 1) < 0)
		said[0] = 0;
	errx(1, "%s: %s; rebootless says: %s", what, strerror(status), said);
}

/*
 * In this order: the folder is there before the transition begins, and enabled
 * is 1 only after it has.
 */
static bool in_force(void)
{
	return value(enabled) == '1' && value(transition) == '0';
}

static void await_in_force(void)
{
	int64_t since = now();

	while (!in_force()) {
		if (now() - since > PATIENCE_NS)
			errx(1, "%s is not in force after a minute", name);
		nap(POLL_NS);
	}
}

static void stage(void)
{
	int from = open(bundle_file, O_RDONLY | O_CLOEXEC);
	int to = open(REBOOTLESS "bundle", O_WRONLY | O_CLOEXEC);
	char piece[PIECE];
	ssize_t n;

	if (from < 0 || to < 0)
		err(1, "staging");
	while ((n = read(from, piece, sizeof(piece))) > 0)
		if (write(to, piece, n) != n)
			must(errno ?: EIO, "staging");
	if (n < 0)
		err(1, "%s", bundle_file);
	close(from);
	close(to);
}

static void by_rebootless(int round)
{
	int64_t start, staged, applied, end, again, verified;

	start = now();
	stage();
	staged = now();
	must(tell(REBOOTLESS "apply", "upgrade"), "upgrade");
	applied = now();
	await_in_force();
	end = now();

	nap(QUIET_NS);
	stage();
	again = now();
	if (tell(REBOOTLESS "apply", "upgrade") != EEXIST)
		errx(1, "a level in force was not refused with EEXIST");
	verified = now();

	printf("%d,rebootless,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "\n",
	       round, end - start, staged - start, applied - staged,
	       end - applied, verified - again);
}

static void by_kpatch(int round)
{
	static char *const env[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", NULL };
	char *const words[] = { (char *)kpatch, "load", (char *)module_file, NULL };
	int64_t start, end, returned;
	int status, null;
	pid_t pid;

	start = now();
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		null = open("/dev/null", O_WRONLY);
		dup2(null, STDOUT_FILENO);
		execve(kpatch, words, env);
		err(127, "%s", kpatch);
	}
	/*
	 * To the same end as the others: what it does after that, up to its
	 * return, is not held against it.
	 */
	while (!in_force()) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			errx(1, "%s ended with status %#x and nothing is in force", kpatch, status);
		nap(POLL_NS);
	}
	end = now();
	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "%s ended with status %#x", kpatch, status);
	returned = now();

	printf("%d,kpatch,%" PRId64 ",%" PRId64 "\n", round, end - start,
	       returned - start);
}

static void by_hand(int round)
{
	int64_t start, loaded, end;
	int fd;

	start = now();
	fd = open(module_file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", module_file);
	if (syscall(SYS_finit_module, fd, "", 0))
		err(1, "finit_module");
	close(fd);
	loaded = now();
	await_in_force();
	end = now();

	printf("%d,bare,%" PRId64 ",%" PRId64 ",%" PRId64 "\n", round,
	       end - start, loaded - start, end - loaded);
}

/* Out of force, unloaded, forgotten. */
static void undo(void)
{
	int64_t since = now();

	must(tell(enabled, "0"), "disabling");
	/* The livepatch core lets go of the module a moment after the folder is gone. */
	while (value(enabled) || value(refcnt) != '0') {
		if (now() - since > PATIENCE_NS)
			errx(1, "%s is still in use a minute after it was disabled", name);
		nap(POLL_NS);
	}
	/* Whoever loaded it unloads it. */
	must(tell(REBOOTLESS "apply", "clear"), "clear");
	if (syscall(SYS_delete_module, name, O_NONBLOCK) && errno != ENOENT)
		err(1, "delete_module %s", name);
	if (value(REBOOTLESS "level") != '0')
		errx(1, "something is in force still");
}

int main(int argc, char **argv)
{
	static void (*const ways[])(int) = { by_rebootless, by_kpatch, by_hand };
	enum { WAYS = sizeof(ways) / sizeof(ways[0]) };
	int rounds, round, i;
	char *path;

	if (argc != 5 || (rounds = atoi(argv[1])) < 1) {
		fputs("usage: handover ROUNDS MODULE BUNDLE KPATCH\n", stderr);
		return 2;
	}
	module_file = argv[2];
	bundle_file = argv[3];
	kpatch = argv[4];
	path = strdup(module_file);
	snprintf(name, sizeof(name), "%s", basename(path));
	name[strcspn(name, ".")] = 0;
	snprintf(enabled, sizeof(enabled), "/sys/kernel/livepatch/%s/enabled", name);
	snprintf(transition, sizeof(transition), "/sys/kernel/livepatch/%s/transition", name);
	snprintf(refcnt, sizeof(refcnt), "/sys/module/%s/refcnt", name);
	free(path);

	for (round = 0; round <= rounds; round++) {
		for (i = 0; i < WAYS; i++) {
			nap(QUIET_NS);
			ways[(round + i) % WAYS](round);
			undo();
		}
		fflush(stdout);
	}
	return 0;
}
