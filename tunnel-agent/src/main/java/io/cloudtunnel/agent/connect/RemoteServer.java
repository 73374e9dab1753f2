package io.cloudtunnel.agent.connect;

import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.signed.SignedSecret;
import io.cloudtunnel.protocol.ws.CloseCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The server, over the network. */
public final class RemoteServer implements Server {

    /**
     * How long a call may take. Looking up a name comes before, with the system's own limit.
     *
     * @param connect for connecting to one address
     * @param rest from the TCP connection on: the proxy's part and TLS, until the end of the
     *     answer, or the 101
     * @param all of it together
     */
    private record Times(Duration connect, Duration rest, Duration all) {}

    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Times HANDSHAKE =
            new Times(Duration.ofSeconds(10), Duration.ofSeconds(10), LONGEST);
    private static final Times REGISTER =
            new Times(Duration.ofSeconds(10), Duration.ofSeconds(30), LONGEST);

    /** One that takes longer is of no use. */
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);

    private static final Times PROBE = new Times(PROBE_LIMIT, PROBE_LIMIT, PROBE_LIMIT);

    private final ServerAddress address;
    private final Trust trust;
    private final Proxies proxies;
    private final Dialer dialer;
    private final Prober prober;
    private final Registrar registrar;
    private final String name;
    private final Limits limits;
    private final MemoryBudget budget;
    private final ScheduledExecutorService timer;
    private final String agent;
    private final Mode mode;
    private final Signing signing;
    private final Passes passes;

    /**
     * A server to which nothing is connected yet.
     *
     * @param apiKey for registering; null where there is none
     * @param name that the tunnel is to have; empty for any
     * @param agent the {@code User-Agent}
     * @param mode which wire mode is wanted
     * @param signing whether links are signed
     * @param passes what is shown to those who let agents through
     * @param timer ends handshakes whose time is over, and watches links
     */
    public RemoteServer(
            ServerAddress address,
            Trust trust,
            Proxies proxies,
            @Nullable String apiKey,
            String name,
            String agent,
            Mode mode,
            Signing signing,
            Passes passes,
            Limits limits,
            MemoryBudget budget,
            ScheduledExecutorService timer) {
        ProxyAddress proxy = proxies.toward(address);
        this.address = address;
        this.trust = trust;
        this.proxies = proxies;
        this.prober = new Prober(agent, PROBE_LIMIT);
        this.dialer = new Dialer(address, trust, proxy);
        this.registrar = new Registrar(new ControlClient(address, agent, passes), apiKey, name);
        this.name = name;
        this.limits = limits;
        this.budget = budget;
        this.timer = timer;
        this.agent = agent;
        this.mode = mode;
        this.signing = signing;
        this.passes = passes;
    }

    /** Where links have to be signed the pair before is not offered: its secret is not sent. */
    @Override
    public Registered register(@Nullable Credentials old) throws IOException {
        Credentials offered = signing == Signing.REQUIRED ? null : old;
        boolean named = !name.isEmpty() && knowsNames(old);
        return call(dialer, REGISTER, transport -> registrar.register(offered, named, transport));
    }

    /** A server of the published protocol is asked for nothing that it does not know. */
    private boolean knowsNames(@Nullable Credentials old) throws IOException {
        return old == null
                ? call(dialer, HANDSHAKE, registrar::protocols).isPresent()
                : old.inFields();
    }

    @Override
    public Registered rotate(Credentials old) throws IOException {
        return call(dialer, REGISTER, transport -> registrar.rotate(old, transport));
    }

    /** In JSON mode it makes no difference what the server speaks, so it is not asked. */
    @Override
    public Optional<List<String>> protocols() throws IOException {
        return mode == Mode.JSON ? Optional.empty() : call(dialer, HANDSHAKE, registrar::protocols);
    }

    @Override
    public Dialled dial(Credentials credentials) throws IOException {
        SignedSecret secret = signs(credentials);
        if (secret != null) {
            try {
                Dialled dialled = dialSigned(credentials, secret);
                if (signing == Signing.REQUIRED
                        || !(dialled instanceof Dialled.Refused refused)
                        || !mayMindSigning(refused.refusal())) {
                    return dialled;
                }
            } catch (SignedOffer.Declined e) {
                if (signing == Signing.REQUIRED) {
                    throw e;
                }
            }
        }
        Dialled dialled = dialUnsigned(credentials);
        boolean wanted =
                signing == Signing.AUTO
                        && mode != Mode.JSON
                        && dialled instanceof Dialled.Refused refused
                        && refused.refusal().wantsSigned();
        if (wanted && secret != null) {
            throw new SignedOffer.Declined(); // it was asked for, and did not get through
        }
        SignedSecret unasked = wanted ? SignedSecret.of(credentials.secret()) : null;
        return unasked == null ? dialled : dialSigned(credentials, unasked);
    }

    /**
     * What proves who we are to a server that is asked for signed links; null where it is not.
     *
     * @throws IOException if it has to be, and cannot
     */
    private @Nullable SignedSecret signs(Credentials credentials) throws IOException {
        boolean asked =
                switch (signing) {
                    case REQUIRED -> true;
                    case AUTO -> credentials.signed() && mode != Mode.JSON;
                    case OFF -> false;
                };
        SignedSecret secret = asked ? SignedSecret.of(credentials.secret()) : null;
        if (secret == null && signing == Signing.REQUIRED) {
            throw new IOException(
                    "no link can be signed with a secret of this form, which another server gave,"
                            + " and --signed required asks for that");
        }
        return secret;
    }

    private Dialled dialSigned(Credentials credentials, SignedSecret secret) throws IOException {
        SignedOffer offer = new SignedOffer(credentials, secret);
        Dialled dialled = dial(credentials, false, offer);
        if (dialled instanceof Dialled.Refused refused && refused.refusal().wantsSigned()) {
            throw new IOException(
                    "the server was asked for a signed link, and answers that it wants one: what"
                            + " stands before it has changed the handshake");
        }
        return dialled;
    }

    /** Unless our server says that it is about something else. */
    private static boolean mayMindSigning(Refusal refusal) {
        return mayMindTheOffer(refusal)
                || (refusal.status() == 403 && "signed-off".equals(refusal.error()));
    }

    private Dialled dialUnsigned(Credentials credentials) throws IOException {
        boolean offers = mode != Mode.JSON && (credentials.binary() || mode == Mode.BINARY);
        Dialled dialled = dial(credentials, offers, null);
        if (offers
                && mode == Mode.AUTO
                && dialled instanceof Dialled.Refused refused
                && mayMindTheOffer(refused.refusal())) {
            dialled = dial(credentials, false, null);
        }
        if (mode == Mode.BINARY && dialled instanceof Dialled.Open open && !open.binary()) {
            open.link().close(CloseCode.NORMAL, "binary mode is required");
            throw new IOException(
                    "the server does not speak binary mode, and --mode binary asks for it");
        }
        return dialled;
    }

    private Dialled dial(Credentials credentials, boolean offers, @Nullable SignedOffer signed)
            throws IOException {
        Fields shown = passes.all();
        return call(
                dialer,
                HANDSHAKE,
                transport ->
                        new Handshake(address, credentials, agent, offers, signed, shown)
                                .run(transport, limits, budget, timer));
    }

    /** The public URL may have another host than the server; a secret never leaves TLS for it. */
    @Override
    public Optional<Presence> probe(Credentials credentials, String publicUrl) throws IOException {
        ServerAddress there;
        try {
            there = ServerAddress.of(URI.create(publicUrl));
        } catch (IllegalArgumentException e) {
            throw new IOException("the public URL cannot be asked", e);
        }
        if (address.tls() && !there.tls()) {
            return Optional.empty();
        }
        SignedSecret secret = signs(credentials);
        Fields shown = passes.forFrontEnd();
        return call(
                new Dialer(there, trust, proxies.toward(there)),
                PROBE,
                transport -> prober.probe(publicUrl, credentials, secret, shown, transport));
    }

    /**
     * A 4xx may be about the subprotocol, unless our server says that it is about something else.
     */
    private static boolean mayMindTheOffer(Refusal refusal) {
        return refusal.status() / 100 == 4 && refusal.error() == null;
    }

    /** What is done with a connection; a link that it becomes keeps it. */
    private interface Call<T> {
        T over(Transport transport) throws IOException;
    }

    private <T> T call(Dialer by, Times times, Call<T> call) throws IOException {
        List<InetAddress> addresses = by.resolve();
        long began = System.nanoTime();
        Socket raw = by.connect(addresses, times.connect(), times.all());
        Duration left = times.all().minusNanos(System.nanoTime() - began);
        Duration limit = left.compareTo(times.rest()) < 0 ? left : times.rest();
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> guard =
                timer.schedule(
                        () -> {
                            late.set(true);
                            closeQuietly(raw);
                        },
                        limit.toNanos(),
                        TimeUnit.NANOSECONDS);
        boolean kept = false;
        try {
            T result = call.over(by.prepare(raw));
            kept = result instanceof Dialled.Open;
            return result;
        } catch (IOException e) {
            throw late.get() ? tooLate(times.rest(), e) : e;
        } finally {
            guard.cancel(false);
            if (!kept) {
                closeQuietly(raw);
            }
        }
    }

    private IOException tooLate(Duration limit, IOException cause) {
        return new IOException(
                "the server "
                        + address.authority()
                        + " did not answer within "
                        + limit.toSeconds()
                        + " s",
                cause);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing a socket failed", e);
        }
    }
}
