package io.rebootless.server.problem;

import io.rebootless.bundle.RefusedException;
import io.rebootless.wire.JsonFault;
import io.rebootless.wire.Problem;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;

/** Turns whatever a controller throws into a problem. Only what nobody has foreseen is a 500, and only that is logged. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final String RETRY_SECONDS = "5";

    @ExceptionHandler
    ResponseEntity<Object> problem(ProblemException e) {
        var headers = new HttpHeaders();
        e.headers().forEach(headers::set);
        return answer(e.problem(), headers);
    }

    @ExceptionHandler
    ResponseEntity<Object> refused(RefusedException e) {
        return answer(Refusals.problem(e.refusal()), new HttpHeaders());
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        CannotCreateTransactionException.class,
        TransactionSystemException.class
    })
    ResponseEntity<Object> storage(Exception e) {
        LOG.error("PostgreSQL does not answer: {}", e.getMessage());
        var headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        // It may have ended in the middle of a commit: nobody knows which of the two it was.
        return answer(
                ProblemType.STORAGE_UNAVAILABLE.problem(
                        "The database does not answer; a change is made wholly or not at all."),
                headers);
    }

    @ExceptionHandler
    ResponseEntity<Object> parameters(InvalidParameterException e) {
        return answer(
                ProblemType.BAD_PARAMETER.problem(
                        "The parameters cannot be read: they are too many, or not encoded as a URI's are."),
                new HttpHeaders());
    }

    @ExceptionHandler
    ResponseEntity<Object> unforeseen(Exception e) {
        String reference =
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        LOG.error("request failed, reference {}", reference, e);
        return answer(
                ProblemType.INTERNAL_ERROR.problem(
                        "The server's log has the cause under reference %s.".formatted(reference)),
                new HttpHeaders());
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return known(e).map(this::problem).orElseGet(() -> answer(ProblemType.BAD_REQUEST.problem(fault(e)), headers));
    }

    private static String fault(HttpMessageNotReadableException e) {
        return e.getCause() instanceof JacksonException fault ? JsonFault.describe(fault) : "A JSON body is required.";
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(
            HttpMediaTypeNotSupportedException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        MediaType found = e.getContentType();
        String expected =
                e.getSupportedMediaTypes().stream().map(MediaType::toString).collect(Collectors.joining(" or "));
        return answer(
                ProblemType.UNSUPPORTED_MEDIA_TYPE.problem(
                        found == null ? "The body has no Content-Type." : "The body's Content-Type is another one.",
                        expected.isEmpty() ? null : "Content-Type: " + expected,
                        found == null ? "none" : Paging.brief(found.toString()),
                        null),
                headers);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Optional<ProblemException> known = known(e);
        if (known.isPresent()) {
            return problem(known.get());
        }
        String name = e instanceof MethodArgumentTypeMismatchException argument
                ? argument.getName()
                : String.valueOf(e.getPropertyName());
        Class<?> type = e.getRequiredType();
        return answer(
                ProblemType.BAD_PARAMETER.problem("%s is not of the form expected, %s."
                        .formatted(name, type == null ? "another one" : type.getSimpleName())),
                headers);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(StatusProblems.of(status.value(), String.valueOf(e.getMessage())), headers);
    }

    /** A problem of ours that a library has wrapped on its way. */
    private static Optional<ProblemException> known(Throwable wrapper) {
        for (Throwable cause = wrapper.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ProblemException known) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    private static ResponseEntity<Object> answer(Problem problem, HttpHeaders headers) {
        return ResponseEntity.status(problem.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(problem);
    }
}
