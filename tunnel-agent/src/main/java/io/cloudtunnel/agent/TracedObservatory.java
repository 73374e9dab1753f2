package io.cloudtunnel.agent;

import io.cloudtunnel.agent.local.LocalAddress;
import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.agent.observe.CallSpans;
import io.cloudtunnel.agent.observe.CallTracer;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Tracing;
import io.cloudtunnel.protocol.session.MemoryBudget;
import org.jspecify.annotations.Nullable;

/** Traces, besides what another observatory has. */
final class TracedObservatory implements Observatory {

    private final Observatory other;
    private final CallSpans spans;
    private final boolean ends; // whether it closes them

    TracedObservatory(Observatory other, Tracing how, Observation settings) {
        this.other = other;
        this.ends = true;
        try {
            this.spans = new CallSpans(how, settings);
        } catch (SettingException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        }
    }

    private TracedObservatory(Observatory other, CallSpans spans) {
        this.other = other;
        this.ends = false;
        this.spans = spans;
    }

    @Override
    public AgentObserver observer() {
        return other.observer();
    }

    @Override
    public CallTracer tracer(@Nullable LocalAddress local) {
        return local == null ? spans.within() : spans.to(local.address(), local.port());
    }

    @Override
    public void watch(LinkSet links, MemoryBudget budget) {
        other.watch(links, budget);
    }

    @Override
    public void watch(MemoryBudget budget) {
        other.watch(budget);
    }

    @Override
    public Observatory ofTunnel(String name) {
        return new TracedObservatory(other.ofTunnel(name), spans);
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
        if (ends) {
            spans.close();
        }
    }
}
