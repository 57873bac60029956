package cloud.obiente.vpsgateway.lab;

/** A VPS's attack on DNS and DHCP, from {@code src/test/python/flood.py}; it goes on until it is closed. */
public final class HostileProgram implements AutoCloseable {
    private final PythonProgram program;

    private HostileProgram(PythonProgram program) {
        this.program = program;
    }

    /** Starts it on a VPS; the attack has begun when this returns. */
    static HostileProgram on(String vps, String... arguments) {
        return new HostileProgram(PythonProgram.start(PythonProgram.on(vps), "flood.py", arguments));
    }

    @Override
    public void close() {
        program.close();
    }
}
