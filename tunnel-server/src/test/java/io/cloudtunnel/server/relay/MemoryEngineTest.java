package io.cloudtunnel.server.relay;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The contract, kept by what other tests use. */
class MemoryEngineTest extends EngineContract {

    private final AtomicLong time = new AtomicLong();
    private final MemoryEngine memory = new MemoryEngine(time::get);

    @Override
    protected Engine engine() {
        return memory.engine();
    }

    @Override
    protected void stopBroker() {
        memory.down(true);
    }

    @Override
    protected void startBroker() {
        memory.down(false);
    }

    @Override
    protected void letHeartbeatsExpire() {
        time.addAndGet(Directory.ALIVE.toNanos());
    }

    @Override
    protected void letTimePass(Duration passes, Beat beat) throws Exception {
        for (long left = passes.toMillis(); left > 0; left -= 100) {
            time.addAndGet(TimeUnit.MILLISECONDS.toNanos(Math.min(left, 100)));
            beat.now();
        }
    }
}
