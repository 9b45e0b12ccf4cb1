package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/**
 * How many of a number of hosts: a count such as {@code 3}, or a share such as {@code 2.5%}.
 *
 * @param number the count, or the share in percent
 * @param share whether it is one
 */
public record Amount(BigDecimal number, boolean share) {
    private static final Pattern TEXT = Pattern.compile("[0-9]{1,7}|[0-9]{1,3}(?:\\.[0-9]{1,2})?%");
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    public static final Amount NONE = parse("0");
    public static final Amount ALL = parse("100%");

    public Amount {
        number = number.stripTrailingZeros();
        if (share && number.compareTo(HUNDRED) > 0) {
            throw new IllegalArgumentException("amount: at most 100%");
        }
    }

    /** From how people write it. */
    @JsonCreator
    public static Amount parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException("amount: a count such as \"3\" or a share such as \"2.5%\" expected");
        }
        boolean share = text.endsWith("%");
        return new Amount(new BigDecimal(share ? text.substring(0, text.length() - 1) : text), share);
    }

    /** At least so many of {@code whole}: a share is rounded up, so that a share of somebody is never nobody. */
    public int roundedUp(int whole) {
        return Math.min(whole, of(whole, RoundingMode.CEILING));
    }

    /** At most so many of {@code whole}: a share is rounded down. */
    public int roundedDown(int whole) {
        return of(whole, RoundingMode.FLOOR);
    }

    private int of(int whole, RoundingMode rounding) {
        return share
                ? number.multiply(BigDecimal.valueOf(whole))
                        .divide(HUNDRED, 0, rounding)
                        .intValueExact()
                : number.intValueExact();
    }

    /** Whether there are fleets of which it is less than another; a count and a share cannot be told apart. */
    boolean mayBeLessThan(Amount other) {
        return share != other.share || number.compareTo(other.number) < 0;
    }

    /** Whether it means nobody, of how many soever. */
    public boolean none() {
        return number.signum() == 0;
    }

    /** Whether it means everybody, of how many soever. */
    public boolean all() {
        return share && number.compareTo(HUNDRED) == 0;
    }

    @JsonValue
    @Override
    public String toString() {
        return number.toPlainString() + (share ? "%" : "");
    }
}
