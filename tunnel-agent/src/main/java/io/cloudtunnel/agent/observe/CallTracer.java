package io.cloudtunnel.agent.observe;

import io.cloudtunnel.program.TraceContext;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Makes a span of each request to the local service. Safe for use by several threads. */
public interface CallTracer {

    /** A request has come, and goes on to the local service. */
    Call begin(RequestHead head);

    /** The span of one. Used by the threads of its request in turn. */
    interface Call {

        /** The head as the local service gets it: it names this span. */
        RequestHead head();

        /** The span, for the log; null where it is in no trace. */
        @Nullable TraceContext trace();

        /**
         * It is over.
         *
         * @param status of the local service's response, 0 if none came
         * @param failure why it did not end well; null if it did
         * @param headNanos when that response's head came, as {@link System#nanoTime} has it; 0 if
         *     it did not
         */
        void ended(int status, @Nullable ErrorCode failure, long headNanos);
    }
}
