package io.rebootless.server.delivery;

import io.rebootless.server.delivery.PreparedDirectives.Prepared;
import io.rebootless.server.fleet.KnownHost;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One poll that hangs: answered exactly once, by a change or by the end of its patience. */
final class Waiter implements AsyncListener {
    private static final Logger LOG = LoggerFactory.getLogger(Waiter.class);

    private final AsyncContext context;
    private final KnownHost host;
    private final String etag;
    private final DirectiveBoard board;
    private final AtomicBoolean answered = new AtomicBoolean();

    Waiter(AsyncContext context, KnownHost host, String etag, DirectiveBoard board) {
        this.context = context;
        this.host = host;
        this.etag = etag;
        this.board = board;
    }

    KnownHost host() {
        return host;
    }

    String etag() {
        return etag;
    }

    void changed(Prepared directive) {
        answer(response -> DirectiveAnswer.found(response, directive));
    }

    void unchanged() {
        answer(response -> DirectiveAnswer.unchanged(response, etag));
    }

    private interface Answer {
        void write(HttpServletResponse response) throws IOException;
    }

    private void answer(Answer answer) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        board.remove(this);
        try {
            answer.write((HttpServletResponse) context.getResponse());
            context.complete();
        } catch (IOException | IllegalStateException gone) {
            LOG.debug("a polling host went away: {}", gone.getMessage());
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        unchanged();
    }

    @Override
    public void onError(AsyncEvent event) {
        finish();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        finish();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // A poll hangs once.
    }

    private void finish() {
        answered.set(true);
        board.remove(this);
    }
}
