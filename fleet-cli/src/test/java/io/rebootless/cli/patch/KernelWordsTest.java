package io.rebootless.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelWordsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "livepatch: symbol 'no_such' not found in symbol table | no_such | inlined",
                "livepatch: unresolvable ambiguity for symbol 'dup' in object 'vmlinux' | dup | .old_sympos",
                "livepatch: symbol position 3 for symbol 'dup' in object 'vmlinux' not found | dup | .old_sympos",
                "livepatch: failed to register ftrace handler for function 'busy' (-16) | busy | kprobe",
                "livepatch: failed to set ftrace filter for function 'hidden' (-22) | hidden | notrace",
                "fix_1: Unknown symbol fib_table_lookup (err -2) | fib_table_lookup | modules",
                "fix_1: version magic '6.1.0-50-amd64 SMP' should be '6.1.0-47-amd64 SMP' | 6.1.0-50-amd64 | another kernel build",
                "fix_1: disagrees about version of symbol sock_ioctl | sock_ioctl | headers",
                "livepatch: Livepatch patch (fix_2) is not compatible with the already installed livepatches. | fix_2 | states",
            })
    void what_the_kernel_says_is_told_with_what_helps(String line, String named, String meaning) {
        assertThat(KernelWords.meanings("[    8.5] random\n[   12.345] " + line + "\n[   12.4] " + line + "\n"))
                .singleElement()
                .asString()
                .contains(named, meaning);
    }
}
