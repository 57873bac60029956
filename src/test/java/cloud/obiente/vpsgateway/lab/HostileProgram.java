package cloud.obiente.vpsgateway.lab;

import java.util.ArrayList;
import java.util.List;

/** A VPS's attack on its gateway, from {@code src/test/python/flood.py}; it goes on until it is closed. */
public final class HostileProgram implements AutoCloseable {
    private final PythonProgram program;

    private HostileProgram(PythonProgram program) {
        this.program = program;
    }

    /**
     * Starts it on a VPS; the attack has begun when this returns. It yields to everything else that runs here: a VPS has
     * processors of its own, and does not flood by taking those of the others.
     */
    static HostileProgram on(String vps, String... arguments) {
        List<String> place = new ArrayList<>(PythonProgram.on(vps));
        place.addAll(List.of("nice", "-n", "19"));
        return new HostileProgram(PythonProgram.start(place, "flood.py", arguments));
    }

    @Override
    public void close() {
        program.close();
    }
}
