package io.rebootless.server.install;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.problem.ProblemWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.PathResourceResolver;

/**
 * Serves {@code /install/}: the script {@code agent.sh}, the packages, and {@code SHA256SUMS} of all of them. No key is
 * asked for: a host that is being installed has none yet, and all of it is public software. What vouches for it is the
 * connection's certificate, or the sums that a block carries.
 */
@Configuration(proxyBeanMethods = false)
class InstallConfiguration implements WebMvcConfigurer {
    private static final String SCRIPT = "agent.sh";
    private static final String SUMS = "SHA256SUMS";

    private final InstallFiles files;
    private final Resource script;

    InstallConfiguration(InstallFiles files) throws IOException {
        this.files = files;
        this.script = new Known(SCRIPT, new ClassPathResource("install/" + SCRIPT).getContentAsByteArray());
    }

    /** Also of the API's description, which is as public and no smaller. */
    @Bean
    static FilterRegistrationBean<DownloadLimit> downloadLimit(ProblemWriter problems) {
        var registration = new FilterRegistrationBean<>(new DownloadLimit(problems));
        registration.addUrlPatterns("/install/*", "/docs/*");
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        return registration;
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/install/*")
                .addResourceLocations("classpath:/install/")
                .setCacheControl(CacheControl.noCache())
                .setUseLastModified(false)
                .setEtagGenerator(this::etag)
                .resourceChain(false)
                .addResolver(new ByName());
    }

    /** A name is looked up, never a path. */
    private final class ByName extends PathResourceResolver {
        @Override
        protected @Nullable Resource getResource(String name, Resource location) throws IOException {
            if (name.equals(SCRIPT)) {
                return script;
            }
            if (name.equals(SUMS)) {
                return new Known(SUMS, sums());
            }
            Optional<Path> file = files.find(name);
            return file.isPresent() ? new FileSystemResource(file.get()) : null;
        }
    }

    /** What has a name, and is in memory. */
    private static final class Known extends ByteArrayResource {
        private final String name;

        Known(String name, byte[] content) {
            super(content);
            this.name = name;
        }

        @Override
        public String getFilename() {
            return name;
        }
    }

    /** As {@code sha256sum} writes and checks it. */
    private byte[] sums() throws IOException {
        String lines = files.all().entrySet().stream()
                .map(file -> line(file.getValue(), file.getKey()))
                .collect(Collectors.joining());
        String first = line(Sha256.of(script.getContentAsByteArray()), SCRIPT);
        return (first + lines).getBytes(StandardCharsets.US_ASCII);
    }

    private static String line(Sha256 digest, String name) {
        return "%s  %s\n".formatted(digest, name);
    }

    private String etag(Resource resource) {
        try {
            Sha256 digest = resource instanceof FileSystemResource file
                    ? files.digest(file.getFile().toPath())
                    : Sha256.of(resource.getContentAsByteArray());
            return "\"" + digest + "\"";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
