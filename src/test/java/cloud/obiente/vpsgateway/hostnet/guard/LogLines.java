package cloud.obiente.vpsgateway.hostnet.guard;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the guard says in the log, for operators: nothing below the level of information. */
final class LogLines extends Handler {
    private static final Logger GUARD = Logger.getLogger("cloud.obiente.vpsgateway.hostnet.guard");

    private final List<String> lines = new CopyOnWriteArrayList<>();

    private LogLines() {}

    /** Something that takes until its last line has been logged. */
    interface Work {
        void run() throws Exception;
    }

    static List<String> during(Work work) throws Exception {
        LogLines log = new LogLines();
        GUARD.addHandler(log);
        try {
            work.run();
        } finally {
            GUARD.removeHandler(log);
        }
        return log.lines;
    }

    @Override
    public void publish(LogRecord line) {
        if (line.getLevel().intValue() >= Level.INFO.intValue()) {
            Object[] values = line.getParameters();
            lines.add(values == null ? line.getMessage() : String.format(line.getMessage(), values));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
