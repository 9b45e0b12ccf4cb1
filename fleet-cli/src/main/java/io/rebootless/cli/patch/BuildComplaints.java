package io.rebootless.cli.patch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/** What a kernel build's {@code make} says when a module does not come of it, as a publisher can use it. */
final class BuildComplaints {
    private static final int MAX_LINES = 20;
    private static final Pattern UNDEFINED = Pattern.compile("(?m)^ERROR: modpost: \"([^\"]+)\" \\[[^]]*] undefined!");
    private static final Pattern GPL_ONLY =
            Pattern.compile("(?m)^ERROR: modpost: GPL-incompatible module .* uses GPL-only symbol '([^']+)'");
    private static final Pattern COMPILER = Pattern.compile("(?m)^(?!make)\\S+?:\\d+(:\\d+)?: (fatal )?error: .*$");

    private BuildComplaints() {}

    /** The causes, most telling first; the log's last lines if none is known. */
    static List<String> in(String log) {
        var causes = new LinkedHashSet<String>();
        COMPILER.matcher(log).results().forEach(found -> causes.add(found.group()));
        UNDEFINED
                .matcher(log)
                .results()
                .forEach(found -> causes.add(("%1$s is not exported by this kernel to modules: if all that it calls is,"
                                + " bring its code along under another name; else make the livepatch with kpatch-build or"
                                + " klp-build, which resolve it by a klp relocation, and put it under prebuilt/")
                        .formatted(found.group(1))));
        GPL_ONLY.matcher(log)
                .results()
                .forEach(found -> causes.add(
                        "%s is for modules under the GPL only: say MODULE_LICENSE(\"GPL\")".formatted(found.group(1))));
        if (!causes.isEmpty()) {
            return causes.stream().limit(MAX_LINES).toList();
        }
        var lines = new ArrayList<>(log.lines().filter(line -> !line.isBlank()).toList());
        return lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size());
    }
}
