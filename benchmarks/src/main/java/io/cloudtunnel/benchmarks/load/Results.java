package io.cloudtunnel.benchmarks.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured, over all rounds, and the table of it. For one thread. */
final class Results {

    private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

    void add(String measure, String target, double value) {
        values.computeIfAbsent(measure, key -> new LinkedHashMap<>())
                .computeIfAbsent(target, key -> new ArrayList<>())
                .add(value);
    }

    /**
     * A table in Markdown, a row for each measure and a column for each way: the median, the least
     * and the most of the rounds, and how many times the baseline's median it is.
     */
    String table(String baseline) {
        List<String> targets =
                values.values().stream()
                        .flatMap(byTarget -> byTarget.keySet().stream())
                        .distinct()
                        .toList();
        StringBuilder table = new StringBuilder("| |");
        targets.forEach(target -> table.append(" ").append(target).append(" |"));
        table.append("\n|---|").append("---|".repeat(targets.size())).append('\n');
        values.forEach((measure, byTarget) -> {
            List<Double> base = byTarget.getOrDefault(baseline, List.of());
            table.append("| ").append(measure).append(" |");
            for (String target : targets) {
                table.append(" ").append(cell(byTarget.get(target), base)).append(" |");
            }
            table.append('\n');
        });
        return table.toString();
    }

    private static String cell(@Nullable List<Double> list, List<Double> baseline) {
        if (list == null || list.stream().allMatch(value -> value == 0)) {
            return ""; // the service itself costs no way anything
        }
        String spread =
                String.format(
                        "%s (%s-%s)",
                        number(median(list)),
                        number(list.stream().mapToDouble(d -> d).min().orElse(Double.NaN)),
                        number(list.stream().mapToDouble(d -> d).max().orElse(Double.NaN)));
        return baseline.isEmpty() || baseline.equals(list)
                ? spread
                : spread + ", **" + number(median(list) / median(baseline)) + "×**";
    }

    private static double median(List<Double> list) {
        double[] sorted = list.stream().mapToDouble(d -> d).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }
}
