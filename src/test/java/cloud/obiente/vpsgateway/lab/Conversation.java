package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.net.Ipv4Address;

/** One end of an exchange of datagrams; see {@code src/test/python/datagrams.py}. For one thread at a time. */
public final class Conversation implements AutoCloseable {
    private final PythonProgram program;

    private Conversation(PythonProgram program) {
        this.program = program;
    }

    static Conversation answering(String host, int port) {
        return new Conversation(
                PythonProgram.start(PythonProgram.on(host), "datagrams.py", "answer", String.valueOf(port)));
    }

    static Conversation asking(String host, Ipv4Address source, Ipv4Address partner, int port) {
        return new Conversation(PythonProgram.start(
                PythonProgram.on(host),
                "datagrams.py",
                "ask",
                source.toString(),
                partner.toString(),
                String.valueOf(port)));
    }

    /**
     * Asks so many questions, one after the other, until one has waited for its answer for half a minute.
     *
     * @return how many were answered
     */
    public int ask(int questions) {
        return Integer.parseInt(program.ask(String.valueOf(questions)));
    }

    @Override
    public void close() {
        program.close();
    }
}
