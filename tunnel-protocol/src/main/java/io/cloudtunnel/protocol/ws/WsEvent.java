package io.cloudtunnel.protocol.ws;

import io.cloudtunnel.protocol.frame.Bytes;

/** What a {@link WsReader} meets: a whole message, a control frame, or the end. */
public sealed interface WsEvent {

    /**
     * A text message, its fragments joined.
     *
     * @param payload well-formed UTF-8
     */
    record Text(Bytes payload) implements WsEvent {}

    /**
     * A binary message, its fragments joined.
     *
     * @param payload any bytes
     */
    record Binary(Bytes payload) implements WsEvent {}

    /**
     * A message for which there was no room.
     *
     * @param beginning what was kept of it: its first 64 KiB, perhaps cut within a character
     */
    record Cut(Bytes beginning) implements WsEvent {}

    /**
     * A ping, to be answered by a pong with the same payload (RFC 6455, section 5.5.2).
     *
     * @param payload at most 125 bytes
     */
    record Ping(Bytes payload) implements WsEvent {}

    /**
     * A pong, asked for or not.
     *
     * @param payload at most 125 bytes
     */
    record Pong(Bytes payload) implements WsEvent {}

    /**
     * The peer's close frame; nothing but {@link End} follows it.
     *
     * @param code a valid close code, or {@link CloseCode#NO_STATUS} if the frame had none
     * @param reason perhaps empty
     */
    record Close(int code, String reason) implements WsEvent {}

    /** The end of the input between two messages, or whatever stands behind a close frame. */
    record End() implements WsEvent {}
}
