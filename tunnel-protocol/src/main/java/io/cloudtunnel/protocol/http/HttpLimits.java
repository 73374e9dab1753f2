package io.cloudtunnel.protocol.http;

/**
 * The limits on what is read; all sizes in bytes.
 *
 * @param startLineBytes a request line (414) or a status line, without its CRLF
 * @param headBytes all field lines of a head, with their line ends (431)
 * @param fieldCount the field lines of a head or of trailers (431)
 * @param trailerBytes all field lines of trailers, with their line ends (431)
 * @param chunkLineBytes a chunk's size and extensions, without the CRLF (400)
 * @param chunkOverheadBytes by how much a body's chunk lines may exceed 16 bytes for each chunk and
 *     1 byte for each byte of data (400), so that extensions are no way to keep a reader busy
 * @param interimResponses 1xx responses before a final one (400)
 * @param pieceBytes the longest piece of a body that is handed out
 */
public record HttpLimits(
        int startLineBytes,
        int headBytes,
        int fieldCount,
        int trailerBytes,
        int chunkLineBytes,
        int chunkOverheadBytes,
        int interimResponses,
        int pieceBytes) {

    /** The defaults. */
    public static final HttpLimits DEFAULT =
            new HttpLimits(
                    16 * 1024, 64 * 1024, 1000, 64 * 1024, 4 * 1024, 16 * 1024, 100, 64 * 1024);

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if one is not above 0
     */
    public HttpLimits {
        int[] all = {
            startLineBytes,
            headBytes,
            fieldCount,
            trailerBytes,
            chunkLineBytes,
            chunkOverheadBytes,
            interimResponses,
            pieceBytes
        };
        for (int limit : all) {
            if (limit <= 0) {
                throw new IllegalArgumentException("a limit is not above 0");
            }
        }
    }

    /** The same limits with another {@link #headBytes} and {@link #trailerBytes}. */
    public HttpLimits withHeadBytes(int value) {
        return new HttpLimits(
                startLineBytes,
                value,
                fieldCount,
                value,
                chunkLineBytes,
                chunkOverheadBytes,
                interimResponses,
                pieceBytes);
    }

    /** The same limits with another {@link #pieceBytes}. */
    public HttpLimits withPieceBytes(int value) {
        return new HttpLimits(
                startLineBytes,
                headBytes,
                fieldCount,
                trailerBytes,
                chunkLineBytes,
                chunkOverheadBytes,
                interimResponses,
                value);
    }
}
