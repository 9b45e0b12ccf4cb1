/**
 * HTTPS by default: a certificate authority made at first start and its successors, a certificate by it or from files,
 * and whose word counts about where a request comes from.
 */
@NullMarked
package io.rebootless.server.tls;

import org.jspecify.annotations.NullMarked;
