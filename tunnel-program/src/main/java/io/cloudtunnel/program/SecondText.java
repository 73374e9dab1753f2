package io.cloudtunnel.program;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * The text of a time down to its second, made once for all lines of that second. Safe for use by
 * several threads.
 */
final class SecondText {

    private record Made(long second, String text) {}

    private final DateTimeFormatter format;
    private volatile @Nullable Made last;

    /** Times in a format that has a zone and no fractions of a second. */
    SecondText(DateTimeFormatter format) {
        this.format = format;
    }

    String of(Instant time) {
        Made made = last;
        if (made == null || made.second != time.getEpochSecond()) {
            made = new Made(time.getEpochSecond(), format.format(time));
            last = made;
        }
        return made.text;
    }

    /** Appends a number with leading zeros. */
    static void digits(StringBuilder line, int number, int digits) {
        int unit = 1;
        for (int i = 1; i < digits; i++) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            line.append((char) ('0' + number / unit % 10));
        }
    }
}
