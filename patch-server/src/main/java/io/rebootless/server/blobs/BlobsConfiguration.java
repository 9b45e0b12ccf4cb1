package io.rebootless.server.blobs;

import io.rebootless.server.storage.DataDirectory;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Which store this server uses: the data directory's. */
@Configuration(proxyBeanMethods = false)
class BlobsConfiguration {
    @Bean
    BlobStore blobs(DataDirectory data) throws IOException {
        return new FileBlobStore(data.bundles());
    }
}
