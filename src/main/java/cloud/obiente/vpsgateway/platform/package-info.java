/**
 * What Quarkus, Vert.x and the JDK do for us without a public interface, behind one of ours: nothing else uses their internals
 * ({@code ArchitectureTest}), so that an upgrade breaks here or nowhere. {@code PlatformTest} and the tests that it names say
 * what broke.
 */
package cloud.obiente.vpsgateway.platform;
