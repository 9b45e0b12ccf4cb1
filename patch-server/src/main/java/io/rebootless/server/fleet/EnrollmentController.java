package io.rebootless.server.fleet;

import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentKey;
import io.rebootless.wire.EnrollmentKeyRequest;
import io.rebootless.wire.EnrollmentRequest;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Makes enrolment keys and takes hosts in. Both answers hold a secret and are not to be kept by anything between. */
@RestController
final class EnrollmentController {
    private final Enrolling enrolling;

    EnrollmentController(Enrolling enrolling) {
        this.enrolling = enrolling;
    }

    /** Makes an enrolment key, and shows it this once. */
    @Answers(201)
    @PostMapping(path = "/api/v1/enrollment-keys", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<EnrollmentKey> createKey(@RequestBody EnrollmentKeyRequest request) {
        return created(enrolling.createKey(request));
    }

    /** Takes a host in, and gives it its token this once. The enrolment key in the body is what counts. */
    @Answers(
            value = 201,
            problems = {
                ProblemType.ENROLLMENT_KEY_INVALID,
                ProblemType.ENROLLMENT_KEY_EXPIRED,
                ProblemType.ENROLLMENT_KEY_USED_UP
            })
    @PostMapping(path = AgentProtocol.ENROLL, consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Enrollment> enroll(@RequestBody EnrollmentRequest request) {
        return created(enrolling.enroll(request));
    }

    private static <T> ResponseEntity<T> created(T body) {
        return ResponseEntity.status(HttpStatus.CREATED)
                .cacheControl(CacheControl.noStore())
                .body(body);
    }
}
