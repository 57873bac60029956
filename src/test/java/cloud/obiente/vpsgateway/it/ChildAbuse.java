package cloud.obiente.vpsgateway.it;

import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can be done from outside to a program that the gateway has started, and to the pipe by which it is heard. */
enum ChildAbuse {
    KILL {
        @Override
        void on(ProcessHandle child, ProcessHandle gateway) {
            Programs.kill9(child);
        }
    },
    STOP {
        @Override
        void on(ProcessHandle child, ProcessHandle gateway) {
            Programs.freeze(child);
        }
    },
    /** Somebody else has the writing end when the child dies. */
    HOLD_PIPE {
        @Override
        void on(ProcessHandle child, ProcessHandle gateway) {
            Path pipe = pipes(child, gateway).get(0);
            start("exec sleep 20 >" + pipe);
            Programs.kill9(child);
        }
    },
    /** More than a pipe holds, in lines that nobody sends. */
    FILL_PIPE {
        @Override
        void on(ProcessHandle child, ProcessHandle gateway) {
            Path pipe = pipes(child, gateway).get(0);
            Command.attempt(List.of("/bin/sh", "-c", "timeout 2 head -c 3000000 /dev/urandom >" + pipe));
        }
    },
    CLOSE_PIPE {
        @Override
        void on(ProcessHandle child, ProcessHandle gateway) {
            List<String> command = Stream.concat(
                            Stream.of("gdb", "-p", String.valueOf(child.pid()), "-batch"),
                            pipes(child, gateway).stream()
                                    .flatMap(pipe -> Stream.of("-ex", "call (int)close(" + pipe.getFileName() + ")")))
                    .toList();
            Command.attempt(command);
        }
    };

    /** @param gateway who has the other end of its pipes */
    abstract void on(ProcessHandle child, ProcessHandle gateway);

    /** Descriptors of the child by which the gateway hears it. */
    private static List<Path> pipes(ProcessHandle child, ProcessHandle gateway) {
        Set<String> heardByGateway = descriptors(gateway).stream()
                .map(ChildAbuse::target)
                .filter(target -> target.startsWith("pipe:"))
                .collect(Collectors.toSet());
        return descriptors(child).stream()
                .filter(descriptor -> !descriptor.endsWith("0"))
                .filter(descriptor -> heardByGateway.contains(target(descriptor)))
                .toList();
    }

    private static List<Path> descriptors(ProcessHandle process) {
        try (Stream<Path> all = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty for one that was closed meanwhile. */
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    private static void start(String script) {
        try {
            Process stranger = new ProcessBuilder("/bin/sh", "-c", script).start();
            await().until(() -> stranger.info().command().orElse("").endsWith("sleep") || !stranger.isAlive());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
