/** What went through the tunnel lately, kept for the inspect page; docs/inspect.md. */
@NullMarked
package io.cloudtunnel.agent.inspect;

import org.jspecify.annotations.NullMarked;
