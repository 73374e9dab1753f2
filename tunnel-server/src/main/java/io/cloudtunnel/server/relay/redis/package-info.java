/** Redis or Valkey as broker and directory. Loaded only where one is configured. */
@NullMarked
package io.cloudtunnel.server.relay.redis;

import org.jspecify.annotations.NullMarked;
