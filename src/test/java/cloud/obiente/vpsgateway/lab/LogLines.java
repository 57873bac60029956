package cloud.obiente.vpsgateway.lab;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a category of this process's log says. */
public final class LogLines extends Handler {
    private final Consumer<String> told;

    private final Level least;

    private LogLines(Consumer<String> told, Level least) {
        this.told = told;
        this.least = least;
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

    /** As {@link #during(String, Work)}, with what is for debugging. */
    public static List<String> atDebug(String category, Work work) throws Exception {
        Logger logger = Logger.getLogger(category);
        Level before = logger.getLevel();
        List<String> lines = new CopyOnWriteArrayList<>();
        logger.setLevel(Level.FINE);
        try {
            during(logger, new LogLines(lines::add, Level.FINE), work);
        } finally {
            logger.setLevel(before);
        }
        return lines;
    }

    /** @param told of each line, on the thread that logs it and before that goes on */
    public static void during(String category, Consumer<String> told, Work work) throws Exception {
        during(Logger.getLogger(category), new LogLines(told, Level.INFO), work);
    }

    private static void during(Logger logger, LogLines log, Work work) throws Exception {
        logger.addHandler(log);
        try {
            work.run();
        } finally {
            logger.removeHandler(log);
        }
    }

    @Override
    public void publish(LogRecord line) {
        if (line.getLevel().intValue() >= least.intValue()) {
            Object[] values = line.getParameters();
            told.accept(values == null ? line.getMessage() : String.format(line.getMessage(), values));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
