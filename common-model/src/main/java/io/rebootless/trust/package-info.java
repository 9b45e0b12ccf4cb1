/** Who may publish: publisher certificates, the one CMS profile, signing, and the threshold over distinct keys. */
@NullMarked
package io.rebootless.trust;

import org.jspecify.annotations.NullMarked;
