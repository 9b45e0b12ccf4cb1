package io.rebootless.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes the manifest's JSON, naming the first field that breaks its rule. */
public final class ManifestCodec {
    private static final int MAX_LIST = 10_000;
    private static final Pattern PUBLICATION = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern CREATED = Pattern.compile("[0-9]{4}-[0-9T:.-]{1,40}Z");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(32).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ManifestCodec() {}

    /** Whether a manifest takes it for a publication's name. */
    public static boolean isPublication(String name) {
        return PUBLICATION.matcher(name).matches();
    }

    /**
     * Reads a manifest.
     *
     * @throws RefusedException {@code bad-manifest}, naming the field
     */
    public static Manifest decode(byte[] bytes) throws RefusedException {
        ObjectNode root = parse(bytes);
        return new Manifest(
                match(root, "publication", PUBLICATION),
                text("title", root.get("title"), 200),
                created(root),
                cves(root),
                optionalText(root, "notes", 20_000),
                strings(root, "functions", 256),
                optionalText(root, "effectiveVersion", 128),
                dropped(root));
    }

    /** Writes a manifest in the order of the specification, one line, ending without a newline. */
    public static byte[] encode(Manifest manifest) {
        ObjectNode root = JSON.createObjectNode();
        root.put("publication", manifest.publication());
        root.put("title", manifest.title());
        root.put("created", manifest.created().toString());
        var cves = root.putArray("cves");
        manifest.cves()
                .forEach(cve -> cves.addObject()
                        .put("id", cve.id())
                        .put("severity", cve.severity().word()));
        manifest.notes().ifPresent(notes -> root.put("notes", notes));
        if (!manifest.functions().isEmpty()) {
            manifest.functions().forEach(root.putArray("functions")::add);
        }
        manifest.effectiveVersion().ifPresent(version -> root.put("effectiveVersion", version));
        if (!manifest.droppedCves().isEmpty()) {
            var dropped = root.putArray("droppedCves");
            manifest.droppedCves()
                    .forEach(cve -> dropped.addObject().put("id", cve.id()).put("reason", cve.reason()));
        }
        return JSON.writeValueAsBytes(root);
    }

    private static ObjectNode parse(byte[] bytes) throws RefusedException {
        String json;
        try {
            json = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw bad("manifest", "UTF-8", "bytes that are not");
        }
        if (json.startsWith("\ufeff")) {
            throw bad("manifest", "no byte-order mark", "one");
        }
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw bad("manifest", "one JSON object", e.getOriginalMessage());
        }
        throw bad("manifest", "one JSON object", "another JSON value");
    }

    private static Instant created(ObjectNode root) throws RefusedException {
        String value = match(root, "created", CREATED);
        try {
            return Instant.parse(value);
        } catch (DateTimeException e) {
            throw bad("created", "an RFC 3339 instant in UTC, such as 2026-11-22T10:00:00Z", value);
        }
    }

    private static List<Cve> cves(ObjectNode root) throws RefusedException {
        JsonNode list = root.get("cves");
        if (list == null) {
            throw bad("cves", "a list, which may be empty", "nothing");
        }
        var cves = new ArrayList<Cve>();
        var ids = new LinkedHashSet<String>();
        for (JsonNode node : list(list, "cves")) {
            String id = text("cves.id", node.get("id"), 32);
            if (!Cve.isId(id) || !ids.add(id)) {
                throw bad("cves.id", "CVE-YYYY-NNNN, each once", id);
            }
            String severity = text("cves.severity", node.get("severity"), 16);
            try {
                cves.add(new Cve(id, Cve.Severity.of(severity)));
            } catch (IllegalArgumentException e) {
                throw bad("cves.severity", String.valueOf(e.getMessage()), severity);
            }
        }
        return cves;
    }

    private static List<Manifest.DroppedCve> dropped(ObjectNode root) throws RefusedException {
        var dropped = new ArrayList<Manifest.DroppedCve>();
        for (JsonNode node : list(root.get("droppedCves"), "droppedCves")) {
            String id = text("droppedCves.id", node.get("id"), 32);
            if (!Cve.isId(id)) {
                throw bad("droppedCves.id", "CVE-YYYY-NNNN", id);
            }
            dropped.add(new Manifest.DroppedCve(id, text("droppedCves.reason", node.get("reason"), 500)));
        }
        return dropped;
    }

    private static List<String> strings(ObjectNode root, String field, int max) throws RefusedException {
        var strings = new ArrayList<String>();
        for (JsonNode node : list(root.get(field), field)) {
            strings.add(text(field, node, max));
        }
        return strings;
    }

    private static JsonNode list(@org.jspecify.annotations.Nullable JsonNode node, String field)
            throws RefusedException {
        if (node == null) {
            return JSON.createArrayNode();
        }
        if (!node.isArray() || node.size() > MAX_LIST) {
            throw bad(field, "a list of at most " + MAX_LIST, node.isArray() ? node.size() + " entries" : "no list");
        }
        return node;
    }

    private static String match(ObjectNode root, String field, Pattern pattern) throws RefusedException {
        String value = text(field, root.get(field), 64);
        if (!pattern.matcher(value).matches()) {
            throw bad(field, pattern.pattern(), value);
        }
        return value;
    }

    private static Optional<String> optionalText(ObjectNode root, String field, int max) throws RefusedException {
        JsonNode node = root.get(field);
        return node == null ? Optional.empty() : Optional.of(text(field, node, max));
    }

    /** Databases and terminals choke on control characters and lone surrogates: neither is text. */
    private static String text(String field, @org.jspecify.annotations.Nullable JsonNode node, int maxCharacters)
            throws RefusedException {
        String rule = "1 to %d characters of text".formatted(maxCharacters);
        if (node == null || !node.isString()) {
            throw bad(field, rule, node == null ? "nothing" : "another JSON value");
        }
        String value = node.stringValue();
        if (value.isEmpty() || value.codePointCount(0, value.length()) > maxCharacters) {
            throw bad(field, rule, value.length() + " characters");
        }
        boolean clean = value.codePoints()
                .allMatch(c -> c == '\n' || c == '\t' || (!Character.isISOControl(c) && (c < 0xd800 || c > 0xdfff)));
        if (!clean) {
            throw bad(field, rule, "control characters or lone surrogates");
        }
        return value;
    }

    private static RefusedException bad(String field, String rule, String found) {
        String brief = found.length() > 100 ? found.substring(0, 100) + "…" : found;
        return new RefusedException(new Refusal.BadManifest(field, rule, brief));
    }
}
