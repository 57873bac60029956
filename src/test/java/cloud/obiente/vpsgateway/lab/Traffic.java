package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** As much as goes from one simulated host to another, by iperf3. */
public enum Traffic {
    /** One TCP connection: long packets, as segmentation offload makes them. */
    TCP("bits/s of TCP", "") {
        @Override
        double received(JsonObject end, int seconds) {
            return end.getJsonObject("sum_received").getDouble("bits_per_second");
        }
    },
    /** Datagrams of 64 octets as fast as they can be sent: the price of a packet. */
    SMALL_DATAGRAMS("datagrams/s of 64 octets", "-u -b 0 -l 64") {
        @Override
        double received(JsonObject end, int seconds) {
            JsonObject sum = end.getJsonObject("sum");
            return (sum.getDouble("packets") - sum.getDouble("lost_packets")) / seconds;
        }
    };

    private final String unit;
    /** Of iperf3, with spaces between. */
    private final String options;

    Traffic(String unit, String options) {
        this.unit = unit;
        this.options = options;
    }

    abstract double received(JsonObject end, int seconds);

    public String unit() {
        return unit;
    }

    /** What the receiver got, in {@link #unit}. Blocks for so many seconds. */
    public double measure(String receiver, String sender, Ipv4Address source, Ipv4Address destination, int seconds) {
        Process server = start(receiver, "-s", "-1", "-B", destination.toString());
        try {
            List<String> client = new ArrayList<>(PythonProgram.on(sender));
            client.addAll(List.of("iperf3", "-c", destination.toString(), "-B", source.toString(), "-J", "-t"));
            client.add(String.valueOf(seconds));
            client.addAll(Stream.of(options.split(" "))
                    .filter(option -> !option.isEmpty())
                    .toList());
            return received(new JsonObject(Command.run(client)).getJsonObject("end"), seconds);
        } finally {
            server.destroyForcibly();
        }
    }

    /** Started, and listening when this returns. */
    private static Process start(String host, String... arguments) {
        try {
            Process server = new ProcessBuilder(Stream.concat(
                                    PythonProgram.on(host).stream(),
                                    Stream.concat(Stream.of("iperf3", "--forceflush"), Stream.of(arguments)))
                            .toList())
                    .redirectErrorStream(true)
                    .start();
            var output = server.inputReader();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("Server listening")) {
                    return server;
                }
            }
            throw new AssertionError("iperf3 has ended");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
