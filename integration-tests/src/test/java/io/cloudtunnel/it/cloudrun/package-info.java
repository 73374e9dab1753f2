/** A front end as Cloud Run's on loopback, and what clients see behind it when things end. */
package io.cloudtunnel.it.cloudrun;
