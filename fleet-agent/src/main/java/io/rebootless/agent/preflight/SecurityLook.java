package io.rebootless.agent.preflight;

import io.rebootless.agent.settings.Loader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What on this host has a say about loading modules. */
final class SecurityLook {
    /** The firmware's variable: four bytes of attributes, then 1 if it is on. */
    private static final String SECURE_BOOT = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    private static final int VALUE_AT = 4;

    private final HostFiles files;
    private final ModuleSigning signing;
    private final Loader loader;
    private final ImageSource source;

    SecurityLook(HostFiles files, ModuleSigning signing, Loader loader) {
        this.files = files;
        this.signing = signing;
        this.loader = loader;
        this.source = ImageSource.of(loader);
    }

    List<Check> checks() {
        var security = security();
        return List.of(
                new ModulesDisabled(files.proc("sys/kernel/modules_disabled")),
                new SignatureEnforcement(files.sys("module/module/parameters/sig_enforce"), signing),
                new Lockdown(files.sys("kernel/security/lockdown"), security, signing),
                secureBoot(),
                loader == Loader.DIRECT
                        ? new NotNeeded("usermodehelper-limits")
                        : new UsermodeHelperLimits(files.proc("sys/kernel/usermodehelper/bset")),
                new Selinux(source, files.sys("fs/selinux/enforce"), ruleInstalled()),
                ima(security),
                new LoadPin(source, security, files.proc("sys/kernel/loadpin/enforce"), argument("loadpin.enforce")),
                ipe(security));
    }

    private SecurityFiles security() {
        var names = HostFiles.names(files.sysfs().resolve("kernel/security"));
        if (names.isEmpty()) {
            return new SecurityFiles(SecurityFiles.State.NONE, Set.of());
        }
        var active = files.sys("kernel/security/lsm").text();
        return new SecurityFiles(
                names.get().isEmpty() ? SecurityFiles.State.UNMOUNTED : SecurityFiles.State.MOUNTED,
                Set.copyOf(List.of(active.orElse("").split(","))));
    }

    private SecureBoot secureBoot() {
        Path variables = files.sysfs().resolve("firmware/efi/efivars");
        Path variable = variables.resolve(SECURE_BOOT);
        try {
            byte[] content = Files.readAllBytes(variable);
            return new SecureBoot(
                    Optional.of(content.length > VALUE_AT && content[VALUE_AT] == 1), Optional.empty(), signing);
        } catch (NoSuchFileException none) {
            boolean hidden =
                    HostFiles.names(files.sysfs().resolve("firmware/efi")).isPresent()
                            && HostFiles.names(variables).orElse(List.of()).isEmpty();
            return new SecureBoot(
                    Optional.empty(),
                    hidden ? Optional.of("booted by EFI, and efivarfs is not mounted") : Optional.empty(),
                    signing);
        } catch (IOException e) {
            return new SecureBoot(Optional.empty(), Optional.of(variable + " cannot be read"), signing);
        }
    }

    private boolean ruleInstalled() {
        Path policies = files.root().resolve("var/lib/selinux");
        return HostFiles.names(policies).orElse(List.of()).stream()
                .flatMap(policy ->
                        HostFiles.names(policies.resolve(policy).resolve("active/modules")).orElse(List.of()).stream()
                                .map(priority -> policies.resolve(policy)
                                        .resolve("active/modules")
                                        .resolve(priority)))
                .anyMatch(modules -> Files.exists(modules.resolve("rebootless")));
    }

    private ImaAppraisal ima(SecurityFiles security) {
        return new ImaAppraisal(
                source,
                security,
                HostFiles.names(files.sysfs().resolve("kernel/security/ima")).isPresent(),
                files.sys("kernel/security/ima/policy"),
                files.file("etc/ima/ima-policy"),
                argument("ima_policy"),
                argument("ima_appraise"));
    }

    private Ipe ipe(SecurityFiles security) {
        Path folder = files.sysfs().resolve("kernel/security/ipe/policies");
        Map<String, Seen> active = new TreeMap<>();
        for (String name : HostFiles.names(folder).orElse(List.of())) {
            if (HostFiles.read(folder.resolve(name).resolve("active")).says("1")) {
                active.put(name, HostFiles.read(folder.resolve(name).resolve("policy")));
            }
        }
        return new Ipe(source, security, files.sys("kernel/security/ipe/enforce"), active);
    }

    /** The last word counts, but for {@code ima_policy}, which may be given again and again: then all of them. */
    private Optional<String> argument(String name) {
        var values = files.proc("cmdline").text().stream()
                .flatMap(line -> Arrays.stream(line.split("\\s+")))
                .filter(word -> word.startsWith(name + "="))
                .map(word -> word.substring(name.length() + 1))
                .toList();
        if (values.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(name.equals("ima_policy") ? String.join("|", values) : values.get(values.size() - 1));
    }
}
