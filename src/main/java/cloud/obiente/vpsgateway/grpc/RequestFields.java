package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import com.google.rpc.BadRequest;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads the text fields of one request into values and collects all errors, so that one answer names them all. Values are
 * null where a fault was found; call {@link #throwIfInvalid} before using any.
 */
final class RequestFields {
    private final List<BadRequest.FieldViolation> faults = new ArrayList<>();

    <T> T required(String field, String text, Function<String, T> parser) {
        if (text.isEmpty()) {
            faults.add(fault(field, "is required"));
            return null;
        }
        return parse(field, text, parser);
    }

    <T> Optional<T> optional(String field, String text, Function<String, T> parser) {
        return text.isEmpty() ? Optional.empty() : Optional.ofNullable(parse(field, text, parser));
    }

    /** A field that may be empty and has a value for that. */
    <T> T text(String field, String text, Function<String, T> parser) {
        return parse(field, text, parser);
    }

    /** Whose address it is; every change of one VPS has this field. */
    VpsId vps(String text) {
        return required("vps_id", text, VpsId::parse);
    }

    /** May be empty. */
    OrganizationId organization(String text) {
        return text("organization_id", text, OrganizationId::parse);
    }

    /** The NIC that an address is bound to. */
    MacAddress mac(String text) {
        return required("mac_address", text, MacAddress::parse);
    }

    Optional<MacAddress> optionalMac(String text) {
        return optional("mac_address", text, MacAddress::parse);
    }

    /** A fault that no single parser can see. */
    void addError(String field, String why) {
        faults.add(fault(field, why));
    }

    /** @param ownAddresses of this host: traffic to them would never reach a VPS */
    void rejectOwnAddress(String field, Ipv4Address address, Supplier<Set<Ipv4Address>> ownAddresses) {
        if (ownAddresses.get().contains(address)) {
            addError(field, "'" + address + "' is an address of the gateway's own host");
        }
    }

    boolean isValid() {
        return faults.isEmpty();
    }

    /** All faults in one line. */
    String describe() {
        return StatusMapper.describe(faults);
    }

    /** @throws StatusRuntimeException INVALID_ARGUMENT naming all faults, if there are any */
    void throwIfInvalid() {
        if (!faults.isEmpty()) {
            throw StatusMapper.invalid(faults);
        }
    }

    private <T> T parse(String field, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (InvalidValueException e) {
            faults.add(fault(field, e.getMessage()));
            return null;
        }
    }

    private static BadRequest.FieldViolation fault(String field, String why) {
        return BadRequest.FieldViolation.newBuilder()
                .setField(field)
                .setDescription(why)
                .build();
    }
}
