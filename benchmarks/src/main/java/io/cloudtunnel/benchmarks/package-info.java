/** What the parts cost, each beside what would be used instead. */
@NullMarked
package io.cloudtunnel.benchmarks;

import org.jspecify.annotations.NullMarked;
