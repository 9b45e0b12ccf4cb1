/** HTTPS by default: a certificate authority made at first start, and a server certificate by it. */
@NullMarked
package io.rebootless.server.tls;

import org.jspecify.annotations.NullMarked;
