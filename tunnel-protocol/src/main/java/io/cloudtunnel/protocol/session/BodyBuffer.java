package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects a body that must be whole before it can travel, within a limit and the memory budget.
 * For one thread; {@link #close} gives back all that it took from the budget.
 */
final class BodyBuffer implements AutoCloseable {

    private static final int BLOCK = 8 * 1024;

    /** A block of a body and its base64, twice: more than encoding holds beside its result. */
    private static final int ENCODING_BLOCKS = 256 * 1024;

    private final MemoryBudget budget;
    private final int limitBytes;
    private final List<Bytes> pieces = new ArrayList<>(); // bounded by limitBytes
    private byte[] block = new byte[0]; // small pieces, so that many of them cost what they weigh
    private int inBlock;
    private int length;
    private long reserved;

    BodyBuffer(MemoryBudget budget, int limitBytes) {
        this.budget = budget;
        this.limitBytes = limitBytes;
    }

    /** What became of a piece. */
    enum Added {
        KEPT,
        OVER_LIMIT,
        OVER_BUDGET
    }

    Added add(Bytes piece) {
        if (piece.length() > limitBytes - length) {
            return Added.OVER_LIMIT;
        }
        if (!reserve(piece.length())) {
            return Added.OVER_BUDGET;
        }
        if (piece.length() < BLOCK / 4) {
            addSmall(piece);
        } else {
            endBlock();
            pieces.add(piece);
        }
        length += piece.length();
        return Added.KEPT;
    }

    private void addSmall(Bytes piece) {
        if (piece.length() > block.length - inBlock) {
            endBlock();
            block = new byte[BLOCK];
        }
        piece.copyTo(block, inBlock);
        inBlock += piece.length();
    }

    private void endBlock() {
        if (inBlock > 0) {
            pieces.add(Bytes.wrap(block, 0, inBlock));
            block = new byte[0];
            inBlock = 0;
        }
    }

    int length() {
        return length;
    }

    /** Reserves what the text form of the body needs: the message, and a block in between. */
    boolean reserveForEncoding() {
        return reserve((length + 2L) / 3 * 4 + Math.min(3L * length, ENCODING_BLOCKS));
    }

    private boolean reserve(long bytes) {
        if (!budget.tryReserve(bytes)) {
            return false;
        }
        reserved += bytes;
        return true;
    }

    /** The whole body. */
    Bytes join() {
        endBlock();
        if (pieces.isEmpty()) {
            return Bytes.EMPTY;
        }
        if (pieces.size() == 1) {
            return pieces.getFirst();
        }
        Bytes whole = Bytes.join(pieces);
        pieces.clear();
        return whole;
    }

    @Override
    public void close() {
        pieces.clear();
        budget.release(reserved);
        reserved = 0;
    }
}
