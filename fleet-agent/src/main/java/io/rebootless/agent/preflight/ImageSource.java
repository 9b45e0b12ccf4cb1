package io.rebootless.agent.preflight;

import io.rebootless.agent.settings.Loader;

/** The file system that the kernel's loader is handed livepatches from: some security modules go by that. */
enum ImageSource {
    /** The module's own file. */
    SYSFS("sysfs", "fsmagic=0x62656572"),
    /** The agent's folder. */
    TMPFS("tmpfs", "fsmagic=0x01021994");

    private final String words;
    private final String magic;

    ImageSource(String words, String magic) {
        this.words = words;
        this.magic = magic;
    }

    static ImageSource of(Loader loader) {
        return loader == Loader.DIRECT ? TMPFS : SYSFS;
    }

    /** As IMA's rules name it. */
    String magic() {
        return magic;
    }

    @Override
    public String toString() {
        return words;
    }
}
