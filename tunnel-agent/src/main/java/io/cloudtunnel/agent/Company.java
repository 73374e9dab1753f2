package io.cloudtunnel.agent;

import io.cloudtunnel.protocol.session.MemoryBudget;
import java.util.function.Supplier;

/**
 * What an agent has together with the other ones of its program.
 *
 * @param name its own among them; empty where it is the only one
 * @param budget of all of them
 * @param observatory makes its part of the one that all have; the agent closes it
 */
record Company(String name, MemoryBudget budget, Supplier<Observatory> observatory) {}
