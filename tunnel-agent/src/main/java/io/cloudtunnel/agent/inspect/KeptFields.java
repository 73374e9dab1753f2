package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.protocol.frame.Fields;

/**
 * Field lines up to a limit.
 *
 * @param fields those that fit
 * @param leftOut how many did not
 */
record KeptFields(Fields fields, int leftOut) {

    static final KeptFields NONE = new KeptFields(Fields.EMPTY, 0);

    /** What a line takes besides its characters: two objects with an array each. */
    static final int LINE = 100;

    /**
     * Keeps what fits; a line stays whole or goes.
     *
     * @param most bytes, by {@link #bytes}
     */
    static KeptFields of(Fields all, int most) {
        int bytes = 0;
        int leftOut = 0;
        Fields.Builder kept = Fields.builder();
        for (int i = 0; i < all.size(); i++) {
            int more = all.name(i).length() + all.value(i).length() + LINE;
            if (more > most - bytes) {
                leftOut++;
            } else {
                bytes += more;
                kept.add(all.name(i), all.value(i));
            }
        }
        return new KeptFields(leftOut == 0 ? all : kept.build(), leftOut);
    }

    /** The memory that they take, as it is counted here. */
    int bytes() {
        int bytes = 0;
        for (int i = 0; i < fields.size(); i++) {
            bytes += fields.name(i).length() + fields.value(i).length() + LINE;
        }
        return bytes;
    }
}
