package io.cloudtunnel.server.observe;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** One line for each public request. For one request, used by its threads in turn. */
public final class RequestLog {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.server.requests");
    private static final int LONGEST_PATH = 200;

    private final String requestId;
    private final String client;
    private final String method;
    private final String path;
    private final long began = System.nanoTime();
    private String tunnel = "-";
    private int status;
    private long bytesIn;
    private long bytesOut;
    private String end = "ok";

    /** A request that begins now; its query is not logged, since it may hold secrets. */
    public RequestLog(String requestId, String client, String method, String path) {
        this.requestId = requestId;
        this.client = client;
        this.method = method;
        this.path = path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) + "..." : path;
    }

    /** The request's id. */
    public String requestId() {
        return requestId;
    }

    /** The tunnel that it names. */
    public void tunnel(String id) {
        tunnel = id;
    }

    /** So many bytes of the request's body were read. */
    public void read(int bytes) {
        bytesIn += bytes;
    }

    /** The status that the client gets. */
    public void status(int code) {
        status = code;
    }

    /** So many bytes of the response's body were written. */
    public void written(int bytes) {
        bytesOut += bytes;
    }

    /** Why it ended, where it did not end well. */
    public void end(String reason) {
        end = reason;
    }

    /** Writes the line. */
    public void write() {
        if (LOGGER.isLoggable(Level.INFO)) {
            // Put together here: java.util.logging would parse the pattern for each line.
            LOGGER.log(
                    Level.INFO,
                    "request id="
                            + requestId
                            + " tunnel="
                            + tunnel
                            + " client="
                            + client
                            + " "
                            + method
                            + " "
                            + path
                            + " status="
                            + status
                            + " in="
                            + bytesIn
                            + " out="
                            + bytesOut
                            + " ms="
                            + (System.nanoTime() - began) / 1_000_000
                            + " end="
                            + end);
        }
    }
}
