package io.rebootless.server.fleet;

import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.EnrollmentKeyInfo;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.EnrollmentRequest;
import io.rebootless.wire.Page;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Enrolment keys, and hosts that join. Answers that hold a secret are not to be kept by anything between. */
@RestController
final class EnrollmentController {
    private final Enrolling enrolling;
    private final EnrollmentKeys keys;

    EnrollmentController(Enrolling enrolling, EnrollmentKeys keys) {
        this.enrolling = enrolling;
        this.keys = keys;
    }

    /** Makes an enrolment key, and shows it this once. */
    @Answers(201)
    @PostMapping(path = "/api/v1/enrollment-keys", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<EnrollmentKey> createKey(@RequestBody EnrollmentKeyRequest request) {
        return created(keys.create(request));
    }

    /** Lists the enrolment keys, never the secrets, the newest first. */
    @GetMapping("/api/v1/enrollment-keys")
    Page<EnrollmentKeyInfo> list(
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        var found = keys.before(cursor.isEmpty() ? EnrollmentKeys.Position.NEWEST : position(cursor), limit + 1);
        return Paging.page(found, limit, key -> key, last -> Paging.cursor(last.created() + " " + last.id()));
    }

    /** Shows an enrolment key, never the secret. */
    @GetMapping("/api/v1/enrollment-keys/{id}")
    EnrollmentKeyInfo one(@PathVariable("id") UUID id) {
        return keys.find(id).orElseThrow(() -> absent(id));
    }

    /** Revokes an enrolment key; hosts that have joined with it stay. */
    @DeleteMapping("/api/v1/enrollment-keys/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable("id") UUID id) {
        if (!keys.revoke(id)) {
            throw absent(id);
        }
    }

    /** Takes a host in, and gives it its token this once. The enrolment key in the body is what counts. */
    @Answers(
            value = 201,
            problems = {
                ProblemType.ENROLLMENT_KEY_INVALID,
                ProblemType.ENROLLMENT_KEY_EXPIRED,
                ProblemType.ENROLLMENT_KEY_USED_UP,
                ProblemType.ENROLLMENT_KEY_REVOKED
            })
    @PostMapping(path = AgentProtocol.ENROLL, consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Enrollment> enroll(@RequestBody EnrollmentRequest request, HttpServletRequest from) {
        enrolling.admit(request, from.getRemoteAddr());
        return created(enrolling.enroll(request, from.getRemoteAddr()));
    }

    private static ProblemException absent(UUID id) {
        return ProblemType.NOT_FOUND.because("There is no enrolment key %s.".formatted(id));
    }

    private static EnrollmentKeys.Position position(String cursor) {
        String position = Paging.position(cursor);
        int space = position.indexOf(' ');
        try {
            return new EnrollmentKeys.Position(
                    Instant.parse(position.substring(0, space)), UUID.fromString(position.substring(space + 1)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
            throw Paging.badCursor();
        }
    }

    private static <T> ResponseEntity<T> created(T body) {
        return ResponseEntity.status(HttpStatus.CREATED)
                .cacheControl(CacheControl.noStore())
                .body(body);
    }
}
