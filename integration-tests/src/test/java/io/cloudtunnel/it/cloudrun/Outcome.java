package io.cloudtunnel.it.cloudrun;

/**
 * What became of a request.
 *
 * @param dueNanos when it was to begin
 * @param nanos from then to its end
 * @param failure null where it was served
 */
record Outcome(long number, Kind kind, long dueNanos, long nanos, String failure) {

    /** What a failure says where the answer was complete. */
    static final String MANGLED = "the wrong answer: ";

    boolean failed() {
        return failure != null;
    }

    /** Whether the answer was complete, but not the right one. */
    boolean isMangled() {
        return failure != null && failure.contains(MANGLED);
    }

    /** Whether it was open at this moment. */
    boolean isOpenAt(long atNanos) {
        return atNanos - dueNanos >= 0 && atNanos - dueNanos - nanos < 0;
    }

    /** When it ended. */
    long endNanos() {
        return dueNanos + nanos;
    }

    long millis() {
        return nanos / 1_000_000;
    }

    /** Whether it began within this time. */
    boolean isWithin(long fromNanos, long untilNanos) {
        return dueNanos - fromNanos >= 0 && dueNanos - untilNanos < 0;
    }
}
