package cloud.obiente.vpsgateway.lab;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a category of this process's log says, for operators: nothing below the level of information. */
public final class LogLines extends Handler {
    private final Consumer<String> told;

    private LogLines(Consumer<String> told) {
        this.told = told;
    }

    /** Something that takes until its last line has been logged. */
    public interface Work {
        void run() throws Exception;
    }

    /** @param category those below it, too */
    public static List<String> during(String category, Work work) throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        during(category, lines::add, work);
        return lines;
    }

    /** @param told of each line, on the thread that logs it and before that goes on */
    public static void during(String category, Consumer<String> told, Work work) throws Exception {
        Logger logger = Logger.getLogger(category);
        LogLines log = new LogLines(told);
        logger.addHandler(log);
        try {
            work.run();
        } finally {
            logger.removeHandler(log);
        }
    }

    @Override
    public void publish(LogRecord line) {
        if (line.getLevel().intValue() >= Level.INFO.intValue()) {
            Object[] values = line.getParameters();
            told.accept(values == null ? line.getMessage() : String.format(line.getMessage(), values));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
