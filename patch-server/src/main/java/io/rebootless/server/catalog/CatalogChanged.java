package io.rebootless.server.catalog;

/**
 * The catalogue has changed, here or at another server on the same database.
 *
 * @param snapshot what it is now
 */
public record CatalogChanged(CatalogSnapshot snapshot) {}
