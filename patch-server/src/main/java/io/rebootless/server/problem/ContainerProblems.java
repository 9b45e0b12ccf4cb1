package io.rebootless.server.problem;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Requests that Tomcat itself rejects (not HTTP, headers too large) get a problem too, instead of Tomcat's HTML page; and
 * every answer, those included, its {@linkplain SecurityHeaders security headers}.
 */
@Component
final class ContainerProblems implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(Valve.class.getName());
            }
        });
    }

    /** Tomcat makes it by name, so that it is public and has a constructor without parameters. */
    public static final class Valve extends ErrorReportValve {
        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            SecurityHeaders.set(response, request.getConnector().getSecure());
            try {
                super.invoke(request, response);
                if (HangUp.wanted(request)) {
                    request.getCoyoteRequest().action(ActionCode.CLOSE_NOW, null);
                    return;
                }
                if (request.getAttribute(RequestLimits.BODY) != null && !request.isAsync()) {
                    UnreadBody.read(request, response);
                }
            } finally {
                if (request.getAttribute(RequestLimits.BODY) instanceof Runnable release) {
                    request.removeAttribute(RequestLimits.BODY);
                    release.run();
                }
            }
        }

        @Override
        protected void report(Request request, Response response, @Nullable Throwable throwable) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            SecurityHeaders.set(response, request.getConnector().getSecure());
            var problem = StatusProblems.of(status, "The request is not HTTP as this server takes it.");
            // Fixed text without anything of the request's in it: no JSON library is needed.
            String json = "{\"type\":\"%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
                    .formatted(problem.type(), problem.title(), problem.status(), problem.detail());
            try {
                response.setStatus(problem.status());
                response.setContentType(ProblemWriter.MEDIA_TYPE);
                response.getOutputStream().write(json.getBytes(StandardCharsets.US_ASCII));
                response.finishResponse();
            } catch (IOException | IllegalStateException gone) {
                container.getLogger().debug("a client went away", gone);
            }
        }
    }
}
