package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a request's body, so that it can be sent again: all of it, up to 64 KiB and
 * within the memory budget, or nothing. Whoever has it sees to it that one thread at a time uses
 * it.
 */
final class KeptBody {

    static final int MOST = 64 * 1024;

    private final MemoryBudget budget;
    private @Nullable List<Bytes> pieces;
    private int bytes;
    private boolean incomplete;

    KeptBody(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Keeps a piece; once one does not fit, nothing is kept any more. */
    void add(Bytes piece) {
        if (incomplete) {
            return;
        }
        if (bytes + piece.length() > MOST || !tryReserve(piece.length())) {
            incomplete = true;
            drop();
            return;
        }
        bytes += piece.length();
        if (pieces == null) {
            pieces = new ArrayList<>(1);
        }
        pieces.add(piece);
    }

    /** The last quarter is for what cannot be done without. */
    private boolean tryReserve(int more) {
        return budget.usedBytes() + more <= budget.limitBytes() / 4 * 3 && budget.tryReserve(more);
    }

    /** Whether there was more of it than is kept. */
    boolean isIncomplete() {
        return incomplete;
    }

    List<Bytes> pieces() {
        return pieces == null ? List.of() : pieces;
    }

    /** It is needed no more. */
    void drop() {
        pieces = null;
        budget.release(bytes);
        bytes = 0;
    }
}
