package io.cloudtunnel.program;

/** Times in log lines, made from nanoseconds without a formatter; below zero there was none. */
public final class Millis {

    private static final long MICRO = 1_000;
    private static final long TENTH = 100 * MICRO;

    private Millis() {}

    /** Appends milliseconds with one decimal, or a dash. */
    public static StringBuilder append(StringBuilder line, long nanos) {
        if (nanos < 0) {
            return line.append('-');
        }
        long tenths = nanos / TENTH;
        return line.append(tenths / 10).append('.').append((char) ('0' + tenths % 10));
    }

    /** Adds whole milliseconds as a member; none where there was no time. */
    public static void add(JsonMembers json, String name, long nanos) {
        if (nanos >= 0) {
            json.add(name, nanos / (1000 * MICRO));
        }
    }

    /** A duration as JSON has it in Protocol Buffers, such as {@code 0.123456s}. */
    public static String seconds(long nanos) {
        StringBuilder text = new StringBuilder(16);
        long micros = Math.max(0, nanos) / MICRO;
        text.append(micros / 1_000_000).append('.');
        SecondText.digits(text, (int) (micros % 1_000_000), 6);
        return text.append('s').toString();
    }
}
