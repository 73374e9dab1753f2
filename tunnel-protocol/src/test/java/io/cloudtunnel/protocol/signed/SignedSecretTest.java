package io.cloudtunnel.protocol.signed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.Message;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What secrets and nonces may look like, and what a part of a message is worth. */
class SignedSecretTest {

    private static final String MAC = "A".repeat(43);

    private static SignedSecret secret() {
        return Objects.requireNonNull(SignedSecret.of("ct1.claims." + MAC));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "abc",
                "." + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
                "a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "a.AAAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAA"
            })
    void aSecretOfAnotherFormSignsNothing(String text) {
        assertNull(SignedSecret.of(text));
    }

    @Test
    void theMacIsNotShown() {
        assertEquals("ct1.claims", secret().claims());
        assertFalse(
                (secret() + "" + secret().linkKeys(Nonce.random(), Nonce.random())).contains(MAC));
    }

    @Test
    void nonces() {
        assertNotEquals(Nonce.random(), Nonce.random());
        Nonce nonce = Nonce.random();
        assertEquals(nonce, Nonce.parse(nonce.toString()));
        assertNull(Nonce.parse(null));
        assertNull(Nonce.parse(nonce + "A"));
        assertNull(Nonce.parse(nonce.toString().substring(1)));
        assertNotNull(Nonce.parse(MAC));
    }

    @Test
    void aProofIsOfItsPurposeAndNonceOnly() {
        Nonce nonce = Nonce.random();
        String proof = secret().handshakeProof(nonce);
        assertTrue(SignedSecret.proves(proof, secret().handshakeProof(nonce)));
        assertFalse(SignedSecret.proves(proof, secret().probeProof(nonce)));
        assertFalse(SignedSecret.proves(proof, secret().handshakeProof(Nonce.random())));
        assertFalse(SignedSecret.proves(null, proof));
        assertFalse(SignedSecret.proves("", proof));
    }

    /** The frames that follow each other lie in several parts; the receiver sees them as one. */
    @Test
    void partsAreOneMessage() throws Exception {
        LinkKeys keys = secret().linkKeys(Nonce.random(), Nonce.random());
        var wire = new ScriptedLink();
        keys.serverEnd(wire)
                .send(
                        new Message.Binary(
                                List.of(Bytes.utf8("one"), Bytes.EMPTY, Bytes.utf8("two"))));
        wire.brings(new Message.Binary(wire.takeSent().payload()));
        Message received = Objects.requireNonNull(keys.agentEnd(wire).receive());
        assertEquals("onetwo", received.payload().utf8());
    }

    /** What there was no memory for cannot be checked. */
    @Test
    void aPartOfAMessageEndsTheLink() {
        var wire = new ScriptedLink();
        Link agent = secret().linkKeys(Nonce.random(), Nonce.random()).agentEnd(wire);
        wire.brings(new Message.Cut(Bytes.utf8("{\"type\":\"req\"")));
        assertThrows(ProtocolException.class, agent::receive);
        assertEquals("4005 tag-missing", wire.closed());
    }
}
