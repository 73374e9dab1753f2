/**
 * The private side of the tunnel: dials out to the server and forwards each request to the local
 * service.
 */
@org.jspecify.annotations.NullMarked
module io.cloudtunnel.agent {
    requires com.fasterxml.jackson.databind;
    requires transitive io.cloudtunnel.program;
    requires transitive io.cloudtunnel.protocol;
    requires static io.cloudtunnel.observe; // where the admin listener is wanted
    requires io.helidon.common.buffers;
    requires io.helidon.common.socket;
    requires io.helidon.http;
    requires io.helidon.webclient.api;
    requires static micrometer.core;
    requires static transitive org.jspecify;

    exports io.cloudtunnel.agent;
}
