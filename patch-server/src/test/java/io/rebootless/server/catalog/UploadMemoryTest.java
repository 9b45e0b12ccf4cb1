package io.rebootless.server.catalog;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.ServerProcess;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestImages;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight bundles of the largest size there is, uploaded at once, add at most 64 MiB of heap. Measured by a server process
 * that has no more: first one says how much it needs at rest, after a full collection; then one with a heap of that and
 * 64 MiB takes all eight, whose images alone are 128 MiB, and none of them is let go before all have arrived.
 */
class UploadMemoryTest {
    private static final int MIB = 1024 * 1024;
    private static final int ADDED = 64 * MIB;

    @TempDir
    Path data;

    @Test
    void eight_of_16_mib_at_once_add_at_most_64_mib_of_heap_and_the_ninth_is_told_to_wait() throws Exception {
        long atRest;
        try (var server = ServerProcess.start(data, "-Xmx512m")) {
            atRest = server.usedHeap();
        }
        long heap = (atRest + ADDED) / MIB * MIB;
        System.out.printf("heap at rest %d MiB, of the server under test %d MiB%n", atRest / MIB, heap / MIB);
        try (var server = ServerProcess.start(data, "-Xmx" + heap)) {
            Files.write(data.resolve("trust.d/alice.der"), alice().certificate().der());
            Api admin = server.admin();
            var slow = new ArrayList<Socket>();
            var last = new ArrayList<Byte>();
            try {
                for (int i = 0; i < BundleController.MAX_UPLOADS; i++) {
                    byte[] file = largest();
                    Socket upload = admin.connect(
                            "POST /api/v1/bundles HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
                                    .formatted(admin.key(), file.length));
                    upload.setSoTimeout(300_000);
                    slow.add(upload);
                    upload.getOutputStream().write(file, 0, file.length - 1);
                    last.add(file[file.length - 1]);
                }
                Api.Answer ninth = admin.upload(new byte[10]);
                for (int i = 0; i < 600 && ninth.status() != 429; i++) {
                    Thread.sleep(100);
                    ninth = admin.upload(new byte[10]);
                }
                assertThat(ninth.problem()).isEqualTo("too-many-uploads");
                for (int i = 0; i < slow.size(); i++) {
                    slow.get(i).getOutputStream().write(last.get(i));
                    slow.get(i).getOutputStream().flush();
                }
                for (Socket upload : slow) {
                    var answer = new String(upload.getInputStream().readAllBytes());
                    assertThat(answer).startsWith("HTTP/1.1 201");
                }
            } finally {
                for (Socket upload : slow) {
                    upload.close();
                }
            }
            System.out.printf("heap after the eight, collected: %d MiB%n", server.usedHeap() / MIB);
        }
    }

    private static byte[] largest() {
        var kernel = Samples.kernel();
        byte[] image = Arrays.copyOf(TestImages.livepatch("fix_1", kernel.release()), BundleFormat.MAX_IMAGE_BYTES);
        return TestBundles.signed(kernel, "fix_1", 1, 0, ManifestCodec.encode(TestBundles.manifest(1)), image, alice());
    }
}
