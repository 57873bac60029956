package cloud.obiente.vpsgateway.platform;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. The JDK has only {@code sun.misc.Signal} for them, which stays until there is something
 * better (JEP 260); javac warns of each mention of it, and cannot be told not to, so it is called by reflection. Native
 * executables know of it from {@code META-INF/native-image}.
 */
public final class SignalHandlers {
    private SignalHandlers() {}

    /**
     * Runs this at each such signal, on a thread of the JVM, instead of the JVM's own answer.
     *
     * @param name without SIG: TERM, HUP
     * @throws IllegalStateException when this JVM does not let us
     */
    public static void on(String name, Runnable action) {
        InvocationHandler answer = (proxy, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
                action.run();
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "the answer to SIG" + name;
        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours =
                    Proxy.newProxyInstance(SignalHandlers.class.getClassLoader(), new Class<?>[] {handler}, answer);
            Object term = signal.getConstructor(String.class).newInstance(name);
            Object unused = signal.getMethod("handle", signal, handler).invoke(null, term, ours);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has no sun.misc.Signal; run the gateway with another JDK", e);
        }
    }
}
