/** Who may register, and who is who: keys, ids, secrets. */
@NullMarked
package io.cloudtunnel.server.auth;

import org.jspecify.annotations.NullMarked;
