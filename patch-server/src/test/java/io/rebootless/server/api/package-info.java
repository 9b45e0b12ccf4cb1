/** The API's description, docs/openapi.json: made from the code, and held against what the server answers. */
@NullMarked
package io.rebootless.server.api;

import org.jspecify.annotations.NullMarked;
