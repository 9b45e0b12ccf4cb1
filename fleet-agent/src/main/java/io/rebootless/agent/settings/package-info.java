/** What the administrator has written into agent.properties, checked before anything is done with it. */
@NullMarked
package io.rebootless.agent.settings;

import org.jspecify.annotations.NullMarked;
