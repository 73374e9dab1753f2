package io.cloudtunnel.server.relay;

/** The contract, kept by the store that tests of servers use. */
class MemorySecretsTest extends HoldingsContract {

    private final MemoryEngine memory = new MemoryEngine();

    @Override
    protected Engine engine() {
        return memory.engine();
    }

    @Override
    protected void empty() {
        memory.loseSecrets();
    }
}
