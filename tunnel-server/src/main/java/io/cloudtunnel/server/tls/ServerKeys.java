package io.cloudtunnel.server.tls;

import io.cloudtunnel.program.tls.KeyAndChain;
import io.cloudtunnel.program.tls.Renewed;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the key and chain that its files have at the time of a handshake. A handshake that was
 * begun with the ones before ends with them. Safe for use by several threads.
 */
final class ServerKeys extends X509ExtendedKeyManager {

    /** One state of the files; its aliases begin with its number. */
    private record Version(int number, KeyAndChain keys, X509ExtendedKeyManager manager) {

        @Nullable String alias(@Nullable String own) {
            return own == null ? null : number + "." + own;
        }

        @Nullable String own(String alias) {
            String prefix = number + ".";
            return alias.startsWith(prefix) ? alias.substring(prefix.length()) : null;
        }
    }

    /** Handshakes take some seconds at most, so two are enough. */
    private record Versions(Version newest, @Nullable Version before) {}

    private final Renewed<KeyAndChain> files;
    private final ReentrantLock changing = new ReentrantLock(); // guards changes of what follows
    private volatile Versions versions;

    ServerKeys(Renewed<KeyAndChain> files) {
        this.files = files;
        KeyAndChain first = files.current();
        this.versions = new Versions(new Version(0, first, first.manager()), null);
    }

    private Version newest() {
        KeyAndChain now = files.current();
        Version newest = versions.newest();
        if (newest.keys() == now) {
            return newest;
        }
        changing.lock();
        try {
            newest = versions.newest();
            if (newest.keys() != now) {
                Version next = new Version(newest.number() + 1, now, now.manager());
                versions = new Versions(next, newest);
                newest = next;
            }
            return newest;
        } finally {
            changing.unlock();
        }
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        Version newest = newest();
        return newest.alias(newest.manager().chooseServerAlias(keyType, issuers, socket));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Version newest = newest();
        return newest.alias(newest.manager().chooseEngineServerAlias(keyType, issuers, engine));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Versions now = versions;
        String own = now.newest().own(alias);
        if (own != null) {
            return now.newest().manager().getCertificateChain(own);
        }
        Version before = now.before();
        own = before == null ? null : before.own(alias);
        return before == null || own == null ? null : before.manager().getCertificateChain(own);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Versions now = versions;
        String own = now.newest().own(alias);
        if (own != null) {
            return now.newest().manager().getPrivateKey(own);
        }
        Version before = now.before();
        own = before == null ? null : before.own(alias);
        return before == null || own == null ? null : before.manager().getPrivateKey(own);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null; // who asks chooses
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null; // a server is no client
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
