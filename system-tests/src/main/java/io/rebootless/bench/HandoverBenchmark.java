package io.rebootless.bench;

import io.rebootless.guest.DebianKernel;
import io.rebootless.product.ModuleBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Measures a livepatch's hand-over to the kernel, writes the record, and fails if it is slower than it may be. */
public final class HandoverBenchmark {
    private HandoverBenchmark() {}

    /** Arguments: a folder to work in, the folder for the record, the commit, the number of rounds. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path record = Path.of(arguments[1]);
        int rounds = Integer.parseInt(arguments[3]);

        var kernel = DebianKernel.get("newest-6.1");
        var module = ModuleBuild.of(kernel);
        var kpatch = DebianPackage.get("trixie", "kpatch", folder.resolve("kpatch"));
        System.out.printf("bench: %d rounds on %s, one key, then two of three%n", rounds, kernel);
        var handovers = List.of(
                Handover.measure(folder.resolve("one"), module, kpatch, 1, 1, rounds),
                Handover.measure(folder.resolve("two"), module, kpatch, 3, 2, rounds));

        var report = new HandoverReport(arguments[2], kernel, kpatch, rounds, Files.size(module.sample(1)), handovers);
        Files.createDirectories(record);
        Files.writeString(record.resolve("handover.csv"), report.csv());
        Files.writeString(record.resolve("handover.md"), report.markdown());
        System.out.println(report.markdown());

        boolean passed = report.passed();
        System.out.println("bench: " + (passed ? "ok" : "FAILED: slower than kpatch load"));
        // The guests' reader threads may outlive them for a moment.
        System.exit(passed ? 0 : 1);
    }
}
