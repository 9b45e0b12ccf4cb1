package io.rebootless.agent.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.preflight.ClockPlausible.Authority;
import io.rebootless.agent.settings.Loader;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.BuildCoverage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What facts come to that a folder of plain files does not show. */
class JudgementTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private static void judged(Check check, Outcome outcome, String... words) {
        var finding = check.judge();
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(outcome);
        String said = finding.found() + " " + finding.remedy().orElse("");
        assertThat(List.of(words)).allSatisfy(word -> assertThat(said).contains(word));
    }

    private static FunctionUsers users(String traced, String probes, String... replaced) {
        return new FunctionUsers(Seen.of(traced), Seen.of(probes), Set.of(replaced));
    }

    @Test
    void aFunctionThatSomebodyElseRedirectsCannotBeReplaced() {
        String traced = """
                do_nanosleep (1) R I     \ttramp: 0xffffffffc0001000 (kprobe_ftrace_handler+0x0/0x1c0) ->arch_ftrace_ops_list_func+0x0/0x1d0
                vfs_read (1)         \ttramp: 0xffffffffc0002000 (function_trace_call+0x0/0x150) ->function_trace_call+0x0/0x150
                version_proc_show (1) R I     \ttramp: 0xffffffffc0003000 (klp_ftrace_handler+0x0/0x1e0) ->arch_ftrace_ops_list_func""";
        judged(
                users(traced, "", "do_nanosleep", "vfs_open"),
                Outcome.BLOCKED,
                "redirects: do_nanosleep",
                "bpftool prog");
        judged(users(traced, "", "vfs_read"), Outcome.ATTENTION, "watched: vfs_read");
        judged(users(traced, "", "vfs_open"), Outcome.READY, "none on the 1 functions");
        judged(users(traced, "", "version_proc_show"), Outcome.READY);
        judged(users(traced, ""), Outcome.ATTENTION, "do_nanosleep", "--bundle");
    }

    @Test
    void aProbeOnAFunctionSeesNothingOnceItIsReplaced() {
        String probes = """
                ffffffff81a5a6e0  k  do_nanosleep+0x0    [FTRACE]
                ffffffff81a5a6f0  r  vfs_read+0x12  some_module  [DISABLED]""";
        judged(users("", probes, "do_nanosleep"), Outcome.ATTENTION, "watched: do_nanosleep");
        judged(users("", probes, "vfs_read"), Outcome.ATTENTION, "see nothing more");
        judged(users("", probes, "vfs_open"), Outcome.READY);
        judged(users("", probes), Outcome.READY, "hinders no livepatch: do_nanosleep, vfs_read");
        judged(users("", ""), Outcome.READY, "none");
    }

    @Test
    void whatOnlyRootSeesOfTracingIsNotGuessed() {
        var denied = new Seen.Denied("/sys/kernel/tracing/enabled_functions: permission denied");
        judged(new FunctionUsers(denied, Seen.of(""), Set.of()), Outcome.UNSEEN, "permission denied", "as root");
        judged(new FunctionUsers(Seen.of(""), new Seen.Absent(), Set.of()), Outcome.UNSEEN, "is not mounted");
    }

    @Test
    void roomForTheLargestBundleMustBeThere() {
        judged(new DiskSpace("/var", Optional.of(DiskSpace.NEEDED - 1), false), Outcome.BLOCKED, "Make room");
        judged(new DiskSpace("/var", Optional.of(DiskSpace.NEEDED), false), Outcome.ATTENTION);
        judged(new DiskSpace("/var", Optional.of(DiskSpace.COMFORTABLE), false), Outcome.READY);
        judged(new DiskSpace("/var", Optional.of(DiskSpace.COMFORTABLE), true), Outcome.BLOCKED, "read-only");
        judged(new DiskSpace("/var", Optional.empty(), false), Outcome.UNSEEN);
    }

    @Test
    void aClockOutsideTheAuthoritysValidityBreaksTls() {
        var past = new Authority("CN=old", NOW.minus(Duration.ofDays(9)), NOW.minus(Duration.ofDays(1)));
        var future = new Authority("CN=new", NOW.plus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(9)));
        String version = "#1 SMP Debian 6.1.176-1 (2026-07-08)";
        judged(new ClockPlausible(NOW, version, List.of(past)), Outcome.ATTENTION, "CN=old has expired");
        judged(new ClockPlausible(NOW, version, List.of(future)), Outcome.ATTENTION, "before CN=new is valid");
        judged(new ClockPlausible(NOW, version, List.of()), Outcome.READY);
        judged(new ClockPlausible(NOW, "#1 SMP", List.of()), Outcome.READY);
        judged(new ClockPlausible(NOW, "(2027-01-01)", List.of()), Outcome.ATTENTION, "built in 2027", "timedatectl");
    }

    @Test
    void aServerIsReachedOrNotAndKnowsTheKernelOrNot() {
        var kernel = Optional.of(TestBundles.KERNEL);
        var soon = Duration.ofMillis(20);
        var covered =
                new ServerAnswer.Told("https://s", new BuildCoverage(1, BuildCoverage.Coverage.COVERED, 7L), soon);
        judged(new ServerReached(covered), Outcome.READY, "https://s answered in 20 ms");
        judged(new Coverage(covered, kernel), Outcome.READY, "level 7");
        judged(new Coverage(covered, Optional.empty()), Outcome.UNSEEN);
        for (var none : List.of(BuildCoverage.Coverage.BUNDLE_MISSING, BuildCoverage.Coverage.UNKNOWN)) {
            var told = new ServerAnswer.Told("https://s", new BuildCoverage(1, none, null), Duration.ofSeconds(9));
            judged(new Coverage(told, kernel), Outcome.ATTENTION, "Publish a bundle");
            judged(new ServerReached(told), Outcome.ATTENTION, "9000 ms");
        }
        var refused = new ServerAnswer.Refused("https://s", "https://s answers 401", false);
        judged(new ServerReached(refused), Outcome.READY, "was reached");
        judged(new Coverage(refused, kernel), Outcome.UNSEEN, "answers 401", "older server");
        var lost = new ServerAnswer.Unreachable("https://s cannot be reached: no address is known for this host name");
        judged(new ServerReached(lost), Outcome.BLOCKED, "no address is known", "proxy");
        judged(new Coverage(lost, kernel), Outcome.UNSEEN);
    }

    @Test
    void aBundleForAnotherKernelOrWithoutAModuleSignatureIsNamed() {
        var running = Optional.of(TestBundles.KERNEL);
        var other = new KernelBuild("6.1.0-99-amd64", "#1", "x86_64", new BuildId("ee".repeat(20)));
        judged(
                new BundleFits(
                        Optional.of(new BundleFits.Sample(other, 1, Set.of(), false)), Optional.empty(), running),
                Outcome.BLOCKED,
                "it is for 6.1.0-99-amd64");
        judged(
                new BundleFits(
                        Optional.of(new BundleFits.Sample(TestBundles.KERNEL, 1, Set.of("a", "b"), false)),
                        Optional.empty(),
                        running),
                Outcome.READY,
                "replaces 2 functions");
        judged(
                new BundleFits(Optional.empty(), Optional.of("x.rlb: bad-magic"), running),
                Outcome.BLOCKED,
                "bad-magic");

        var enforced = Seen.of("Y");
        var unsigned = new ModuleSigning(Loader.MODULE, true, Optional.empty(), Optional.of(false));
        judged(new SignatureEnforcement(enforced, unsigned), Outcome.BLOCKED, "the livepatch in the bundle has no");
        var signed = new ModuleSigning(Loader.MODULE, true, Optional.empty(), Optional.of(true));
        judged(new SignatureEnforcement(enforced, signed), Outcome.READY);
        var unproven = new ModuleSigning(Loader.MODULE, false, Optional.of(true), Optional.of(true));
        judged(new SignatureEnforcement(enforced, unproven), Outcome.ATTENTION, "enrol the key");
    }

    @Test
    void theVerdictIsReadyOnlyIfEverythingWasSeenAndIsWell() {
        Check good = new SystemdRuns(true, Loader.MODULE);
        assertThat(Report.of(Optional.empty(), List.of(good)).verdict()).isEqualTo(Report.Verdict.READY);
        assertThat(Report.of(Optional.empty(), List.of(good)).text()).endsWith("ready: this host can be patched");
        Check notAsked = new ServerReached(new ServerAnswer.NotAsked());
        assertThat(Report.of(Optional.empty(), List.of(good, notAsked)).verdict())
                .isEqualTo(Report.Verdict.READY);
        Check unseen = new ModulesDisabled(new Seen.Denied("no"));
        assertThat(Report.of(Optional.empty(), List.of(good, unseen)).verdict()).isEqualTo(Report.Verdict.ATTENTION);
        Check blocked = new ModulesDisabled(Seen.of("1"));
        assertThat(Report.of(Optional.empty(), List.of(unseen, blocked)).verdict())
                .isEqualTo(Report.Verdict.BLOCKED);
    }
}
