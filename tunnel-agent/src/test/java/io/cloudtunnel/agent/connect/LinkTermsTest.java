package io.cloudtunnel.agent.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.cloudtunnel.protocol.frame.Fields;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a 101 says of the server and the link. */
class LinkTermsTest {

    @Test
    void allOfIt() {
        Fields answer =
                Fields.builder()
                        .add("Cloudtunnel-Instance", "a")
                        .add("Cloudtunnel-Started", "17")
                        .add("Cloudtunnel-Link-Lifetime", "290")
                        .add("Cloudtunnel-Public-Url", " https://shop.example.com:8443 ")
                        .build();
        assertEquals(
                new LinkTerms(
                        "a", 17, Duration.ofSeconds(290), "https://shop.example.com:8443", false),
                LinkTerms.of(answer));
    }

    @Test
    void nothing() {
        assertEquals(
                new LinkTerms(null, 0, Duration.ZERO, null, false), LinkTerms.of(Fields.EMPTY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "shop.example.com",
                "ftp://shop.example.com",
                "javascript:alert(1)",
                "https://",
                "https://a b",
                "https://a\u001b[31m",
                "https://\u00e4",
            })
    void urlsThatAreNone(String url) {
        assertNull(LinkTerms.of(Fields.of("Cloudtunnel-Public-Url", url)).publicUrl());
        String longest = "https://" + "a".repeat(4096 - 8);
        assertEquals(
                longest, LinkTerms.of(Fields.of("Cloudtunnel-Public-Url", longest)).publicUrl());
        assertNull(LinkTerms.of(Fields.of("Cloudtunnel-Public-Url", longest + "a")).publicUrl());
    }
}
