package io.cloudtunnel.protocol.frame;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Between a {@code hello}'s tags and a {@link Greeting}; docs/protocol.md, section 6.3. */
final class GreetingCodec {

    private static final int VERSION = 1;
    private static final int STREAMS = 2;
    private static final int HEAD_MAX = 3;
    private static final int WINDOW = 4;
    private static final int JSON_MAX_BODY = 5;
    private static final int TEXT_MAX = 6;
    private static final int SOFTWARE = 7;
    private static final int AGENT = 8;
    private static final int EXCLUSIVE = 9;
    private static final int POLICY = 10;

    private static final int THIS_VERSION = 1;
    private static final int MAX_SOFTWARE = 128;
    private static final int MAX_POLICY = 49_152;
    private static final Pattern AGENT_ID = Pattern.compile("[A-Za-z0-9_-]{0,64}");

    private GreetingCodec() {}

    static Bytes encode(Greeting greeting) {
        byte[] software = utf8(greeting.software());
        byte[] agent = utf8(greeting.agent());
        byte[] policy = utf8(greeting.policy());
        int length = 6 + 5 * 8;
        length += software.length == 0 ? 0 : 4 + software.length;
        length += agent.length == 0 ? 0 : 4 + agent.length;
        length += greeting.exclusive() ? 5 : 0;
        length += policy.length == 0 ? 0 : 4 + policy.length;
        PayloadWriter out = new PayloadWriter(FrameType.HELLO, 0, 0, length, length);
        out.u16(VERSION).u16(2).u16(THIS_VERSION);
        number(out, STREAMS, greeting.streams());
        number(out, HEAD_MAX, greeting.headMax());
        number(out, WINDOW, greeting.window());
        number(out, JSON_MAX_BODY, greeting.jsonMaxBody());
        number(out, TEXT_MAX, greeting.textMax());
        text(out, SOFTWARE, software);
        text(out, AGENT, agent);
        if (greeting.exclusive()) {
            out.u16(EXCLUSIVE).u16(1).bytes(new byte[] {1});
        }
        text(out, POLICY, policy);
        return out.done();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void number(PayloadWriter out, int tag, int value) {
        out.u16(tag).u16(4).i32(value);
    }

    private static void text(PayloadWriter out, int tag, byte[] value) {
        if (value.length > 0) {
            out.u16(tag).u16(value.length).bytes(value);
        }
    }

    static Greeting decode(PayloadReader in) throws ProtocolException {
        Greeting said = Greeting.DEFAULT;
        Set<Integer> tags = new HashSet<>(); // bounded by the length of the frame
        while (in.remaining() > 0) {
            int tag = in.u16();
            PayloadReader value = in.take(in.u16());
            BinaryCodec.check(tags.add(tag), "bad-payload");
            said = with(said, tag, value);
        }
        BinaryCodec.check(tags.contains(VERSION), "bad-payload");
        return said;
    }

    private static Greeting with(Greeting g, int tag, PayloadReader in) throws ProtocolException {
        int streams = g.streams();
        int headMax = g.headMax();
        int window = g.window();
        int jsonMaxBody = g.jsonMaxBody();
        int textMax = g.textMax();
        String software = g.software();
        String agent = g.agent();
        boolean exclusive = g.exclusive();
        String policy = g.policy();
        switch (tag) {
            case VERSION -> version(in);
            case STREAMS -> streams = within(in, 1, 65_535);
            case HEAD_MAX -> headMax = within(in, 16_384, 131_072);
            case WINDOW -> window = within(in, 16_384, 8_388_608);
            case JSON_MAX_BODY -> jsonMaxBody = within(in, 0, 65_536);
            case TEXT_MAX -> textMax = within(in, 8_192, 131_072);
            case SOFTWARE -> {
                BinaryCodec.check(in.remaining() <= MAX_SOFTWARE, "bad-payload");
                software = in.restAsText();
            }
            case AGENT -> {
                agent = in.latin1(in.remaining());
                BinaryCodec.check(AGENT_ID.matcher(agent).matches(), "bad-payload");
            }
            case EXCLUSIVE -> {
                int flag = in.u8();
                BinaryCodec.check(flag <= 1 && in.remaining() == 0, "bad-payload");
                exclusive = flag == 1;
            }
            case POLICY -> {
                BinaryCodec.check(in.remaining() <= MAX_POLICY, "bad-payload");
                policy = in.bytes(in.remaining()).utf8();
            }
            default -> {} // a later version's
        }
        return new Greeting(
                streams, headMax, window, jsonMaxBody, textMax, software, agent, exclusive, policy);
    }

    private static void version(PayloadReader in) throws ProtocolException {
        int version = in.u16();
        BinaryCodec.check(in.remaining() == 0, "bad-payload");
        BinaryCodec.check(version == THIS_VERSION, "version");
    }

    private static int within(PayloadReader in, int least, int most) throws ProtocolException {
        long value = in.u32();
        BinaryCodec.check(in.remaining() == 0 && value >= least && value <= most, "bad-payload");
        return (int) value;
    }
}
