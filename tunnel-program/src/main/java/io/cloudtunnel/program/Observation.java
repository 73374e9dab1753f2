package io.cloudtunnel.program;

import org.jspecify.annotations.Nullable;

/**
 * What operators are to see; docs/observe.md.
 *
 * @param logsQuery whether the request log has queries, which may hold secrets
 * @param traceProject the Google Cloud project of traces; null where there is none
 * @param admin where the admin listener is; null for none, and then nothing is counted
 * @param metricsTunnels how many tunnels have figures of their own, at a server
 * @param tracing where spans go; null for nowhere, and then nothing is made of them
 */
public record Observation(
        boolean logsQuery,
        @Nullable String traceProject,
        @Nullable Admin admin,
        int metricsTunnels,
        @Nullable Tracing tracing) {

    /** The most tunnels that can have figures of their own: each has some 20 of them. */
    public static final int MOST_TUNNELS = 10_000;

    /** A request log without queries, no admin listener, and no traces. */
    public static final Observation DEFAULT = new Observation(false, null, null, 100, null);

    /** Checks the values. */
    public Observation {
        if (metricsTunnels < 0 || metricsTunnels > MOST_TUNNELS) {
            throw new IllegalArgumentException("0 to " + MOST_TUNNELS + " tunnels");
        }
    }

    /** The same with queries in the log, or without. */
    public Observation withQueries(boolean logs) {
        return new Observation(logs, traceProject, admin, metricsTunnels, tracing);
    }

    /** The same for traces of this project. */
    public Observation withTraceProject(String project) {
        return new Observation(logsQuery, project, admin, metricsTunnels, tracing);
    }

    /** The same with an admin listener. */
    public Observation withAdmin(Admin where) {
        return new Observation(logsQuery, traceProject, where, metricsTunnels, tracing);
    }

    /** The same with so many tunnels that have figures of their own. */
    public Observation withMetricsTunnels(int most) {
        return new Observation(logsQuery, traceProject, admin, most, tracing);
    }

    /** The same with spans of all requests. */
    public Observation withTracing(Tracing how) {
        return new Observation(logsQuery, traceProject, admin, metricsTunnels, how);
    }
}
