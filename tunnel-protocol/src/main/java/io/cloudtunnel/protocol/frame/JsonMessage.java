package io.cloudtunnel.protocol.frame;

import org.jspecify.annotations.Nullable;

/** A text message of JSON mode; docs/protocol.md, "JSON mode". */
public sealed interface JsonMessage {

    /**
     * A request, from server to agent.
     *
     * @param id the {@code req_id}, unique among the requests that are open on the link
     * @param numericId whether it came as a JSON number, and has to be echoed as one
     * @param head the head; its query is null where the message has none or an empty one
     * @param body the whole body
     */
    record Request(String id, boolean numericId, RequestHead head, Bytes body)
            implements JsonMessage {

        /** A request whose id is a string. */
        public Request(String id, RequestHead head, Bytes body) {
            this(id, false, head, body);
        }
    }

    /**
     * A response, from agent to server.
     *
     * @param id the {@code req_id} of the request
     * @param numericId whether it is a JSON number
     * @param head the head; its reason is empty where the message has none
     * @param body the whole body
     */
    record Response(String id, boolean numericId, ResponseHead head, Bytes body)
            implements JsonMessage {

        /** A response whose id is a string. */
        public Response(String id, ResponseHead head, Bytes body) {
            this(id, false, head, body);
        }
    }

    /**
     * A request that has an id, but is wrong otherwise.
     *
     * @param id the {@code req_id}
     * @param numericId whether it came as a JSON number
     * @param problem what is wrong, without anything of the message's content
     */
    record MalformedRequest(String id, boolean numericId, String problem) implements JsonMessage {}

    /**
     * A response that says to which request it belongs, but is wrong otherwise.
     *
     * @param id the {@code req_id}
     * @param problem what is wrong, without anything of the message's content
     */
    record MalformedResponse(String id, String problem) implements JsonMessage {}

    /**
     * A message that is to be ignored: of another type, or without {@code req_id} that could be
     * echoed.
     *
     * @param type its type, at most 32 characters of it
     */
    record Unknown(@Nullable String type) implements JsonMessage {}
}
