package cloud.obiente.vpsgateway.control;

import java.util.Map;
import java.util.TreeSet;

/** Takes each question to who can answer it. Immutable; any thread. */
public final class ControlRouter implements ControlHandler {
    private final String version;
    private final Map<String, ControlHandler> handlers;

    /**
     * @param version of this gateway, for those who ask it something that only another version knows
     * @param handlers by the command that they answer
     */
    public ControlRouter(String version, Map<String, ControlHandler> handlers) {
        this.version = version;
        this.handlers = Map.copyOf(handlers);
    }

    @Override
    public Object answer(ControlRequest request, String operator) throws RefusedException {
        ControlHandler handler = handlers.get(request.command());
        if (handler == null) {
            throw new RefusedException(
                    RefusedException.Kind.INVALID,
                    "the gateway that runs is version " + version + " and does not know '" + request.command()
                            + "', only " + String.join(", ", new TreeSet<>(handlers.keySet())));
        }
        return handler.answer(request, operator);
    }
}
