package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener goes on after a failure to accept; and where one has ended, the program does. */
@Timeout(60)
class OwnListenerTest {

    /** Has no descriptor left at first. */
    private static final class Failing extends ServerSocket {

        private int failures = 2;

        Failing() throws IOException {}

        @Override
        public Socket accept() throws IOException {
            if (failures-- > 0) {
                throw new SocketException("Too many open files");
            }
            return super.accept();
        }
    }

    @Test
    @SuppressWarnings("try") // it is closed early, to see what that does
    void acceptingGoesOnAfterAFailure() throws Exception {
        try (ServerSocket patient = new PatientServerSocket(new Failing());
                LogCapture log = new LogCapture()) {
            patient.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            try (Socket client = new Socket(patient.getInetAddress(), patient.getLocalPort());
                    Socket accepted = patient.accept()) {
                assertEquals(client.getLocalPort(), accepted.getPort());
            }
            assertEquals(1, log.text().split("could not be accepted", -1).length - 1, log::text);
            patient.close();
            assertThrows(SocketException.class, patient::accept);
        }
    }

    /** By Helidon's names of today. */
    @Test
    void helidonTakesThePatientOne() {
        CompletableFuture<WebServer> server = new CompletableFuture<>();
        CompletableFuture<Boolean> replaced = new CompletableFuture<>();
        WebServerConfig config =
                ReceiveBuffers.leftToTheSystem(
                        WebServer.builder().port(0).shutdownHook(false).buildPrototype(),
                        made ->
                                replaced.complete(
                                        PatientServerSocket.replace(server.join(), made)));
        server.complete(WebServer.create(config));
        server.join().start();
        try {
            assertTrue(replaced.join());
            assertTrue(server.join().port() > 0);
        } finally {
            server.join().stop();
        }
    }

    @Test
    void aServerThatNobodyReachesEnds() throws Exception {
        TunnelServer server = TunnelServer.builder().port(0).build();
        CompletableFuture<Integer> status = new CompletableFuture<>();
        try (LogCapture log = new LogCapture()) {
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            status.complete(Main.run(server));
                        } catch (InterruptedException e) {
                            status.completeExceptionally(e);
                        }
                    });
            assertTrue(log.await("listening on port", Duration.ofSeconds(20)));
            assertFalse(status.isDone());
            Objects.requireNonNull(server.listening()).close(); // the loop ends as after a failure
            assertEquals(1, status.get(20, TimeUnit.SECONDS));
            assertTrue(log.text().contains("the listener has ended by itself"), log::text);
        } finally {
            server.close();
        }
    }
}
