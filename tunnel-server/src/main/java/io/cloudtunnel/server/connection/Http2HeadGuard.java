package io.cloudtunnel.server.connection;

/**
 * Counts what a head has on its way to Helidon, which would keep any number of empty frames of it,
 * and as many fields as there are bytes, since a byte is enough to repeat one (RFC 7541, section
 * 6.1). It walks along the representations of the fields without decoding any. For one thread.
 */
final class Http2HeadGuard {

    /** As many as HTTP/1.1 may have. */
    private static final int MOST_FIELDS = 1000;

    private static final int MOST_FRAMES = 64;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;
    private static final int PRIORITY_BYTES = 5;

    /** What comes next. */
    private enum Step {
        FIELD,
        INDEX_MORE,
        LENGTH,
        LENGTH_MORE,
        TEXT
    }

    private final int mostBytes;
    private int bytes;
    private int frames;
    private int fields;
    private int skipped; // bytes before the first field
    private Step step = Step.FIELD;
    private int texts; // of this field, which still have to come
    private long length; // what is left of this text
    private int shift;

    /**
     * A guard of the heads of one connection.
     *
     * @param mostBytes of one head, as it travels
     */
    Http2HeadGuard(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** A HEADERS frame begins; says whether it may go on. */
    boolean begin(int flags, int payloadBytes) {
        bytes = 0;
        frames = 0;
        fields = 0;
        step = Step.FIELD;
        skipped = ((flags & PADDED) != 0 ? 1 : 0) + ((flags & PRIORITY) != 0 ? PRIORITY_BYTES : 0);
        return goesOn(payloadBytes);
    }

    /** A CONTINUATION frame begins; says whether it may go on. */
    boolean goesOn(int payloadBytes) {
        frames++;
        bytes += payloadBytes;
        return frames <= MOST_FRAMES && bytes <= mostBytes;
    }

    /** More of the frame's payload has come; says whether it may go on. */
    boolean payload(byte[] piece, int from, int to) {
        for (int i = from; i < to; i++) {
            if (skipped > 0) {
                skipped--;
            } else {
                look(piece[i] & 0xFF);
            }
        }
        return fields <= MOST_FIELDS;
    }

    private void look(int b) {
        switch (step) {
            case FIELD -> field(b);
            case INDEX_MORE -> {
                if ((b & 0x80) == 0) {
                    nextText();
                }
            }
            case LENGTH -> {
                length = b & 0x7F;
                shift = 0;
                if (length == 0x7F) {
                    step = Step.LENGTH_MORE;
                } else {
                    text();
                }
            }
            case LENGTH_MORE -> {
                length += (long) (b & 0x7F) << shift;
                shift = Math.min(shift + 7, 32); // Helidon refuses what is longer
                if ((b & 0x80) == 0) {
                    text();
                }
            }
            case TEXT -> {
                length--;
                text();
            }
        }
    }

    /** How each form begins: RFC 7541, section 6. */
    private void field(int b) {
        int indexBits;
        if ((b & 0x80) != 0) {
            indexBits = 0x7F;
            texts = 0;
        } else if ((b & 0xE0) == 0x20) { // no field: the table's size
            indexBits = 0x1F;
            texts = 0;
            fields--;
        } else {
            indexBits = (b & 0x40) != 0 ? 0x3F : 0x0F;
            texts = (b & indexBits) == 0 ? 2 : 1;
        }
        fields++;
        if ((b & indexBits) == indexBits) {
            step = Step.INDEX_MORE;
        } else {
            nextText();
        }
    }

    private void nextText() {
        step = texts > 0 ? Step.LENGTH : Step.FIELD;
    }

    private void text() {
        step = Step.TEXT;
        if (length == 0) {
            texts--;
            nextText();
        }
    }
}
