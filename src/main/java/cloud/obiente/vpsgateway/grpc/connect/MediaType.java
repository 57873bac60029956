package cloud.obiente.vpsgateway.grpc.connect;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which protocol and which encoding of messages a content type stands for.
 *
 * @param name the content type in lower case, without parameters: the answer's is the same
 */
record MediaType(String name, Kind kind, boolean json) {
    enum Kind {
        GRPC,
        GRPC_WEB,
        GRPC_WEB_TEXT,
        CONNECT_STREAM,
        CONNECT_UNARY
    }

    /** Unary calls of the Connect protocol in JSON. */
    static final MediaType JSON = new MediaType("application/json", Kind.CONNECT_UNARY, true);

    /** For the {@code accept-post} of a refusal. */
    static final String SUPPORTED = "application/grpc+proto, application/grpc+json, "
            + "application/grpc-web+proto, application/grpc-web+json, "
            + "application/grpc-web-text+proto, application/grpc-web-text+json, "
            + "application/connect+proto, application/connect+json, application/proto, application/json";

    private static final Pattern FORM =
            Pattern.compile("application/(?:(grpc|grpc-web|grpc-web-text|connect)(?:\\+(proto|json))?|(proto|json))");
    private static final Pattern UTF_8 = Pattern.compile("\\s*charset\\s*=\\s*\"?utf-8\"?\\s*");

    static Optional<MediaType> parse(String contentType) {
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", 2);
        String name = parts[0].strip();
        Matcher matcher = FORM.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        if (matcher.group(1) == null) {
            boolean json = matcher.group(3).equals("json");
            boolean readable =
                    !json || parts.length == 1 || UTF_8.matcher(parts[1]).matches();
            return readable ? Optional.of(new MediaType(name, Kind.CONNECT_UNARY, json)) : Optional.empty();
        }
        boolean json = "json".equals(matcher.group(2));
        return switch (matcher.group(1)) {
            case "grpc" -> Optional.of(new MediaType(name, Kind.GRPC, json));
            case "grpc-web" -> Optional.of(new MediaType(name, Kind.GRPC_WEB, json));
            case "grpc-web-text" -> Optional.of(new MediaType(name, Kind.GRPC_WEB_TEXT, json));
            default ->
                matcher.group(2) == null
                        ? Optional.empty()
                        : Optional.of(new MediaType(name, Kind.CONNECT_STREAM, json));
        };
    }

    boolean isConnect() {
        return kind == Kind.CONNECT_STREAM || kind == Kind.CONNECT_UNARY;
    }

    /** The form in which Connect refuses a request that is no call. */
    MediaType asUnary() {
        return new MediaType(name, Kind.CONNECT_UNARY, json);
    }
}
