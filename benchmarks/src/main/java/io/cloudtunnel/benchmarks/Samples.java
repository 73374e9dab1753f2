package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.signed.LinkKeys;
import io.cloudtunnel.protocol.signed.Nonce;
import io.cloudtunnel.protocol.signed.SignedSecret;
import java.util.Objects;
import java.util.Random;

/** Messages such as a browser and an application send. */
final class Samples {

    private Samples() {}

    static RequestHead request(int bodyBytes) {
        Fields fields =
                Fields.of(
                        "Host", "localhost:3000",
                        "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0",
                        "Accept", "application/json",
                        "Accept-Language", "en",
                        "Content-Length", Integer.toString(bodyBytes),
                        "X-Forwarded-For", "203.0.113.7",
                        "X-Forwarded-Proto", "https",
                        "X-Request-Id", "e1e348275e88ef99");
        return RequestHead.of("POST", "/api/items?limit=20", fields);
    }

    static ResponseHead response(int bodyBytes) {
        Fields fields =
                Fields.of(
                        "Content-Type", "application/json",
                        "Content-Length", Integer.toString(bodyBytes),
                        "Date", "Mon, 01 Jan 2029 00:00:00 GMT",
                        "Cache-Control", "no-store");
        return new ResponseHead(200, fields);
    }

    static Bytes body(int size) {
        byte[] body = new byte[size];
        new Random(1).nextBytes(body);
        return Bytes.wrap(body);
    }

    /** The keys of a signed link. */
    static LinkKeys linkKeys() {
        SignedSecret secret = SignedSecret.of("ct1.claims." + "A".repeat(43));
        return Objects.requireNonNull(secret).linkKeys(Nonce.random(), Nonce.random());
    }
}
