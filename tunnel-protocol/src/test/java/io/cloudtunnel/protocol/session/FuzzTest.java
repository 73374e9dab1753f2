package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Does anything a peer can send bring down more than its own link? What is sent are the vectors of
 * docs/vectors, mutated and spliced; each case is drawn from its seed, which a failure names.
 */
class FuzzTest {

    private static final boolean LONG = Boolean.getBoolean("tests.long");
    private static final long NANOS = (LONG ? 300 : 2) * 1_000_000_000L;
    private static final long FIRST = Long.getLong("tests.seed", 1);

    private static final List<byte[]> CORPUS = new ArrayList<>();
    private static final List<Message> TEXTS = new ArrayList<>();

    /** Of each kind one: in frames, with and without a body in the answer, and in JSON form. */
    private static final List<RequestHead> REQUESTS =
            List.of(
                    RequestHead.of("HEAD", "/", Fields.of("X-Byte", "\u00e9")),
                    RequestHead.of("GET", "/", Fields.of("Upgrade", "x")),
                    RequestHead.of("GET", "/", Fields.of("X-Byte", "\u00e9")),
                    RequestHead.of("GET", "/", Fields.EMPTY));

    private static final Message HELLO = binary("010000000000000000000006000100020001");

    @BeforeAll
    static void corpus() throws IOException {
        JsonNode all = new ObjectMapper().readTree(Path.of("../docs/vectors/binary.json").toFile());
        for (JsonNode message : all.get("messages")) {
            CORPUS.add(HexFormat.of().parseHex(message.get("hex").asText()));
        }
        for (JsonNode session : all.get("sessions")) {
            for (JsonNode message : session.get("receives")) {
                if (message.has("text")) {
                    TEXTS.add(new Message.Text(Bytes.utf8(message.get("text").asText())));
                } else {
                    CORPUS.add(HexFormat.of().parseHex(message.get("binary").asText()));
                }
            }
        }
    }

    private static Message binary(String hex) {
        return new Message.Binary(Bytes.wrap(HexFormat.of().parseHex(hex)));
    }

    @Test
    @Timeout(600)
    void decoder() {
        long end = System.nanoTime() + NANOS;
        for (long seed = FIRST; System.nanoTime() < end; seed++) {
            byte[] message = mutated(new Random(seed));
            try {
                BinaryCodec.decode(Bytes.wrap(message), Greeting.DEFAULT.headMax());
            } catch (ProtocolException expected) {
                assertEquals(4000, expected.closeCode());
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("with -Dtests.seed=" + seed, e);
            }
        }
    }

    @Test
    @Timeout(600)
    void agent() throws Exception {
        long end = System.nanoTime() + NANOS;
        for (long seed = FIRST; System.nanoTime() < end; seed++) {
            Random random = new Random(seed);
            try (var agent = new BinaryAgent(new EchoUpstream())) {
                agent.server.link.send(HELLO);
                conversation(agent.server, random);
                agent.server.link.close(1000, "");
                assertOrderly(agent::ended);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("with -Dtests.seed=" + seed, e);
            }
        }
    }

    @Test
    @Timeout(600)
    void server() throws Exception {
        long end = System.nanoTime() + NANOS;
        for (long seed = FIRST; System.nanoTime() < end; seed++) {
            Random random = new Random(seed);
            try (var server = new BinaryServer()) {
                server.agent.hello();
                List<Future<Boolean>> clients = new ArrayList<>();
                for (RequestHead head : REQUESTS) {
                    Exchange exchange = server.open(head, 0);
                    if (!head.fields().contains("Upgrade")) {
                        exchange.endRequest(Fields.EMPTY);
                    }
                    clients.add(ServerSide.start(() -> drained(exchange)));
                }
                conversation(server.agent, random);
                server.agent.link.close(1000, "");
                for (Future<Boolean> client : clients) {
                    ServerSide.get(client);
                }
                assertOrderly(server::ended);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("with -Dtests.seed=" + seed, e);
            }
        }
    }

    private static boolean drained(Exchange exchange) throws InterruptedException {
        try {
            boolean interim = true;
            while (interim) {
                interim = exchange.receiveHead().isInterim();
            }
            Bytes piece = exchange.receive();
            while (piece != null) {
                piece = exchange.receive();
            }
            return true;
        } catch (ExchangeException e) {
            return false;
        }
    }

    private interface Ended {
        boolean get() throws Exception;
    }

    /** By the end of the link, or because the peer violated the protocol. */
    private static void assertOrderly(Ended ended) throws Exception {
        try {
            ended.get();
        } catch (ExecutionException e) {
            assertInstanceOf(IOException.class, e.getCause());
        }
    }

    private static void conversation(BinaryPeer peer, Random random) {
        try {
            for (int i = random.nextInt(12); i >= 0; i--) {
                peer.link.send(next(random));
            }
        } catch (IOException e) {
            // It ended the link.
        }
    }

    private static Message next(Random random) {
        if (random.nextInt(6) > 0) {
            byte[] bytes =
                    random.nextInt(3) > 0
                            ? CORPUS.get(random.nextInt(CORPUS.size()))
                            : mutated(random);
            return new Message.Binary(Bytes.wrap(withSmallStream(bytes.clone(), random)));
        }
        Message text = TEXTS.get(random.nextInt(TEXTS.size()));
        byte[] bytes = text.payload().toByteArray();
        if (random.nextBoolean() && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) (' ' + random.nextInt(95));
        }
        return new Message.Text(Bytes.wrap(bytes));
    }

    /** Makes it likely that the stream is one that is open. */
    private static byte[] withSmallStream(byte[] bytes, Random random) {
        if (bytes.length >= 12 && (bytes[0] & 0x10) != 0 && random.nextInt(8) > 0) {
            bytes[4] = 0;
            bytes[5] = 0;
            bytes[6] = 0;
            bytes[7] = (byte) (1 + random.nextInt(4));
        }
        return bytes;
    }

    private static byte[] mutated(Random random) {
        byte[] bytes = CORPUS.get(random.nextInt(CORPUS.size())).clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int length = bytes.length;
            switch (random.nextInt(5)) {
                case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(length + 1));
                case 1 -> bytes = Arrays.copyOf(bytes, length + random.nextInt(20));
                case 2 -> {
                    byte[] other = CORPUS.get(random.nextInt(CORPUS.size()));
                    bytes = Arrays.copyOf(bytes, length + other.length);
                    System.arraycopy(other, 0, bytes, length, other.length);
                }
                case 3 -> {
                    if (length > 0) {
                        bytes[random.nextInt(length)] = (byte) random.nextInt();
                    }
                }
                default -> {
                    if (length > 0) {
                        bytes[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
                    }
                }
            }
        }
        return bytes;
    }
}
