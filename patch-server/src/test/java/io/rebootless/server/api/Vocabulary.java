package io.rebootless.server.api;

import io.rebootless.server.problem.Paging;
import io.rebootless.wire.AgentProtocol;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Words that mean the same in every operation: query parameters, path variables and headers. */
final class Vocabulary {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String DIGEST = "^[0-9a-f]{64}$";

    /** What a word means, and its JSON Schema. */
    record Word(String meaning, String schema) {
        ObjectNode schemaNode() {
            return (ObjectNode) JSON.readTree(schema);
        }
    }

    static final Map<String, Word> PARAMETERS = Map.ofEntries(
            word(
                    "limit",
                    "How many entries at most.",
                    "{'type':'integer','minimum':1,'maximum':1000,'default':" + Paging.DEFAULT_LIMIT + "}"),
            word(
                    "cursor",
                    "`next` of the part before, unchanged; absent for the first part.",
                    "{'type':'string','pattern':'^[A-Za-z0-9_-]+$'}"),
            word("cve", "A CVE.", "{'type':'string','pattern':'^CVE-[0-9]{4}-[0-9]{4,19}$'}"),
            word(
                    "label",
                    "`key=value`; repeated, all of them are asked for.",
                    "{'type':'array','items':{'type':'string','pattern':'^[^=]+=.+$'}}"),
            word("action", "What was done, such as `bundle.published`.", "{'type':'string'}"),
            word("actor", "Who did it: an id or a name.", "{'type':'string'}"),
            word("subject", "What was changed, such as `host:…`.", "{'type':'string'}"),
            word("from", "This moment or later.", "{'type':'string','format':'date-time'}"),
            word("to", "Before this moment.", "{'type':'string','format':'date-time'}"),
            word("hostname", "The whole name.", "{'type':'string','maxLength':253}"),
            word("idPrefix", "How their ids begin.", "{'type':'string','pattern':'^[0-9a-f-]{0,36}$'}"),
            word("quarantined", "Whether they have a bundle in quarantine.", "{'type':'boolean'}"),
            word("publication", "The publisher's name for a fix.", "{'type':'string','maxLength':64}"),
            word("release", "A kernel's release, as `uname -r` says it.", "{'type':'string','maxLength':64}"),
            word("digest", "SHA-256 in lower-case hexadecimal.", "{'type':'string','pattern':'" + DIGEST + "'}"));

    static final Map<String, Word> HEADERS = Map.ofEntries(
            word(
                    "Idempotency-Key",
                    "Random, made up for one request and repeated with each retry of it; the effect happens once, and"
                            + " for 24 hours every retry gets the same answer.",
                    "{'type':'string','minLength':16,'maxLength':200,'examples':['8e03978e-40d5-43dd-bc93-6894a57f9324']}"),
            word("Idempotency-Replayed", "`true` if this answer was given before.", "{'type':'string','const':'true'}"),
            word("If-None-Match", "The ETag of what is known.", "{'type':'string'}"),
            word("If-Range", "The ETag that the range belongs to.", "{'type':'string'}"),
            word("Range", "One range of bytes.", "{'type':'string','examples':['bytes=1024-']}"),
            word(
                    "Prefer",
                    "How many seconds the answer may be held back until something changes (RFC 7240); beyond "
                            + AgentProtocol.MAX_WAIT_SECONDS + " counts as that.",
                    "{'type':'string','examples':['wait=50']}"),
            word(
                    AgentProtocol.REPORT_ACKNOWLEDGED,
                    "The last report that the server has acknowledged, `journalId/number`.",
                    "{'type':'string'}"),
            word(
                    AgentProtocol.POLL_SECONDS,
                    "Seconds until the next poll.",
                    "{'type':'integer','minimum':1,'maximum':86400}"),
            word(
                    AgentProtocol.REPORT_WANTED,
                    "`true` if the server wants the host's whole state again.",
                    "{'type':'string','const':'true'}"),
            word(
                    AgentProtocol.BOOT,
                    "The host's boot id: the server asks for the state of a boot that it does not know.",
                    "{'type':'string','maxLength':64}"),
            word(
                    AgentProtocol.TOKEN_WANTED,
                    "`true` if the host is to fetch a new token.",
                    "{'type':'string','const':'true'}"),
            word(
                    AgentProtocol.QUARANTINE_LIFTED,
                    "The ids of quarantines that an operator has lifted, separated by commas, until a report comes"
                            + " without them.",
                    "{'type':'string','examples':['8e03978e-40d5-43dd-bc93-6894a57f9324']}"),
            word("ETag", "Names this very content.", "{'type':'string'}"),
            word("Accept-Ranges", "`bytes`.", "{'type':'string','const':'bytes'}"),
            word("Content-Range", "Which part of the file this is.", "{'type':'string'}"),
            word("Cache-Control", "How long it may be kept, and by whom.", "{'type':'string'}"),
            word("Location", "Where what was made is.", "{'type':'string','format':'uri-reference'}"),
            word("Retry-After", "Seconds until it is worth trying again.", "{'type':'integer','minimum':1}"),
            word("WWW-Authenticate", "What is asked for: a bearer key.", "{'type':'string'}"),
            word("Allow", "The methods that are.", "{'type':'string'}"));

    private Vocabulary() {}

    private static Map.Entry<String, Word> word(String name, String meaning, String schema) {
        return Map.entry(name, new Word(meaning, schema.replace('\'', '"')));
    }
}
