/** What operators see of an agent. Works without Micrometer, but for {@code AgentMeters}. */
@NullMarked
package io.cloudtunnel.agent.observe;

import org.jspecify.annotations.NullMarked;
