package io.rebootless.cli.audit;

import io.rebootless.audit.AuditExport;
import io.rebootless.audit.AuditHead;
import io.rebootless.audit.AuditVerification;
import io.rebootless.audit.AuditVerification.Broken;
import io.rebootless.audit.AuditVerification.Intact;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "verify",
        description = {
            "Proves that no entry up to a head kept elsewhere was altered, removed, reordered or cut off.",
            "",
            "Exit code 0: proven up to the newest head given. 1: somebody has tampered with the log; the first entry"
                    + " that is wrong is named. 2: cannot tell; without a head always, for whoever may write the"
                    + " database can cut the log's end off, or write all of it anew, and nothing in the log itself shows"
                    + " it."
        },
        footerHeading = "%nFor an auditor%n",
        footer = {
            "  rebootless audit head >> heads             # from time to time, on another machine",
            "  rebootless audit export -o audit.jsonl     # after the heads: an older export lacks what they prove",
            "  rebootless audit verify audit.jsonl --head-file heads"
        })
final class AuditVerifyCommand implements Callable<Integer> {
    static final String WITHOUT_HEAD = "cannot tell: no head that was kept elsewhere was given (--head, --head-file)."
            + " Without one, a tail that was cut off is invisible, and so is a log that was written anew.";

    @Spec
    CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "An export; without it, the server is asked for one.")
    Optional<Path> file = Optional.empty();

    @ArgGroup(exclusive = false)
    ServerOptions server = new ServerOptions();

    @Option(
            names = "--head",
            paramLabel = "SEQUENCE:HASH",
            description = "A head that was kept elsewhere; repeat for more.")
    List<String> heads = new ArrayList<>();

    @Option(
            names = "--head-file",
            paramLabel = "FILE",
            description = "A file in which heads stand: one a line, or a server's log.")
    List<Path> headFiles = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        if (file.isEmpty() && !server.complete()) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "name an export, or a server with --server and --api-key-file (or in the environment)");
        }
        var verification = new AuditVerification(kept());
        Optional<AuditHead> end;
        try {
            end = read(verification);
        } catch (AuditExport.Malformed e) {
            spec.commandLine().getOut().println("TAMPERED, or no export of an audit log: " + e.getMessage() + ".");
            return ExitCode.REFUSED;
        } catch (CommandFailed | IOException e) {
            boolean misused = e instanceof CommandFailed failed && failed.exitCode() == ExitCode.USAGE;
            throw new CommandFailed(misused ? ExitCode.USAGE : ExitCode.CANNOT_TELL, "cannot tell: " + words(e));
        }
        var out = spec.commandLine().getOut();
        var verdict = verification.end();
        if (verdict instanceof Broken broken) {
            out.println("TAMPERED at entry %d. %s".formatted(broken.sequence(), broken.reason()));
            if (broken.endMissing() && file.isPresent()) {
                out.println("Or this export is older than that head: export anew and verify again.");
            }
            return ExitCode.REFUSED;
        }
        return tell((Intact) verdict, end, out);
    }

    private String words(Exception e) {
        if (e instanceof NoSuchFileException) {
            return e.getMessage() + ": no such file";
        }
        if (e instanceof CharacterCodingException) {
            return file.map(Path::toString).orElse("the server's answer") + ": not an exported audit log";
        }
        return String.valueOf(e.getMessage());
    }

    private static int tell(Intact intact, Optional<AuditHead> end, PrintWriter out) {
        AuditHead last = intact.last();
        out.println("%d %s, each follows from the one before; the last is %s"
                .formatted(last.sequence(), last.sequence() == 1 ? "entry" : "entries", last));
        if (end.isPresent() && !end.get().equals(last)) {
            out.println("TAMPERED at entry %d. The export says that it ends with %s."
                    .formatted(last.sequence() + 1, end.get()));
            return ExitCode.REFUSED;
        }
        if (end.isEmpty()) {
            out.println("the export is not whole: its last line, the head, is missing");
        }
        if (intact.proven().isEmpty()) {
            out.println(WITHOUT_HEAD);
            return ExitCode.CANNOT_TELL;
        }
        AuditHead proven = intact.proven().get();
        out.println(
                "PROVEN up to entry %d: none was altered, removed, reordered or cut off".formatted(proven.sequence()));
        if (proven.sequence() < last.sequence()) {
            out.println(
                    "entries %d to %d are younger than the newest head given: what was cut off after them is invisible"
                            .formatted(proven.sequence() + 1, last.sequence()));
        }
        return ExitCode.OK;
    }

    private Optional<AuditHead> read(AuditVerification verification) throws IOException {
        if (file.isPresent()) {
            try (InputStream export = InputFile.open(file.get())) {
                return AuditExport.read(export, verification::accept);
            }
        }
        var end = new ArrayList<AuditHead>();
        PatchServer.connect(server)
                .auditExport(
                        export -> AuditExport.read(export, verification::accept).ifPresent(end::add));
        return end.stream().findFirst();
    }

    private List<AuditHead> kept() throws IOException {
        var kept = new ArrayList<AuditHead>();
        for (String head : heads) {
            try {
                kept.add(AuditHead.parse(head));
            } catch (IllegalArgumentException e) {
                throw new CommandFailed(ExitCode.USAGE, "--head: " + e.getMessage());
            }
        }
        for (Path headFile : headFiles) {
            var found = AuditHead.in(InputFile.text(headFile, StandardCharsets.ISO_8859_1))
                    .toList();
            if (found.isEmpty()) {
                throw new CommandFailed(ExitCode.NO_INPUT, headFile + ": no head in it, SEQUENCE:HASH");
            }
            kept.addAll(found);
        }
        return kept;
    }
}
