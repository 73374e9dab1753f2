package io.cloudtunnel.protocol.frame;

import java.io.IOException;
import java.io.Serial;

/** What is wrong with one member of a message that is JSON all the same. */
final class BadMember extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    /** Without anything of the message's content. */
    final String problem;

    BadMember(String problem) {
        super(problem);
        this.problem = problem;
    }
}
