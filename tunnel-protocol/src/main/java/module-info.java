/**
 * What travels between server and agent, and the HTTP/1.1 and WebSocket message code below it.
 *
 * <p>It needs nothing but the JDK and Jackson: no HTTP framework, no logger.
 */
@org.jspecify.annotations.NullMarked
module io.cloudtunnel.protocol {
    requires com.fasterxml.jackson.core;
    requires static transitive org.jspecify;

    exports io.cloudtunnel.protocol.frame;
    exports io.cloudtunnel.protocol.http;
    exports io.cloudtunnel.protocol.session;
    exports io.cloudtunnel.protocol.signed;
    exports io.cloudtunnel.protocol.ws;
}
