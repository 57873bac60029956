package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DNS_BURST;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DNS_RATE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_GUARD_BRIDGE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_GUARD_PRIVATE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_KEEP_RULES;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_MANAGE_SYSCTL;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_OUTBOUND_INTERFACE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_OUTBOUND_IP;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.SpecialUse;
import java.util.Locale;
import java.util.Optional;

/** Reads the variables about SNAT and the address guard. Whether this host has them is seen at the start, not here. */
final class HostNetworkReader {
    private final ValueReader values;

    HostNetworkReader(ValueReader values) {
        this.values = values;
    }

    /** Empty when there is a problem anywhere in the configuration so far. */
    Optional<HostNetworkSettings> read(Optional<DhcpSettings> dhcp) {
        Optional<Ipv4Address> outboundIp = values.read(GATEWAY_OUTBOUND_IP, HostNetworkReader::parseHost);
        Optional<InterfaceName> outboundInterface = values.read(GATEWAY_OUTBOUND_INTERFACE, InterfaceName::new);
        Optional<Boolean> manageSysctl = values.read(GATEWAY_MANAGE_SYSCTL, HostNetworkReader::parseSwitch);
        Optional<Boolean> keepRules = values.read(GATEWAY_KEEP_RULES, HostNetworkReader::parseSwitch);
        Optional<Boolean> guardPrivate = values.read(GATEWAY_GUARD_PRIVATE, HostNetworkReader::parseSwitch);
        Optional<InterfaceName> guardBridge = values.read(GATEWAY_GUARD_BRIDGE, InterfaceName::new);
        Optional<Integer> dnsRate = values.read(GATEWAY_DNS_RATE, HostNetworkReader::parseRate);
        Optional<Integer> dnsBurst = values.read(GATEWAY_DNS_BURST, text -> parseQuestions(text, "questions"));
        outboundIp.ifPresent(address -> dhcp.ifPresent(known -> checkOutsidePool(address, known)));
        if (values.literal(GATEWAY_OUTBOUND_IP).isEmpty() && outboundInterface.isPresent()) {
            values.warn("GATEWAY_OUTBOUND_INTERFACE has no effect without GATEWAY_OUTBOUND_IP.");
        }
        if (values.hasProblems()) {
            return Optional.empty();
        }
        return Optional.of(new HostNetworkSettings(
                outboundIp,
                outboundInterface,
                manageSysctl.orElseThrow(),
                keepRules.orElseThrow(),
                guardPrivate.orElseThrow(),
                dnsRate.filter(rate -> rate > 0).map(rate -> new DnsLimit(rate, dnsBurst.orElseThrow())),
                guardBridge));
    }

    private void checkOutsidePool(Ipv4Address address, DhcpSettings dhcp) {
        if (dhcp.pool().contains(address)) {
            values.note(new ConfigError(
                    GATEWAY_OUTBOUND_IP,
                    "'" + address + "' lies in the VPSs' pool (expected: an address of this host outside of "
                            + dhcp.pool() + ")"));
        }
    }

    private static Ipv4Address parseHost(String text) {
        Ipv4Address address = Ipv4Address.parse(text);
        if (SpecialUse.of(address).isPresent()) {
            throw new InvalidValueException(text, "an address that other hosts can answer, such as 203.0.113.1");
        }
        return address;
    }

    private static int parseRate(String text) {
        return text.equals("0") ? 0 : parseQuestions(text, "questions a second, or 0 for no limits");
    }

    private static int parseQuestions(String text, String unit) {
        if (text.matches("[1-9][0-9]{1,5}")) {
            int questions = Integer.parseInt(text);
            if (questions <= 100_000) {
                return questions;
            }
        }
        throw new InvalidValueException(text, "10 to 100000 " + unit);
    }

    private static boolean parseSwitch(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidValueException(text, "true or false");
        };
    }
}
