package io.cloudtunnel.protocol.frame;

/** Why a stream or a link ends: the registry of docs/protocol.md, section 6.2, in its order. */
public enum Reason {
    NONE(0),
    CANCELLED(1),
    INTERNAL(2),
    DRAINING(3),
    TOO_MANY_STREAMS(4),
    OUT_OF_BUDGET(5),
    LOCAL_UNREACHABLE(6),
    LOCAL_BROKEN(7),
    LOCAL_MALFORMED(8),
    LOCAL_TIMEOUT(9),
    AGENT_TIMEOUT(10),
    AGENT_ANSWER_MALFORMED(11),
    BAD_REQUEST(12),
    REQUEST_TIMEOUT(13),
    BODY_TOO_LARGE(14),
    HEAD_TOO_LARGE(15),
    UPGRADE_NOT_CARRIED(16),
    ANSWER_TOO_LARGE(17),
    ANSWER_WITHOUT_END(18),
    LINK_EXPIRED(19),
    REPLACED(20),
    REVOKED(21);

    private static final Reason[] ALL = values();

    private final int number;

    Reason(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The reason of a number; another one where it is not known. */
    static Reason of(int number, Reason otherwise) {
        return number < ALL.length ? ALL[number] : otherwise;
    }
}
