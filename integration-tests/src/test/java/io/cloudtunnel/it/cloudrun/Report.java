package io.cloudtunnel.it.cloudrun;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What clients saw, and what happened meanwhile. For one thread. */
final class Report {

    /** How long an event may be felt. */
    private static final long FELT_NANOS = 10_000_000_000L;

    private static final int MOST_FAILURES = 20;

    private record Event(String name, long nanos) {}

    private final Ledger ledger;
    private final Application application;
    private final List<Event> events = new ArrayList<>(); // a few
    private List<Outcome> outcomes = List.of();

    Report(Ledger ledger, Application application) {
        this.ledger = ledger;
        this.application = application;
    }

    /** An event begins. */
    void event(String name) {
        events.add(new Event(name, System.nanoTime()));
    }

    /** All that was asked. */
    void outcomes(List<Outcome> all) {
        outcomes = all;
    }

    private Stream<Outcome> failures() {
        return outcomes.stream().filter(Outcome::failed);
    }

    /** Failed requests that nothing excuses. */
    List<String> failed() {
        return failed(each -> false);
    }

    /** The same without those that this holds for. */
    List<String> failed(Predicate<Outcome> expected) {
        return failures()
                .filter(each -> !ledger.isExcused(each.number()) && !expected.test(each))
                .sorted(Comparator.comparingLong(Outcome::number))
                .limit(MOST_FAILURES)
                .map(this::describe)
                .toList();
    }

    /** Small requests that took so long, whatever became of them. */
    List<String> slow(long millis) {
        return small().filter(each -> each.millis() > millis)
                .sorted(Comparator.comparingLong(Outcome::number))
                .limit(MOST_FAILURES)
                .map(this::describe)
                .toList();
    }

    private String describe(Outcome each) {
        return "%s %d at %s, %s, after %d ms: %s"
                .formatted(
                        each.kind(),
                        each.number(),
                        ledger.where(each.number()),
                        since(each),
                        each.millis(),
                        each.failure());
    }

    private String since(Outcome each) {
        String text = "before all events";
        for (Event event : events) {
            long millis = (each.dueNanos() - event.nanos()) / 1_000_000;
            text = millis >= 0 ? millis + " ms after " + event.name() : text;
        }
        return text;
    }

    /** Failed requests whose process got SIGKILL meanwhile. */
    long excused() {
        return failures().filter(each -> ledger.isExcused(each.number())).count();
    }

    /** Posts that arrived more than once; and those served that did not arrive. */
    List<String> miscounted() {
        return outcomes.stream()
                .filter(each -> each.kind().isPost())
                .filter(each -> {
                    int times = application.times(each.number());
                    return times > 1 || (times == 0 && !each.failed());
                })
                .map(each -> each.number() + ": " + application.times(each.number()) + " times")
                .toList();
    }

    /** Answers that came to a good end, and were wrong. */
    List<String> mangled() {
        return failures().filter(Outcome::isMangled).map(this::describe).toList();
    }

    /** The time within which so many percent of the small requests were served. */
    long smallMillis(int percent) {
        long[] sorted = small().mapToLong(Outcome::millis).sorted().toArray();
        return sorted[(sorted.length * percent + 99) / 100 - 1];
    }

    private Stream<Outcome> small() {
        return outcomes.stream().filter(each -> each.kind() == Kind.SMALL);
    }

    /** One line for each kind of event: what clients saw of it at worst. */
    String table() {
        StringBuilder text = new StringBuilder();
        text.append(
                "%d requests, %d failed, %d excused; small: p50 %d ms, p99 %d ms%n"
                        .formatted(
                                outcomes.size(),
                                failures().count(),
                                excused(),
                                smallMillis(50),
                                smallMillis(99)));
        for (Kind kind : Kind.values()) {
            text.append(
                    "%s: %d%n"
                            .formatted(
                                    kind,
                                    outcomes.stream().filter(each -> each.kind() == kind).count()));
        }
        events.stream().map(Event::name).distinct().forEach(name -> text.append(row(name)));
        text.append(
                row(
                        "rollover alone",
                        outcomes.stream().filter(each -> felt(each) == null).toList()));
        return text.toString();
    }

    /** The event that a request felt; null where it was none. */
    private String felt(Outcome each) {
        String name = null;
        for (Event event : events) { // the last one before it
            name = each.isWithin(event.nanos(), event.nanos() + FELT_NANOS) ? event.name() : name;
        }
        return name;
    }

    private String row(String name) {
        return row(name, outcomes.stream().filter(each -> name.equals(felt(each))).toList());
    }

    private static String row(String name, List<Outcome> those) {
        long longest =
                those.stream()
                        .filter(each -> each.kind() == Kind.SMALL)
                        .mapToLong(Outcome::millis)
                        .max()
                        .orElse(0);
        long failed = those.stream().filter(Outcome::failed).count();
        return "| %s | %d | %d | %d |%n".formatted(name, those.size(), longest, failed);
    }
}
