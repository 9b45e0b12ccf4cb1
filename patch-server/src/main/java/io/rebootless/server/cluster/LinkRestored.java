package io.rebootless.server.cluster;

/**
 * This server hears signals, from now on: for the first time, or again after it missed some. Whoever remembers anything
 * of the database reads it anew.
 */
public record LinkRestored() {}
