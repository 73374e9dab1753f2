/** The public side of the tunnel, as a library and as a program. */
@org.jspecify.annotations.NullMarked
module io.cloudtunnel.server {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.nimbusds.jose.jwt;
    requires io.cloudtunnel.observe;
    requires transitive io.cloudtunnel.program;
    requires transitive io.cloudtunnel.protocol;
    requires io.helidon.common;
    requires io.helidon.common.buffers;
    requires io.helidon.common.concurrency.limits;
    requires io.helidon.common.context;
    requires io.helidon.common.mapper;
    requires io.helidon.common.socket;
    requires io.helidon.common.tls;
    requires io.helidon.http;
    requires io.helidon.http.encoding;
    requires transitive io.helidon.webserver;
    requires io.helidon.webserver.http2;
    requires io.helidon.webserver.websocket;
    requires io.helidon.websocket;
    requires io.nats.jnats;
    requires java.naming;
    requires java.net.http;
    requires lettuce.core;
    requires micrometer.core;
    requires static transitive org.jspecify;

    exports io.cloudtunnel.server;
}
