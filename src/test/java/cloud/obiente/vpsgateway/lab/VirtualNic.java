package cloud.obiente.vpsgateway.lab;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A way around a host's network stack: sends frames as they are given, and counts what arrives by the mark in it. For one
 * thread at a time; its owner closes it. See {@code src/test/python/network_card.py}.
 */
public final class VirtualNic implements AutoCloseable {
    /** The source of packets that were counted behind the firewall, where frames have no source any more. */
    public static final String LOCAL = "local";

    private final PythonProgram program;

    private VirtualNic(PythonProgram program) {
        this.program = program;
    }

    /** On eth0 of a simulated host. */
    static VirtualNic of(String host) {
        return new VirtualNic(PythonProgram.start(PythonProgram.on(host), "network_card.py", "frames", "eth0"));
    }

    /** Hears what the gateway host's firewall delivers to the gateway host itself, and cannot send. */
    public static VirtualNic behindTheGatewaysFirewall() {
        return new VirtualNic(PythonProgram.start(List.of(), "network_card.py", "local"));
    }

    /** Sends each of these frames (hexadecimal) once, in order. */
    public void send(List<String> frames) {
        program.ask("send 1 " + String.join(" ", frames), "sent");
    }

    /** Sends them again and again until {@link #calm}. */
    public void flood(List<String> frames) {
        program.ask("flood " + String.join(" ", frames), "flooding");
    }

    public void calm() {
        program.ask("calm", "calm");
    }

    /** How many arrivals had this mark, by the MAC that sent them or {@link #LOCAL}. */
    public Map<String, Integer> seen(String mark) {
        Map<String, Integer> seen = new LinkedHashMap<>();
        String answer = program.ask("seen " + mark);
        if (!answer.equals("none")) {
            for (String one : answer.split(" ")) {
                int sign = one.indexOf('=');
                seen.put(one.substring(0, sign), Integer.valueOf(one.substring(sign + 1)));
            }
        }
        return seen;
    }

    @Override
    public void close() {
        program.close();
    }
}
