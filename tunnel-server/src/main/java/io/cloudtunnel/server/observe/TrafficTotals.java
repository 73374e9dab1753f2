package io.cloudtunnel.server.observe;

/**
 * What a tunnel, or all of them, had so far.
 *
 * @param requests that have ended
 * @param failures of them, those that a leg other than the client failed
 * @param bytesIn of requests' bodies
 * @param bytesOut of responses' bodies
 */
record TrafficTotals(double requests, double failures, double bytesIn, double bytesOut) {

    TrafficTotals plus(TrafficTotals other) {
        return new TrafficTotals(
                requests + other.requests,
                failures + other.failures,
                bytesIn + other.bytesIn,
                bytesOut + other.bytesOut);
    }
}
