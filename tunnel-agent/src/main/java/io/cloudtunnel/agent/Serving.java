package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Dialled;
import io.cloudtunnel.agent.connect.LinkTerms;
import io.cloudtunnel.agent.connect.Mode;
import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.session.JsonResponder;
import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.LinkCloseCode;
import io.cloudtunnel.protocol.session.LinkResponder;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Message;
import io.cloudtunnel.protocol.session.PeekedLink;
import io.cloudtunnel.protocol.session.SessionResponder;
import io.cloudtunnel.protocol.session.Upstream;
import io.cloudtunnel.protocol.session.WsLink;
import io.cloudtunnel.protocol.ws.CloseCode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What all links of an agent have in common, to carry out their requests.
 *
 * @param local where the requests go
 * @param mode which wire mode is wanted
 * @param introduction what this agent says of itself in binary mode
 * @param limits of each link
 * @param budget of all links together
 * @param observer is told what happens to links
 * @param timer of the agent
 */
record Serving(
        Upstream local,
        Mode mode,
        Introduction introduction,
        Limits limits,
        MemoryBudget budget,
        AgentObserver observer,
        ScheduledExecutorService timer) {

    /** Is told, by the thread that runs a link, what the link turns out to be; does not block. */
    interface Watcher extends SessionResponder.OnLeaving {
        /** It is in binary mode. */
        void binary();

        /** It is in JSON mode. */
        void json();
    }

    /** One link and its requests. */
    final class OneLink {
        private final WsLink link;
        private final Link messages;
        private final boolean binary;
        private final boolean signed;
        private final LinkTerms terms;
        private final Watcher watcher;
        private volatile @Nullable LinkResponder responder;

        private OneLink(Dialled.Open dialled, Watcher watcher) {
            this.link = dialled.link();
            this.messages = dialled.messages();
            this.signed = dialled.signed();
            this.binary = dialled.binary();
            this.terms = dialled.terms();
            this.watcher = watcher;
        }

        /** Answers requests until the link ends; returns why it did. */
        String run() {
            ScheduledFuture<?> lifetime = limitLifetime();
            try {
                LinkResponder chosen = choose();
                if (chosen != null) {
                    responder = chosen;
                    chosen.serve();
                }
            } catch (IOException e) {
                String message = e.getMessage();
                return message == null ? e.getClass().getSimpleName() : message;
            } finally {
                if (lifetime != null) {
                    lifetime.cancel(false);
                }
            }
            String ending = link.ending();
            return ending == null ? "closed" : ending;
        }

        /** The server ends it before; this is for one that does not. */
        private @Nullable ScheduledFuture<?> limitLifetime() {
            return terms.lifetime().isZero()
                    ? null
                    : timer.schedule(
                            () -> link.close(CloseCode.GOING_AWAY, "link-expired"),
                            terms.lifetime().toNanos(),
                            TimeUnit.NANOSECONDS);
        }

        /** In the end the server's first message decides; null if none came. */
        private @Nullable LinkResponder choose() throws IOException {
            if (!introduction.greeting().policy().isEmpty() && !(binary && terms.policies())) {
                link.close(CloseCode.NORMAL, "a server that heeds access policies is required");
                throw new IOException(
                        "the server does not say that it heeds access policies, so it would let"
                                + " everybody in");
            }
            if (!binary) {
                return json(link);
            }
            Message first = receiveFirst();
            return switch (first) {
                case null -> null;
                case Message.Text ignored -> jsonInstead(first);
                case Message.Cut ignored -> jsonInstead(first);
                case Message.Binary hello -> {
                    watcher.binary();
                    yield new SessionResponder(
                            new PeekedLink(messages, hello),
                            local,
                            introduction.greeting(),
                            limits,
                            budget,
                            this::leaving);
                }
            };
        }

        private void leaving(long millis, Reason reason) {
            introduction.leaving(reason);
            watcher.leaving(millis, reason);
        }

        private LinkResponder jsonInstead(Message first) throws IOException {
            if (signed) {
                link.close(LinkCloseCode.PROTOCOL_ERROR, "no-hello");
                throw new IOException("a signed link in JSON mode, which there is not");
            }
            if (mode == Mode.BINARY) { // as with a policy
                link.close(CloseCode.NORMAL, "binary mode is required");
                throw new IOException(
                        "the server speaks JSON mode, and --mode binary asks for another");
            }
            return json(new PeekedLink(link, first));
        }

        /** A server that agreed to binary mode begins it at once. */
        private @Nullable Message receiveFirst() throws IOException {
            ScheduledFuture<?> limit =
                    timer.schedule(
                            () -> link.close(LinkCloseCode.PROTOCOL_ERROR, "no-hello"),
                            limits.helloWait().toNanos(),
                            TimeUnit.NANOSECONDS);
            try {
                return messages.receive();
            } finally {
                limit.cancel(false);
            }
        }

        private LinkResponder json(Link on) {
            watcher.json();
            return new JsonResponder(on, local, limits, budget, timer);
        }

        /** The code of the server's close frame. */
        int closeCode() {
            return link.peerCloseCode();
        }

        /** Waits for what is open, but not for long, and says goodbye. */
        void leave(Duration atMost) throws InterruptedException {
            LinkResponder serving = responder;
            try {
                if (serving != null) {
                    boolean ignored = serving.drain(atMost);
                }
            } finally {
                link.close(CloseCode.GOING_AWAY, "the agent shuts down");
            }
        }
    }

    OneLink on(Dialled.Open dialled, Watcher watcher) {
        return new OneLink(dialled, watcher);
    }
}
