package cloud.obiente.vpsgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages lead where they say: files and headings that they link to exist, and code has the names that they use. */
class PagesTest {
    private static final String SEQUENCES = "docs/sequences.md";
    private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern LINK = Pattern.compile("\\[([^\\[\\]]+)]\\(([^)\\s]+)\\)");
    private static final Pattern CODE_NAME =
            Pattern.compile("`(?:[a-z]\\w*\\.)*([A-Z]\\w*[a-z]\\w*)(?:\\.([a-z]\\w*))?(?:\\([^`]*\\))?`");
    private static final Pattern DECLARED =
            Pattern.compile("(?m)^\\s*(?:(?:public|protected|private|static|abstract|final|sealed|non-sealed) )*"
                    + "(?:class|record|interface|enum) ([A-Z]\\w*)");
    private static final Pattern IN_PROTO = Pattern.compile("(?m)^\\s*(?:rpc|message|service) (\\w+)");
    private static final Pattern PARTICIPANT = Pattern.compile("(?m)^\\s*participant (\\w+)(?: as (\\w+))?$");
    private static final Pattern ARROW = Pattern.compile("(?m)^\\s*\\w+\\s*-?-(?:>>|\\)|>|x)\\s*(\\w+)\\s*:\\s*(.+)$");
    private static final Pattern CALL = Pattern.compile("([a-z]\\w*)\\(.*");
    private static final Pattern CAMEL_CASE = Pattern.compile("\\b[A-Z][a-z]+[A-Z]\\w*(?:\\.([a-z]\\w*))?");

    /** Names of gRPC, systemd and OpenSSH, and those that we do not want. */
    private static final Set<String> FOREIGN = Set.of(
            "ServerCall",
            "ErrorInfo",
            "BadRequest",
            "ExecStart",
            "ExecStartPre",
            "LimitNOFILE",
            "ProtectKernelTunables",
            "TimeoutStopSec",
            "ServerAliveInterval",
            "Manager",
            "Util",
            "Helper",
            // Categories of the log.
            "SshBastion",
            "SshSessions");

    /** Types by their simple names, each with the text of the files that declare it. */
    private static final Map<String, String> TYPES = types();

    private static final Set<String> CONTRACT = contract();

    static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(Path.of(""));
                Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyRelativeLinkLeadsToAFileAndAHeading(Path page) throws IOException {
        List<String> broken = links(page)
                .map(link -> link.group(2))
                .filter(target -> !target.matches("(https?|mailto):.*"))
                .filter(target -> !exists(page, target))
                .toList();

        assertThat(broken).as("links of %s that lead nowhere", page).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyClassAndMethodNamedExists(Path page) throws IOException {
        List<String> unknown = CODE_NAME
                .matcher(prose(page))
                .results()
                .filter(name -> !FOREIGN.contains(name.group(1)))
                .filter(name -> !isKnown(name.group(1), Optional.ofNullable(name.group(2))))
                .map(MatchResult::group)
                .toList();

        assertThat(unknown)
                .as("names in %s that are neither in the code nor in the contract", page)
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/where-is.md", SEQUENCES})
    void aLinkWithTheNameOfAClassLeadsToItsFile(String page) throws IOException {
        List<String> elsewhere = links(Path.of(page))
                .filter(link -> link.group(2).endsWith(".java"))
                .filter(link -> {
                    String file = Path.of(link.group(2)).getFileName().toString();
                    String type = link.group(1).replaceAll("`|\\..*", "");
                    return !file.equals(type + ".java");
                })
                .map(MatchResult::group)
                .toList();

        assertThat(elsewhere).isEmpty();
    }

    @Test
    void everyParticipantOfASequenceIsAClassAndHasTheMethodsThatAreCalled() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String picture : pictures()) {
            Map<String, String> classes = PARTICIPANT
                    .matcher(picture)
                    .results()
                    .collect(Collectors.toMap(found -> found.group(1), found -> Optional.ofNullable(found.group(2))
                            .orElse(found.group(1))));
            assertThat(classes).isNotEmpty();
            classes.values().stream().filter(type -> !TYPES.containsKey(type)).forEach(wrong::add);
            ARROW.matcher(picture)
                    .results()
                    .filter(arrow -> classes.containsKey(arrow.group(1)))
                    .forEach(arrow -> CALL.matcher(arrow.group(2))
                            .results()
                            .limit(arrow.group(2).matches("[a-z]\\w*\\(.*") ? 1 : 0)
                            .filter(call -> !hasMethod(classes.get(arrow.group(1)), call.group(1)))
                            .forEach(call -> wrong.add(classes.get(arrow.group(1)) + "." + call.group(1))));
        }

        assertThat(wrong).as("in the pictures of %s", SEQUENCES).isEmpty();
    }

    @Test
    void everyClassInASequenceExists() throws IOException {
        List<String> unknown = pictures().stream()
                .flatMap(picture -> CAMEL_CASE.matcher(picture).results())
                .filter(name -> !isKnown(name.group().replaceAll("\\..*", ""), Optional.ofNullable(name.group(1))))
                .map(MatchResult::group)
                .toList();

        assertThat(unknown).as("in the pictures of %s", SEQUENCES).isEmpty();
    }

    private static List<String> pictures() throws IOException {
        List<String> pictures = FENCED.matcher(Files.readString(Path.of(SEQUENCES)))
                .results()
                .filter(block -> block.group(1).equals("mermaid"))
                .map(block -> block.group(2))
                .toList();
        assertThat(pictures).isNotEmpty();
        return pictures;
    }

    private static Stream<MatchResult> links(Path page) throws IOException {
        return LINK.matcher(prose(page)).results();
    }

    private static String prose(Path page) throws IOException {
        return FENCED.matcher(Files.readString(page)).replaceAll("");
    }

    private static boolean exists(Path page, String target) {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
        return Files.exists(file) && (parts.length == 1 || hasHeading(file, parts[1]));
    }

    private static boolean hasHeading(Path page, String anchor) {
        try {
            return HEADING.matcher(prose(page)).results().anyMatch(heading -> anchorOf(heading.group(1))
                    .equals(anchor));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    /** As forges make them of a heading. */
    private static String anchorOf(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static boolean isKnown(String type, Optional<String> method) {
        return method.map(name -> hasMethod(type, name))
                .orElseGet(() -> TYPES.containsKey(type) || CONTRACT.contains(type));
    }

    /** Declared with a type in front of it, or a component of a record. */
    private static boolean hasMethod(String type, String name) {
        return Pattern.compile("[\\w>\\]] (?<!return |new |else )" + name + "(?:\\(|[,)]\\s)")
                .matcher(TYPES.getOrDefault(type, ""))
                .find();
    }

    private static Map<String, String> types() {
        Map<String, String> types = new HashMap<>();
        for (String source : texts(Path.of("src"), ".java")) {
            DECLARED.matcher(source)
                    .results()
                    .map(found -> found.group(1))
                    .distinct()
                    .forEach(type -> types.merge(type, source, String::concat));
        }
        return types;
    }

    private static Set<String> contract() {
        Set<String> names = new HashSet<>();
        texts(Path.of("src/main/proto"), ".proto").forEach(text -> IN_PROTO.matcher(text)
                .results()
                .map(found -> found.group(1))
                .forEach(names::add));
        return names;
    }

    private static List<String> texts(Path folder, String ending) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<String> texts = new ArrayList<>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(ending)).toList()) {
                texts.add(Files.readString(file));
            }
            return texts;
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
