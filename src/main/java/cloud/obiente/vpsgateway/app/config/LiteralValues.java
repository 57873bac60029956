package cloud.obiente.vpsgateway.app.config;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigSourceInterceptorFactory;
import io.smallrye.config.ConfigValue;
import java.util.OptionalInt;

/**
 * Keeps text as it was written where SmallRye's expressions would do harm: in the secret, which may contain <code>${</code>
 * or {@code \$}, and where an expression names something that does not exist, which would count as not set and silently
 * become the default. Found through {@code META-INF/services}.
 */
public final class LiteralValues implements ConfigSourceInterceptorFactory {
    private static final String OURS = "gateway.";
    private static final String SECRET = "gateway.api-secret";

    /** Asked before SmallRye's own interceptors, of which the one for expressions has 3300. */
    private static final int OUTERMOST = 4000;

    @Override
    public ConfigSourceInterceptor getInterceptor(ConfigSourceInterceptorContext context) {
        return LiteralValues::value;
    }

    private static ConfigValue value(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        boolean isLiteral = value != null && name.startsWith(OURS) && (name.equals(SECRET) || value.getValue() == null);
        return isLiteral ? value.noProblems().withValue(value.getRawValue()) : value;
    }

    @Override
    public OptionalInt getPriority() {
        return OptionalInt.of(OUTERMOST);
    }
}
