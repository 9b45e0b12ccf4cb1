package io.rebootless.server.fleet;

import java.time.Clock;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Makes the months of the history ahead of time, at start and once a day. */
@Component
final class HistoryPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryPartitions.class);
    private static final int AHEAD = 3;

    private final JdbcTemplate jdbc;
    private final Clock clock;

    HistoryPartitions(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** A month whose rows already lie in the default partition cannot be made any more; they stay there, and no harm is done. */
    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.DAYS)
    void create() {
        YearMonth month = YearMonth.now(clock.withZone(ZoneOffset.UTC));
        for (int i = 0; i <= AHEAD; i++, month = month.plusMonths(1)) {
            try {
                jdbc.execute(
                        "CREATE TABLE IF NOT EXISTS host_history_%tY_%<tm PARTITION OF host_history FOR VALUES FROM ('%s-01 00:00:00+00') TO ('%s-01 00:00:00+00')"
                                .formatted(month.atDay(1), month, month.plusMonths(1)));
            } catch (DataAccessException e) {
                LOG.warn("the history's month {} cannot be made: {}", month, e.getMessage());
            }
        }
    }
}
