package io.cloudtunnel.agent.connect;

import io.cloudtunnel.protocol.frame.Fields;
import java.io.IOException;

/**
 * What an agent shows, beside its secret, to those who let it through: the server's operator, and a
 * platform's front end. Immutable.
 */
public record Passes(OperatorToken operator, IamToken iam) {

    /** None. */
    public static final Passes NONE = new Passes(OperatorToken.NONE, IamToken.NONE);

    /**
     * For registering and links.
     *
     * @throws IOException if a token is not to be had; the message says why
     */
    Fields all() throws IOException {
        String shown = operator.value();
        Fields rest = forFrontEnd();
        return shown == null ? rest : rest.toBuilder().add(OperatorToken.FIELD, shown).build();
    }

    /** The same for the public side, about which the operator does not ask. */
    Fields forFrontEnd() throws IOException {
        String shown = iam.value();
        return shown == null ? Fields.EMPTY : Fields.builder().add(IamToken.FIELD, shown).build();
    }
}
