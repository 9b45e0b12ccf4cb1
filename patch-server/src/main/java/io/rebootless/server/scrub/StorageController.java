package io.rebootless.server.scrub;

import io.rebootless.wire.StorageReport;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Whether this server's store is sound. */
@RestController
@RequestMapping(path = "/api/v1/storage", produces = MediaType.APPLICATION_JSON_VALUE)
final class StorageController {
    private final Scrubs scrubs;

    StorageController(Scrubs scrubs) {
        this.scrubs = scrubs;
    }

    @GetMapping
    StorageReport report() {
        return scrubs.report();
    }

    /** Has it looked at now; {@code GET} answers what was found once {@code running} is false. */
    @PostMapping("/scrub")
    @ResponseStatus(HttpStatus.ACCEPTED)
    StorageReport scrub() {
        return scrubs.begin();
    }
}
