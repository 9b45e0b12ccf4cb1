package io.rebootless.server;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says when the server begins to stop, and why: who reads the log later sees that nobody has lost it. */
@Component
final class StopNotice {
    private static final Logger LOG = LoggerFactory.getLogger(StopNotice.class);

    /** Spring's hook, which runs because the JVM ends. */
    private static final String HOOK = "SpringApplicationShutdownHook";

    /** The JVM's thread that a signal has started, and that waits for the hooks. */
    private static final Pattern HANDLER = Pattern.compile("(SIG[A-Z]+) handler");

    private final ApplicationContext context;
    private final Duration patience;

    StopNotice(
            ApplicationContext context,
            @Value("${spring.lifecycle.timeout-per-shutdown-phase:30s}") Duration patience) {
        this.context = context;
        this.patience = patience;
    }

    @EventListener
    void stopping(ContextClosedEvent event) {
        if (event.getApplicationContext().equals(context)) {
            LOG.info(
                    "stopping: {}; nothing new is taken, what is under way has {} s to end",
                    why(
                            Thread.currentThread().getName(),
                            Thread.getAllStackTraces().keySet().stream().map(Thread::getName)),
                    patience.toSeconds());
        }
    }

    /**
     * The reason.
     *
     * @param current the thread that stops the server
     * @param threads all there are
     */
    static String why(String current, Stream<String> threads) {
        if (!current.equals(HOOK)) {
            return "the program itself ends it";
        }
        Optional<String> signal = threads.map(HANDLER::matcher)
                .filter(Matcher::matches)
                .map(handler -> handler.group(1))
                .findAny();
        return signal.map(name -> "the process was sent " + name).orElse("the process was told to end");
    }
}
