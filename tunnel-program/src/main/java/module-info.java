/** What the two programs share: options, logging, and the first class. */
@org.jspecify.annotations.NullMarked
module io.cloudtunnel.program {
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires io.helidon.common.media.type;
    requires io.helidon.config;
    requires io.helidon.config.yaml;
    requires transitive java.logging;
    requires org.yaml.snakeyaml;
    requires static transitive org.jspecify;

    exports io.cloudtunnel.program;
    exports io.cloudtunnel.program.tls;
}
