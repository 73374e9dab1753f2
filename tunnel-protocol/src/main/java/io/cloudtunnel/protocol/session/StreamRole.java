package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.ProtocolException;
import java.io.IOException;

/**
 * What a side does with what only it receives: the server with answers, the agent with requests.
 */
interface StreamRole {

    /** For the names of threads. */
    String name();

    void onHello(Session session, Greeting greeting) throws ProtocolException;

    void onText(Session session, Bytes text) throws IOException;

    void onFrame(Session session, Frame.OfStream frame, int messageLength) throws ProtocolException;

    void onLeaving(Frame.Leaving leaving) throws ProtocolException;

    void onGoAway(Session session, Frame.GoAway away) throws ProtocolException;
}
