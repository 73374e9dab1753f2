package io.cloudtunnel.agent;

import io.cloudtunnel.agent.local.LocalAddress;
import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.agent.observe.CallSpans;
import io.cloudtunnel.agent.observe.CallTracer;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Tracing;
import io.cloudtunnel.protocol.session.MemoryBudget;

/** Traces, besides what another observatory has. */
final class TracedObservatory implements Observatory {

    private final Observatory other;
    private final CallSpans spans;

    TracedObservatory(Observatory other, Tracing how, Observation settings, LocalAddress local) {
        this.other = other;
        try {
            this.spans = new CallSpans(how, settings, local.address(), local.port());
        } catch (SettingException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public AgentObserver observer() {
        return other.observer();
    }

    @Override
    public CallTracer tracer() {
        return spans;
    }

    @Override
    public void watch(LinkSet links, MemoryBudget budget) {
        other.watch(links, budget);
    }

    @Override
    public void start() {
        other.start();
    }

    @Override
    public int port() {
        return other.port();
    }

    @Override
    public void close() {
        other.close();
        spans.close();
    }
}
