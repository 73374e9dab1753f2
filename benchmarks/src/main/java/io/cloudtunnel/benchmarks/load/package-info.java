/** End-to-end load: the tunnel as its packaged programs, beside a plain proxy and a rival. */
@NullMarked
package io.cloudtunnel.benchmarks.load;

import org.jspecify.annotations.NullMarked;
