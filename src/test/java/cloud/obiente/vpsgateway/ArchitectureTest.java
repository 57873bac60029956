package cloud.obiente.vpsgateway;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.quarkus.runtime.PreventFurtherStepsException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.logging.Filter;
import java.util.logging.Formatter;
import java.util.stream.BaseStream;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

/** The layers, as ARCHITECTURE.md draws them. */
class ArchitectureTest {
    private static final String ROOT = "cloud.obiente.vpsgateway";
    /** In whatever directory the build is: ArchUnit's own option knows the usual one only. */
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages(ROOT);

    /** Ours, and what tests it. */
    private static final JavaClasses ALL = new ClassFileImporter().importPackages(ROOT);

    /**
     * The pool that is used where none is named has one thread on two cores, and since JDK 25 always does the work: whoever
     * waits on it holds up everybody else's.
     */
    private static final DescribedPredicate<JavaCall<?>> TAKE_THE_COMMON_POOL =
            DescribedPredicate.describe("take the common pool", call -> {
                String method = call.getName();
                List<String> parameters = call.getTarget().getRawParameterTypes().stream()
                        .map(JavaClass::getName)
                        .toList();
                if (call.getTargetOwner().isAssignableTo(CompletionStage.class)) {
                    return (method.endsWith("Async") || method.equals("delayedExecutor"))
                            && !parameters.contains(Executor.class.getName());
                }
                return switch (method) {
                    case "onExit" -> call.getTargetOwner().isEquivalentTo(Process.class);
                    case "commonPool" -> call.getTargetOwner().isEquivalentTo(ForkJoinPool.class);
                    case "parallelStream" -> call.getTargetOwner().isAssignableTo(Collection.class);
                    case "parallel" -> call.getTargetOwner().isAssignableTo(BaseStream.class);
                    default -> false;
                };
            });

    private static final DescribedPredicate<JavaCall<?>> START_PROGRAMS =
            DescribedPredicate.describe("start programs", call -> {
                JavaClass owner = call.getTargetOwner();
                return (owner.isEquivalentTo(ProcessBuilder.class)
                                && call.getName().equals("<init>"))
                        || (owner.isEquivalentTo(Runtime.class)
                                && call.getName().equals("exec"));
            });

    /** Methods that exist with a locale as well, and ask the host's where none is given. */
    private static final DescribedPredicate<JavaCall<?>> TAKE_THE_LOCALE_OF_THE_HOST =
            DescribedPredicate.describe("take the locale of the host", call -> {
                JavaClass owner = call.getTargetOwner();
                if (call.getTarget().getRawParameterTypes().stream()
                        .anyMatch(type -> type.isEquivalentTo(Locale.class))) {
                    return false;
                }
                return switch (call.getName()) {
                    case "format", "formatted", "toLowerCase", "toUpperCase" ->
                        owner.isEquivalentTo(String.class)
                                || owner.isAssignableTo(java.io.PrintStream.class)
                                || owner.isAssignableTo(java.io.PrintWriter.class);
                    case "printf" -> true;
                    case "ofPattern" -> owner.isEquivalentTo(java.time.format.DateTimeFormatter.class);
                    case "getInstance", "getNumberInstance", "getIntegerInstance" ->
                        owner.isAssignableTo(java.text.Format.class);
                    case "<init>" ->
                        owner.isAssignableTo(java.text.Format.class)
                                || owner.isEquivalentTo(java.util.Formatter.class)
                                || owner.isEquivalentTo(java.util.Scanner.class);
                    default -> false;
                };
            });

    @Test
    void eachPackageUsesLowerLayersOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("app")
                .definedBy(ROOT + ".app..")
                .layer("grpc")
                .definedBy(ROOT + ".grpc..")
                .layer("ops")
                .definedBy(ROOT + ".ops..")
                .layer("control")
                .definedBy(ROOT + ".control..")
                .layer("apilink")
                .definedBy(ROOT + ".apilink..")
                .layer("sync")
                .definedBy(ROOT + ".sync..")
                .layer("reconcile")
                .definedBy(ROOT + ".reconcile..")
                .layer("dnsmasq")
                .definedBy(ROOT + ".dnsmasq..")
                .layer("hostnet")
                .definedBy(ROOT + ".hostnet..")
                .layer("ssh")
                .definedBy(ROOT + ".ssh..")
                .layer("connections")
                .definedBy(ROOT + ".connections..")
                .layer("ipam")
                .definedBy(ROOT + ".ipam..")
                .layer("child")
                .definedBy(ROOT + ".child..")
                .layer("platform")
                .definedBy(ROOT + ".platform..")
                .layer("net")
                .definedBy(ROOT + ".net..")
                .whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("grpc")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("ops")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("sync")
                .mayOnlyBeAccessedByLayers("app", "grpc", "ops")
                .whereLayer("apilink")
                .mayOnlyBeAccessedByLayers("app", "grpc", "ops", "control", "sync")
                .whereLayer("reconcile")
                .mayOnlyBeAccessedByLayers("app", "grpc", "ops", "control", "sync")
                .whereLayer("dnsmasq")
                .mayOnlyBeAccessedByLayers("app", "grpc", "ops", "control", "sync", "apilink", "reconcile")
                .whereLayer("hostnet")
                .mayOnlyBeAccessedByLayers("app", "grpc", "ops", "control", "sync", "apilink", "reconcile")
                .whereLayer("ssh")
                .mayOnlyBeAccessedByLayers("app", "grpc", "ops", "control", "sync", "apilink", "reconcile")
                .whereLayer("connections")
                .mayOnlyBeAccessedByLayers("app", "grpc", "ops")
                .whereLayer("ipam")
                .mayOnlyBeAccessedByLayers(
                        "app", "grpc", "ops", "control", "sync", "apilink", "reconcile", "dnsmasq", "hostnet", "ssh")
                .whereLayer("child")
                .mayOnlyBeAccessedByLayers("dnsmasq", "hostnet")
                .whereLayer("platform")
                .mayOnlyBeAccessedByLayers("app", "grpc", "ops", "connections")
                .check(OURS);
    }

    @Test
    void onlyThePlatformPackageUsesInternals() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".platform..", ROOT + ".v1..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.quarkus.grpc.runtime..", "io.vertx..impl..", "sun..", "jdk.internal..")
                                .or(type(PreventFurtherStepsException.class)))
                .because("an upgrade should break in one place, whose tests say what broke")
                .check(OURS);
    }

    @Test
    void packagesHaveNoCircles() {
        slices().matching(ROOT + ".(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(resideInAPackage(ROOT + ".v1.."), resideInAPackage(ROOT + ".v1.."))
                .check(OURS);
    }

    @Test
    void valuesAndAddressesUseTheJdkOnly() {
        classes()
                .that()
                .resideInAnyPackage(ROOT + ".net..", ROOT + ".ipam..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "java..",
                        "javax.sql..",
                        "org.sqlite..",
                        "org.jboss.logging..",
                        ROOT + ".net..",
                        ROOT + ".ipam.."))
                .allowEmptyShould(true)
                .check(OURS);
    }

    /** Maven chooses classes by their names, and passes over others without a word; {@code script/bench} runs the benches. */
    @Test
    void everyClassWithTestsHasANameByWhichItIsRun() {
        methods()
                .that()
                .areMetaAnnotatedWith(Testable.class)
                .and()
                .areDeclaredInClassesThat()
                .doNotHaveModifier(JavaModifier.ABSTRACT)
                .should()
                .beDeclaredInClassesThat()
                .haveNameMatching(".*(Test|IT|Bench)(\\$.*)?")
                .check(ALL);
    }

    @Test
    void everybodyLogsThroughTheSameApi() {
        noClasses()
                .that()
                // They write, and limit, what others log; the last hands SSHD's own logger on to it.
                .areNotAssignableTo(Formatter.class)
                .and()
                .areNotAssignableTo(Filter.class)
                .and()
                .areNotAssignableTo(KeyExchangeMessageHandler.class)
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.util.logging..", "org.slf4j..", "io.quarkus.logging.."))
                .orShould()
                .dependOnClassesThat(type(System.Logger.class))
                .check(OURS);
    }

    /** One place clears the environment, of which the secret is a part, and sets the language. */
    @Test
    void programsAreStartedInOnePlace() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".child.Launcher")
                .should()
                .callCodeUnitWhere(START_PROGRAMS)
                .check(OURS);
    }

    /** Programs, files and scrapers read ASCII digits and the letters of one alphabet, whatever the host's language. */
    @Test
    void textIsFormattedForALocaleThatIsNamed() {
        noClasses().should().callCodeUnitWhere(TAKE_THE_LOCALE_OF_THE_HOST).check(OURS);
    }

    @Test
    void workIsGivenToThreadsThatAreNamed() {
        noClasses().should().callCodeUnitWhere(TAKE_THE_COMMON_POOL).check(ALL);
    }

    /** What a command loads before it prints decides how long its operator waits. */
    @Test
    void commandsKnowNothingOfTheServersFrameworks() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".app.cli..", ROOT + ".control..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.quarkus..",
                        "io.smallrye..",
                        "io.vertx..",
                        "io.netty..",
                        "io.grpc..",
                        "jakarta..",
                        "org.apache.sshd.."))
                .check(OURS);
    }

    @Test
    void theWireStaysAtTheEdge() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + ".net..",
                        ROOT + ".child..",
                        ROOT + ".ipam..",
                        ROOT + ".dnsmasq..",
                        ROOT + ".ssh..",
                        ROOT + ".connections..",
                        ROOT + ".reconcile..",
                        ROOT + ".sync..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "com.google.protobuf..",
                        "io.grpc..",
                        "io.quarkus..",
                        "io.smallrye..",
                        "io.micrometer..",
                        ROOT + ".v1.."))
                .check(OURS);
    }
}
